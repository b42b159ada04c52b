"""A text that came with the program, to be read: its licence, the notices of what it is made with."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.theme import Theme, apply_style, fixed_font

WIDTH_PX, HEIGHT_PX = 760, 600


class PaperPage(QDialog):
    """Shows a text file as it is; closes with Escape. GUI thread.

    Shown here, since `LICENSE` has no ending and Windows knows no program for it.
    """

    def __init__(self, path: Path, *, title: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit(_text_of(path))
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.text)
        apply_style(self, theme)
        # A style sheet brings the font of the window.
        self.text.setFont(fixed_font())
        self.resize(WIDTH_PX, HEIGHT_PX)


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        return _("The file {path} cannot be read: {why}.").format(path=path, why=error.strerror or error)
