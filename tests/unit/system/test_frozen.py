"""The built program: its two programs, and what the bootloader leaves in the environment."""

import os
import sys
from pathlib import Path

import pytest

from render_manager.system import frozen
from render_manager.system.autostart import own_command


def be_frozen(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(program.with_name("_internal")), raising=False)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.fixture(params=["", ".exe"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """The program for the window and the one with a console."""
    programs = (tmp_path / f"render-manager{request.param}", tmp_path / f"render-manager-cli{request.param}")
    for program in programs:
        program.touch()
    return programs


@pytest.mark.parametrize("started", [0, 1])
def test_each_program_knows_the_other(
    pair: tuple[Path, Path], started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_frozen(monkeypatch, pair[started])
    assert (frozen.window_program(), frozen.console_program()) == pair


@pytest.mark.parametrize("started", [0, 1])
def test_the_computer_starts_the_one_for_the_window(
    pair: tuple[Path, Path], started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_frozen(monkeypatch, pair[started])
    assert own_command(None) == [str(pair[0])]
    assert own_command(Path("/data")) == [str(pair[0]), "--base-dir", str(Path("/data"))]


def test_a_program_alone_is_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = tmp_path / "render-manager-cli"
    only.touch()
    be_frozen(monkeypatch, only)
    assert frozen.window_program() == frozen.console_program() == only


def test_the_library_path_is_the_users_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_frozen(monkeypatch, tmp_path / "render-manager")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "_internal"))
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/users")
    monkeypatch.setenv("DYLD_LIBRARY_PATH", str(tmp_path / "_internal"))
    frozen.settle_in()
    assert os.environ["LD_LIBRARY_PATH"] == "/users"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    assert "DYLD_LIBRARY_PATH" not in os.environ


def test_from_source_the_library_path_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/users")
    frozen.settle_in()
    assert os.environ["LD_LIBRARY_PATH"] == "/users"
