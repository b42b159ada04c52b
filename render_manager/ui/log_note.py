"""A sentence that lies over the foot of the log for some seconds."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from render_manager.ui.plain_label import PlainLabel

SHOWN_MS = 6000
EDGE_PX = 8
FOOT_PX = 16
"""Kept free for the scroll bar."""


class LogNote(PlainLabel):
    """Says something over a widget beside it, without moving that; GUI thread."""

    def __init__(self, *, over: QWidget, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.setObjectName("log_note")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over = over
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.end)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence; an empty one takes it away."""
        self.setText(text)
        self.setVisible(bool(text))
        self._place()
        self.raise_()
        self._timer.start()

    def end(self) -> None:
        """Take the sentence away."""
        self.say("")

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the foot when the widget changes its size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        place = self._over.geometry()
        room = place.width() - 2 * EDGE_PX
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + 32
        width = max(min(wanted, room), 1)
        height = self.heightForWidth(width)
        top = place.bottom() - height - FOOT_PX
        self.setGeometry(place.left() + EDGE_PX, top, width, height)
