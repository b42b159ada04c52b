"""Labels and tool tips that show a text as it is, whatever it looks like.

Qt takes a text that looks like HTML for HTML, and then loads the pictures it names: a scene, a log or a file
must not be able to do that by its name. `tests/test_architecture.py` keeps other labels out.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """Shows its text as it is; GUI thread."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class LinkLabel(QLabel):
    """Shows HTML of ours whose links open in the browser; all else in it has to be escaped. GUI thread."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setOpenExternalLinks(True)
        self.setText(text)


def plain_tip(text: str) -> str:
    """Return a tool tip that shows this text as it is, even where it looks like HTML."""
    if "<" not in text and "&lt;" not in text:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"


def plain_notice(text: str) -> str:
    """Return the text of a desktop notification: some desktops read HTML in it, others show it as it is."""
    return text.replace("<", "‹").replace(">", "›")
