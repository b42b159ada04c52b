"""What pages that cover jobs and frames have in common: a head with buttons, and a body that scrolls."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import PlainLabel

WIDEST_PX = 1400


class CoverPage(QWidget):
    """A page with a title, a sentence under it, and a body that is filled anew; GUI thread.

    Signals:
        closed: the page is left, by its button or with Escape.
    """

    closed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        head = PlainLabel(title)
        head.setObjectName("title")
        self.sentence = plain_label("")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.close_button = QPushButton(_("Close"))
        self.close_button.setToolTip(_("Back to jobs and frames (Esc)"))
        self.close_button.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(head)
        words.addWidget(self.sentence)
        top.addLayout(words, 1)
        top.addLayout(self.buttons)
        top.addWidget(self.close_button)
        top.setAlignment(self.close_button, Qt.AlignmentFlag.AlignTop)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.body = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 0)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(self.area, 1)
        self.clear()

    def clear(self) -> None:
        """Begin an empty body."""
        page = QWidget()
        page.setMaximumWidth(WIDEST_PX)
        self.body = QVBoxLayout(page)
        self.body.setContentsMargins(0, 0, 12, 24)
        self.body.setSpacing(6)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.area.setWidget(page)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the page with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def plain_label(text: str, name: str = "") -> QLabel:
    """Return a label of words as they are, that wraps and can be copied."""
    label = PlainLabel()
    label.setText(text)
    label.setWordWrap(True)
    label.setObjectName(name)
    # A path without a break must not widen the window.
    label.setMinimumWidth(1)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
