"""Paints one frame's cell: its picture, its state as border, icon and bar, its progress or its wait."""

import time

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from render_manager.domain.states import FrameState
from render_manager.ui.estimates import wait_text
from render_manager.ui.models.frames_model import CELL_ROLE, FrameCell, FramesModel
from render_manager.ui.state_looks import Icons, StateLook, frame_looks, marked_look, retry_look
from render_manager.ui.theme import CORNER_PX, SMALL_FONT_PX, THUMBNAIL_GREY, Theme, mixed, scrim
from render_manager.ui.thumbnails import Thumbnails

AnyIndex = QModelIndex | QPersistentModelIndex
CAPTION_PX = 20
BORDER_PX = 2
DIMMED = 0.35
"""How much is left of a picture that is not the frame's last word."""
SMALLEST_WITH_CAPTION_PX = 56
"""Narrower cells are plain blocks of the state's colour."""
NARROWEST_WITH_WORDS_PX = 90


class FrameDelegate(QStyledItemDelegate):
    """Paints cells; reads one role, the whole cell.

    Signals:
        countdown_painted: a cell was painted that looks different in a second.
    """

    countdown_painted = Signal()

    def __init__(
        self, *, theme: Theme, icons: Icons, thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._thumbnails = thumbnails
        self._looks = frame_looks()
        self._retry_look = retry_look()
        self._marked_look = marked_look()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a frame's cell."""
        cell: FrameCell | None = index.data(CELL_ROLE)
        if cell is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if cell.retry_at is not None and cell.retry_at > time.time():
            self.countdown_painted.emit()
        if rect.width() < SMALLEST_WITH_CAPTION_PX:
            self._paint_block(painter, rect, cell, is_selected=is_selected)
        else:
            self._paint_cell(painter, rect, cell, index, is_selected=is_selected)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """Return the size the grid gave."""
        rect: QRect = option.rect
        return rect.size()

    def _paint_block(self, painter: QPainter, rect: QRect, cell: FrameCell, *, is_selected: bool) -> None:
        color = self._look(cell).color
        painter.fillRect(rect, mixed(color, self._theme.pane, 0.0 if is_selected else 0.25))
        if cell.progress is not None and cell.progress.percent is not None:
            self._paint_progress(painter, rect, cell.progress.percent, color)
        if is_selected:
            painter.setPen(self._theme.accent)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _look(self, cell: FrameCell) -> StateLook:
        if cell.is_marked:
            return self._marked_look
        return self._looks[cell.state] if cell.retry_at is None else self._retry_look

    def _paint_cell(
        self, painter: QPainter, rect: QRect, cell: FrameCell, index: AnyIndex, *, is_selected: bool
    ) -> None:
        look = self._look(cell)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.selection if is_selected else self._theme.raised)
        painter.drawRoundedRect(rect, CORNER_PX, CORNER_PX)
        picture = rect.adjusted(BORDER_PX, BORDER_PX, -BORDER_PX, -CAPTION_PX)
        self._paint_picture(painter, picture, cell, index, is_selected=is_selected)
        self._paint_caption(painter, rect, cell, is_selected=is_selected)
        if cell.state is not FrameState.PENDING or cell.retry_at is not None:
            pen = painter.pen()
            pen.setColor(look.color)
            pen.setWidth(BORDER_PX)
            pen.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            half = BORDER_PX / 2
            painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), CORNER_PX, CORNER_PX)

    def _paint_picture(
        self, painter: QPainter, rect: QRect, cell: FrameCell, index: AnyIndex, *, is_selected: bool
    ) -> None:
        own = self._thumbnails.get(cell.row.thumbnail) if cell.row is not None else None
        if own is not None:
            _draw_fitted(painter, rect, own, opacity=1.0 if cell.state in _FINAL_PICTURE else DIMMED)
        elif cell.state is FrameState.RENDERING:
            self._paint_neighbour(painter, rect, index)
        elif cell.state is FrameState.FAILED or cell.retry_at is not None:
            self._paint_reason(painter, rect, cell, is_selected=is_selected)
        if cell.retry_at is not None and rect.width() > NARROWEST_WITH_WORDS_PX:
            self._paint_words(painter, rect, wait_text(cell.retry_at, time.time()))
        if cell.progress is not None:
            percent = cell.progress.percent
            if percent is not None:
                self._paint_progress(painter, rect, percent, self._looks[cell.state].color)
            if rect.width() > NARROWEST_WITH_WORDS_PX:
                self._paint_words(painter, rect, cell.progress.phase)

    def _paint_reason(self, painter: QPainter, rect: QRect, cell: FrameCell, *, is_selected: bool) -> None:
        """Write why there is no picture, as much as fits above the wait for the next attempt."""
        if cell.row is None or rect.width() <= NARROWEST_WITH_WORDS_PX:
            return
        font = _sized(painter.font(), SMALL_FONT_PX)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        room = rect.adjusted(6, 4, -6, -4 if cell.retry_at is None else -(metrics.height() + 12))
        lines = room.height() // metrics.lineSpacing()
        if lines < 1:
            return
        # Lines break at words, so that not all of their width can be used.
        width = room.width() if lines == 1 else round(room.width() * (lines - 0.35 * (lines - 1) - 0.15))
        text = metrics.elidedText(cell.row.reason, Qt.TextElideMode.ElideRight, width)
        painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), text)

    def _paint_neighbour(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        model = index.model()
        path = model.neighbour_thumbnail(index.row()) if isinstance(model, FramesModel) else ""
        pixmap = self._thumbnails.get(path) if path else None
        if pixmap is not None:
            _draw_fitted(painter, rect, pixmap, opacity=0.18, has_ground=False)

    def _paint_progress(self, painter: QPainter, rect: QRect, percent: float, color: QColor) -> None:
        bar = QRect(rect.left(), rect.bottom() - 3, rect.width(), 4)
        painter.fillRect(bar, mixed(self._theme.pane, color, 0.2))
        bar.setWidth(round(rect.width() * min(percent, 100.0) / 100.0))
        painter.fillRect(bar, color)

    def _paint_words(self, painter: QPainter, rect: QRect, words: str) -> None:
        font = _sized(painter.font(), SMALL_FONT_PX)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        text_rect = rect.adjusted(6, 4, -6, -8)
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, text_rect.width())
        if not text:
            return
        ground = QRect(text_rect.left() - 3, 0, metrics.horizontalAdvance(text) + 6, metrics.height() + 2)
        ground.moveBottom(text_rect.bottom() + 1)
        painter.fillRect(ground, scrim(self._theme))
        painter.setPen(self._theme.text)
        painter.drawText(text_rect, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), text)

    def _paint_caption(self, painter: QPainter, rect: QRect, cell: FrameCell, *, is_selected: bool) -> None:
        look = self._look(cell)
        strip = QRect(rect.left() + 6, rect.bottom() - CAPTION_PX + 1, rect.width() - 12, CAPTION_PX - 2)
        icon = QRect(strip.right() - 13, strip.top() + 2, 14, 14)
        self._icons.colored(look.icon_name, look.color).paint(painter, icon)
        font = _sized(painter.font(), SMALL_FONT_PX)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._theme.text)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(strip, middle | int(Qt.AlignmentFlag.AlignLeft), str(cell.number))
        note = _note(cell)
        if note and rect.width() > 96:
            font.setBold(False)
            painter.setFont(font)
            painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
            painter.drawText(strip.adjusted(0, 0, -18, 0), middle | int(Qt.AlignmentFlag.AlignRight), note)


_FINAL_PICTURE = frozenset({FrameState.COMPLETED, FrameState.SKIPPED})


def _note(cell: FrameCell) -> str:
    """Return the few characters beside the frame number: percent, attempt, or seconds."""
    if cell.progress is not None and cell.progress.percent is not None:
        return f"{cell.progress.percent:.0f} %"
    if cell.row is None:
        return ""
    if cell.state is FrameState.COMPLETED and cell.row.seconds is not None:
        return f"{cell.row.seconds:.1f} s"
    return f"×{cell.row.attempts}" if cell.row.attempts > 1 or cell.retry_at is not None else ""


def _draw_fitted(
    painter: QPainter, rect: QRect, pixmap: QPixmap, *, opacity: float, has_ground: bool = True
) -> None:
    """Draw a picture as large as fits, never stretched, on a grey of its own size."""
    size = pixmap.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(0, 0, size.width(), size.height())
    target.moveCenter(rect.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if has_ground:
        painter.fillRect(target, THUMBNAIL_GREY)
    painter.setOpacity(opacity)
    painter.drawPixmap(target, pixmap)
    painter.setOpacity(1.0)


def _sized(font: QFont, size_px: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(size_px)
    return sized
