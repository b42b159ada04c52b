"""The bar over the window's lower edge: what was just done, with a button to undo it, or a short remark."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.theme import CORNER_PX, Theme
from render_manager.ui.undo import Undo

REMARK_MS = 6000
WIDEST_PX = 640
GAP_PX = 16


class UndoBar(QWidget):
    """Lies over the lower middle of another widget; nothing below it moves. GUI thread."""

    def __init__(self, *, theme: Theme, undo: Undo, over: QWidget) -> None:
        super().__init__(over)
        self._undo = undo
        self._over = over
        self._remark = ""
        self.setObjectName("undo_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"#undo_bar {{ background: {theme.raised.name()}; border: 1px solid {theme.line.name()}; "
            f"border-radius: {CORNER_PX}px; }}"
        )
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._left = PlainLabel()
        self._left.setObjectName("dim")
        self.button = QPushButton(_("&Undo"))
        self.button.setToolTip(_("Undo this (Ctrl+Z)"))
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button = QPushButton(_("Close"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (self.text, self._left, self.button, self.close_button):
            layout.addWidget(widget)
        self.button.clicked.connect(undo.undo)
        self.close_button.clicked.connect(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REMARK_MS)
        self._timer.timeout.connect(self._end_remark)
        undo.changed.connect(self._tell)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a remark for a few seconds."""
        self._remark = text
        self._timer.start()
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep to the place when the window changes its size."""
        if watched is self._over and event.type() is QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _close(self) -> None:
        if self._remark:
            self._end_remark()
        else:
            self._undo.dismiss()

    def _end_remark(self) -> None:
        self._timer.stop()
        self._remark = ""
        self._tell()

    def _tell(self) -> None:
        order = self._undo.newest
        can_undo = order is not None and not self._remark
        self.text.setText(self._remark or (order.text if order is not None else ""))
        seconds = order.seconds_left if order is not None else 0
        self._left.setText(_("{count} s").format(count=seconds))
        self._left.setVisible(can_undo)
        self.button.setVisible(can_undo)
        self.setVisible(bool(self._remark) or order is not None)
        if not self.isHidden():
            self._place()

    def _place(self) -> None:
        room = self._over.size()
        width = min(WIDEST_PX, room.width() - 2 * GAP_PX)
        self.resize(QSize(width, max(self.heightForWidth(width), self.sizeHint().height())))
        self.move((room.width() - width) // 2, room.height() - self.height() - GAP_PX)
        self.raise_()
