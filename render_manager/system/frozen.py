"""What is different in the built program: one folder with two programs, `_internal`, and no Python beside.

Verified with the bootloader and the run-time hooks of PyInstaller 6.22.
"""

import os
import sys
from pathlib import Path

LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")
"""Variables in which the bootloader names our folder; what they were stands in `<NAME>_ORIG`."""
_CONSOLE_MARK = "-cli"
"""How the name of the program with a console ends; the one for the window has the same name without it."""


def is_frozen() -> bool:
    """Return whether this is the built program."""
    return bool(getattr(sys, "frozen", False))


def bundle_folder() -> Path:
    """Return the folder of our libraries: `_internal` when built, else that of Python's packages."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent))
    import sysconfig  # slow to import, and not needed by the built program

    return Path(sysconfig.get_path("platlib"))


def window_program() -> Path:
    """Return the built program that has no console, whichever of the two this is."""
    program = Path(sys.executable)
    return _existing(program.with_name(program.stem.removesuffix(_CONSOLE_MARK) + program.suffix), program)


def console_program() -> Path:
    """Return the built program that has a console, whichever of the two this is."""
    program = Path(sys.executable)
    stem = program.stem.removesuffix(_CONSOLE_MARK) + _CONSOLE_MARK
    return _existing(program.with_name(stem + program.suffix), program)


def has_console() -> bool:
    """Return whether this program was made to be used in a terminal: all but the built one for the window."""
    return not is_frozen() or Path(sys.executable).stem.endswith(_CONSOLE_MARK)


def settle_in() -> None:
    """Keep what the bootloader set up for our libraries from the programs that we start.

    The loader of Linux has read its variable by now. On Windows children inherit the folder that the
    bootloader has searched for libraries; Python has a way to name it that they do not. An empty one also
    keeps the system from looking in the current folder, which may be a download's (*SetDllDirectory* of
    Microsoft's documentation).
    """
    if not is_frozen():
        return
    for name in LIBRARY_PATHS:
        os.environ.pop(name, None)
        original = os.environ.pop(f"{name}_ORIG", "")
        if original:
            os.environ[name] = original
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        os.add_dll_directory(str(bundle_folder()))
        ctypes.windll.kernel32.SetDllDirectoryW("")


def library_folder_of_children() -> str:
    """Return the folder in which Windows looks for libraries of programs that we start; empty is right."""
    if sys.platform == "win32":
        import ctypes  # as above

        text = ctypes.create_unicode_buffer(1 << 15)
        ctypes.windll.kernel32.GetDllDirectoryW(len(text), text)
        return text.value
    return ""


def _existing(wanted: Path, otherwise: Path) -> Path:
    return wanted if wanted.is_file() else otherwise
