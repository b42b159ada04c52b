"""Files and folders that only this user may read: logs and names of scenes are nobody else's business.

By their modes on Linux and macOS. On Windows the folders used are private already, and modes mean nothing.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it as usual, if it is not there; raises OSError."""
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def open_private(name: str, flags: int) -> int:
    """Open a file as `open` does, whose `opener` this is; a new one is private. Raises OSError."""
    return os.open(name, flags, FILE_MODE)


def make_private(path: Path, mode: int = FILE_MODE) -> None:
    """Take a file or folder of ours away from others if a version before this one left it open to them."""
    if sys.platform == "win32":
        return
    # That of a file system without modes, or of another owner, stays as it is.
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(mode)


def begin_private(path: Path) -> None:
    """Make an empty private file if there is none, for those who open it by its name; never raises.

    Whoever opens it says better why that is not possible.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
