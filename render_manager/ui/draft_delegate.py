"""Paints a scene in the submit panel's list: its file's name over how it stands, both giving way."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from render_manager.domain.errors import UserError
from render_manager.ui.state_looks import COMPLETED, FAILED, PENDING, Icons
from render_manager.ui.submit_draft import Draft
from render_manager.ui.theme import ICON_PX, ROW_HEIGHT_PX, Theme, small_font

AnyIndex = QModelIndex | QPersistentModelIndex
DRAFT_ROLE = Qt.ItemDataRole.UserRole
"""The Draft of a row."""


class DraftDelegate(QStyledItemDelegate):
    """Paints drafts; GUI thread."""

    def __init__(self, *, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = Icons(theme)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of two lines, and no width: the list has what there is."""
        return QSize(0, ROW_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a row."""
        draft: Draft | None = index.data(DRAFT_ROLE)
        if draft is None:
            return
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(option.rect, self._theme.selection)
        rect = option.rect.adjusted(8, 0, -8, 0)
        icon = QRect(rect.left(), rect.center().y() - ICON_PX // 2, ICON_PX, ICON_PX)
        name, color = _sign(draft)
        self._icons.colored(name, color or self._theme.warning_text).paint(painter, icon)
        text = rect.adjusted(ICON_PX + 8, 5, 0, -5)
        metrics = QFontMetrics(painter.font())
        painter.setPen(self._theme.text)
        name = metrics.elidedText(draft.request.path.name, Qt.TextElideMode.ElideMiddle, text.width())
        painter.drawText(text.left(), text.top() + text.height() // 2 - metrics.descent() - 1, name)
        painter.setFont(small_font(painter.font()))
        painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
        metrics = QFontMetrics(painter.font())
        line = metrics.elidedText(draft.standing, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text.left(), text.bottom() - metrics.descent(), line)
        painter.restore()


def _sign(draft: Draft) -> tuple[str, QColor | None]:
    """Return the icon of how a draft stands, and its colour; None for the colour of warnings."""
    if draft.result is None:
        return "mdi6.dots-horizontal", PENDING
    if isinstance(draft.result, UserError) or draft.result.errors:
        return "mdi6.alert-octagon", FAILED
    return ("mdi6.alert", None) if draft.result.problems else ("mdi6.check", COMPLETED)
