"""The job table with its chips, filter and menu."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.texts import gettext as _
from render_manager.ui.empty_page import EmptyPage
from render_manager.ui.job_chips import JobChips
from render_manager.ui.job_columns import JobColumns
from render_manager.ui.job_delegate import JobDelegate
from render_manager.ui.job_pictures import JobPictures
from render_manager.ui.job_table import JobTable
from render_manager.ui.models.job_order import JobColumn, JobView, count_states
from render_manager.ui.models.jobs_model import JobsModel
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

SETTLE_MS = 500
"""How often it is looked whether rows may change places."""


class JobsPane(QWidget):
    """All jobs; GUI thread.

    Signals:
        job_selected: the JobSnapshot of the current job, or None.
        menu_wanted: the point, in global coordinates, at which the selected jobs' menu should open.
        moved: a Move in the queue that the user asked for.
        refused: a sentence why something that was tried with the mouse cannot be.
    """

    job_selected = Signal(object)
    menu_wanted = Signal(QPoint)
    moved = Signal(object)
    refused = Signal(str)

    def __init__(
        self, *, theme: Theme, icons: Icons, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = JobsModel(self)
        self.chips = JobChips(icons=icons)
        self.table = JobTable(model=self.model, theme=theme)
        self.columns = JobColumns(self.table)
        self._pictures = JobPictures(model=self.model, errands=errands, parent=self)
        delegate = JobDelegate(theme=theme, icons=icons, pictures=self._pictures, parent=self.table)
        self.table.setItemDelegate(delegate)
        self._kept: tuple[set[int], int | None] | None = None
        self._expected: frozenset[int] = frozenset()
        self._lay_out()
        self._connect()

    def read_from(self, reader: "StateReader") -> None:
        """Read the last pictures of jobs from this reader from now on."""
        self._pictures.read_from(reader)

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        self.chips.load_icons()

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed; the selection stays on the same jobs."""
        selected = self.current_job()
        self.model.apply(changes)
        if changes.jobs or changes.removed_jobs:
            self._count()
        if self._expected & changes.jobs.keys():
            # The user moved them: they go at once, whatever is under the cursor.
            self._expected = frozenset()
            self.model.settle()
            self.table.scrollTo(self.table.currentIndex())
        now = self.current_job()
        if now is not selected:
            self.job_selected.emit(now)

    def expect_move(self, job_ids: Collection[int]) -> None:
        """Let rows take their places at once when these jobs have changed."""
        self._expected = frozenset(job_ids)

    def hide_jobs(self, job_ids: frozenset[int]) -> None:
        """Take jobs out of sight that are about to be deleted, and only those."""
        self.model.hide(job_ids)
        self._count()
        self.job_selected.emit(self.current_job())

    def current_job(self) -> JobSnapshot | None:
        """Return the job whose frames should be shown."""
        return self.model.job_at(self.table.currentIndex().row())

    def selected_jobs(self) -> list[JobSnapshot]:
        """Return the selected jobs, top to bottom."""
        # From the ranges: Qt's own list of selected rows asks for the flags of every cell.
        selection = self.table.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.count())]
        rows = sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})
        jobs = [self.model.job_at(row) for row in rows]
        return [job for job in jobs if job is not None]

    def select_job(self, job_id: int) -> None:
        """Make a job the current and only selected one; what hides it is taken away."""
        if self.model.row_of(job_id) is None and self.model.job(job_id) is not None:
            self.chips.clear()
        row = self.model.row_of(job_id)
        if row is not None:
            # Not selectRow: what that does depends on the keys held down.
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, 0)
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def select_where(self, wanted: Callable[[JobSnapshot], bool]) -> None:
        """Select all jobs shown for which `wanted` is true."""
        selection = QItemSelection()
        last = self.model.columnCount() - 1
        for row, job in enumerate(self.model.shown()):
            if wanted(job):
                selection.select(self.model.index(row, 0), self.model.index(row, last))
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(selection, flags.ClearAndSelect)

    def show_queue(self) -> None:
        """Show the order of the queue again."""
        self.model.look(replace(self.model.view, column=None, is_descending=False))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show the columns for which there is room."""
        super().resizeEvent(event)
        self.columns.fit(self.width())

    def _lay_out(self) -> None:
        self.empty = EmptyPage()
        self._nothing_fits = PlainLabel(_("No job fits the filter. Press Escape in it to see all."))
        rows = QWidget()
        self._stack = QStackedLayout(rows)
        self._nothing_fits.setObjectName("dim")
        self._nothing_fits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing_fits.setWordWrap(True)
        for page in (self.empty, self._nothing_fits, self.table):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.chips)
        layout.addWidget(rows, 1)
        self.chips.hide()

    def _connect(self) -> None:
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.selectionModel().currentRowChanged.connect(self._on_selection_changed)
        self.table.moved.connect(self.moved)
        self.table.refused.connect(self.refused)
        self.columns.sort_wanted.connect(self._sort_by)
        self.chips.view_wanted.connect(self._look)
        self.model.view_changed.connect(self._on_view_changed)
        self.model.modelAboutToBeReset.connect(self._note_selection)
        self.model.modelReset.connect(self._bring_back_selection)
        self.model.rowsInserted.connect(self._choose_page)
        self.model.rowsRemoved.connect(self._choose_page)
        self.model.rowsRemoved.connect(self._keep_selected)
        self._pictures.arrived.connect(self.table.viewport().update)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.model.tick)
        self._tick.start()
        self._settling = QTimer(self)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._settle)
        self.model.unsettled.connect(self._settling.start)

    def _settle(self) -> None:
        """Let rows take their places, unless somebody is about to click."""
        if self.table.is_at_rest():
            self._settling.stop()
            self.model.settle()

    def _look(self, view: JobView) -> None:
        self.model.look(replace(self.model.view, words=view.words, states=view.states))

    def _sort_by(self, column: JobColumn) -> None:
        view = self.model.view
        if view.column is not column:
            self.model.look(replace(view, column=column, is_descending=False))
        elif not view.is_descending:
            self.model.look(replace(view, is_descending=True))
        else:
            self.show_queue()

    def _on_view_changed(self) -> None:
        view = self.model.view
        self.columns.show_sort(view.column, is_descending=view.is_descending)
        self.chips.show_view(view)
        self._choose_page()

    def _count(self) -> None:
        jobs = self.model.jobs()
        self.chips.show_counts(count_states(jobs))
        self.chips.setVisible(bool(jobs))
        self._choose_page()

    def _choose_page(self, *_what: object) -> None:
        has_rows = bool(self.model.rowCount())
        page = self.table if has_rows else self._nothing_fits if self.model.jobs() else self.empty
        if self._stack.currentWidget() is not page:
            self._stack.setCurrentWidget(page)

    def _note_selection(self) -> None:
        current = self.current_job()
        self._kept = {job.id for job in self.selected_jobs()}, None if current is None else current.id

    def _bring_back_selection(self) -> None:
        selected, current = self._kept or (set(), None)
        self._kept = None
        row = None if current is None else self.model.row_of(current)
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), flags.NoUpdate)
        if selected:
            self.select_where(lambda job: job.id in selected)
        self._keep_selected()
        self._choose_page()

    def _keep_selected(self, *_what: object) -> None:
        """Select the current row where the rows that were selected are gone: orders go to what is shown."""
        selection = self.table.selectionModel()
        current = self.table.currentIndex()
        if current.isValid() and not selection.hasSelection():
            flags = QItemSelectionModel.SelectionFlag
            selection.select(current, flags.ClearAndSelect | flags.Rows)

    def _on_selection_changed(self, *_what: object) -> None:
        self.job_selected.emit(self.current_job())

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.indexAt(point).isValid():
            self.menu_wanted.emit(self.table.viewport().mapToGlobal(point))


def job_ids(jobs: Sequence[JobSnapshot]) -> tuple[int, ...]:
    """Return the numbers of jobs."""
    return tuple(job.id for job in jobs)
