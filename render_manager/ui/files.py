"""Opening files and folders in the system's own programs."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def open_file(path: Path) -> bool:
    """Open a file or folder in its program; return False when that cannot be done."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> bool:
    """Show a file selected in the file manager where the system can, else open its folder."""
    if sys.platform == "win32" and path.exists():
        return bool(QProcess.startDetached("explorer.exe", [f"/select,{path}"])[0])
    if sys.platform == "darwin" and path.exists():
        return bool(QProcess.startDetached("/usr/bin/open", ["-R", str(path)])[0])
    return open_file(path.parent)
