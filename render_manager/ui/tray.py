"""The icon in the system's tray: progress at a glance, and the window while it is hidden."""

import sys

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.overall import Overall
from render_manager.ui.plain_label import plain_notice
from render_manager.ui.state_looks import COMPLETED, FAILED, RUNNING

SIZE_PX = 64
FULL_CIRCLE = 360 * 16
"""Qt counts angles in sixteenths of a degree."""
MESSAGE_MS = 10_000


class Tray(QObject):
    """Shows the program in the tray, where there is one; GUI thread.

    Signals:
        opened: the user wants the window.
        hold_wanted: the user wants the queue paused, or to go on.
        quit_wanted: the user wants to leave.
    """

    opened = Signal()
    hold_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.icon = QSystemTrayIcon(parent)
        self._shown: Overall | None = None
        menu = QMenu(parent)
        menu.addAction(_("&Show window")).triggered.connect(lambda _checked=False: self.opened.emit())
        self.hold = menu.addAction(_("&Pause all"))
        self.hold.triggered.connect(lambda _checked=False: self.hold_wanted.emit())
        menu.addSeparator()
        menu.addAction(_("&Quit")).triggered.connect(lambda _checked=False: self.quit_wanted.emit())
        self.icon.setContextMenu(menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self.opened.emit)

    @staticmethod
    def is_there() -> bool:
        """Return whether this desktop has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self, overall: Overall) -> None:
        """Show where the queue stands."""
        if overall == self._shown:
            return
        self._shown = overall
        self.icon.setIcon(QIcon(progress_pixmap(overall)))
        self.icon.setToolTip(f"Render Manager\n{overall.text()}")
        if not self.icon.isVisible():
            self.icon.show()

    def tell(self, title: str, text: str, picture: QPixmap | None) -> None:
        """Show a desktop notification, with a picture where the desktop shows one."""
        text = plain_notice(text)
        if picture is None or picture.isNull():
            kind = QSystemTrayIcon.MessageIcon.Information
            self.icon.showMessage(title, text, kind, MESSAGE_MS)
        else:
            self.icon.showMessage(title, text, QIcon(picture), MESSAGE_MS)

    def show_held(self, is_held: bool) -> None:
        """Offer to go on, or to pause."""
        self.hold.setText(_("&Go on") if is_held else _("&Pause all"))

    def close(self) -> None:
        """Take the icon out of the tray."""
        self.icon.hide()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, and is told as well.
        is_click = reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin"
        if is_click or reason is QSystemTrayIcon.ActivationReason.DoubleClick:
            self.opened.emit()


def progress_pixmap(overall: Overall, size_px: int = SIZE_PX) -> QPixmap:
    """Return a frame of film in a ring that fills with the progress; red where something failed."""
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    unit = size_px / 16
    ring = QRectF(unit, unit, 14 * unit, 14 * unit)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(53, 53, 53))
    painter.drawEllipse(ring)
    color = FAILED if overall.failed else COMPLETED if overall.is_idle else RUNNING
    painter.setPen(QPen(color, 2 * unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # From twelve o'clock, clockwise.
    painter.drawArc(ring, 90 * 16, -FULL_CIRCLE * overall.percent // 100)
    painter.setPen(QPen(QColor(214, 214, 214), unit))
    painter.drawRect(QRectF(5 * unit, 5.5 * unit, 6 * unit, 5 * unit))
    painter.end()
    return pixmap
