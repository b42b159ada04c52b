"""The job table's model: one immutable snapshot a row, those the user wants to see and in that order."""

import time
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.states import JobState
from render_manager.domain.texts import gettext as _
from render_manager.ui.models.job_cells import cell_text, retries_text
from render_manager.ui.models.job_mime import JOBS_MIME, mime_of
from render_manager.ui.models.job_notes import JobNotes
from render_manager.ui.models.job_order import JobColumn, JobView
from render_manager.ui.plain_label import plain_tip

AnyIndex = QModelIndex | QPersistentModelIndex
JOB_ROLE = Qt.ItemDataRole.UserRole
"""The whole JobSnapshot of a row; what delegates read."""
WARNINGS_ROLE = Qt.ItemDataRole.UserRole + 1
"""What the engine warned of in a job, in the order it was first said."""
RETRIES_ROLE = Qt.ItemDataRole.UserRole + 2
"""How many frames of a job wait to be tried again."""
MOST_STEPS = 64
"""With more rows to take away or put in than this, the table is filled anew."""
_ROW_FLAGS = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
_LEFT_ALIGNED = frozenset({JobColumn.NAME, JobColumn.ENGINE, JobColumn.PROGRESS, JobColumn.PICTURE})


class JobsModel(QAbstractTableModel):
    """Jobs as rows; changed only by change sets and the user's wishes, on the GUI thread.

    What changes takes its new place only when `settle` is called, so that nothing moves under the cursor.

    Signals:
        view_changed: the user sorts or filters in another way.
        unsettled: a row would stand elsewhere now.
    """

    view_changed = Signal()
    unsettled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[int, JobSnapshot] = {}
        self._jobs: list[JobSnapshot] = []
        self._rows: dict[int, int] = {}
        self._hidden: frozenset[int] = frozenset()
        self._engine_names: Mapping[str, str] = {}
        self.notes = JobNotes()
        self.view = JobView()
        self.is_settled = True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many jobs are shown."""
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(JobColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(JobColumn):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column_titles()[JobColumn(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(JobColumn(section)) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, tool tip, or the whole job."""
        if not index.isValid() or not 0 <= index.row() < len(self._jobs):
            return None
        job = self._jobs[index.row()]
        if role == JOB_ROLE:
            return job
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(job, JobColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            retries = retries_text(self.notes.retries(job.id))
            lines = [str(job.project_file), job.reason, retries, *self.warnings(job.id)]
            return plain_tip("\n".join(line for line in lines if line))
        if role == RETRIES_ROLE:
            return self.notes.retries(job.id)
        if role == WARNINGS_ROLE:
            return self.warnings(job.id)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(JobColumn(index.column())) | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Return what can be done with a cell: rows are dragged to another place in the queue."""
        # Asked twenty times a row by each question for the selected rows: nothing is computed here.
        return _ROW_FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """Return as what rows are dragged."""
        return [JOBS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """Return rows that are dragged, top to bottom."""
        rows = sorted({index.row() for index in indexes})
        return mime_of([self._jobs[row].id for row in rows])

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802 - Qt's name
        """Return what dragging does."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def job_at(self, row: int) -> JobSnapshot | None:
        """Return the job in a row."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def job(self, job_id: int) -> JobSnapshot | None:
        """Return a job by its number, shown or not."""
        return self._all.get(job_id)

    def row_of(self, job_id: int) -> int | None:
        """Return the row a job is in, None when it is not shown."""
        return self._rows.get(job_id)

    def shown(self) -> Sequence[JobSnapshot]:
        """Return the jobs that are shown, top to bottom."""
        return tuple(self._jobs)

    def jobs(self) -> Sequence[JobSnapshot]:
        """Return all jobs, shown or not; without those that are about to be deleted."""
        return tuple(job for job in self._all.values() if job.id not in self._hidden)

    def warnings(self, job_id: int) -> tuple[str, ...]:
        """Return what the engine warned of in a job since this program started."""
        return self.notes.warnings(job_id)

    def name_engines(self, names: Mapping[str, str]) -> None:
        """Call engines by these names, by their ids."""
        self._engine_names = dict(names)
        self._announce(range(len(self._jobs)), JobColumn.ENGINE, JobColumn.ENGINE)

    def engine_name(self, engine_id: str) -> str:
        """Return how an engine is called."""
        return self._engine_names.get(engine_id, engine_id.capitalize())

    def look(self, view: JobView) -> None:
        """Show other jobs, or in another order, from now on."""
        if view != self.view:
            self.view = view
            self.settle()
            self.view_changed.emit()

    def hide(self, job_ids: Collection[int]) -> None:
        """Take jobs out of sight that are about to be deleted; all others are shown again."""
        self._hidden = frozenset(job_ids)
        self.settle()

    def note_picture(self, job_id: int, thumbnail: str) -> None:
        """Take in what was read of a job's last picture."""
        self.notes.note_picture(job_id, thumbnail)
        row = self._rows.get(job_id)
        if row is not None:
            self._announce([row], JobColumn.PICTURE, JobColumn.PICTURE)

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        touched = self.notes.take(changes)
        self._remove([job_id for job_id in changes.removed_jobs if job_id in self._all])
        new = [job for job in changes.jobs.values() if job.id not in self._all]
        self._replace([job for job in changes.jobs.values() if job.id in self._all])
        self._all.update((job.id, job) for job in new)
        self._insert(self.view.sorted(job for job in new if job.id not in self._hidden))
        rows = [self._rows[job_id] for job_id in touched - changes.jobs.keys() if job_id in self._rows]
        self._announce(rows, 0, len(JobColumn) - 1)

    def tick(self) -> None:
        """Let times that pass by themselves be painted again."""
        running = [row for row, job in enumerate(self._jobs) if job.state is JobState.RUNNING]
        self._announce(running, JobColumn.ELAPSED, JobColumn.READY)

    def settle(self) -> None:
        """Let every job take its place now; rows may move, come and go."""
        self.is_settled = True
        wanted = self.view.sorted(self.jobs())
        kept = {job.id for job in wanted}
        gone = [row for row, job in enumerate(self._jobs) if job.id not in kept]
        new = [job for job in wanted if job.id not in self._rows]
        if max(len(gone), len(new)) > MOST_STEPS:
            self.beginResetModel()
            self._set_jobs(wanted)
            self.endResetModel()
            return
        self._take_out(gone)
        self._arrange([job for job in wanted if job.id in self._rows])
        self._insert(new)

    def _text(self, job: JobSnapshot, column: JobColumn) -> str:
        if column is JobColumn.ENGINE:
            return self.engine_name(job.engine)
        return cell_text(job, column, self.notes.recent_s(job.id), time.time())

    def _set_jobs(self, jobs: list[JobSnapshot]) -> None:
        self._jobs = jobs
        self._rows = {job.id: row for row, job in enumerate(jobs)}

    def _arrange(self, wanted: list[JobSnapshot]) -> None:
        """Bring the rows there are into this order."""
        if [job.id for job in wanted] == [job.id for job in self._jobs]:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._jobs[index.row()].id for index in old]
        self._set_jobs(wanted)
        places = zip(old, ids, strict=True)
        new = [self.index(self._rows[job_id], index.column()) for index, job_id in places]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _remove(self, job_ids: Sequence[int]) -> None:
        for job_id in job_ids:
            del self._all[job_id]
        self._take_out(sorted(self._rows[job_id] for job_id in job_ids if job_id in self._rows))

    def _take_out(self, rows: Sequence[int]) -> None:
        for first, last in reversed(_runs(rows)):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._set_jobs(self._jobs[:first] + self._jobs[last + 1 :])
            self.endRemoveRows()

    def _replace(self, changed: Sequence[JobSnapshot]) -> None:
        rows: list[int] = []
        has_moved = False
        for job in changed:
            has_moved = has_moved or self.view.has_moved(self._all[job.id], job)
            self._all[job.id] = job
            row = self._rows.get(job.id)
            if row is not None:
                self._jobs[row] = job
                rows.append(row)
        self._announce(rows, 0, len(JobColumn) - 1)
        if has_moved and self.is_settled:
            self.is_settled = False
            self.unsettled.emit()

    def _insert(self, new: Sequence[JobSnapshot]) -> None:
        """Put jobs, which are in order, where they belong among the others."""
        if len(new) > MOST_STEPS:
            self.beginResetModel()
            self._set_jobs(self.view.sorted([*self._jobs, *new]))
            self.endResetModel()
            return
        for job in new:
            row = self._row_for(job)
            self.beginInsertRows(QModelIndex(), row, row)
            self._set_jobs([*self._jobs[:row], job, *self._jobs[row:]])
            self.endInsertRows()

    def _row_for(self, job: JobSnapshot) -> int:
        key = self.view.key(job)
        if not self.view.is_descending:
            return bisect_left(self._jobs, key, key=self.view.key)
        before = [other for other in self._jobs if self.view.key(other) > key]
        return len(before)

    def _announce(self, rows: Collection[int], first: int, last: int) -> None:
        for top, bottom in _runs(sorted(rows)):
            self.dataChanged.emit(self.index(top, first), self.index(bottom, last))


def column_titles() -> dict[JobColumn, str]:
    """Return the titles of the columns, in the present language."""
    return {
        JobColumn.NAME: _("Job"),
        JobColumn.ENGINE: _("Engine"),
        JobColumn.PROGRESS: _("Progress"),
        JobColumn.DONE: _("Done"),
        JobColumn.ELAPSED: _("Elapsed"),
        JobColumn.LEFT: _("Left"),
        JobColumn.READY: _("Ready at"),
        JobColumn.PRIORITY: _("Priority"),
        JobColumn.ADDED: _("Added"),
        JobColumn.PICTURE: _("Picture"),
    }


def _side(column: JobColumn) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft if column in _LEFT_ALIGNED else Qt.AlignmentFlag.AlignRight


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
