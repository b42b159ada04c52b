"""The frames as a table, sorted by a pool thread when a title is pressed, and never by itself."""

from array import array
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtCore import QModelIndex as Index
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from render_manager.domain.figures import FrameOrder
from render_manager.domain.texts import gettext as _
from render_manager.ui.frame_grid import NUMBER_BEGINNINGS
from render_manager.ui.models.frame_table_model import (
    SORTABLE,
    FrameColumn,
    FrameTableModel,
    column_titles,
)
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

ROW_PX = 26
_WIDTHS = {
    FrameColumn.FRAME: 72,
    FrameColumn.STATE: 168,
    FrameColumn.ATTEMPTS: 84,
    FrameColumn.SECONDS: 76,
    FrameColumn.MEMORY: 84,
    FrameColumn.LAST_LINE: 260,
    FrameColumn.STARTED: 112,
    FrameColumn.FINISHED: 112,
    FrameColumn.FILES: 160,
}
_ORDERS = {
    FrameColumn.ATTEMPTS: FrameOrder.ATTEMPTS,
    FrameColumn.SECONDS: FrameOrder.SECONDS,
    FrameColumn.MEMORY: FrameOrder.MEMORY,
    FrameColumn.STARTED: FrameOrder.STARTED,
    FrameColumn.FINISHED: FrameOrder.FINISHED,
}
Orders = tuple["array[int] | None", "array[int] | None"]


class FramesTable(QTableView):
    """Shows the table model; GUI thread.

    Signals:
        opened: the index on which Space was pressed.
        typed: what a frame number begins with, when it is typed.
        sorted_by: the column by which rows are sorted now.
    """

    opened = Signal(Index)
    typed = Signal(str)
    sorted_by = Signal(int)

    def __init__(
        self, *, frames: FramesModel, model: FrameTableModel, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("frames_table")
        self._frames = frames
        self._table = model
        self._errands = errands
        self._sorts = 0
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        rows.hide()
        self._prepare_header()
        frames.modelReset.connect(self._on_reset)

    def sort(self, column: FrameColumn, order: Qt.SortOrder) -> None:
        """Sort by a column; the rows stay as they are until the new order is known."""
        descending = order is Qt.SortOrder.DescendingOrder
        job_id, reader = self._frames.job_id, self._frames.details.reader
        if job_id is None or reader is None:
            return
        self._sorts += 1
        turn = self._sorts
        numbers, codes = self._frames.states.frames.numbers, bytes(self._frames.states.codes)

        self._errands.run(
            lambda: _places(reader, job_id, column, numbers, codes, descending=descending),
            lambda found: self._sorted(turn, column, found),
        )

    def sort_again(self) -> None:
        """Sort by the same column anew, since values changed."""
        self._frames.read_again()
        header = self.horizontalHeader()
        column = header.sortIndicatorSection()
        if column >= 0:
            self.sort(FrameColumn(column), header.sortIndicatorOrder())

    def header_menu(self) -> QMenu:
        """Return a new menu in which columns are shown and hidden."""
        menu = QMenu(self)
        for column, title in column_titles().items():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column is not FrameColumn.FRAME)
            action.toggled.connect(partial(self._show_column, column))
        menu.addSeparator()
        again = menu.addAction(_("Sort &again"))
        again.triggered.connect(self.sort_again)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def save_header(self) -> QByteArray:
        """Return which columns are shown, how wide and in which order."""
        return self.horizontalHeader().saveState()

    def restore_header(self, state: QByteArray) -> None:
        """Bring the columns back as they were; the rows stay in frame order."""
        header = self.horizontalHeader()
        header.blockSignals(True)
        header.restoreState(state)
        header.setSortIndicator(FrameColumn.FRAME, Qt.SortOrder.AscendingOrder)
        header.setSectionHidden(FrameColumn.FRAME, False)
        header.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open with Space, go to a typed number, let go of all frames with Escape."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Space and not control:
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
        elif (
            event.text() in NUMBER_BEGINNINGS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Find nothing: looking through a million rows would take seconds."""

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        # Of its own and empty: Qt would look at every selected row to find out whether a title is selected.
        header.setSelectionModel(QItemSelectionModel(self._table, header))
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(FrameColumn.FRAME, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(self._on_indicator)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)

    def _show_column(self, column: FrameColumn, is_shown: bool) -> None:
        self.setColumnHidden(column, not is_shown)

    def _on_header_menu(self, point: QPoint) -> None:
        self.header_menu().popup(self.horizontalHeader().viewport().mapToGlobal(point))

    def _on_indicator(self, column: int, order: Qt.SortOrder) -> None:
        if column in SORTABLE:
            self.sort(FrameColumn(column), order)
        else:
            self._show_order(FrameColumn.FRAME)
            self.sort(FrameColumn.FRAME, Qt.SortOrder.AscendingOrder)

    def _sorted(self, turn: int, column: FrameColumn, found: Orders | None) -> None:
        if turn != self._sorts or found is None:
            return
        places, rows = found
        if places is None or len(places) == self._frames.rowCount():
            self._table.set_order(places, rows)
            self.sorted_by.emit(int(column))

    def _on_reset(self) -> None:
        """Another job is in frame order, as the header says then."""
        self._sorts += 1
        self._show_order(FrameColumn.FRAME)

    def _show_order(self, column: FrameColumn) -> None:
        header = self.horizontalHeader()
        header.blockSignals(True)
        header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
        header.blockSignals(False)


def _places(
    reader: "StateReader",
    job_id: int,
    column: FrameColumn,
    numbers: Sequence[int],
    codes: bytes,
    *,
    descending: bool,
) -> Orders:
    """Return the places of all frames in an order, and the other way round; pool thread."""
    import numpy as np  # sorting by a column is not for the first paint

    if column is FrameColumn.FRAME:
        if not descending:
            return None, None
        places = np.arange(len(numbers) - 1, -1, -1)
    elif column is FrameColumn.STATE:
        states = np.frombuffer(codes, np.uint8).astype(np.int16)
        places = np.argsort(-states if descending else states, kind="stable")
    else:
        ordered = np.array(reader.ordered_frames(job_id, _ORDERS[column], descending=descending))
        if isinstance(numbers, range):
            places = (ordered - numbers.start) // numbers.step
        else:
            places = np.searchsorted(np.array(numbers), ordered)
    rows = np.empty_like(places)
    rows[places] = np.arange(len(places))
    return array("q", places.astype(np.int64).tobytes()), array("q", rows.astype(np.int64).tobytes())
