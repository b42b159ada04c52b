"""Starting with the computer: what is written on each system, and that it goes away again."""

import plistlib
import shlex
from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.system.autostart import (
    NAME,
    RUN_KEY,
    AutostartKeeper,
    LinuxAutostart,
    MacAutostart,
    WindowsAutostart,
    autostart_of_this_system,
    own_command,
)

COMMAND = ["/opt/my tools/python", "-m", "render_manager.app", "--base-dir", '/show/50% "a" $b \\c 影']


class FakeRegistry:
    """The user's part of a registry, in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}

    def has_key(self, hive: str, key: str) -> bool:
        return any(place == key for place, _name in self.values)

    def value(self, hive: str, key: str, name: str) -> object | None:
        return self.values.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self.values[key, name] = text

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


def as_desktops_read(line: str) -> list[str]:
    """Return the words of an Exec line as the desktop entry specification reads them."""
    value = line.removeprefix("Exec=").replace("\\\\", "\\")
    # The shell's rules, but that Python's reader leaves the backslash before a dollar sign.
    return [word.replace("%%", "%").replace("\\$", "$") for word in shlex.split(value)]


def test_linux_gets_a_desktop_file_that_starts_exactly_this(tmp_path: Path) -> None:
    autostart = LinuxAutostart(tmp_path, COMMAND)
    autostart.install()
    text = autostart.path.read_text("utf-8")
    assert autostart.path == tmp_path / "autostart" / "render-manager.desktop"
    (line,) = [line for line in text.splitlines() if line.startswith("Exec=")]
    assert as_desktops_read(line) == COMMAND
    autostart.remove()
    autostart.remove()
    assert not autostart.path.exists()


def test_mac_gets_a_launch_agent(tmp_path: Path) -> None:
    autostart = MacAutostart(tmp_path, COMMAND)
    autostart.install()
    values = plistlib.loads(autostart.path.read_bytes())
    assert values["ProgramArguments"] == COMMAND
    assert values["RunAtLoad"] is True
    autostart.remove()
    assert not autostart.path.exists()


def test_windows_gets_a_value_in_the_run_key() -> None:
    registry = FakeRegistry()
    autostart = WindowsAutostart(registry, [r"C:\Program Files\rm\rm.exe", "--base-dir", r"D:\a b"])
    autostart.install()
    assert registry.values == {(RUN_KEY, NAME): r'"C:\Program Files\rm\rm.exe" "--base-dir" "D:\a b"'}
    autostart.remove()
    autostart.remove()
    assert not registry.values


class Counting:
    """Counts what is done, and fails when told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.error: OSError | None = None

    def install(self) -> None:
        self.done.append("install")
        if self.error is not None:
            raise self.error

    def remove(self) -> None:
        self.done.append("remove")


def test_only_changes_are_written() -> None:
    counting = Counting()
    keeper = AutostartKeeper(counting)
    for is_wanted in (False, False, True, True, False):
        keeper.want(is_wanted=is_wanted)
    assert counting.done == ["remove", "install", "remove"]


def test_a_failure_is_told_once() -> None:
    counting = Counting()
    counting.error = PermissionError(13, "Permission denied")
    keeper = AutostartKeeper(counting)
    with pytest.raises(UserError, match="Permission denied"):
        keeper.want(is_wanted=True)
    keeper.want(is_wanted=True)
    assert counting.done == ["install"]


def test_each_set_of_data_has_a_start_of_its_own(tmp_path: Path) -> None:
    plain, one, other = (autostart_of_this_system(base) for base in (None, tmp_path / "a", tmp_path / "b"))
    if isinstance(plain, LinuxAutostart):
        assert isinstance(one, LinuxAutostart)
        assert isinstance(other, LinuxAutostart)
        plain.install()
        one.install()
        other.remove()
        assert plain.path.exists()
        assert one.path.exists()
        plain.remove()
        one.remove()


def test_the_command_keeps_the_data_apart(tmp_path: Path) -> None:
    assert own_command(tmp_path)[-2:] == ["--base-dir", str(tmp_path)]
    assert "--base-dir" not in own_command(None)
