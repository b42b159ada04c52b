"""Paints one frame's cell: its picture, its state as border, icon and bar, its progress or its wait."""

import time

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from render_manager.domain.changes import FrameProgress
from render_manager.domain.states import FrameState
from render_manager.ui.estimates import duration_text, quiet_words, wait_text
from render_manager.ui.models.frame_cell import FrameCell
from render_manager.ui.models.frames_model import CELL_ROLE, FramesModel
from render_manager.ui.state_looks import Icons, StateLook, frame_looks, marked_look, retry_look
from render_manager.ui.theme import CORNER_PX, SMALL_FONT_PX, THUMBNAIL_GREY, Theme, mixed, scrim
from render_manager.ui.thumbnails import Thumbnails

AnyIndex = QModelIndex | QPersistentModelIndex
CAPTION_PX = 20
BORDER_PX = 2
DIMMED = 0.35
"""How much is left of a picture that is not the frame's last word."""
NARROWEST_WITH_WORDS_PX = 90
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_FINAL_PICTURE = frozenset({FrameState.COMPLETED, FrameState.SKIPPED})


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
        self._font = QFont(QApplication.font())
        self._font.setPixelSize(SMALL_FONT_PX)
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(self._font)
        self._icon_pixmaps: dict[tuple[str, str, float], QPixmap] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a frame's cell."""
        cell: FrameCell | None = index.data(CELL_ROLE)
        if cell is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if cell.progress is not None or (cell.retry_at is not None and cell.retry_at > time.time()):
            self.countdown_painted.emit()
        self._paint_cell(painter, rect, cell, index, is_selected=is_selected)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def sizeHint(self, option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """Return the size the grid gave."""
        rect: QRect = option.rect
        return rect.size()

    def _look(self, cell: FrameCell) -> StateLook:
        if cell.is_marked:
            return self._marked_look
        return self._looks[cell.state] if cell.retry_at is None else self._retry_look

    def _paint_cell(
        self, painter: QPainter, rect: QRect, cell: FrameCell, index: AnyIndex, *, is_selected: bool
    ) -> None:
        look = self._look(cell)
        has_border = cell.is_read and (cell.state is not FrameState.PENDING or cell.retry_at is not None)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color, BORDER_PX) if has_border else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.selection if is_selected else self._theme.raised)
        half = BORDER_PX / 2 if has_border else 0.0
        painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), CORNER_PX, CORNER_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        picture = rect.adjusted(BORDER_PX, BORDER_PX, -BORDER_PX, -CAPTION_PX)
        self._paint_picture(painter, picture, cell, index, is_selected=is_selected)
        self._paint_caption(painter, rect, cell, look, is_selected=is_selected)
        if is_selected:
            painter.setPen(QPen(self._theme.accent, BORDER_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inside = BORDER_PX + 1
            painter.drawRect(rect.adjusted(inside, inside, -inside, -inside))

    def _paint_picture(
        self, painter: QPainter, rect: QRect, cell: FrameCell, index: AnyIndex, *, is_selected: bool
    ) -> None:
        path = "" if cell.row is None else cell.row.thumbnail
        own = self._thumbnails.get(path) if path else None
        if own is not None:
            share = 1.0 if cell.state in _FINAL_PICTURE else DIMMED
            _draw_fitted(painter, rect, own, opacity=share * self._thumbnails.opacity(path))
        elif cell.state is FrameState.RENDERING:
            self._paint_neighbour(painter, rect, index)
        elif cell.state is FrameState.FAILED or cell.retry_at is not None:
            self._paint_reason(painter, rect, cell, is_selected=is_selected)
        has_words = rect.width() > NARROWEST_WITH_WORDS_PX
        if cell.retry_at is not None and has_words:
            self._paint_words(painter, rect, wait_text(cell.retry_at, time.time()))
        if cell.progress is not None:
            percent = cell.progress.percent
            if percent is not None:
                self._paint_progress(painter, rect, percent, self._looks[cell.state].color)
            if has_words:
                self._paint_words(painter, rect, _phase(cell.progress))
            self._paint_quiet(painter, rect, cell)

    def _paint_quiet(self, painter: QPainter, rect: QRect, cell: FrameCell) -> None:
        """Say above everything for how long the log has been silent, where that is suspicious."""
        now = time.time()
        if cell.sign is None or not cell.sign.is_suspicious(now):
            return
        words = _quiet_words(cell.sign.quiet_text(now), is_short=rect.width() <= NARROWEST_WITH_WORDS_PX)
        ground = QRect(
            rect.left() + 3,
            rect.top() + 3,
            self._metrics.horizontalAdvance(words) + 6,
            self._metrics.height() + 2,
        )
        ground.setRight(min(ground.right(), rect.right() - 3))
        painter.fillRect(ground, scrim(self._theme))
        painter.setFont(self._font)
        painter.setPen(self._theme.warning_text)
        painter.drawText(ground.adjusted(3, 0, -3, 0), _MIDDLE_LEFT, words)

    def _paint_reason(self, painter: QPainter, rect: QRect, cell: FrameCell, *, is_selected: bool) -> None:
        """Write why there is no picture, as much as fits above the wait for the next attempt."""
        if cell.row is None or rect.width() <= NARROWEST_WITH_WORDS_PX:
            return
        metrics = self._metrics
        room = rect.adjusted(6, 4, -6, -4 if cell.retry_at is None else -(metrics.height() + 12))
        lines = room.height() // metrics.lineSpacing()
        if lines < 1:
            return
        # Lines break at words, so that not all of their width can be used.
        width = room.width() if lines == 1 else round(room.width() * (lines - 0.35 * (lines - 1) - 0.15))
        text = metrics.elidedText(cell.row.reason, Qt.TextElideMode.ElideRight, width)
        painter.setFont(self._font)
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
        metrics = self._metrics
        text_rect = rect.adjusted(6, 4, -6, -8)
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, text_rect.width())
        if not text:
            return
        ground = QRect(text_rect.left() - 3, 0, metrics.horizontalAdvance(text) + 6, metrics.height() + 2)
        ground.moveBottom(text_rect.bottom() + 1)
        painter.fillRect(ground, scrim(self._theme))
        painter.setFont(self._font)
        painter.setPen(self._theme.text)
        painter.drawText(text_rect, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), text)

    def _paint_caption(
        self, painter: QPainter, rect: QRect, cell: FrameCell, look: StateLook, *, is_selected: bool
    ) -> None:
        strip = QRect(rect.left() + 6, rect.bottom() - CAPTION_PX + 1, rect.width() - 12, CAPTION_PX - 2)
        if cell.is_read:
            painter.drawPixmap(strip.right() - 13, strip.top() + 2, self._icon(look, painter))
        painter.setFont(self._bold)
        painter.setPen(self._theme.text)
        painter.drawText(strip, _MIDDLE_LEFT, str(cell.number))
        note = _note(cell)
        if note and rect.width() > 96:
            painter.setFont(self._font)
            painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
            painter.drawText(strip.adjusted(0, 0, -18, 0), _MIDDLE_RIGHT, note)

    def _icon(self, look: StateLook, painter: QPainter) -> QPixmap:
        """Return a state's icon as pixels; painting the icon font for every cell takes longest of all."""
        ratio = painter.device().devicePixelRatioF()
        key = look.icon_name, look.color.name(), ratio
        pixmap = self._icon_pixmaps.get(key)
        if pixmap is None:
            pixmap = self._icons.colored(look.icon_name, look.color).pixmap(QSize(14, 14), ratio)
            self._icon_pixmaps[key] = pixmap
        return pixmap


def _phase(progress: FrameProgress) -> str:
    """Return what is being done; for how long, where the caption tells the percent instead."""
    if progress.percent is None:
        return progress.phase
    return f"{progress.phase}  ·  {duration_text(time.time() - progress.started_at)}"


def _quiet_words(duration: str, *, is_short: bool) -> str:
    return duration if is_short else quiet_words(duration)


def _note(cell: FrameCell) -> str:
    """Return the few characters beside the frame number: percent, attempt, or seconds."""
    attempts = 0 if cell.row is None else cell.row.attempts
    tries = f"×{attempts}  " if attempts > 1 else ""
    if cell.progress is not None:
        if cell.progress.percent is not None:
            return f"{tries}{cell.progress.percent:.0f} %"
        return f"{tries}{duration_text(time.time() - cell.progress.started_at)}"
    if cell.row is None:
        return ""
    if cell.state is FrameState.COMPLETED and cell.row.seconds is not None:
        seconds = cell.row.seconds
        return f"{tries}{seconds:.1f} s" if seconds < 60 else f"{tries}{duration_text(seconds)}"
    return f"×{attempts}" if attempts > 1 or cell.retry_at is not None else ""


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
