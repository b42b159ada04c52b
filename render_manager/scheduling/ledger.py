"""What changed since the last commit: stored in one transaction, then published. Owner thread only."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from render_manager.domain.changes import (
    AttemptRecord,
    ChangeSet,
    FrameChange,
    FrameProgress,
    JobSnapshot,
    Notice,
)
from render_manager.domain.errors import StorageUnavailableError
from render_manager.domain.facts import Fact
from render_manager.domain.job import Job
from render_manager.domain.job_parts import JobStep
from render_manager.scheduling.ports import JobStore, Subscriber

log = logging.getLogger(__name__)

STORE_NOTICE = "store"
KEPT_NOTICE = "kept"


@dataclass(slots=True)
class _Batch:
    """The changes of one turn."""

    jobs: dict[int, Job] = field(default_factory=dict)
    frames: list[FrameChange] = field(default_factory=list)
    attempts: dict[tuple[int, int, int], AttemptRecord] = field(default_factory=dict)
    progress: dict[tuple[int, int], FrameProgress | None] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    actions: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to store, publish or do."""
        return not any(getattr(self, name) for name in self.__slots__)


class Ledger:
    """Collects changes and hands them on, in this order: store, publish, clean up."""

    def __init__(self, *, store: JobStore, subscribers: Sequence[Subscriber]) -> None:
        self._store = store
        self._subscribers = tuple(subscribers)
        self._trouble = ""
        self._batch = _Batch()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to store or publish."""
        return self._batch.is_empty

    @property
    def is_in_trouble(self) -> bool:
        """Return whether the last commit could not be written; what it held is kept for the next."""
        return bool(self._trouble)

    def add(self, job: Job, step: JobStep) -> None:
        """Take down what an event did to a job."""
        self._batch.jobs[job.id] = job
        self._batch.frames += step.frames
        self._batch.facts += step.facts

    def touch(self, job: Job) -> None:
        """Take down that a job changed without a step."""
        self._batch.jobs[job.id] = job

    def add_fact(self, fact: Fact) -> None:
        """Take down something that happened."""
        self._batch.facts.append(fact)

    def add_attempt(self, attempt: AttemptRecord) -> None:
        """Take down the start or the end of an attempt."""
        self._batch.attempts[attempt.job_id, attempt.frame, attempt.number] = attempt

    def set_progress(self, job_id: int, frame: int, progress: FrameProgress | None) -> None:
        """Take down where an attempt is, or with None that it is over."""
        self._batch.progress[job_id, frame] = progress

    def remove(self, job: Job) -> None:
        """Take down that a job is forgotten; nothing else of it is stored any more."""
        self._batch.jobs.pop(job.id, None)
        self._batch.frames = [change for change in self._batch.frames if change.job_id != job.id]
        self._batch.attempts = {key: value for key, value in self._batch.attempts.items() if key[0] != job.id}
        self._batch.progress = {key: value for key, value in self._batch.progress.items() if key[0] != job.id}
        self._batch.removed.append(job.id)

    def notify(self, notice: Notice) -> None:
        """Take down something the user should see; never stored."""
        self._batch.notices.append(notice)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the changes so far are stored."""
        self._batch.actions.append(action)

    def publish_everything(self, jobs: Sequence[JobSnapshot]) -> None:
        """Tell the viewers about all jobs, at the start."""
        self.publish(ChangeSet(jobs={job.id: job for job in jobs}))

    def flush(self) -> bool:
        """Store and publish what was collected; return False when it could not be stored now.

        Raises StateConflictError and StorageError, after which the owner must load everything again.
        """
        batch = self._batch
        if batch.is_empty and not self._trouble:
            return True
        snapshots = {job_id: job.snapshot() for job_id, job in batch.jobs.items()}
        try:
            kept = self._store.keep_in_place()
            if kept:
                log.info("%s", kept)
                batch.notices.append(Notice(KEPT_NOTICE, kept))
            self._store.commit(
                job_snapshots=list(snapshots.values()),
                frame_changes=batch.frames,
                attempt_records=list(batch.attempts.values()),
                removed_jobs=batch.removed,
            )
        except StorageUnavailableError as error:
            self.report_trouble(str(error))
            return False
        if self._trouble:
            self._trouble = ""
            batch.notices.append(Notice(STORE_NOTICE, ""))
        self._batch = _Batch()
        self.publish(
            ChangeSet(
                jobs=snapshots,
                frames=tuple(batch.frames),
                attempts=tuple(batch.attempts.values()),
                progress=batch.progress,
                removed_jobs=tuple(batch.removed),
                facts=tuple(batch.facts),
                notices=tuple(batch.notices),
            )
        )
        for action in batch.actions:
            action()
        return True

    def drop(self) -> None:
        """Throw away what was collected; for when everything is loaded again."""
        self._batch = _Batch()

    def report_trouble(self, sentence: str) -> None:
        """Tell the viewers that the database cannot be used now; the next flush tries again."""
        if sentence == self._trouble:
            return
        self._trouble = sentence
        log.error("%s", sentence)
        self.publish(ChangeSet(notices=(Notice(STORE_NOTICE, sentence),)))

    def publish(self, changes: ChangeSet) -> None:
        """Tell the viewers at once, of something that needs not be stored."""
        if changes.is_empty:
            return
        for subscriber in self._subscribers:
            try:
                subscriber(changes)
            except Exception:  # a viewer's bug must not stop a render
                log.exception("a subscriber failed")
