"""Opening files and folders in the system's own programs."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from render_manager.domain.texts import gettext as _


def open_file(path: Path) -> bool:
    """Open a file or folder in its program; return False when that cannot be done."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> bool:
    """Show a file selected in the file manager where the system can, else open its folder."""
    if sys.platform == "win32" and path.exists():
        explorer = QProcess()
        explorer.setProgram(_explorer())
        # By its own rules: the mark belongs behind the comma, or a path with one ends there.
        explorer.setNativeArguments(f'/select,"{path}"')
        return bool(explorer.startDetached())
    if sys.platform == "darwin" and path.exists():
        return bool(QProcess.startDetached("/usr/bin/open", ["-R", str(path)])[0])
    return open_file(path.parent)


def _explorer() -> str:
    """Return Windows' file manager by its whole path: a name alone would be looked for here first."""
    return str(Path(os.environ.get("SYSTEMROOT") or "C:\\Windows") / "explorer.exe")


def choose_scenes(
    parent: QWidget, suffixes: Sequence[str], then: Callable[[list[Path]], object]
) -> QFileDialog:
    """Let the user choose scene files; `then` gets them."""
    dialog = QFileDialog(parent, _("Add scenes"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    patterns = " ".join(f"*{suffix}" for suffix in suffixes)
    dialog.setNameFilters([_("Scenes ({patterns})").format(patterns=patterns), _("All files (*)")])
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
