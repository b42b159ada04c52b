"""Paints a scene in the submit panel's list: picture, file name, how it stands; all give way to the width."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from render_manager.ui.concerns import concerns_of
from render_manager.ui.drafts_model import DRAFT_ROLE
from render_manager.ui.scene_pictures import ScenePictures
from render_manager.ui.state_looks import COMPLETED, FAILED, PENDING, Icons
from render_manager.ui.submit_draft import Draft
from render_manager.ui.theme import ICON_PX, THUMBNAIL_GREY, Theme, small_font

AnyIndex = QModelIndex | QPersistentModelIndex
ROW_PX = 52
PICTURE_PX = QSize(64, 36)


class DraftDelegate(QStyledItemDelegate):
    """Paints drafts; GUI thread."""

    def __init__(self, *, theme: Theme, pictures: ScenePictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures = pictures
        self._icons = Icons(theme)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of two lines, and no width: the list has what there is."""
        return QSize(0, ROW_PX)

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
        picture = QRect(rect.left(), rect.center().y() - PICTURE_PX.height() // 2 + 1, 0, 0)
        picture.setSize(PICTURE_PX)
        self._paint_picture(painter, picture, draft)
        name, color = _sign(draft)
        text = rect.adjusted(PICTURE_PX.width() + 10, 8, 0, -8)
        icon = QRect(text.left(), text.bottom() - ICON_PX + 2, ICON_PX - 2, ICON_PX - 2)
        self._icons.colored(name, color or self._theme.warning_text).paint(painter, icon)
        self._paint_words(painter, text, draft, is_selected=is_selected)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, draft: Draft) -> None:
        found = self._pictures.get(draft)
        if found is None:
            painter.fillRect(place, self._theme.raised)
            icon = QRect(0, 0, ICON_PX, ICON_PX)
            icon.moveCenter(place.center())
            self._icons.colored("mdi6.image-outline", self._theme.dim_text).paint(painter, icon)
            return
        painter.fillRect(place, self._theme.raised)
        size = found.pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(place.topLeft(), size)
        target.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(target, THUMBNAIL_GREY)
        painter.drawPixmap(target, found.pixmap)

    def _paint_words(self, painter: QPainter, text: QRect, draft: Draft, *, is_selected: bool) -> None:
        metrics = QFontMetrics(painter.font())
        painter.setPen(self._theme.text)
        name = metrics.elidedText(draft.request.path.name, Qt.TextElideMode.ElideMiddle, text.width())
        painter.drawText(text.left(), text.top() + metrics.ascent(), name)
        painter.setFont(small_font(painter.font()))
        painter.setPen(self._theme.text if is_selected else self._theme.dim_text)
        metrics = QFontMetrics(painter.font())
        width = text.width() - ICON_PX - 4
        line = metrics.elidedText(draft.standing, Qt.TextElideMode.ElideRight, width)
        painter.drawText(text.left() + ICON_PX + 4, text.bottom() - metrics.descent(), line)


def _sign(draft: Draft) -> tuple[str, QColor | None]:
    """Return the icon of how a draft stands, and its colour; None for the colour of warnings."""
    if draft.result is None:
        return "mdi6.dots-horizontal", PENDING
    if not draft.is_sound:
        return "mdi6.alert-octagon", FAILED
    if draft.doubted is None or draft.doubted[0] is not draft.result:
        # Found out once for each answer: rows are painted far more often.
        draft.doubted = (draft.result, bool(concerns_of(draft)))
    return ("mdi6.alert", None) if draft.doubted[1] else ("mdi6.check", COMPLETED)
