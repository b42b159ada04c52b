"""Settings from the environment, `.env` files and the settings file, checked once at the start.

First found wins: environment, `.env` in the current folder, `.env` in the data folder, `settings.toml`, the
default. Names are the same everywhere, in capitals or not.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.paths import AppPaths

MOST_PROCESSORS = 1024
_RUN = re.compile(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")


class Settings(BaseSettings):
    """What a user can set for all jobs; a job copies what it needs when it is submitted."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, case_sensitive=False, env_file_encoding="utf-8", populate_by_name=True
    )

    render_output_dir: Path | None = Field(
        default=None,
        description="Folder in which every job gets its own output folder. "
        "Without it, frames go where the scene says, or beside the scene.",
    )
    thumbnail_dir: Path | None = Field(
        default=None, description="Folder for thumbnails. Without it, they are kept in the cache folder."
    )
    max_retries: int = Field(
        default=3, ge=0, le=100, description="How often a failed frame is tried again before it is given up."
    )
    retry_delay: float = Field(
        default=60.0,
        ge=0,
        le=86400,
        description="Seconds before a failed frame is tried again; doubled with each further failure.",
    )
    default_priority: int = Field(
        default=5, ge=0, le=10, description="Priority of new jobs: 0-3 low, 4-7 default, 8-10 high."
    )
    slots: int = Field(default=1, ge=1, le=64, description="How many engines may run at the same time.")
    blender_slots: int | None = Field(
        default=None, ge=0, le=64, description="How many Blenders may run at the same time."
    )
    maya_slots: int | None = Field(
        default=None, ge=0, le=64, description="How many Mayas may run at the same time."
    )
    unreal_slots: int | None = Field(
        default=None, ge=0, le=64, description="How many Unreal editors may run at the same time."
    )
    blender_executable: Path | None = Field(
        default=None, description="The blender program to use, or a Python that has the bpy wheel."
    )
    maya_executable: Path | None = Field(default=None, description="Maya's Render or mayabatch program.")
    ue_executable: Path | None = Field(default=None, description="Unreal's UnrealEditor-Cmd program.")
    engine_priority: Literal["normal", "below_normal", "idle"] = Field(
        default="below_normal",
        description="How much of the processor engines get when other programs want it as well.",
    )
    engine_processors: str = Field(
        default="",
        description="Numbers of the processors engines may use, such as 0-11. Without it, all of them.",
    )
    min_free_disk_gb: float | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Gigabytes that are left free: jobs wait before the disk is fuller. 0 lets it run full. "
        "Without it, 1 GB or 2 % of the disk, whichever is less.",
    )
    continue_after_start: bool = Field(
        default=True,
        description="Whether the window goes on by itself, after a minute in which you can stop it, when "
        "frames had been interrupted by a crash or a power cut.",
    )
    start_with_computer: bool = Field(
        default=False,
        description="Whether Render Manager is started with the computer while jobs are unfinished.",
    )
    ui_language: str = Field(
        default="",
        description="Language of the program: en or zh_CN. Without it, that of the system.",
    )
    appearance: Literal["system", "dark", "light"] = Field(
        default="system", description="Whether the window is dark or light, or as the system is."
    )

    @field_validator(
        "render_output_dir",
        "thumbnail_dir",
        "blender_executable",
        "maya_executable",
        "ue_executable",
        "blender_slots",
        "maya_slots",
        "unreal_slots",
        "min_free_disk_gb",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("engine_processors")
    @classmethod
    def _has_processors(cls, value: str) -> str:
        _processors(value)
        return value

    @field_validator("render_output_dir", "thumbnail_dir")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        """Take `~` for the home folder and a relative path from where the program was started."""
        return None if value is None else Path(os.path.abspath(value.expanduser()))  # noqa: PTH100

    @property
    def engine_slots(self) -> dict[str, int]:
        """Return the limits of single engines by engine id."""
        limits = {"blender": self.blender_slots, "maya": self.maya_slots, "unreal": self.unreal_slots}
        return {engine: limit for engine, limit in limits.items() if limit is not None}

    @property
    def processors(self) -> tuple[int, ...]:
        """Return the numbers of the processors engines may use, empty for all."""
        return _processors(self.engine_processors)

    @property
    def reserved_disk_bytes(self) -> int | None:
        """Return what is left free of every disk, None for as much as is sensible."""
        return None if self.min_free_disk_gb is None else int(self.min_free_disk_gb * 1e9)

    @property
    def executables(self) -> dict[str, Path]:
        """Return the programs the user named, by engine id."""
        named = {
            "blender": self.blender_executable,
            "maya": self.maya_executable,
            "unreal": self.ue_executable,
        }
        return {engine: path for engine, path in named.items() if path is not None}


def _processors(text: str) -> tuple[int, ...]:
    """Read `0-3,8`; raises ValueError."""
    numbers: set[int] = set()
    for part in filter(None, (one.strip() for one in text.split(","))):
        found = _RUN.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise ValueError(_("write numbers from 0 and runs of them, such as 0-11 or 0,2,4"))
        numbers.update(range(first, min(last, MOST_PROCESSORS) + 1))
    return tuple(sorted(numbers))


def check_setting(name: str, value: object) -> None:
    """Raise UserError for a value that a setting cannot have; None stands for its default."""
    if value is None:
        return
    try:
        Settings.__pydantic_validator__.validate_assignment(Settings.model_construct(), name, value)
    except ValidationError as error:
        raise UserError(_sentence(error)) from error


def load_settings(paths: AppPaths) -> Settings:
    """Read the settings; raises UserError that names the setting, its value and what it should be."""
    env_files = (paths.data_dir / ".env", Path(".env"))
    for path in (paths.settings, *env_files):
        _check_readable(path)

    class FileSettings(Settings):
        """The settings with this program's files as sources."""

        model_config = SettingsConfigDict(env_file=env_files, toml_file=paths.settings)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls))

    try:
        return FileSettings()
    except ValidationError as error:
        raise UserError(_sentence(error)) from error
    except (SettingsError, ValueError, OSError, RecursionError) as error:
        raise UserError(
            _("The settings in {path} or in .env cannot be read: {why}").format(
                path=paths.settings, why=error
            )
        ) from error


def unknown_settings(paths: AppPaths) -> tuple[str, ...]:
    """Return a sentence for each name in the settings file that is no setting, as a mistyped one."""
    try:
        names = tomllib.loads(paths.settings.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    known = set(Settings.model_fields)
    text = _("{path} sets “{name}”, which is no setting. Settings are: {known}.")
    return tuple(
        text.format(path=paths.settings, name=name, known=", ".join(sorted(known)))
        for name in names
        if name.lower() not in known
    )


def _check_readable(path: Path) -> None:
    """Raise UserError for a settings file that is there and cannot be read, with its name."""
    try:
        path.read_text("utf-8")
    except FileNotFoundError:
        return
    except OSError as error:
        text = _("The settings file {path} cannot be read: {why}.")
        raise UserError(text.format(path=path, why=error.strerror)) from error
    except UnicodeDecodeError as error:
        text = _("The settings file {path} is not text in UTF-8. Save it anew as UTF-8.")
        raise UserError(text.format(path=path)) from error


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]).upper()
    return _(
        "The setting {name} is “{value}”, which it cannot be: {why}. Correct it in the settings."
    ).format(
        name=name,
        value=first.get("input"),
        why=first["msg"].removeprefix("Value error, ").rstrip(".").lower(),
    )
