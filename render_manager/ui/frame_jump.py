"""A small field over the frames: type a number, be there."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from render_manager.domain.frameset import FrameSet, compact_text
from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import PlainLabel

MARGIN_PX = 12
MOST_RUNS = 3
"""Runs of frames that are named; a list of hundreds tells nothing."""
_CLOSING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})


class FrameJump(QFrame):
    """Asks for a frame and goes there while the number is typed; GUI thread.

    Signals:
        frame_wanted: a frame number that the job has.
        closed: the field went away.
    """

    frame_wanted = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("frame_jump")
        self.setAutoFillBackground(True)
        self._frames, self._runs = FrameSet(()), ""
        self.field = QLineEdit()
        self.field.setFixedWidth(96)
        self.field.setValidator(QIntValidator(self.field))
        self.field.setAccessibleName(_("Go to frame"))
        self.note = PlainLabel()
        self.note.setObjectName("dim")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(_("Go to frame")))
        layout.addWidget(self.field)
        layout.addWidget(self.note)
        self.field.textEdited.connect(self._on_edited)
        self.field.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def ask(self, frames: FrameSet, text: str = "") -> None:
        """Open, with what was typed already."""
        self._frames, self._runs = frames, _runs_text(frames)
        self.field.setText(text)
        self.show()
        self.raise_()
        self.field.setFocus()
        self._on_edited(text)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Close with Enter, Escape and when the focus goes elsewhere; stay in the corner."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.field and self.isVisible():
            if isinstance(event, QKeyEvent) and event.key() in _CLOSING:
                if event.type() == QEvent.Type.ShortcutOverride:
                    # Return means something else for the frames around this field.
                    event.accept()
                    return True
                if event.type() == QEvent.Type.KeyPress:
                    self._close()
                    return True
            elif event.type() == QEvent.Type.FocusOut:
                self.hide()
        return super().eventFilter(watched, event)

    def _on_edited(self, text: str) -> None:
        number = int(text) if text.lstrip("-").isdigit() else None
        if number is None or number in self._frames:
            self.note.setText(_("Frames of this job: {frames}").format(frames=self._runs))
        else:
            note = _("This job has no frame {number}. Its frames: {frames}")
            self.note.setText(note.format(number=number, frames=self._runs))
        if number is not None and number in self._frames:
            self.frame_wanted.emit(number)
        self._place()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.adjustSize()
            self.move(max(parent.width() - self.width() - MARGIN_PX - 12, 0), MARGIN_PX)


def _runs_text(frames: FrameSet) -> str:
    """Return which frames there are, ascending: `1-100x5`."""
    numbers = frames.numbers
    if isinstance(numbers, range):
        # As it is: a million numbers take long to look through.
        return FrameSet([numbers]).text()
    return compact_text(numbers, limit=MOST_RUNS)
