"""What speaks against a scene, one row each: an icon, a sentence, and buttons for what can be done."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.ui.concerns import Choice, Concern
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.state_looks import FAILED, Icons
from render_manager.ui.theme import ICON_PX, Theme

LIST_HEIGHT_PX = 132


class ProblemRows(QWidget):
    """Shows concerns; GUI thread.

    Signals:
        chosen: the Choice whose button was pressed.
    """

    chosen = Signal(object)

    def __init__(self, *, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._shown: tuple[Concern, ...] = ()
        self._widgets: list[QWidget] = []
        self._is_narrow = False
        self._unfolded: set[str] = set()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)

    def show_concerns(self, concerns: Sequence[Concern]) -> None:
        """Show these; rows that are the same stay, so that a button keeps its place under the mouse."""
        concerns = tuple(concerns)
        if concerns == self._shown:
            return
        focus = self._focus()
        before = dict(zip(self._shown, self._widgets, strict=True))
        self._widgets = []
        for place, concern in enumerate(concerns):
            row = before.pop(concern, None) or self._row(concern)
            self._rows.insertWidget(place, row)
            self._widgets.append(row)
        for row in before.values():
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._shown = concerns
        self.setVisible(bool(concerns))
        self._focus_again(*focus)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Put buttons under the sentences, or beside them."""
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            concerns = self._shown
            self.show_concerns(())
            self.show_concerns(concerns)

    def text(self) -> str:
        """Return all sentences, one a line."""
        return "\n".join(concern.text for concern in self._shown)

    def buttons(self) -> list[QPushButton]:
        """Return the buttons from top to bottom."""
        return [button for row in self._widgets for button in row.findChildren(QPushButton)]

    def _focus(self) -> tuple[str, int]:
        """Return the code of the row whose button has the focus, and the button's place in it."""
        for concern, row in zip(self._shown, self._widgets, strict=True):
            for place, button in enumerate(row.findChildren(QPushButton)):
                if button.hasFocus():
                    return concern.code, place
        return "", 0

    def _focus_again(self, code: str, place: int) -> None:
        """Give the focus back to a button that was made anew, for those who press it with a key."""
        for concern, row in zip(self._shown, self._widgets, strict=True):
            buttons = row.findChildren(QPushButton)
            if code and concern.code == code and place < len(buttons):
                buttons[place].setFocus()

    def _row(self, concern: Concern) -> QWidget:
        row = QWidget(self)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._sign(concern.severity), 0, Qt.AlignmentFlag.AlignTop)
        text = PlainLabel(concern.text)
        text.setWordWrap(True)
        text.setMinimumWidth(1)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = text.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        text.setSizePolicy(policy)
        line.addWidget(text, 1)
        column.addLayout(line)
        buttons = [self._button(choice) for choice in concern.choices]
        if concern.details:
            lines, more = self._details(concern)
            buttons += more
        if self._is_narrow:
            _below(buttons, column)
        else:
            for button in buttons:
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        if concern.details:
            column.addWidget(lines)
        return row

    def _sign(self, severity: Severity) -> QLabel:
        is_error = severity is Severity.ERROR
        name = "mdi6.alert-octagon" if is_error else "mdi6.alert"
        sign = PlainLabel()
        color = FAILED if is_error else self._theme.warning_text
        sign.setPixmap(self._icons.colored(name, color).pixmap(QSize(ICON_PX, ICON_PX)))
        words = _("Forbids rendering") if is_error else _("Renders, but perhaps not as you expect")
        sign.setToolTip(plain_tip(words))
        sign.setAccessibleName(words)
        sign.setContentsMargins(0, 4, 0, 0)
        return sign

    def _button(self, choice: Choice) -> QPushButton:
        button = QPushButton(choice.text.replace("&", "&&"))
        button.setObjectName("choice")
        button.setToolTip(plain_tip(choice.tip))
        button.setAutoDefault(False)
        if choice.is_current:
            button.setCheckable(True)
            button.setChecked(True)
        button.clicked.connect(lambda: self.chosen.emit(choice))
        return button

    def _details(self, concern: Concern) -> tuple[QWidget, list[QPushButton]]:
        """Return a list that unfolds, and the buttons that unfold and copy it."""
        lines = QPlainTextEdit("\n".join(concern.details))
        lines.setReadOnly(True)
        lines.setAcceptDrops(False)
        lines.setTabChangesFocus(True)
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines.setFixedHeight(LIST_HEIGHT_PX)
        lines.setVisible(concern.code in self._unfolded)
        show = self._button(Choice(_("Show list"), ""))
        show.setCheckable(True)
        show.setChecked(concern.code in self._unfolded)
        show.clicked.disconnect()
        copy = self._button(Choice(_("Copy list"), ""))
        copy.clicked.disconnect()
        copy.setVisible(concern.code in self._unfolded)

        def unfold(is_shown: bool) -> None:
            (self._unfolded.add if is_shown else self._unfolded.discard)(concern.code)
            lines.setVisible(is_shown)
            copy.setVisible(is_shown)

        show.toggled.connect(unfold)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(concern.details)))
        return lines, [show, copy]


def _below(buttons: Sequence[QPushButton], column: QVBoxLayout) -> None:
    """Put buttons under a sentence, two in a row."""
    for first in range(0, len(buttons), 2):
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addSpacing(ICON_PX + 8)
        for button in buttons[first : first + 2]:
            line.addWidget(button)
        line.addStretch(1)
        column.addLayout(line)
