"""What the line at the cursor means and what to do about it, below the log."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.log_marks import Mark
from render_manager.ui.log_painting import mark_look
from render_manager.ui.log_ruler import meaning_text
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.state_looks import Icons

ICON_PX = 16


class LogMeaning(QWidget):
    """One line of explanation that can be unfolded; GUI thread.

    Signals:
        unfolded: whether the whole text is shown now, as the user wishes.
    """

    unfolded = Signal(bool)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._icon = PlainLabel()
        self._icon.setFixedSize(ICON_PX, ICON_PX + 8)
        self.line = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.whole = PlainLabel()
        self.whole.setWordWrap(True)
        self.whole.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.whole.setMinimumWidth(1)
        self.button = QToolButton()
        self.button.setAutoRaise(True)
        self.button.setCheckable(True)
        self.button.setIconSize(QSize(ICON_PX, ICON_PX))
        self.button.setToolTip(_("Show the whole explanation, to read or to copy it"))
        self.button.setAccessibleName(_("Whole explanation"))
        self.button.toggled.connect(self._on_toggled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.line)
        texts.addWidget(self.whole)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.whole.hide()
        self.hide()

    @property
    def is_unfolded(self) -> bool:
        """Return whether the whole text is shown."""
        return self.button.isChecked()

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        self._draw_button()

    def show_mark(self, mark: Mark | None, reason: str = "", advice: str = "") -> None:
        """Explain a line; without one, say why the attempt failed, if it did."""
        if mark is None and not reason:
            self.hide()
            return
        severity = Severity.ERROR if mark is None else mark.severity
        is_known = mark is None or mark.meaning is not None
        icon = self._icons.colored(*mark_look(severity, is_known=is_known))
        self._icon.setPixmap(icon.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))
        if mark is None:
            self._say(reason, advice)
        elif mark.meaning is None:
            self._say(meaning_text(mark), "")
        else:
            self._say(mark.meaning.text, mark.meaning.advice)
        self.show()

    def _say(self, meaning: str, advice: str) -> None:
        self.line.setText(f"{meaning} {advice}".strip())
        parts = [_("What it means: {meaning}").format(meaning=meaning)]
        if advice:
            parts.append(_("What to do: {advice}").format(advice=advice))
        self.whole.setText("\n".join(parts))

    def _on_toggled(self, is_unfolded: bool) -> None:
        self.line.setVisible(not is_unfolded)
        self.whole.setVisible(is_unfolded)
        self._draw_button()
        self.unfolded.emit(is_unfolded)

    def _draw_button(self) -> None:
        name = "mdi6.chevron-down" if self.button.isChecked() else "mdi6.chevron-up"
        self.button.setIcon(self._icons.plain(name))
