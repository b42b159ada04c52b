"""The job table's model: one immutable snapshot a row, newest job first."""

from collections import deque
from collections.abc import Sequence
from enum import IntEnum
from gettext import gettext as _
from gettext import ngettext
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from render_manager.domain.changes import ChangeSet, FrameChange, JobSnapshot
from render_manager.domain.facts import EngineWarned, FrameCompleted
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.elided_label import plain_tip
from render_manager.ui.estimates import RECENT_FRAMES, elapsed_text, estimate_text

AnyIndex = QModelIndex | QPersistentModelIndex
JOB_ROLE = Qt.ItemDataRole.UserRole
"""The whole JobSnapshot of a row; what delegates read."""
WARNINGS_ROLE = Qt.ItemDataRole.UserRole + 1
"""What the engine warned of in a job, in the order it was first said."""
RETRIES_ROLE = Qt.ItemDataRole.UserRole + 2
"""How many frames of a job wait to be tried again."""
MOST_WARNINGS = 30
"""Different warnings that are kept of one job; the first ones."""


class JobColumn(IntEnum):
    """The columns of the job table."""

    NAME = 0
    ENGINE = 1
    PROGRESS = 2
    DONE = 3
    ELAPSED = 4
    LEFT = 5
    PRIORITY = 6


class JobsModel(QAbstractTableModel):
    """Jobs as rows; changed only by change sets, on the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[JobSnapshot] = []
        self._rows: dict[int, int] = {}
        self._warnings: dict[int, dict[str, None]] = {}
        self._recent_s: dict[int, deque[float]] = {}
        self._waiting: dict[int, set[int]] = {}
        self._titles = {
            JobColumn.NAME: _("Job"),
            JobColumn.ENGINE: _("Engine"),
            JobColumn.PROGRESS: _("Progress"),
            JobColumn.DONE: _("Done"),
            JobColumn.ELAPSED: _("Elapsed"),
            JobColumn.LEFT: _("Left"),
            JobColumn.PRIORITY: _("Priority"),
        }

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many jobs there are."""
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
            return self._titles[JobColumn(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section >= JobColumn.DONE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, tool tip, or the whole job."""
        if not index.isValid() or not 0 <= index.row() < len(self._jobs):
            return None
        job = self._jobs[index.row()]
        if role == JOB_ROLE:
            return job
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell_text(job, JobColumn(index.column()), self._recent_s.get(job.id, ()))
        if role == Qt.ItemDataRole.ToolTipRole:
            retries = retries_text(self._retries(job.id))
            lines = [str(job.project_file), job.reason, retries, *self.warnings(job.id)]
            return plain_tip("\n".join(line for line in lines if line))
        if role == RETRIES_ROLE:
            return self._retries(job.id)
        if role == WARNINGS_ROLE:
            return self.warnings(job.id)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= JobColumn.DONE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def job_at(self, row: int) -> JobSnapshot | None:
        """Return the job in a row."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def job(self, job_id: int) -> JobSnapshot | None:
        """Return a job by its number."""
        row = self._rows.get(job_id)
        return None if row is None else self._jobs[row]

    def row_of(self, job_id: int) -> int | None:
        """Return the row a job is in."""
        return self._rows.get(job_id)

    def jobs(self) -> Sequence[JobSnapshot]:
        """Return all jobs, newest first."""
        return tuple(self._jobs)

    def warnings(self, job_id: int) -> tuple[str, ...]:
        """Return what the engine warned of in a job since this program started."""
        return tuple(self._warnings.get(job_id, ()))

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        for fact in changes.facts:
            if isinstance(fact, EngineWarned):
                self._warn(fact)
            elif isinstance(fact, FrameCompleted):
                self._recent_s.setdefault(fact.job_id, deque(maxlen=RECENT_FRAMES)).append(fact.seconds)
        for change in changes.frames:
            self._count_waits(change)
        for job_id in changes.removed_jobs:
            self._remove(job_id)
        new = [job for job in changes.jobs.values() if job.id not in self._rows]
        changed = [job for job in changes.jobs.values() if job.id in self._rows]
        self._replace(changed)
        if new:
            self._insert(new)

    def tick(self) -> None:
        """Let times that pass by themselves be painted again."""
        for row, job in enumerate(self._jobs):
            if job.state is JobState.RUNNING:
                self.dataChanged.emit(self.index(row, JobColumn.ELAPSED), self.index(row, JobColumn.LEFT))

    def _retries(self, job_id: int) -> int:
        return len(self._waiting.get(job_id, ()))

    def _count_waits(self, change: FrameChange) -> None:
        waiting = self._waiting.get(change.job_id, set())
        before = len(waiting)
        waiting -= {frame for frame in waiting if any(low <= frame <= high for low, high in change.runs)}
        if change.retry_at is not None:
            waiting |= {first for first, _last in change.runs}
        self._waiting[change.job_id] = waiting
        row = self._rows.get(change.job_id)
        if row is not None and len(waiting) != before:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def _warn(self, fact: EngineWarned) -> None:
        known = self._warnings.setdefault(fact.job_id, {})
        text = f"{fact.text} {fact.advice}".strip()
        if text in known or len(known) >= MOST_WARNINGS:
            return
        known[text] = None
        row = self._rows.get(fact.job_id)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def _remove(self, job_id: int) -> None:
        self._warnings.pop(job_id, None)
        self._recent_s.pop(job_id, None)
        self._waiting.pop(job_id, None)
        row = self._rows.get(job_id)
        if row is None:
            return
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._jobs[row]
        self._index_rows()
        self.endRemoveRows()

    def _replace(self, changed: Sequence[JobSnapshot]) -> None:
        rows = sorted(self._rows[job.id] for job in changed)
        for job in changed:
            self._jobs[self._rows[job.id]] = job
        for first, last in _runs(rows):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(JobColumn) - 1))

    def _insert(self, new: Sequence[JobSnapshot]) -> None:
        ordered = sorted(new, key=lambda job: job.id, reverse=True)
        if self._jobs and ordered[-1].id < self._jobs[0].id:
            # Only a reload brings older jobs; sort everything once.
            self.beginResetModel()
            self._jobs = sorted([*self._jobs, *ordered], key=lambda job: job.id, reverse=True)
            self._index_rows()
            self.endResetModel()
            return
        self.beginInsertRows(QModelIndex(), 0, len(ordered) - 1)
        self._jobs[:0] = ordered
        self._index_rows()
        self.endInsertRows()

    def _index_rows(self) -> None:
        self._rows = {job.id: row for row, job in enumerate(self._jobs)}


def retries_text(count: int) -> str:
    """Return how many frames wait to be tried again, empty for none."""
    return (
        ngettext("{count} to be tried again", "{count} to be tried again", count).format(count=count)
        if count
        else ""
    )


def _cell_text(job: JobSnapshot, column: JobColumn, recent_s: Sequence[float]) -> str:
    match column:
        case JobColumn.NAME:
            return job.name
        case JobColumn.ENGINE:
            return job.engine.capitalize()
        case JobColumn.PROGRESS:
            return f"{job.progress:.0f} %"
        case JobColumn.DONE:
            done = job.counts[FrameState.COMPLETED] + job.counts[FrameState.SKIPPED]
            return f"{done}/{job.total_frames}"
        case JobColumn.ELAPSED:
            return elapsed_text(job)
        case JobColumn.LEFT:
            return estimate_text(job, recent_s)
        case JobColumn.PRIORITY:
            return str(job.priority)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
