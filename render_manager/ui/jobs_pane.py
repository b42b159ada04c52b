"""The job table with its menu."""

from collections.abc import Callable, Sequence
from gettext import gettext as _

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QStackedLayout, QTableView, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.ui.job_delegate import JobDelegate
from render_manager.ui.models.jobs_model import JobColumn, JobsModel
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import ROW_HEIGHT_PX, Theme

WIDTHS_PX = {
    JobColumn.ENGINE: 84,
    JobColumn.PROGRESS: 180,
    JobColumn.DONE: 90,
    JobColumn.ELAPSED: 80,
    JobColumn.LEFT: 130,
    JobColumn.PRIORITY: 64,
}

FIRST_TO_GO = (JobColumn.ENGINE, JobColumn.PRIORITY, JobColumn.ELAPSED, JobColumn.LEFT)
NAME_PX = 220
"""What the jobs' names need at least."""
SCROLL_BAR_PX = 12


class JobsPane(QWidget):
    """All jobs; GUI thread.

    Signals:
        job_selected: the JobSnapshot of the current job, or None.
        menu_wanted: the point, in global coordinates, at which the selected jobs' menu should open.
    """

    job_selected = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(self, *, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = JobsModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(JobDelegate(theme=theme, icons=icons, parent=self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.table.setTabKeyNavigation(False)
        self._set_up_header()
        self._empty = QLabel()
        self._empty.setObjectName("dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self.say_empty(_("Drop scenes here, or press Ctrl+O to choose some."))
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.selectionModel().currentRowChanged.connect(self._on_selection_changed)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.model.tick)
        self._tick.start()

    def say_empty(self, text: str) -> None:
        """Say this where there are no jobs."""
        self._empty.setText(text)

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed; the selection stays on the same jobs."""
        selected = self.current_job()
        self.model.apply(changes)
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        now = self.current_job()
        if now is not selected:
            self.job_selected.emit(now)

    def current_job(self) -> JobSnapshot | None:
        """Return the job whose frames should be shown."""
        return self.model.job_at(self.table.currentIndex().row())

    def selected_jobs(self) -> list[JobSnapshot]:
        """Return the selected jobs, top to bottom."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        jobs = [self.model.job_at(row) for row in rows]
        return [job for job in jobs if job is not None]

    def select_job(self, job_id: int) -> None:
        """Make a job the current and only selected one."""
        row = self.model.row_of(job_id)
        if row is not None:
            # Not selectRow: what that does depends on the keys held down.
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, 0)
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def select_where(self, wanted: Callable[[JobSnapshot], bool]) -> None:
        """Select all jobs for which `wanted` is true."""
        selection = QItemSelection()
        for row, job in enumerate(self.model.jobs()):
            if wanted(job):
                selection.select(
                    self.model.index(row, 0), self.model.index(row, self.model.columnCount() - 1)
                )
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(selection, flags.ClearAndSelect)

    def _set_up_header(self) -> None:
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(JobColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS_PX.items():
            header.resizeSection(column, width)
        header.setMinimumSectionSize(48)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Hide columns, the least important ones first, until there is room for the jobs' names."""
        super().resizeEvent(event)
        room = self.width() - sum(WIDTHS_PX.values()) - SCROLL_BAR_PX
        for column in FIRST_TO_GO:
            is_hidden = room < NAME_PX
            self.table.setColumnHidden(column, is_hidden)
            room += WIDTHS_PX[column] if is_hidden else 0

    def _on_selection_changed(self, *_what: object) -> None:
        self.job_selected.emit(self.current_job())

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.indexAt(point).isValid():
            self.menu_wanted.emit(self.table.viewport().mapToGlobal(point))


def job_ids(jobs: Sequence[JobSnapshot]) -> tuple[int, ...]:
    """Return the numbers of jobs."""
    return tuple(job.id for job in jobs)
