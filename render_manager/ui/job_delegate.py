"""Paints the two cells of the job table that are more than text: the job itself, and its progress."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FrameState
from render_manager.domain.texts import ngettext
from render_manager.ui.job_pictures import JobPictures
from render_manager.ui.models.job_cells import retries_text
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.models.jobs_model import JOB_ROLE, RETRIES_ROLE, WARNINGS_ROLE
from render_manager.ui.state_looks import Icons, frame_looks, job_looks
from render_manager.ui.theme import ICON_PX, ROW_HEIGHT_PX, THUMBNAIL_GREY, Theme, mixed, small_font

AnyIndex = QModelIndex | QPersistentModelIndex
BAR_HEIGHT_PX = 8
_BAR_ORDER = (
    FrameState.COMPLETED,
    FrameState.SKIPPED,
    FrameState.RENDERING,
    FrameState.FAILED,
    FrameState.CANCELLED,
)


class JobDelegate(QStyledItemDelegate):
    """Paints a job's name over what it is doing, and its frames as one stacked bar."""

    def __init__(
        self, *, theme: Theme, icons: Icons, pictures: JobPictures, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._theme = theme
        self._icons = icons
        self._job_looks = job_looks()
        self._frame_looks = frame_looks()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of two lines."""
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a cell."""
        job: JobSnapshot | None = index.data(JOB_ROLE)
        if job is None:
            return
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(option.rect, self._theme.selection)
        rect = option.rect.adjusted(8, 0, -8, 0)
        if index.column() == JobColumn.NAME:
            if index.data(WARNINGS_ROLE):
                self._paint_warning(painter, rect)
                rect.setRight(rect.right() - ICON_PX - 8)
            line = doing_text(job, index.data(RETRIES_ROLE) or 0)
            self._paint_name(painter, rect, job, line, is_selected=is_selected)
        elif index.column() == JobColumn.PROGRESS:
            self._paint_progress(painter, rect, job)
        elif index.column() == JobColumn.PICTURE:
            self._paint_picture(painter, option.rect.adjusted(4, 3, -4, -3), job)
        else:
            self._paint_text(painter, rect, index)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        text = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(self._theme.text)
        painter.drawText(rect, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)

    def _paint_picture(self, painter: QPainter, rect: QRect, job: JobSnapshot) -> None:
        pixmap = self._pictures.get(job.id)
        if pixmap is None:
            return
        size = pixmap.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(target, THUMBNAIL_GREY)
        painter.drawPixmap(target, pixmap)

    def _paint_warning(self, painter: QPainter, rect: QRect) -> None:
        icon = QRect(rect.right() - ICON_PX, rect.center().y() - ICON_PX // 2, ICON_PX, ICON_PX)
        self._icons.colored("mdi6.alert", self._theme.warning_text).paint(painter, icon)

    def _paint_name(
        self, painter: QPainter, rect: QRect, job: JobSnapshot, line: str, *, is_selected: bool
    ) -> None:
        look = self._job_looks[job.state]
        icon = QRect(rect.left(), rect.center().y() - ICON_PX // 2, ICON_PX, ICON_PX)
        self._icons.colored(look.icon_name, look.color).paint(painter, icon)
        text = rect.adjusted(ICON_PX + 8, 5, 0, -5)
        middle = text.height() // 2
        painter.setPen(self._theme.text)
        metrics = QFontMetrics(painter.font())
        name = metrics.elidedText(job.name, Qt.TextElideMode.ElideMiddle, text.width())
        painter.drawText(text.left(), text.top() + middle - metrics.descent() - 1, name)
        font = small_font(painter.font())
        painter.setFont(font)
        painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
        metrics = QFontMetrics(font)
        line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text.left(), text.bottom() - metrics.descent(), line)

    def _paint_progress(self, painter: QPainter, rect: QRect, job: JobSnapshot) -> None:
        bar = QRect(rect.left(), rect.center().y() - BAR_HEIGHT_PX // 2, rect.width(), BAR_HEIGHT_PX)
        painter.fillRect(bar, mixed(self._theme.pane, self._theme.text, 0.12))
        left, total = float(bar.left()), max(job.total_frames, 1)
        for state in _BAR_ORDER:
            count = job.counts[state]
            if not count:
                continue
            # A single failed frame of a thousand must still be seen.
            width = max(bar.width() * count / total, 2.0)
            piece = QRect(round(left), bar.top(), max(round(left + width) - round(left), 2), bar.height())
            painter.fillRect(piece.intersected(bar), self._frame_looks[state].color)
            left += width


def doing_text(job: JobSnapshot, retries: int) -> str:
    """Return what a job is doing, or why it is not."""
    parts = (
        job_looks()[job.state].word,
        marked_text(job.marked_frames),
        retries_text(retries),
        job.reason or str(job.project_file),
    )
    return "  ·  ".join(part for part in parts if part)


def marked_text(count: int) -> str:
    """Return how many pictures of a job look odd, empty for none."""
    if not count:
        return ""
    return ngettext("{count} picture looks odd", "{count} pictures look odd", count).format(count=count)
