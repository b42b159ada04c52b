"""Which jobs the table shows and in what order; no Qt, so that it is quick and can be tried by itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FINISHED_JOBS, FrameState, JobState
from render_manager.domain.texts import gettext as _


class JobColumn(IntEnum):
    """The columns of the job table."""

    NAME = 0
    ENGINE = 1
    PROGRESS = 2
    DONE = 3
    ELAPSED = 4
    LEFT = 5
    READY = 6
    PRIORITY = 7
    ADDED = 8
    PICTURE = 9


@dataclass(frozen=True, slots=True)
class JobView:
    """What the user wants to see: some of the jobs, in some order."""

    words: tuple[str, ...] = ()
    """Each must be in a job's name, scene, folder, project, engine or reason; with `-` in front none may."""
    states: frozenset[JobState] | None = None
    """Only jobs in one of these states, None for all."""
    column: JobColumn | None = None
    """Sorted by this column; None for the order of the queue."""
    is_descending: bool = False

    @property
    def is_queue(self) -> bool:
        """Return whether jobs are in the order in which they will be rendered."""
        return self.column is None

    def shows(self, job: JobSnapshot) -> bool:
        """Return whether a job is to be seen."""
        if self.states is not None and job.state not in self.states:
            return False
        if not self.words:
            return True
        text = _searched(job)
        return all((word[1:] not in text) if _excludes(word) else (word in text) for word in self.words)

    def key(self, job: JobSnapshot) -> tuple[Any, ...]:
        """Return what jobs are compared by; ascending, equal ones in the order of the queue."""
        if self.column is None:
            return queue_place(job)
        key: Any = _COLUMN_KEYS[self.column](job)
        return (key, queue_place(job))

    def sorted(self, jobs: Iterable[JobSnapshot]) -> list[JobSnapshot]:
        """Return the jobs to be seen, in order."""
        return sorted((job for job in jobs if self.shows(job)), key=self.key, reverse=self.is_descending)

    def has_moved(self, before: JobSnapshot, after: JobSnapshot) -> bool:
        """Return whether a job that changed may stand elsewhere now, or no longer at all."""
        return self.key(before) != self.key(after) or self.shows(before) != self.shows(after)


def words_of(text: str) -> tuple[str, ...]:
    """Return what is looked for, from what was typed."""
    return tuple(word for word in text.casefold().split() if word != "-")


def queue_place(job: JobSnapshot) -> tuple[float, float, float]:
    """Return a job's place: unfinished ones as they will be rendered, then finished ones, latest first."""
    if job.state in FINISHED_JOBS:
        return (1.0, -(job.finished_at or 0.0), -float(job.id))
    return (0.0, -float(job.priority), job.position)


def count_states(jobs: Sequence[JobSnapshot]) -> dict[JobState, int]:
    """Return how many jobs are in each state."""
    counts = dict.fromkeys(JobState, 0)
    for job in jobs:
        counts[job.state] += 1
    return counts


def summary_text(jobs: Sequence[JobSnapshot]) -> str:
    """Return how many jobs run, wait and failed."""
    counts = count_states(jobs)
    return _("{running} running  ·  {waiting} waiting  ·  {failed} failed").format(
        running=counts[JobState.RUNNING],
        waiting=counts[JobState.PENDING],
        failed=counts[JobState.FAILED],
    )


def _excludes(word: str) -> bool:
    return word.startswith("-") and len(word) > 1


def _searched(job: JobSnapshot) -> str:
    parts = (job.name, str(job.project_file), str(job.output_dir), job.project, job.engine, job.reason)
    return "\n".join(parts).casefold()


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key in which shot_9 comes before shot_10."""
    found: list[tuple[int, int, str]] = []
    digits = ""
    for sign in text.casefold() + "\0":
        if sign.isascii() and sign.isdigit():
            digits += sign
            continue
        if digits:
            found.append((0, int(digits), ""))
            digits = ""
        found.append((1, 0, sign))
    return found


def _share_done(job: JobSnapshot) -> float:
    done = job.counts[FrameState.COMPLETED] + job.counts[FrameState.SKIPPED]
    return done / max(job.total_frames, 1)


def _seconds_left(job: JobSnapshot) -> float:
    if job.state in FINISHED_JOBS:
        return 0.0
    left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
    return left * job.render_seconds / job.rendered_frames if job.rendered_frames else float("inf")


def _elapsed(job: JobSnapshot) -> float:
    # Of running jobs the first to start has been going longest, whatever the time is.
    if job.started_at is None:
        return 0.0
    return job.finished_at - job.started_at if job.finished_at is not None else 1e12 - job.started_at


_COLUMN_KEYS: dict[JobColumn, Callable[[JobSnapshot], Any]] = {
    JobColumn.NAME: lambda job: _natural(job.name),
    JobColumn.ENGINE: lambda job: job.engine,
    JobColumn.PROGRESS: _share_done,
    JobColumn.DONE: lambda job: job.total_frames,
    JobColumn.ELAPSED: _elapsed,
    JobColumn.LEFT: _seconds_left,
    JobColumn.READY: _seconds_left,
    JobColumn.PRIORITY: lambda job: -job.priority,
    JobColumn.ADDED: lambda job: job.created_at,
    JobColumn.PICTURE: lambda job: job.id,
}
