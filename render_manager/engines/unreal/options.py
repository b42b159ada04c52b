"""The options of an Unreal job, checked when it is submitted."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.option_values import read_options, split_words
from render_manager.engines.unreal.assets import object_path, package_of


class Python(StrEnum):
    """Whether our script may drive the editor."""

    AUTO = "auto"
    """Yes; a plug-in that the project has off is switched on for this run alone."""
    ON = "on"
    """Yes, with the plug-ins as the project has them."""
    OFF = "off"
    """No: Unreal's own executor, which renders the preset as it is saved."""


IMAGE_SUFFIXES = {"PNG": ".png", "JPG": ".jpeg", "BMP": ".bmp", "EXR": ".exr"}
"""Movie Render Queue's image outputs, as its classes are named, and the ending each gives its files."""
ASSET_OPTIONS = ("sequence", "map", "preset", "queue", "graph")
"""Options that name an asset."""
_CONFIGURATIONS = ("preset", "queue", "graph")


def _upper(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    upper = value.upper()
    return {"JPEG": "JPG"}.get(upper, upper)


def _lower(value: Any) -> Any:
    if isinstance(value, bool):
        return Python.ON if value else Python.OFF
    return value.lower() if isinstance(value, str) else value


_Words = Annotated[tuple[str, ...], BeforeValidator(split_words)]


class UnrealOptions(BaseModel):
    """What a job may ask of Unreal beyond frames and output."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    sequence: str = Field(default="", description="Level sequence to render, such as /Game/Shots/Intro.")
    map: str = Field(
        default="", description="Map to open, such as /Game/Maps/Main; the default one if empty."
    )
    preset: str = Field(default="", description="Movie Render Queue preset, such as /Game/Presets/Final.")
    queue: str = Field(
        default="", description="Saved queue; its job for the sequence is rendered with that job's settings."
    )
    graph: str = Field(default="", description="Movie Render Graph (5.4 and later).")
    width: int = Field(default=0, ge=0, le=65_536, description="Width in pixels, with height; 0 as saved.")
    height: int = Field(default=0, ge=0, le=65_536, description="Height in pixels, with width; 0 as saved.")
    warm_up_frames: int | None = Field(
        default=None, ge=0, le=10_000, description="Frames to run before the first picture of each range."
    )
    image_format: Annotated[str, BeforeValidator(_upper)] = Field(
        default="",
        description="Image format: " + ", ".join(IMAGE_SUFFIXES) + "; the preset's own if empty, else PNG.",
    )
    python: Annotated[Python, BeforeValidator(_lower)] = Field(
        default=Python.AUTO, description="auto, on or off: whether our script drives the editor."
    )
    cut_shots: bool = Field(
        default=False, description="Let several editors share one shot; the picture may jump where they meet."
    )
    show_window: bool = Field(default=False, description="Show the editor's window while it renders.")
    stall_timeout_s: float = Field(
        default=1800.0,
        ge=0,
        le=604_800,
        description="Seconds without any sign of life before giving up; 0 never.",
    )
    leave_timeout_s: float = Field(
        default=180.0,
        ge=1,
        le=86_400,
        description="Seconds the editor may take to close after its last frame.",
    )
    extra_arguments: _Words = Field(default=(), description="Further arguments of the editor program.")
    executable: str = Field(default="", description="Program to start, or the engine's folder.")
    installation: str = Field(
        default="", description="Installation to use: its version, such as 5.4, or its path."
    )


def checked_options(values: Mapping[str, Any]) -> UnrealOptions:
    """Return the options, asset paths written in full; raises UserError that names the bad one."""
    options = read_options(UnrealOptions, values, "Unreal")
    _check_together(options)
    return options.model_copy(update={name: _asset(name, options) for name in ASSET_OPTIONS})


def _asset(name: str, options: UnrealOptions) -> str:
    text = str(getattr(options, name)).strip()
    if not text:
        return ""
    # A map is named by its package on the command line; all others by object.
    path = package_of(text) if name == "map" else object_path(text)
    if not path:
        raise UserError(
            _(
                "The Unreal option {name} cannot be “{value}”: an asset is named by its path in the content "
                "browser, such as /Game/Shots/Intro."
            ).format(name=name, value=text)
        )
    return path


def _check_together(options: UnrealOptions) -> None:
    given = [name for name in _CONFIGURATIONS if getattr(options, name)]
    if len(given) > 1:
        raise UserError(
            _("The Unreal options {names} exclude each other. Give one of them.").format(
                names=" and ".join(given)
            )
        )
    if bool(options.width) != bool(options.height):
        raise UserError(_("The Unreal options width and height go together. Give both, or none."))
    if options.image_format and options.image_format not in IMAGE_SUFFIXES:
        raise UserError(
            _("Movie Render Queue has no image format “{name}”. It has: {known}.").format(
                name=options.image_format, known=", ".join(IMAGE_SUFFIXES)
            )
        )
