"""What a renderer's environment holds: everything of the user's, nothing of ours."""

import os
import sys

import pytest

from render_manager.execution.environment import engine_environment

BASE = {
    "PATH": "/usr/bin",
    "HOME": "/home/a",
    "OCIO": "/studio/config.ocio",
    "QT_PLUGIN_PATH": "/ours",
    "qt_qpa_platform": "offscreen",
    "PYTHONPATH": "/ours",
    "PYTHONHOME": "/ours",
    "PYSIDE_DESIGNER_PLUGINS": "/ours",
    "SHIBOKEN_X": "1",
    "_PYI_ARCHIVE_FILE": "/ours",
    "_MEIPASS2": "/ours",
    "RENDER_MANAGER_BASE_DIR": "/ours",
    "LD_LIBRARY_PATH": "/users",
    "LD_LIBRARY_PATH_ORIG": "/original",
    "EMPTY": "",
}
USERS = {"PATH", "HOME", "OCIO", "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG", "EMPTY"}


def test_ours_is_taken_away_and_the_users_kept() -> None:
    assert set(engine_environment({}, BASE)) == USERS
    assert engine_environment({}, BASE)["LD_LIBRARY_PATH"] == "/users"


def test_changes_come_last() -> None:
    env = engine_environment({"PYTHONUTF8": "1", "HOME": None, "NEVER": None}, BASE)
    assert env["PYTHONUTF8"] == "1"
    assert "HOME" not in env
    assert "NEVER" not in env


@pytest.mark.parametrize(("original", "expected"), [("/original", "/original"), (None, None), ("", None)])
def test_a_frozen_program_gives_the_users_library_path_back(
    monkeypatch: pytest.MonkeyPatch, original: str | None, expected: str | None
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/ours", raising=False)
    base = {key: value for key, value in BASE.items() if key != "LD_LIBRARY_PATH_ORIG"}
    base["LD_LIBRARY_PATH"] = "/ours"
    if original is not None:
        base["LD_LIBRARY_PATH_ORIG"] = original
    env = engine_environment({}, base)
    assert env.get("LD_LIBRARY_PATH") == expected
    assert "LD_LIBRARY_PATH_ORIG" not in env


def test_the_base_is_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_TOOL", "yes")
    monkeypatch.setenv("PYTHONSTARTUP", "no")
    env = engine_environment({})
    assert env["STUDIO_TOOL"] == "yes"
    assert "PYTHONSTARTUP" not in env
    assert os.environ["PYTHONSTARTUP"] == "no"
