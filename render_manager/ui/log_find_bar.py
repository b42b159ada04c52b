"""The line in which words are looked for in the log."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.log_search import LONGEST_QUERY, Query
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.state_looks import Icons

PAUSE_MS = 150
"""How long the typing has to rest before the log is searched."""
COUNT_PX = 92
"""Kept for “1,234 of 56,789”, so that nothing moves while the number grows."""


class LogFindBar(QWidget):
    """A field, a switch for patterns, the count, and buttons to go on; GUI thread.

    Signals:
        query_changed: the Query to look for, or None.
        step_wanted: 1 for the next line found, -1 for the one before.
        closed: the user is done searching.
    """

    query_changed = Signal(object)
    step_wanted = Signal(int)
    closed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Find in the log"))
        self.field.setAccessibleName(_("Find in the log"))
        self.field.setMaxLength(LONGEST_QUERY)
        self.field.setMinimumWidth(80)
        self.pattern = self._button(".*", _("Take the words for a regular expression (Alt+R)"))
        self.pattern.setCheckable(True)
        self.pattern.setShortcut("Alt+R")
        self.count = PlainLabel()
        self.count.setObjectName("dim")
        self.count.setMinimumWidth(COUNT_PX)
        self.back = self._button("", _("Go to the match before (Shift+F3)"))
        self.on = self._button("", _("Go to the next match (F3)"))
        self.shut = self._button("", _("Stop searching (Esc)"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.pattern)
        layout.addWidget(self.count)
        for button in (self.back, self.on, self.shut):
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _text: self._timer.start())
        self.pattern.toggled.connect(lambda _checked: self._search())
        self.back.clicked.connect(lambda: self._step(-1))
        self.on.clicked.connect(lambda: self._step(1))
        self.shut.clicked.connect(self.close_bar)
        self.hide()

    @property
    def query(self) -> Query | None:
        """Return what is looked for."""
        return Query(self.field.text(), self.pattern.isChecked()) if self.field.text() else None

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        self.back.setIcon(self._icons.plain("mdi6.chevron-up"))
        self.on.setIcon(self._icons.plain("mdi6.chevron-down"))
        self.shut.setIcon(self._icons.plain("mdi6.close"))

    def open_bar(self) -> None:
        """Show the bar, ready to type; what was looked for before is looked for again."""
        was_open = self.isVisible()
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        if not was_open and self.field.text():
            self._search()

    def close_bar(self) -> None:
        """Stop searching."""
        self._timer.stop()
        self.hide()
        self.query_changed.emit(None)
        self.closed.emit()

    def say(self, text: str, tip: str = "", *, is_bad: bool = False) -> None:
        """Say how many lines were found, or why none can be."""
        name = "warning" if is_bad else "dim"
        if self.count.objectName() != name:
            self.count.setObjectName(name)
            self.count.style().unpolish(self.count)
            self.count.style().polish(self.count)
        self.count.setText(text)
        self.count.setToolTip(plain_tip(tip))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go on with Return, close with Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def _search(self) -> None:
        self._timer.stop()
        self.query_changed.emit(self.query)

    def _step(self, step: int) -> None:
        if self._timer.isActive():
            self._search()
        else:
            self.step_wanted.emit(step)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setText(text)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
