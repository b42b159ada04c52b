"""The surface a picture is looked at on: zoom, pan, the pixel under the cursor, and the line of a wipe."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from render_manager.ui.theme import Theme, scrim
from render_manager.ui.viewer.levels import Levels

LARGEST_ZOOM, SMALLEST_ZOOM = 64.0, 0.02
ZOOM_STEP = 1.25
GRAB_PX = 8
"""How near to the line of a wipe the mouse takes hold of it."""
PIXELS_SEEN_FROM = 2.0
"""Zoom from which single pixels have edges, unless the picture only fills the window."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the canvas."""

    levels: Levels
    aspect: float = 1.0
    """Width of a pixel divided by its height."""
    other: Levels | None = None
    """What lies on the right of the wipe's line."""
    badge: str = ""
    """A few words over the picture's corner."""
    labels: tuple[str, str] = ("", "")
    """What lies on the left and on the right of the wipe's line."""


class Canvas(QWidget):
    """Shows a picture, or words; GUI thread. Zoom 1 is one pixel of the picture on one of the screen.

    Signals:
        pointed: (x, y) of the pixel under the cursor, or None.
        zoomed: the zoom has changed.
        menu_wanted: the point, in global coordinates, at which a menu should open.
    """

    pointed = Signal(object)
    zoomed = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Shown | None = None
        self._words = ""
        self._size, self._aspect = QSize(), 1.0
        """Of the last picture; where one is missing, its place stays."""
        self._zoom: float | None = None
        self._centre = QPointF(0.5, 0.5)
        """The place of the picture, 0 to 1 each way, that is in the middle of the canvas."""
        self.wipe = 0.5
        """Where the line of the wipe is, 0 to 1 of the picture's width."""
        self._panned_from: QPointF | None = None
        self._is_wiping = False
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(160, 90))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def shown(self) -> Shown | None:
        """Return what is shown, None while there are words."""
        return self._shown

    @property
    def words(self) -> str:
        """Return the words shown in a picture's place."""
        return self._words

    @property
    def is_fitted(self) -> bool:
        """Return whether the picture is as large as fits, whatever the size of the window."""
        return self._zoom is None

    @property
    def zoom(self) -> float:
        """Return the pixels of the screen on which one of the picture is shown."""
        return self._fit_zoom() if self._zoom is None else self._zoom

    def size_px(self) -> QSize:
        """Return the size in pixels of the screen."""
        return self.size() * self.devicePixelRatioF()

    def show_picture(self, shown: Shown) -> None:
        """Show a picture, or the same one otherwise."""
        has_moved = (shown.levels.size, shown.aspect) != (self._size, self._aspect)
        self._shown, self._words = shown, ""
        self._size, self._aspect = shown.levels.size, shown.aspect
        self.update()
        if has_moved:
            self.zoomed.emit()

    def forget_size(self) -> None:
        """Forget how large the last picture was; the next one is of another job."""
        self._size = QSize()

    def show_words(self, words: str) -> None:
        """Show a sentence in a picture's place."""
        self._shown, self._words = None, words
        self.update()

    def fit(self) -> None:
        """Show the whole picture as large as fits."""
        self._zoom, self._centre = None, QPointF(0.5, 0.5)
        self._changed()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom; the place of the picture under `at`, the middle by default, stays where it is."""
        if self._size.isEmpty():
            return
        at = QPointF(self.rect().center()) if at is None else at
        before = self._place_at(at)
        self._zoom = min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM)
        size = self._target().size()
        if size.width() > 0 and size.height() > 0:
            offset = at - QPointF(self.width() / 2, self.height() / 2)
            self._centre = QPointF(
                before.x() - offset.x() / size.width(), before.y() - offset.y() / size.height()
            )
        self._changed()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out."""
        self.set_zoom(self.zoom * factor, at)

    def set_wipe(self, share: float) -> None:
        """Move the line of the wipe to a share, 0 to 1, of the picture's width."""
        self.wipe = min(max(share, 0.0), 1.0)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom at the cursor."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(ZOOM_STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of the line or of the picture."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._is_wiping = event.button() is Qt.MouseButton.LeftButton and self._is_at_line(event.position())
        self._panned_from = None if self._is_wiping else event.position()
        self._set_cursor(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move what was taken hold of, and say which pixel is under the cursor."""
        place = event.position()
        if self._is_wiping:
            self.set_wipe(self._place_at(place).x())
        elif self._panned_from is not None:
            self._pan(place - self._panned_from)
            self._panned_from = place
        self._set_cursor(place)
        self.pointed.emit(self.pixel_at(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._is_wiping, self._panned_from = False, None
        self._set_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show the picture's own pixels there, or the whole of it again."""
        if event.button() is Qt.MouseButton.LeftButton:
            if self.is_fitted:
                self.set_zoom(1.0, event.position())
            else:
                self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for the menu."""
        self.menu_wanted.emit(event.globalPos())

    def leaveEvent(self, _event: object) -> None:  # noqa: N802 - Qt's name
        """No pixel is under the cursor."""
        self.pointed.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A fitted picture changes its zoom."""
        super().resizeEvent(event)
        self.zoomed.emit()

    def pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the pixel of the picture that is at a place of the canvas."""
        if self._shown is None:
            return None
        share, size = self._place_at(place), self._shown.levels.size
        if not (0 <= share.x() < 1 and 0 <= share.y() < 1):
            return None
        return int(share.x() * size.width()), int(share.y() * size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the picture, its other half, the line between and the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.pane)
        shown = self._shown
        if shown is None:
            self._paint_slate(painter)
            return
        target = self._target()
        self._paint(painter, shown.levels, target)
        if shown.other is not None:
            self._paint_other(painter, shown, target)
        if shown.badge:
            self._paint_tag(painter, shown.badge, QPointF(12, 12), is_left=True)

    def _paint_slate(self, painter: QPainter) -> None:
        """Keep the place of a picture that is missing, so that nothing jumps while it plays."""
        if not self._size.isEmpty():
            painter.fillRect(self._target(), self._theme.window)
        painter.setPen(self._theme.text)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(32, 32, -32, -32), int(flags), self._words)

    def _paint_other(self, painter: QPainter, shown: Shown, target: QRectF) -> None:
        assert shown.other is not None
        line = target.left() + self.wipe * target.width()
        right = QRectF(target)
        right.setLeft(line)
        painter.save()
        painter.setClipRect(right)
        painter.fillRect(right, self._theme.pane)
        self._paint(painter, shown.other, target)
        painter.restore()
        top, bottom = max(target.top(), 0.0), min(target.bottom(), float(self.height()))
        painter.setPen(QPen(self._theme.pane, 3))
        painter.drawLine(QPointF(line, top), QPointF(line, bottom))
        painter.setPen(QPen(self._theme.accent, 1))
        painter.drawLine(QPointF(line, top), QPointF(line, bottom))
        y = max(min(bottom, float(self.height())) - 32, 0)
        self._paint_tag(painter, shown.labels[0], QPointF(line - 8, y), is_left=False)
        self._paint_tag(painter, shown.labels[1], QPointF(line + 8, y), is_left=True)

    def _paint_tag(self, painter: QPainter, text: str, at: QPointF, *, is_left: bool) -> None:
        """Write over the picture; `at` is the upper left corner, or the upper right one."""
        metrics = self.fontMetrics()
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
        box.moveTopLeft(at if is_left else at - QPointF(box.width(), 0))
        painter.fillRect(box, scrim(self._theme))
        painter.setPen(self._theme.text)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint(self, painter: QPainter, levels: Levels, target: QRectF) -> None:
        """Paint the part of a picture that is in sight from the smallest image that is large enough."""
        ratio = self.devicePixelRatioF()
        image = levels.best_for(target.width() * ratio)
        visible = target.intersected(QRectF(self.rect()))
        if visible.isEmpty():
            return
        scale = target.width() * ratio / max(1, image.width())
        is_whole = image.width() == levels.size.width()
        sees_pixels = is_whole and not self.is_fitted and scale >= PIXELS_SEEN_FROM
        is_exact = abs(scale - 1) < 1e-3 or sees_pixels
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
        painter.drawImage(visible, image, _source(image, visible, target))

    def _fit_zoom(self) -> float:
        if self._size.isEmpty():
            return 1.0
        size, place = self._size, self.size_px()
        wide = size.width() * self._aspect
        return min(place.width() / max(1.0, wide), place.height() / max(1, size.height()))

    def _target(self) -> QRectF:
        """Return where the whole picture lies on the canvas; its edges are on whole pixels of the screen."""
        zoom, ratio = self.zoom, self.devicePixelRatioF()
        width = self._size.width() * self._aspect * zoom
        height = self._size.height() * zoom
        left = round(self.width() * ratio / 2 - self._centre.x() * width)
        top = round(self.height() * ratio / 2 - self._centre.y() * height)
        return QRectF(left / ratio, top / ratio, round(width) / ratio, round(height) / ratio)

    def _place_at(self, place: QPointF) -> QPointF:
        """Return the place of the picture, 0 to 1 each way, at a place of the canvas."""
        if self._size.isEmpty():
            return QPointF(0.5, 0.5)
        target = self._target()
        return QPointF(
            (place.x() - target.left()) / max(target.width(), 1e-6),
            (place.y() - target.top()) / max(target.height(), 1e-6),
        )

    def _pan(self, by: QPointF) -> None:
        if self._zoom is None:
            return
        target = self._target()
        x = self._centre.x() - by.x() / max(target.width(), 1)
        y = self._centre.y() - by.y() / max(target.height(), 1)
        self._centre = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
        self.update()

    def _is_at_line(self, place: QPointF) -> bool:
        if self._shown is None or self._shown.other is None:
            return False
        target = self._target()
        return abs(target.left() + self.wipe * target.width() - place.x()) <= GRAB_PX

    def _set_cursor(self, place: QPointF) -> None:
        if self._is_wiping or (self._panned_from is None and self._is_at_line(place)):
            self.setCursor(QCursor(Qt.CursorShape.SplitHCursor))
        elif self._panned_from is not None and self._zoom is not None:
            self.setCursor(QCursor(Qt.CursorShape.ClosedHandCursor))
        else:
            self.setCursor(QCursor(Qt.CursorShape.CrossCursor))

    def _changed(self) -> None:
        self.zoomed.emit()
        self.update()


def _source(image: QImage, visible: QRectF, target: QRectF) -> QRectF:
    """Return the part of an image that belongs to the visible part of where it is painted."""
    x, y = image.width() / target.width(), image.height() / target.height()
    return QRectF(
        (visible.left() - target.left()) * x,
        (visible.top() - target.top()) * y,
        visible.width() * x,
        visible.height() * y,
    )
