"""Having the system start this program at the next log-in, by the user's own means: no service, no rights.

Waits for the disk, so not for the GUI's thread.
"""

import os
import plistlib
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.frozen import is_frozen, window_program
from render_manager.system.whole_files import write_whole
from render_manager.system.windows_keys import RegistryValues, WindowsRegistry

NAME = "render-manager"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"

_LONGEST_RUN = 260
"""Microsoft's *Run and RunOnce Registry Keys*: longer ones are not run."""


class Autostart(Protocol):
    """One system's way to start a program at the log-in."""

    def install(self) -> None:
        """Have the program started; raises OSError."""
        ...

    def remove(self) -> None:
        """Have it started no more; raises OSError."""
        ...


class LinuxAutostart:
    """A desktop file in the folder that desktops start from (XDG autostart)."""

    def __init__(self, folder: Path, command: Sequence[str], name: str = NAME) -> None:
        self.path = folder / "autostart" / f"{name}.desktop"
        self._command = command

    def install(self) -> None:
        """Write the file."""
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Render Manager",
            f"Exec={' '.join(_desktop_word(word) for word in self._command)}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        write_whole(self.path, "\n".join(lines) + "\n")

    def remove(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)


class MacAutostart:
    """A property list among the user's launch agents."""

    def __init__(self, home: Path, command: Sequence[str], name: str = NAME) -> None:
        self._label = f"org.{name}.start"
        self.path = home / "Library" / "LaunchAgents" / f"{self._label}.plist"
        self._command = command

    def install(self) -> None:
        """Write the list."""
        values = {"Label": self._label, "ProgramArguments": list(self._command), "RunAtLoad": True}
        write_whole(self.path, plistlib.dumps(values).decode("utf-8"))

    def remove(self) -> None:
        """Delete the list."""
        self.path.unlink(missing_ok=True)


class WindowsAutostart:
    """A value in the user's Run key."""

    def __init__(self, registry: RegistryValues, command: Sequence[str], name: str = NAME) -> None:
        self._name = name
        self._registry = registry
        self._command = command

    def install(self) -> None:
        """Write the value."""
        command = " ".join(map(_quoted, self._command))
        if len(command) > _LONGEST_RUN:
            text = _("Windows starts no command of more than {limit} signs at the log-in")
            raise OSError(text.format(limit=_LONGEST_RUN))
        self._registry.write(RUN_KEY, self._name, command)

    def remove(self) -> None:
        """Delete the value."""
        self._registry.delete(RUN_KEY, self._name)


class AutostartKeeper:
    """Installs and removes only what is not so already; one thread at a time."""

    def __init__(self, autostart: Autostart) -> None:
        self._autostart = autostart
        self._is_installed: bool | None = None

    def want(self, *, is_wanted: bool) -> None:
        """Have the program started at the log-in, or not; raises UserError with a sentence."""
        if is_wanted == self._is_installed:
            return
        try:
            if is_wanted:
                self._autostart.install()
            else:
                self._autostart.remove()
        except OSError as error:
            # Not tried again at every change of the queue.
            self._is_installed = is_wanted
            text = _("Whether Render Manager starts with the computer could not be changed: {why}.")
            raise UserError(text.format(why=error.strerror or error)) from error
        self._is_installed = is_wanted


def own_command(base_dir: Path | None) -> list[str]:
    """Return the command that starts this program with the same data."""
    if is_frozen():
        # Never the one with a console, whichever was asked to do it.
        command = [str(window_program())]
    else:
        program = Path(sys.executable)
        without_console = program.with_name("pythonw.exe")
        python = without_console if sys.platform == "win32" and without_console.exists() else program
        command = [str(python), "-m", "render_manager.app"]
    return command if base_dir is None else [*command, "--base-dir", str(base_dir)]


def autostart_of_this_system(base_dir: Path | None) -> Autostart:
    """Return this system's way, under a name of its own for each set of data."""
    command = own_command(base_dir)
    name = NAME if base_dir is None else f"{NAME}-{zlib.crc32(str(base_dir).encode()):08x}"
    if sys.platform == "win32":
        return WindowsAutostart(WindowsRegistry(), command, name)
    if sys.platform == "darwin":
        return MacAutostart(Path.home(), command, name)
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path.home() / ".config"
    return LinuxAutostart(folder, command, name)


def _quoted(word: str) -> str:
    """Return a word of a command for Windows; no path can hold a quotation mark there.

    A backslash before the last mark, as in `D:\\`, would make that a part of the word.
    """
    trail = len(word) - len(word.rstrip("\\"))
    return '"' + word + "\\" * trail + '"'


def _desktop_word(word: str) -> str:
    """Return a word as the Exec line of a desktop file wants it: quoted, and escaped twice."""
    for sign in '\\"`$':
        word = word.replace(sign, f"\\\\{sign}" if sign != "\\" else "\\" * 4)
    return '"' + word.replace("%", "%%") + '"'
