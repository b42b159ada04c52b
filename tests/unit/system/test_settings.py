"""Settings from every place they may stand in, which of them wins, and what is said of bad ones."""

import os
from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.settings import Settings, check_setting, load_settings

CASES = {
    "RENDER_OUTPUT_DIR": ("/renders/ä b", "render_output_dir", Path("/renders/ä b")),
    "THUMBNAIL_DIR": ("/thumbs", "thumbnail_dir", Path("/thumbs")),
    "MAX_RETRIES": ("7", "max_retries", 7),
    "RETRY_DELAY": ("2.5", "retry_delay", 2.5),
    "DEFAULT_PRIORITY": ("9", "default_priority", 9),
    "SLOTS": ("3", "slots", 3),
    "BLENDER_SLOTS": ("2", "blender_slots", 2),
    "MAYA_SLOTS": ("1", "maya_slots", 1),
    "UNREAL_SLOTS": ("0", "unreal_slots", 0),
    "BLENDER_EXECUTABLE": ("/opt/blender/blender", "blender_executable", Path("/opt/blender/blender")),
    "MAYA_EXECUTABLE": ("/opt/maya/Render", "maya_executable", Path("/opt/maya/Render")),
    "ENGINE_PRIORITY": ("idle", "engine_priority", "idle"),
    "ENGINE_PROCESSORS": ("0-3,8", "engine_processors", "0-3,8"),
    "MIN_FREE_DISK_GB": ("12.5", "min_free_disk_gb", 12.5),
    "CONTINUE_AFTER_START": ("false", "continue_after_start", False),
    "START_WITH_COMPUTER": ("true", "start_with_computer", True),
    "UI_LANGUAGE": ("zh_CN", "ui_language", "zh_CN"),
    "APPEARANCE": ("light", "appearance", "light"),
    "UE_EXECUTABLE": ("/opt/ue/UnrealEditor-Cmd", "ue_executable", Path("/opt/ue/UnrealEditor-Cmd")),
}


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppPaths:
    monkeypatch.chdir(tmp_path)
    paths = app_paths(tmp_path / "base")
    paths.make()
    return paths


DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}


def values(paths: AppPaths) -> dict[str, object]:
    return load_settings(paths).model_dump()


def quoted(value: str) -> str:
    return value if value.replace(".", "").isdigit() else f'"{value}"'


def test_defaults(paths: AppPaths) -> None:
    assert values(paths) == DEFAULTS
    settings = load_settings(paths)
    assert (settings.max_retries, settings.retry_delay, settings.default_priority) == (3, 60.0, 5)
    assert (settings.slots, settings.render_output_dir, settings.executables) == (1, None, {})


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("place", ["environment", "here/.env", "data/.env", "settings.toml"])
def test_every_setting_in_every_place(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch, name: str, lower: bool, place: str
) -> None:
    text, field, value = CASES[name]
    written = name.lower() if lower else name
    if place == "environment":
        monkeypatch.setenv(written, text)
    elif place == "settings.toml":
        paths.settings.write_text(f"{written} = {quoted(text)}\n", "utf-8")
    else:
        folder = Path() if place.startswith("here") else paths.data_dir
        (folder / ".env").write_text(f"{written}={quoted(text)}\n", "utf-8")
    # A folder without its drive is one of the drive that the program was started in.
    expected = Path(os.path.abspath(text)) if field.endswith("_dir") else value
    assert getattr(load_settings(paths), field) == expected


def test_first_found_wins(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    paths.settings.write_text("max_retries = 1\n", "utf-8")
    found.append(load_settings(paths).max_retries)
    (paths.data_dir / ".env").write_text("MAX_RETRIES=2\n", "utf-8")
    found.append(load_settings(paths).max_retries)
    Path(".env").write_text("max_retries=4\n", "utf-8")
    found.append(load_settings(paths).max_retries)
    monkeypatch.setenv("MAX_RETRIES", "5")
    found.append(load_settings(paths).max_retries)
    assert found == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_RETRIES", "many"),
        ("MAX_RETRIES", "-1"),
        ("MAX_RETRIES", "101"),
        ("MAX_RETRIES", ""),
        ("RETRY_DELAY", "-0.5"),
        ("RETRY_DELAY", "nan"),
        ("RETRY_DELAY", "inf"),
        ("DEFAULT_PRIORITY", "11"),
        ("DEFAULT_PRIORITY", "5.5"),
        ("SLOTS", "0"),
        ("SLOTS", "65"),
        ("BLENDER_SLOTS", "x"),
    ],
)
@pytest.mark.parametrize("place", ["environment", "settings.toml"])
def test_a_bad_value_is_named(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch, name: str, value: str, place: str
) -> None:
    if place == "environment":
        monkeypatch.setenv(name, value)
    else:
        paths.settings.write_text(f'{name} = "{value}"\n', "utf-8")
    with pytest.raises(UserError) as problem:
        load_settings(paths)
    assert f"The setting {name} is “{value}”, which it cannot be: " in str(problem.value)
    assert "pydantic" not in str(problem.value)


@pytest.mark.parametrize(
    "data", [b"max_retries = ", b"\xff\xfe\x00", b"[[[", b"max_retries = 1\nmax_retries = 2"]
)
def test_a_settings_file_that_cannot_be_read_is_named(paths: AppPaths, data: bytes) -> None:
    paths.settings.write_bytes(data)
    with pytest.raises(UserError, match=r"settings\.toml"):
        load_settings(paths)


@pytest.mark.parametrize("value", ["abc", "5-1", "0-", "--", "0;1", "-1"])
def test_processors_that_cannot_be_are_refused_with_an_example(value: str) -> None:
    with pytest.raises(UserError, match=f"ENGINE_PROCESSORS is “{value}”.*such as 0-11 or 0,2,4"):
        check_setting("engine_processors", value)


@pytest.mark.parametrize(
    ("value", "numbers"), [("", ()), ("2", (2,)), ("0-2, 4", (0, 1, 2, 4)), ("1,,1", (1,))]
)
def test_processors_are_numbers_and_runs(value: str, numbers: tuple[int, ...]) -> None:
    check_setting("engine_processors", value)
    assert Settings.model_construct(engine_processors=value).processors == numbers


def test_a_value_is_checked_before_it_is_written() -> None:
    check_setting("slots", 2)
    check_setting("slots", None)
    with pytest.raises(UserError, match="SLOTS is “0”"):
        check_setting("slots", 0)


def test_a_dotenv_that_is_no_text_is_said_to_be_none(paths: AppPaths) -> None:
    (paths.data_dir / ".env").write_bytes(b"\xff\xfeMAX_RETRIES=\x80")
    with pytest.raises(UserError, match=r"\.env is not text in UTF-8"):
        load_settings(paths)


@pytest.mark.parametrize("name", ["RENDER_OUTPUT_DIR", "BLENDER_EXECUTABLE", "BLENDER_SLOTS"])
def test_an_empty_value_is_no_value(paths: AppPaths, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    assert values(paths) == DEFAULTS


def test_unknown_names_are_passed_over(paths: AppPaths) -> None:
    paths.settings.write_text('colour = "red"\n[window]\nsize = 3\n', "utf-8")
    (paths.data_dir / ".env").write_text("SOMETHING_ELSE=1\n", "utf-8")
    assert values(paths) == DEFAULTS


def test_what_the_scheduler_gets(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLENDER_SLOTS", "2")
    monkeypatch.setenv("BLENDER_EXECUTABLE", "/opt/b")
    monkeypatch.setenv("UE_EXECUTABLE", "/opt/u")
    settings = load_settings(paths)
    assert settings.engine_slots == {"blender": 2}
    assert settings.executables == {"blender": Path("/opt/b"), "unreal": Path("/opt/u")}


def test_every_setting_explains_itself() -> None:
    assert set(Settings.model_fields) == {name.lower() for name in CASES}
    for field in Settings.model_fields.values():
        assert (field.description or "").endswith(".")
