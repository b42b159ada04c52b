"""Sleep, shut down, run a command: with stand-ins for the system's own programs on the PATH."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from render_manager.domain.errors import UserError
from render_manager.execution import computer

pytestmark = pytest.mark.skipif(os.name != "posix", reason="stand-ins are shell scripts")

StandIn = Callable[..., Path]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a program on the PATH that writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, *, code: int = 0, says: str = "") -> Path:
        called = tmp_path / f"{name}.called"
        script = folder / name
        lines = (
            "#!/bin/sh",
            f'printf "%s\\n" "$@" > "{called}.new"',
            f'mv "{called}.new" "{called}"',
            f'echo "{says}"',
            f"exit {code}",
        )
        script.write_text("\n".join(lines))
        script.chmod(0o755)
        return called

    return make


@pytest.mark.parametrize(
    ("platform", "program", "sleeps", "ends"),
    [
        ("linux", "systemctl", "suspend", "poweroff"),
        ("darwin", "pmset", "sleepnow", ""),
    ],
)
def test_the_systems_own_programs_are_called(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, platform: str, program: str, sleeps: str, ends: str
) -> None:
    called = stand_in(program)
    monkeypatch.setattr(sys, "platform", platform)
    for what, expected in ((computer.sleep, sleeps), (computer.shut_down, ends)):
        if expected:
            what()
            assert called.read_text().strip() == expected


def test_windows_is_asked_in_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    asked: list[tuple[object, ...]] = []

    def suspend(*values: int) -> int:
        asked.append(values)
        return int(len(asked) == 1)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(computer, "_run", asked.append)
    powrprof = SimpleNamespace(SetSuspendState=suspend)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(powrprof=powrprof), raising=False)
    computer.sleep()
    computer.shut_down()
    assert asked == [(0, 0, 0), ("shutdown", "/s", "/t", "0")], "sleep, not hibernate"
    with pytest.raises(UserError, match="refused"):
        computer.sleep()


def test_a_refusal_is_told(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    stand_in("systemctl", code=1, says="Sleep verb is not supported")
    with pytest.raises(UserError, match="systemctl suspend refused: Sleep verb is not supported"):
        computer.sleep()
    stand_in("systemctl", code=4)
    with pytest.raises(UserError, match="exit code 4"):
        computer.shut_down()


def test_a_program_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(UserError, match="systemctl"):
        computer.sleep()
    with pytest.raises(UserError, match="nowhere was not found"):
        computer.start_command("nowhere --fast")


def test_a_command_gets_its_words_and_no_shell(stand_in: StandIn) -> None:
    called = stand_in("upload")
    computer.start_command("upload '/show/a b' $HOME ; rm")
    deadline = time.monotonic() + 10
    while not called.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert called.read_text().splitlines() == ["/show/a b", "$HOME", ";", "rm"]


@pytest.mark.parametrize("text", ["", "   ", "open 'quote"])
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        computer.start_command(text)


def test_windows_paths_keep_their_backslashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    words = computer.split_command(r'"C:\Program Files\up.exe" C:\show\a --x')
    assert words == [r"C:\Program Files\up.exe", r"C:\show\a", "--x"]


@pytest.mark.parametrize(
    ("found", "name", "is_taken"),
    [
        ("/usr/bin/shutdown", "shutdown", True),
        ("./shutdown", "shutdown", False),
        ("bin/tool", "bin/tool", True),
        (None, "shutdown", False),
    ],
)
def test_nothing_of_the_current_folder_is_taken_for_a_program(
    monkeypatch: pytest.MonkeyPatch, found: str | None, name: str, is_taken: bool
) -> None:
    monkeypatch.setattr(computer.shutil, "which", lambda _name: found)
    assert computer.found_program(name) == (found if is_taken else None)
