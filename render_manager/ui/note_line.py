"""Lines above a page that say what happened, each with one thing to do about it and a cross to dismiss it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.theme import Theme

LIST_HEIGHT_PX = 110


class NoteLines(QWidget):
    """Notes by code, newest last; hidden when there are none. GUI thread."""

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notes: dict[str, QWidget] = {}
        self._texts: dict[str, QLabel] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.hide()

    def say(
        self,
        code: str,
        text: str,
        *,
        lines: Sequence[str] = (),
        button: str = "",
        do: Callable[[], None] | None = None,
    ) -> None:
        """Show a note in place of an older one of this code; an empty text takes it away.

        `lines` can be unfolded and copied; `button` does `do`.
        """
        if text and code in self._texts and not lines:
            self._texts[code].setText(text)
            return
        old = self._notes.pop(code, None)
        self._texts.pop(code, None)
        if old is not None:
            old.hide()
            old.deleteLater()
        if text:
            self._notes[code] = self._note(code, text, lines, button, do)
            self._column.addWidget(self._notes[code])
        self.setVisible(bool(self._notes))

    def text(self, code: str) -> str:
        """Return what is said under a code, empty when nothing is."""
        return self._texts[code].text() if code in self._texts else ""

    def button(self, code: str) -> QPushButton | None:
        """Return the button of a note."""
        note = self._notes.get(code)
        return None if note is None else note.findChild(QPushButton, "note_do")

    def _note(
        self, code: str, text: str, lines: Sequence[str], button: str, do: Callable[[], None] | None
    ) -> QWidget:
        note = QWidget(self)
        note.setObjectName("note")
        note.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(note)
        column.setContentsMargins(16, 4, 8, 4)
        line = QHBoxLayout()
        line.setSpacing(8)
        column.addLayout(line)
        words = self._texts[code] = ElidedLabel(text, mode=Qt.TextElideMode.ElideRight)
        line.addWidget(words, 1)
        if lines:
            self._add_list(lines, line, column)
        if do is not None:
            line.addWidget(_button(button, do, "note_do"))
        cross = QToolButton()
        cross.setText("✕")
        cross.setAutoRaise(True)
        cross.setToolTip(_("Dismiss"))
        cross.setAccessibleName(_("Dismiss"))
        cross.clicked.connect(lambda: self.say(code, ""))
        line.addWidget(cross)
        return note

    def _add_list(self, lines: Sequence[str], line: QHBoxLayout, column: QVBoxLayout) -> None:
        listed = QPlainTextEdit("\n".join(lines))
        listed.setReadOnly(True)
        listed.setAcceptDrops(False)
        listed.setTabChangesFocus(True)
        listed.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        listed.setFixedHeight(LIST_HEIGHT_PX)
        listed.hide()
        column.addWidget(listed)
        line.addWidget(_button(_("Show list"), lambda: listed.setVisible(listed.isHidden()), "note_list"))
        copy = QGuiApplication.clipboard
        line.addWidget(_button(_("Copy list"), lambda: copy().setText("\n".join(lines)), "note_copy"))


def _button(text: str, do: Callable[[], None], name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: do())
    return button
