"""Putting the computer to sleep, shutting it down, running the user's own command."""

import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.execution.environment import engine_environment

COMMAND_LIMIT_S = 60.0
"""A system's own command that has not answered by then is left to itself."""

_SLEEP: dict[str, tuple[str, ...]] = {
    "darwin": ("pmset", "sleepnow"),
    "linux": ("systemctl", "suspend"),
}
_SHUT_DOWN: dict[str, tuple[str, ...]] = {
    "win32": ("shutdown", "/s", "/t", "0"),
    "darwin": ("osascript", "-e", 'tell application "System Events" to shut down'),
    "linux": ("systemctl", "poweroff"),
}


def sleep() -> None:
    """Put the computer to sleep; raises UserError with a sentence when it refuses. Waits, so on a thread."""
    if sys.platform == "win32":
        _sleep_windows()
    else:
        _run(_of_this_system(_SLEEP))


def _sleep_windows() -> None:
    """Sleep, not hibernate (SetSuspendState of powrprof.dll); returns after waking, which may be tomorrow."""
    import ctypes  # only here

    if not ctypes.windll.powrprof.SetSuspendState(0, 0, 0):  # type: ignore[attr-defined,unused-ignore]  # Windows
        raise UserError(_("Windows refused to put the computer to sleep."))


def shut_down() -> None:
    """Shut the computer down; raises UserError with a sentence when it refuses. Waits, so on a thread."""
    _run(_of_this_system(_SHUT_DOWN))


def start_command(text: str) -> None:
    """Start a command the user typed, without a shell, and leave it to itself.

    Raises UserError with a sentence when there is nothing to start.
    """
    words = split_command(text)
    if not words:
        raise UserError(_("No command was given."))
    program = found_program(words[0])
    if program is None:
        raise UserError(_("The program {name} was not found.").format(name=words[0]))
    try:
        process = subprocess.Popen(
            [program, *words[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=engine_environment({}),
            start_new_session=True,
        )
    except OSError as error:
        raise UserError(
            _("{command} could not be started: {why}.").format(command=text, why=error)
        ) from error
    # Somebody has to take note of its end, or it stays as a zombie.
    threading.Thread(target=process.wait, name="command", daemon=True).start()


def split_command(text: str) -> list[str]:
    """Return the words of a command; raises UserError when a quote is not closed."""
    try:
        words = shlex.split(text, posix=sys.platform != "win32")
    except ValueError as error:
        raise UserError(
            _("{command} is not a whole command: {why}.").format(command=text, why=error)
        ) from error
    # Windows keeps the quotes around a path with blanks; they are not part of it.
    return [word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word for word in words]


def found_program(name: str) -> str | None:
    """Return a program by its name, but none of the current folder, where Windows looks first."""
    found = shutil.which(name)
    is_here = found is not None and not Path(found).is_absolute()
    return None if is_here and Path(name).name == name else found


def _of_this_system(commands: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return commands.get(sys.platform, commands["linux"])


def _run(command: Sequence[str]) -> None:
    name = " ".join(command)
    program = found_program(command[0])
    if program is None:
        raise UserError(_("This computer has no “{command}”.").format(command=command[0]))
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=engine_environment({}),
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(_("{command} could not be run: {why}.").format(command=name, why=error)) from error
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip() or _("exit code {code}").format(
            code=done.returncode
        )
        raise UserError(_("{command} refused: {why}").format(command=name, why=said))
