"""Changing the settings file keeps everything else in it, and never leaves half a file."""

import os
from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.settings import Settings, load_settings
from render_manager.system.settings_file import change_settings, overridden

WRITTEN = """# my night settings
SLOTS = 2  # two GPUs

[window]  # of another program
size = 3
"""


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppPaths:
    monkeypatch.chdir(tmp_path)
    paths = app_paths(tmp_path / "base dir 影")
    paths.make()
    return paths


def test_a_file_is_made_where_there_is_none(paths: AppPaths) -> None:
    change_settings(paths.settings, {"slots": 3, "render_output_dir": paths.data_dir / "out"})
    settings = load_settings(paths)
    assert (settings.slots, settings.render_output_dir) == (3, paths.data_dir / "out")


def test_comments_and_spellings_stay(paths: AppPaths) -> None:
    paths.settings.write_text(WRITTEN, "utf-8")
    change_settings(paths.settings, {"slots": 4, "max_retries": 1})
    text = paths.settings.read_text("utf-8")
    assert "# my night settings" in text
    assert "SLOTS = 4  # two GPUs" in text
    assert "[window]  # of another program\nsize = 3" in text
    settings = load_settings(paths)
    assert (settings.slots, settings.max_retries) == (4, 1)


def test_none_takes_a_setting_out(paths: AppPaths) -> None:
    paths.settings.write_text(WRITTEN, "utf-8")
    change_settings(paths.settings, {"slots": None, "max_retries": None})
    assert load_settings(paths).slots == 1
    assert "my night settings" in paths.settings.read_text("utf-8")


@pytest.mark.parametrize("data", [b"slots = ", b"\xff\xfe", b"slots = 1\nslots = 2"])
def test_a_file_that_is_not_valid_is_left_as_it_is(paths: AppPaths, data: bytes) -> None:
    paths.settings.write_bytes(data)
    with pytest.raises(UserError, match=r"settings\.toml"):
        change_settings(paths.settings, {"slots": 3})
    assert paths.settings.read_bytes() == data


def test_a_disk_that_is_full_leaves_the_old_file(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    paths.settings.write_text(WRITTEN, "utf-8")

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(UserError, match="No space left"):
        change_settings(paths.settings, {"slots": 3})
    assert paths.settings.read_text("utf-8") == WRITTEN
    assert [path.name for path in paths.settings.parent.glob("settings*")] == ["settings.toml"]


def test_what_counts_more_than_the_file_is_told(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    names = dict.fromkeys(Settings.model_fields)
    assert overridden(paths, names) == {}
    (paths.data_dir / ".env").write_text("MAX_RETRIES=2\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("SLOTS", "3")
    found = overridden(paths, names)
    assert set(found) == {"slots", "max_retries"}
    assert "environment variable SLOTS" in found["slots"]
    assert found["max_retries"].endswith(".env")
