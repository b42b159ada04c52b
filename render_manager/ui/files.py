"""Opening files and folders in the system's own programs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.system.environment import users_environment, without_ours


def open_file(path: Path) -> bool:
    """Open a file or folder in its program; return False when that cannot be done."""
    with users_environment():
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def start_detached(program: str, arguments: Sequence[str]) -> bool:
    """Start a program in the user's own environment and leave it to itself; return whether it was started."""
    environment = QProcessEnvironment()
    for name, value in without_ours().items():
        environment.insert(name, value)
    process = QProcess()
    process.setProgram(program)
    process.setArguments(list(arguments))
    process.setProcessEnvironment(environment)
    # Ours may be pipes that somebody reads to their end.
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(QProcess.nullDevice())
    # Some versions of PySide6 answer with the number of the process as well, as their stubs say of all.
    answer: object = process.startDetached()
    return answer[0] is True if isinstance(answer, tuple) else answer is True


def show_in_folder(path: Path) -> bool:
    """Show a file selected in the file manager where the system can, else open its folder."""
    if sys.platform == "win32" and path.exists():
        return start_detached("explorer.exe", ["/select,", str(path)])
    if sys.platform == "darwin" and path.exists():
        return start_detached("/usr/bin/open", ["-R", str(path)])
    return open_file(path.parent)


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
