"""What the program is called by systems: task bars, menus, notifications, installers.

`packaging` reads the same constants for its shortcuts and menu entries, so this module imports nothing heavy.
"""

import sys
from pathlib import Path

from render_manager import __version__
from render_manager.system.resources import resource_dir

PROGRAM_NAME = "Render Manager"
APP_USER_MODEL_ID = "RenderManager.RenderManager"
"""Windows groups windows, shortcuts and notifications by it (learn.microsoft.com, "Application User Model
IDs"): shortcuts have to carry the same one."""
DESKTOP_ID = "render-manager"
"""The name of our entry in Linux menus, `render-manager.desktop`, and of its icon."""
LICENCE_FILE = "LICENSE"
NOTICES_FILE = "THIRD-PARTY-NOTICES.txt"


def program_and_version() -> str:
    """Return the program's name with its version."""
    return f"{PROGRAM_NAME} {__version__}"


def claim_taskbar_identity() -> None:
    """Have Windows know this process as Render Manager; before its first window.

    Where Windows refuses it goes on with an id it makes from the program's path.
    """
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(ctypes.c_wchar_p(APP_USER_MODEL_ID))


def shipped_paper(name: str) -> Path | None:
    """Return the licence or the notices that came with the program; None where they did not."""
    folders = [resource_dir().parent]
    if getattr(sys, "frozen", False):
        folders.insert(0, Path(sys.executable).parent)
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
