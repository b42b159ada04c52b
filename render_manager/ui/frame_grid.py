"""The grid of frames: a view whose cost depends on what is visible, not on how many frames there are.

All cells are of one size, so every place is arithmetic; nothing is laid out ahead.
"""

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

AnyIndex = QModelIndex | QPersistentModelIndex
SMALLEST_CELL_PX = 20
LARGEST_CELL_PX = 420
DEFAULT_CELL_PX = 132
ASPECT = 0.72
"""Height of a cell as a share of its width."""
GAP_PX = 4
ZOOM_STEP = 1.15


class FrameGrid(QAbstractItemView):
    """Shows a list model as cells of one size, row after row.

    Signals:
        zoomed: the new width of a cell, in pixels.
    """

    zoomed = Signal(int)

    # On the class, because Qt asks for places before __init__ is done.
    _cell_width = DEFAULT_CELL_PX

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frame_grid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    @property
    def cell_width(self) -> int:
        """Return the width of a cell, in pixels."""
        return self._cell_width

    def set_cell_width(self, width: int) -> None:
        """Make cells larger or smaller, keeping the current frame in sight."""
        width = max(SMALLEST_CELL_PX, min(LARGEST_CELL_PX, width))
        if width == self._cell_width:
            return
        anchor = self.currentIndex()
        self._cell_width = width
        self.updateGeometries()
        if anchor.isValid():
            self.scrollTo(anchor)
        self.viewport().update()
        self.zoomed.emit(width)

    def cell_size(self) -> QSize:
        """Return a cell's size without the gap, in pixels: as wished, or a little more to fill lines."""
        columns = self.columns()
        width = max((self.viewport().width() - GAP_PX * (columns + 1)) // columns, self._cell_width)
        return QSize(width, max(round(width * ASPECT), 16))

    def columns(self) -> int:
        """Return how many cells fit beside each other."""
        return max((self.viewport().width() - GAP_PX) // (self._cell_width + GAP_PX), 1)

    def visualRect(self, index: AnyIndex) -> QRect:  # noqa: N802 - Qt's name
        """Return a cell's place in the viewport."""
        if not index.isValid():
            return QRect()
        rect = self._rect(index.row())
        return rect.translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802 - Qt's name
        """Return the frame at a point of the viewport; none in the gaps."""
        row = self._row_at(point.x(), point.y() + self.verticalOffset())
        if row is None or self.model() is None or row >= self.model().rowCount(self.rootIndex()):
            return QModelIndex()
        index = self.model().index(row, 0, self.rootIndex())
        return index if self.visualRect(index).contains(point) else QModelIndex()

    def scrollTo(  # noqa: N802 - Qt's name
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a frame into sight."""
        if not index.isValid():
            return
        rect, bar, height = self._rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        top, bottom = rect.top() - GAP_PX, rect.bottom() + GAP_PX
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue((top + bottom - height) // 2)
        elif top < bar.value() or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif bottom > bar.value() + height or hint is QAbstractItemView.ScrollHint.PositionAtBottom:
            bar.setValue(bottom - height)

    def visible_rows(self) -> range:
        """Return the rows of the model that are at least partly in sight."""
        if self.model() is None:
            return range(0)
        count = self.model().rowCount(self.rootIndex())
        line = self.cell_size().height() + GAP_PX
        columns = self.columns()
        first = max(self.verticalOffset() // line, 0) * columns
        last = ((self.verticalOffset() + self.viewport().height()) // line + 1) * columns
        return range(min(first, count), min(last, count))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the cells that are in sight."""
        model: QAbstractItemModel | None = self.model()
        if model is None:
            return
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        delegate = self.itemDelegate()
        selection, current = self.selectionModel(), self.currentIndex()
        for row in self.visible_rows():
            index = model.index(row, 0, self.rootIndex())
            rect = self.visualRect(index)
            if not rect.intersects(event.rect()):
                continue
            option.rect = rect
            state = QStyle.StateFlag.State_Enabled
            if selection is not None and selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if index == current and self.hasFocus():
                state |= QStyle.StateFlag.State_HasFocus
            option.state = state
            delegate.paint(painter, option, index)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Flow the cells anew, keeping the first one in sight."""
        super().resizeEvent(event)
        self.updateGeometries()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120.0
            self.set_cell_width(round(self._cell_width * ZOOM_STEP**steps))
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom with Ctrl and plus or minus, let go of all frames with Escape, else as every item view."""
        if event.key() == Qt.Key.Key_Escape and self.selectionModel() is not None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
                self.set_cell_width(round(self._cell_width * ZOOM_STEP))
                return
            if event.key() == Qt.Key.Key_Minus:
                self.set_cell_width(round(self._cell_width / ZOOM_STEP))
                return
        super().keyPressEvent(event)

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Set the scroll bar's range to the height of all cells."""
        super().updateGeometries()
        count = 0 if self.model() is None else self.model().rowCount(self.rootIndex())
        line = self.cell_size().height() + GAP_PX
        lines = -(-count // self.columns())
        bar = self.verticalScrollBar()
        bar.setSingleStep(max(line // 3, 1))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(lines * line + GAP_PX - self.viewport().height(), 0))

    def horizontalOffset(self) -> int:  # noqa: N802 - Qt's name
        """Return 0: cells flow, nothing is wider than the view."""
        return 0

    def verticalOffset(self) -> int:  # noqa: N802 - Qt's name
        """Return how far the view is scrolled, in pixels."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: AnyIndex) -> bool:  # noqa: ARG002, N802 - Qt's signature
        """Return False: no frame is ever hidden."""
        return False

    def moveCursor(  # noqa: N802 - Qt's name
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,  # noqa: ARG002 - Qt's signature
    ) -> QModelIndex:
        """Return the frame an arrow key leads to."""
        if self.model() is None or not self.model().rowCount(self.rootIndex()):
            return QModelIndex()
        last = self.model().rowCount(self.rootIndex()) - 1
        current = self.currentIndex()
        columns = self.columns()
        page = max(self.viewport().height() // (self.cell_size().height() + GAP_PX), 1) * columns
        actions = QAbstractItemView.CursorAction
        steps = {
            actions.MoveLeft: -1,
            actions.MovePrevious: -1,
            actions.MoveRight: 1,
            actions.MoveNext: 1,
            actions.MoveUp: -columns,
            actions.MoveDown: columns,
            actions.MovePageUp: -page,
            actions.MovePageDown: page,
            actions.MoveHome: -last,
            actions.MoveEnd: last,
        }
        if not current.isValid():
            return self.model().index(0, 0, self.rootIndex())
        row = max(0, min(last, current.row() + steps.get(action, 0)))
        return self.model().index(row, 0, self.rootIndex())

    def setSelection(  # noqa: N802 - Qt's name
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Select the cells a rubber band touches, or the run between two clicks."""
        if self.model() is None or self.selectionModel() is None:
            return
        self.selectionModel().select(self._selection_in(rect.normalized()), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802 - Qt's name
        """Return the part of the viewport that shows selected cells."""
        region = QRegion()
        visible = self.visible_rows()
        for place in range(selection.count()):
            item = selection.at(place)
            for row in range(max(item.top(), visible.start), min(item.bottom() + 1, visible.stop)):
                region += QRegion(self.visualRect(self.model().index(row, 0, self.rootIndex())))
        return region

    def _selection_in(self, rect: QRect) -> QItemSelection:
        """Return whole lines as single ranges, so that a large band stays cheap."""
        selection = QItemSelection()
        model, count = self.model(), self.model().rowCount(self.rootIndex())
        size, columns = self.cell_size(), self.columns()
        offset = self.verticalOffset()
        line = size.height() + GAP_PX
        first_line = max((rect.top() + offset - GAP_PX) // line, 0)
        last_line = max((rect.bottom() + offset - GAP_PX) // line, 0)
        first_column = max((rect.left() - GAP_PX) // (size.width() + GAP_PX), 0)
        last_column = min(max((rect.right() - GAP_PX) // (size.width() + GAP_PX), 0), columns - 1)
        for number in range(first_line, last_line + 1):
            first, last = number * columns + first_column, number * columns + last_column
            if first >= count or first > last:
                continue
            last = min(last, count - 1)
            selection.select(model.index(first, 0, self.rootIndex()), model.index(last, 0, self.rootIndex()))
        return selection

    def _rect(self, row: int) -> QRect:
        size, columns = self.cell_size(), self.columns()
        line, column = divmod(row, columns)
        return QRect(
            GAP_PX + column * (size.width() + GAP_PX),
            GAP_PX + line * (size.height() + GAP_PX),
            size.width(),
            size.height(),
        )

    def _row_at(self, x: int, y: int) -> int | None:
        size, columns = self.cell_size(), self.columns()
        column = (x - GAP_PX) // (size.width() + GAP_PX)
        line = (y - GAP_PX) // (size.height() + GAP_PX)
        if column < 0 or line < 0 or column >= columns:
            return None
        return line * columns + column
