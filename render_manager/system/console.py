"""Where the program says something when it was started without a terminal, as the window program is.

On Windows a program for the window has no standard streams at all: `sys.stdout` is None there.
"""

import os
import stat
import sys
from typing import TextIO, cast

from render_manager.system.frozen import has_console

_TITLE = "Render Manager"
_PARENT = -1
"""ATTACH_PARENT_PROCESS of AttachConsole."""
_ERROR_BOX = 0x10
"""MB_ICONERROR of MessageBoxW."""


def provide_streams(*, is_command: bool) -> bool:
    """Give a program its standard streams where it has none; return whether what it says can be read.

    A command takes the terminal it was typed in. The window does not: it would be ended with the terminal.
    """
    if None not in (sys.stdout, sys.stderr):
        if sys.stdin is None:
            sys.stdin = _nowhere("r")
        return True
    terminal = _terminal_of_parent() if is_command else None
    sys.stdin = sys.stdin or _nowhere("r")
    # Whoever redirected one of them gets that one.
    sys.stdout = sys.stdout or terminal or _nowhere("w")
    sys.stderr = sys.stderr or terminal or _nowhere("w")
    return terminal is not None


def is_read_by_people() -> bool:
    """Return whether somebody may look at standard error; started from a desktop, nobody does."""
    if has_console() or sys.stderr is None:
        return has_console()
    try:
        mode = os.fstat(sys.stderr.fileno()).st_mode
    except (OSError, ValueError):
        return False
    # Whoever reads a pipe wants no box in front of a screen.
    return _is_terminal(sys.stderr) or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def show_box(text: str) -> bool:
    """Show a sentence in a box of the system and wait until it was read; return False where there is none."""
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        return bool(ctypes.windll.user32.MessageBoxW(None, text, _TITLE, _ERROR_BOX))
    return False


def _is_terminal(stream: TextIO) -> bool:
    if sys.platform == "win32":
        import ctypes  # only Windows needs it
        import msvcrt  # only Windows has it

        # Nowhere (NUL) passes for a terminal there when Python asks; it has no mode of a console.
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
        return bool(ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(ctypes.c_ulong())))
    return stream.isatty()


def _terminal_of_parent() -> TextIO | None:
    if sys.platform == "win32":
        import ctypes  # as above

        if ctypes.windll.kernel32.AttachConsole(_PARENT):
            try:
                # A device, and open to the end.
                return open("CONOUT$", "w", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123
            except OSError:
                return None
    return None


def _nowhere(mode: str) -> TextIO:
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123 - open to the end
