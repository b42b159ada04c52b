"""A picture as large as fits, never stretched, on neutral grey where it can be seen through."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from render_manager.ui.theme import THUMBNAIL_GREY, Theme


class PictureView(QWidget):
    """Shows one picture, or a few words where there is none; GUI thread.

    Signals:
        double_clicked: the user wants to see it large.
    """

    double_clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(160, 90))

    @property
    def pixmap(self) -> QPixmap | None:
        """Return the picture shown."""
        return self._pixmap

    def show_pixmap(self, pixmap: QPixmap) -> None:
        """Show a picture."""
        self._pixmap, self._words = pixmap, ""
        self.update()

    def show_words(self, words: str) -> None:
        """Show words in the picture's place."""
        self._pixmap, self._words = None, words
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that suits most pictures."""
        return QSize(480, 270)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the picture should be seen large."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the picture or the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.pane)
        if self._pixmap is None:
            painter.setPen(self._theme.dim_text)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), int(flags), self._words)
            return
        ratio = self._pixmap.devicePixelRatio()
        size = (self._pixmap.size() / ratio).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(target, THUMBNAIL_GREY)
        painter.drawPixmap(target, self._pixmap)
