"""While files are dragged over the window: a calm veil that says what dropping them will do."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.theme import CORNER_PX, Theme


class DropOverlay(QWidget):
    """Takes the files that are dropped anywhere on a window, and covers it during a drag; GUI thread.

    Signals:
        dropped: the paths.
    """

    dropped = Signal(object)

    def __init__(self, *, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._covered = window
        self._theme = theme
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Come and go with drags over the window, and take what is dropped."""
        if isinstance(event, QDragEnterEvent):
            paths = _paths_of(event.mimeData())
            if paths:
                event.acceptProposedAction()
                self._show(len(paths))
            return bool(paths)
        if event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        elif event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        if event.type() is QEvent.Type.Drop and isinstance(event, QDropEvent):
            paths = _paths_of(event.mimeData())
            if paths:
                event.acceptProposedAction()
                self.dropped.emit(paths)
                return True
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


def _paths_of(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
