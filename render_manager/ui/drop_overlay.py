"""While files are dragged over the window: a calm veil that says what dropping them will do."""

from gettext import gettext as _
from gettext import ngettext

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from render_manager.ui.theme import CORNER_PX, Theme


class DropOverlay(QWidget):
    """Covers its parent during a drag and lets everything through; GUI thread."""

    def __init__(self, *, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self._theme = theme
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Come and go with drags over the parent."""
        if isinstance(event, QDragEnterEvent):
            count = sum(url.isLocalFile() for url in event.mimeData().urls())
            if count:
                self._show(count)
        elif event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        elif event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def _show(self, count: int) -> None:
        text = ngettext(
            "Drop to look at {count} file or folder", "Drop to look at {count} files or folders", count
        )
        self.words = text.format(count=count)
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the veil, a frame where the drop goes, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.window)
        veil.setAlphaF(0.82)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(self._theme.accent, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), CORNER_PX, CORNER_PX)
        font = painter.font()
        font.setPixelSize(20)
        painter.setFont(font)
        painter.setPen(self._theme.text)
        middle = self.rect().adjusted(32, 32, -32, -32)
        painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.words)
        font.setPixelSize(13)
        painter.setFont(font)
        painter.setPen(self._theme.dim_text)
        hint = _("Nothing is rendered before you queue it.")
        painter.drawText(middle.translated(0, 32), int(Qt.AlignmentFlag.AlignCenter), hint)
