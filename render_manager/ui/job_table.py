"""The job table's view: rows are dragged to another place in the queue, with a line where they would go."""

import time

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from render_manager.ui.job_moves import Move, plan_move
from render_manager.ui.models.job_mime import JOBS_MIME, ids_in
from render_manager.ui.models.jobs_model import JobsModel
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.theme import ROW_HEIGHT_PX, Theme

REST_S = 60.0
"""So long after it last moved over the table, a cursor no longer keeps the rows where they are."""


class JobTable(QTableView):
    """Shows the jobs' model; GUI thread.

    Signals:
        moved: a Move that the user asked for.
        refused: the sentence why the jobs cannot go where they were dropped.
    """

    moved = Signal(object)
    refused = Signal(str)

    def __init__(self, *, model: JobsModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = model
        self._theme = theme
        self._drop_place: int | None = None
        self._drop_plan: Move | str = ""
        self._dragged: tuple[int, ...] = ()
        self._cursor_moved_at: float | None = None
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.viewport().setMouseTracking(True)

    def is_at_rest(self) -> bool:
        """Return whether nobody is about to click: rows may change places."""
        if self.state() is not QAbstractItemView.State.NoState or self._drop_place is not None:
            return False
        return self._cursor_moved_at is None or time.monotonic() - self._cursor_moved_at > REST_S

    def selectionCommand(  # noqa: N802 - Qt's name
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Select the row that any key makes the current one: orders go to one, panes show the other."""
        if isinstance(event, QKeyEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            kept = event.modifiers() & ~Qt.KeyboardModifier.ControlModifier
            event = QKeyEvent(event.type(), event.key(), kept)
        return super().selectionCommand(index, event)

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Go to the first and the last job with Home and End: there is nothing to do in single cells."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        if action in ends:
            row = ends[action] % max(self._jobs.rowCount(), 1)
            return self._jobs.index(row, max(self.currentIndex().column(), 0))
        return super().moveCursor(action, modifiers)

    def selectAll(self) -> None:  # noqa: N802 - Qt's name
        """Select all rows, as one range: Qt goes through every cell."""
        last = self._jobs.index(self._jobs.rowCount() - 1, self._jobs.columnCount() - 1)
        flags = QItemSelectionModel.SelectionFlag
        whole = QItemSelection(self._jobs.index(0, 0), last)
        self.selectionModel().select(whole, flags.ClearAndSelect)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take note that somebody aims at a row."""
        self._cursor_moved_at = time.monotonic()
        super().mouseMoveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take note of a cursor that comes and goes."""
        if event.type() is QEvent.Type.Enter:
            self._cursor_moved_at = time.monotonic()
        elif event.type() is QEvent.Type.Leave:
            self._cursor_moved_at = None
        return super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take our own rows; files are for the window."""
        if event.mimeData().hasFormat(JOBS_MIME):
            self._dragged = ids_in(event.mimeData())
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the rows would go, or why they cannot."""
        if not event.mimeData().hasFormat(JOBS_MIME):
            event.ignore()
            return
        # Qt scrolls at the edges for whoever lets it see the event first.
        super().dragMoveEvent(event)
        point = event.position().toPoint()
        self._plan(point)
        if isinstance(self._drop_plan, str):
            place = self.viewport().mapToGlobal(point + QPoint(16, 16))
            QToolTip.showText(place, plain_tip(self._drop_plan), self)
            # Accepted all the same, so that a drop is answered with the reason.
        else:
            QToolTip.hideText()
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Take the line away."""
        super().dragLeaveEvent(event)
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Move the rows, or say why not."""
        if not event.mimeData().hasFormat(JOBS_MIME):
            event.ignore()
            return
        self._dragged = ids_in(event.mimeData())
        self._plan(event.position().toPoint())
        plan = self._drop_plan
        self._end_drag()
        # Not a move in Qt's sense: it would take the rows out of the model.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(plan, Move):
            self.moved.emit(plan)
        else:
            self.refused.emit(plan)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the rows, and the line of a drop over them."""
        super().paintEvent(event)
        if self._drop_place is None:
            return
        is_refused = isinstance(self._drop_plan, str)
        painter = QPainter(self.viewport())
        pen = QPen(self._theme.bad_text if is_refused else self._theme.accent, 2)
        pen.setStyle(Qt.PenStyle.DashLine if is_refused else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        y = max(self._y_of(self._drop_place), 1)
        painter.drawLine(0, y, self.viewport().width(), y)

    def _plan(self, point: QPoint) -> None:
        self._drop_place = self._place_at(point)
        self._drop_plan = plan_move(self._jobs.shown(), self._dragged, self._drop_place, self._jobs.view)
        self.viewport().update()

    def _place_at(self, point: QPoint) -> int:
        """Return before which row a drop at this point would go."""
        row = self.rowAt(point.y())
        if row < 0:
            return self._jobs.rowCount()
        middle = self.rowViewportPosition(row) + self.rowHeight(row) // 2
        return row + (point.y() > middle)

    def _y_of(self, place: int) -> int:
        if place < self._jobs.rowCount():
            return self.rowViewportPosition(place)
        last = self._jobs.rowCount() - 1
        return self.rowViewportPosition(last) + self.rowHeight(last)

    def _end_drag(self) -> None:
        self._drop_place, self._drop_plan, self._dragged = None, "", ()
        QToolTip.hideText()
        self.viewport().update()
