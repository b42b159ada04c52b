"""The grid of frames: a view whose cost depends on what is visible, not on how many frames there are.

Frames are a sequence that flows in lines, as text does: dragging, and Shift with a click or a key, select
the run between two frames.
"""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from render_manager.domain.changes import FrameProgress
from render_manager.ui.cell_flow import GAP_PX, LARGEST_CELL_PX, SMALLEST_CELL_PX, CellFlow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from render_manager.ui.frame_bars import FrameBars

AnyIndex = QModelIndex | QPersistentModelIndex
DEFAULT_CELL_PX = 132
ZOOM_STEP = 1.15
NUMBER_BEGINNINGS = frozenset("-0123456789")
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class BarSource:
    """What small cells are painted from; the model's bytes, not its rows."""

    def __init__(
        self,
        bars: "FrameBars",
        *,
        codes: Callable[[], bytearray],
        selected: Callable[[], Iterable[tuple[int, int]]],
        rendering: Callable[[], "Mapping[int, FrameProgress]"],
    ) -> None:
        self.bars = bars
        self.codes = codes
        self.selected = selected
        self.rendering = rendering


class FrameGrid(QAbstractItemView):
    """Shows a list model as cells of one size, row after row.

    Signals:
        zoomed: the new width of a cell, in pixels.
        opened: the current index, when Space is pressed on it.
        typed: what a frame number begins with, when it is typed.
    """

    zoomed = Signal(int)
    opened = Signal(QModelIndex)
    typed = Signal(str)

    # On the class, because Qt asks for places before __init__ is done.
    _cell_width = DEFAULT_CELL_PX
    _flow: CellFlow | None = None
    _anchor = 0
    """The row from which Shift selects."""
    _target: int | None = None
    """The row to which an event under way selects."""
    _keeps_anchor = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frame_grid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._source: BarSource | None = None

    def paint_bars_from(self, source: BarSource) -> None:
        """Paint small cells from bytes from now on; without that every cell is the delegate's."""
        self._source = source

    @property
    def cell_width(self) -> int:
        """Return the width of a cell, in pixels."""
        return self._cell_width

    def set_cell_width(self, width: int) -> None:
        """Make cells larger or smaller, keeping the current frame or the first one in sight there."""
        width = max(SMALLEST_CELL_PX, min(LARGEST_CELL_PX, width))
        if width == self._cell_width:
            return
        anchor = self._zoom_anchor()
        self._cell_width = width
        self.updateGeometries()
        if anchor is not None:
            row, top = anchor
            self.verticalScrollBar().setValue(self.flow().rect(row).top() - top)
        self.viewport().update()
        self.zoomed.emit(width)

    def zoom(self, steps: float) -> None:
        """Make cells larger, or smaller with negative steps; always by something."""
        width = round(self._cell_width * ZOOM_STEP**steps)
        if width == self._cell_width and steps:
            width += 1 if steps > 0 else -1
        self.set_cell_width(width)

    def flow(self) -> CellFlow:
        """Return where cells are at the present width."""
        width = self.viewport().width()
        if self._flow is None or (self._flow.view_width, self._flow.wished_width) != (
            width,
            self._cell_width,
        ):
            self._flow = CellFlow(width, self._cell_width)
        return self._flow

    def columns(self) -> int:
        """Return how many cells fit beside each other."""
        return self.flow().columns

    def visualRect(self, index: AnyIndex) -> QRect:  # noqa: N802 - Qt's name
        """Return a cell's place in the viewport."""
        if not index.isValid():
            return QRect()
        return self.flow().rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802 - Qt's name
        """Return the frame at a point of the viewport; none in the gaps."""
        row = self.flow().row_near(point.x(), point.y() + self.verticalOffset())
        if not 0 <= row < self._count():
            return QModelIndex()
        index = self.model().index(row, 0, self.rootIndex())
        return index if self.visualRect(index).contains(point) else QModelIndex()

    def scrollTo(  # noqa: N802 - Qt's name
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a frame into sight."""
        if not index.isValid():
            return
        rect, bar, height = self.flow().rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        top, bottom = rect.top() - GAP_PX, rect.bottom() + GAP_PX
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue((top + bottom - height) // 2)
        elif top < bar.value() or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif bottom > bar.value() + height or hint is QAbstractItemView.ScrollHint.PositionAtBottom:
            bar.setValue(bottom - height)

    def visible_rows(self) -> range:
        """Return the rows of the model that are at least partly in sight."""
        return self._rows_in(QRect(QPoint(0, 0), self.viewport().size()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the cells that are in sight."""
        if self.model() is None:
            return
        painter = QPainter(self.viewport())
        rows = self._rows_in(event.rect())
        if self._source is not None and self.flow().are_blocks:
            self._paint_blocks(painter, self._source, rows)
        else:
            self._paint_cells(painter, rows)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Flow the cells anew, keeping the first one in sight."""
        super().resizeEvent(event)
        self.updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        """Move what is painted already, so that only what comes into sight is painted."""
        if self.devicePixelRatioF().is_integer():
            self.viewport().scroll(dx, dy)
        else:
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & _CONTROL:
            self.zoom(event.angleDelta().y() / 120.0)
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom with Ctrl and plus or minus, open with Space, let go of all frames with Escape."""
        control = event.modifiers() & _CONTROL
        key = event.key()
        if key == Qt.Key.Key_Escape and self.selectionModel() is not None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif key == Qt.Key.Key_Space and not control:
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex())
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom(-1)
        elif not control and event.text() in NUMBER_BEGINNINGS:
            self.typed.emit(event.text())
        else:
            with self._selecting(None, is_extending=bool(event.modifiers() & _SHIFT)):
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select a frame, or with Shift the run up to it."""
        row = self._row_near(event.position().toPoint())
        is_extending = bool(event.modifiers() & _SHIFT)
        if not is_extending:
            self._anchor = row
        with self._selecting(row, is_extending=is_extending):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select the run from where the button went down."""
        with self._selecting(self._row_near(event.position().toPoint()), is_extending=True):
            super().mouseMoveEvent(event)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        """Let Shift select from here."""
        super().currentChanged(current, previous)
        if not self._keeps_anchor and current.isValid():
            self._anchor = current.row()

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Set the scroll bar's range to the height of all cells."""
        super().updateGeometries()
        flow, bar = self.flow(), self.verticalScrollBar()
        bar.setSingleStep(max(flow.pitch.height() // 3, 8))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(flow.height(self._count()) - self.viewport().height(), 0))

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
        count = self._count()
        if not count:
            return QModelIndex()
        current, columns = self.currentIndex(), self.columns()
        page = max(self.viewport().height() // self.flow().pitch.height(), 1) * columns
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
            actions.MoveHome: -count,
            actions.MoveEnd: count,
        }
        row = current.row() + steps.get(action, 0) if current.isValid() else 0
        self._target = max(0, min(count - 1, row))
        return self.model().index(self._target, 0, self.rootIndex())

    def setSelection(  # noqa: N802 - Qt's name
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Select the run of frames between two places."""
        model, count = self.model(), self._count()
        if self.selectionModel() is None:
            return
        ends = (self._anchor, self._target)
        if self._target is None or not self._keeps_anchor:
            ends = self._row_near(rect.topLeft()), self._row_near(rect.bottomRight())
        first, last = sorted(min(max(end or 0, 0), max(count - 1, 0)) for end in ends)
        selection = QItemSelection()
        if count:
            root = self.rootIndex()
            selection.select(model.index(first, 0, root), model.index(last, 0, root))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802 - Qt's name
        """Return the part of the viewport that shows selected cells; its lines where there are many."""
        region = QRegion()
        visible = self.visible_rows()
        for place in range(selection.count()):
            item = selection.at(place)
            first, last = max(item.top(), visible.start), min(item.bottom(), visible.stop - 1)
            if first > last:
                continue
            rect = self.visualRect(self.model().index(first, 0)).united(
                self.visualRect(self.model().index(last, 0))
            )
            if first // self.columns() != last // self.columns():
                rect.setLeft(0)
                rect.setRight(self.viewport().width())
            region += rect.adjusted(-2, -2, 2, 2)
        return region

    def _paint_cells(self, painter: QPainter, rows: range) -> None:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        model, delegate = self.model(), self.itemDelegate()
        selection, current = self.selectionModel(), self.currentIndex()
        has_focus = self.hasFocus()
        for row in rows:
            index = model.index(row, 0, self.rootIndex())
            state = QStyle.StateFlag.State_Enabled
            if selection is not None and selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if has_focus and index == current:
                state |= QStyle.StateFlag.State_HasFocus
            option.rect = self.visualRect(index)
            option.state = state
            delegate.paint(painter, option, index)

    def _paint_blocks(self, painter: QPainter, source: BarSource, rows: range) -> None:
        flow, offset, bars = self.flow(), self.verticalOffset(), source.bars
        bars.paint_selected(painter, flow, offset, source.selected(), rows)
        bars.paint(painter, flow, offset, source.codes(), rows)
        for row, progress in source.rendering().items():
            if row in rows and progress.percent is not None:
                bars.paint_progress(painter, flow, offset, row, progress.percent)
        current = self.currentIndex()
        if current.isValid() and current.row() in rows and self.hasFocus():
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            painter.drawRect(self.visualRect(current).adjusted(-1, -1, 0, 0))

    def _rows_in(self, rect: QRect) -> range:
        offset = self.verticalOffset()
        rows = self.flow().rows_between(rect.top() + offset, rect.bottom() + offset)
        count = self._count()
        return range(min(rows.start, count), min(rows.stop, count))

    def _count(self) -> int:
        model: QAbstractItemModel | None = self.model()
        return 0 if model is None else model.rowCount(self.rootIndex())

    def _row_near(self, point: QPoint) -> int:
        row = self.flow().row_near(point.x(), point.y() + self.verticalOffset())
        return max(0, min(row, self._count() - 1))

    def _zoom_anchor(self) -> tuple[int, int] | None:
        """Return a row that stays where it is, and how far below the upper edge that is."""
        visible, current = self.visible_rows(), self.currentIndex()
        if not visible:
            return None
        row = current.row() if current.isValid() and current.row() in visible else visible.start
        return row, self.flow().rect(row).top() - self.verticalOffset()

    @contextmanager
    def _selecting(self, target: int | None, *, is_extending: bool) -> "Iterator[None]":
        """Note to which row an event selects, for what Qt calls meanwhile."""
        self._target, self._keeps_anchor = target, is_extending
        try:
            yield
        finally:
            self._target, self._keeps_anchor = None, False
