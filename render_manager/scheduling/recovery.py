"""The start: whatever was under way when the program ended is brought to a state that is true.

A frame whose files were on their way to their final place (its note is in the staging folder) is finished;
any other that was rendering is to be rendered again. Owner thread only, before anything is dispatched.
"""

import logging
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from render_manager.domain import events
from render_manager.domain.changes import AttemptRecord, FrameResult
from render_manager.domain.facts import FramesInterrupted
from render_manager.domain.health import Portrait, marks_of
from render_manager.domain.job import Job
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.messages import OutputsMissing
from render_manager.scheduling.moving import MoveFailedError, finish_moves
from render_manager.scheduling.ports import Clock, JobStore, Post
from render_manager.scheduling.staging import MoveNote, job_staging, read_notes, remove_job_staging
from render_manager.scheduling.sweeping import Sweeper

log = logging.getLogger(__name__)

RECENT_FINISHED_JOBS = 50
"""So many finished jobs, the newest, are looked at for folders that a kill left behind."""


class Recovery:
    """Repairs jobs at the start."""

    def __init__(
        self,
        *,
        store: JobStore,
        jobs: JobBook,
        ledger: Ledger,
        finisher: FrameFinisher,
        sweeper: Sweeper,
        clock: Clock,
        post: Post,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._ledger = ledger
        self._finisher = finisher
        self._sweeper = sweeper
        self._clock = clock
        self._post = post

    def run(self) -> int:
        """Repair all jobs; return how many frames had been interrupted."""
        interrupted = 0
        finished = []
        for job in self._jobs:
            if job.state in FINISHED_JOBS:
                finished.append(job)
                continue
            interrupted += self._repair(job)
            if self._jobs.serves(job) and job.counts[FrameState.COMPLETED]:
                self._compare_outputs(job)
        finished.sort(key=lambda job: job.record.updated_at)
        for job in finished[-RECENT_FINISHED_JOBS:]:
            self._sweeper.sweep(job)
        return interrupted

    def _repair(self, job: Job) -> int:
        updated_at = job.record.updated_at
        reason = _("It was interrupted when Render Manager ended; it is rendered again.")
        found: list[MoveNote] = []
        is_readable = True
        try:
            has_staging = job_staging(job.spec.output_dir, job.record.uuid).is_dir()
            if has_staging:
                found = read_notes(job.spec.output_dir, job.record.uuid)
        except OSError as error:
            # A share that is away: what is there stays there, and nothing is concluded from it.
            log.info("the output folder of job %s cannot be looked at: %s", job.id, error)
            why = _("The output folder could not be looked at: {why}.").format(
                why=error.strerror or type(error).__name__
            )
            reason = f"{reason} {why}"
            has_staging = is_readable = False
        if not job.counts[FrameState.RENDERING] and not has_staging:
            return 0
        self._jobs.with_frames(job)
        notes = {note.frame: note for note in found if self._is_current(job, note)}
        for note in notes.values():
            self._roll_forward(job, note)
        interrupted = job.frames.states.numbers_in(FrameState.RENDERING)
        now = self._clock.now()
        for frame in interrupted:
            self._ledger.add(job, job.apply(events.AttemptInterrupted(frame, reason), now))
        ended = self._end_attempts(job, notes)
        if interrupted:
            seen_at = _last_sign(updated_at, ended, now)
            self._ledger.add_fact(FramesInterrupted(job.id, tuple(interrupted), seen_at))
        if is_readable:
            self._ledger.after_commit(partial(remove_job_staging, job.spec.output_dir, job.record.uuid))
        return len(interrupted)

    def _is_current(self, job: Job, note: MoveNote) -> bool:
        """Return whether a note is about the frame's latest attempt, stored as begun or not stored at all."""
        if note.job_uuid != job.record.uuid or note.frame not in job.spec.frames:
            return False
        state, attempts = job.frame_state(note.frame), job.frames.attempts_of(note.frame)
        if state is FrameState.RENDERING:
            return note.attempt == attempts
        return state is FrameState.PENDING and note.attempt == attempts + 1

    def _roll_forward(self, job: Job, note: MoveNote) -> None:
        try:
            if not finish_moves(note):
                return
        except (OSError, MoveFailedError) as error:
            log.info("frame %s of job %s is rendered again: %s", note.frame, job.id, error)
            return
        now = self._clock.now()
        self._ledger.add(job, job.apply(events.AttemptStarted(note.frame), now))
        marks = marks_of(note.marks)
        result = FrameResult(
            tuple(move.target for move in note.moves),
            note.thumbnail,
            note.seconds,
            portrait=Portrait.read_back(note.portrait, marks),
            scene_version=note.scene_version,
        )
        self._ledger.add(job, job.apply(events.AttemptCompleted(note.frame, result), now))

    def _end_attempts(self, job: Job, notes: dict[int, MoveNote]) -> list[AttemptRecord]:
        """End what was under way, and return it as it was."""
        now = self._clock.now()
        stored = {record.frame: record for record in self._store.running_attempts(job.id)}
        for frame, note in notes.items():
            stored.setdefault(
                frame, AttemptRecord(job.id, frame, note.attempt, AttemptOutcome.RUNNING, started_at=now)
            )
        for record in stored.values():
            done = job.frame_state(record.frame) is FrameState.COMPLETED
            outcome = AttemptOutcome.COMPLETED if done else AttemptOutcome.INTERRUPTED
            seconds = notes[record.frame].seconds if done and record.frame in notes else None
            self._ledger.add_attempt(replace(record, outcome=outcome, ended_at=now, seconds=seconds))
        return list(stored.values())

    def _compare_outputs(self, job: Job) -> None:
        job_id, folder, post = job.id, job.spec.output_dir, self._post
        outputs = self._store.frame_outputs(job_id)

        def compare() -> None:
            lost = lost_frames(folder, outputs)
            if lost:
                post(OutputsMissing(job_id, lost))

        self._finisher.run(compare)


def _last_sign(updated_at: float, attempts: list[AttemptRecord], now: float) -> float:
    """Return when something of a job is last known to have happened: its engines' logs tell best."""
    signs = [updated_at, *(attempt.started_at for attempt in attempts)]
    for log_path in {attempt.log_path for attempt in attempts if attempt.log_path}:
        try:
            signs.append(Path(log_path).stat().st_mtime)
        except OSError as error:
            log.info("%s cannot be looked at: %s", log_path, error)
    # A clock that was set back must not make it the future.
    return min(max(signs), now)


def lost_frames(output_dir: Path, outputs: dict[int, tuple[str, ...]]) -> tuple[int, ...]:
    """Return the frames of which a file is not there any more; one listing for each folder.

    A folder that is missing or cannot be read, as that of a drive which is away, says nothing.
    """
    listings = _Listings()
    if not listings.has(output_dir):
        return ()
    return tuple(
        frame
        for frame, files in outputs.items()
        if not files or any(listings.is_without(Path(file)) for file in files)
    )


class _Listings:
    """What is in folders, each looked through once."""

    def __init__(self) -> None:
        self._names: dict[Path, frozenset[str] | None] = {}

    def has(self, folder: Path) -> bool:
        """Return whether a folder is there and can be read."""
        return self._listed(folder) is not None

    def is_without(self, path: Path) -> bool:
        """Return whether a file's folder is there and the file is not."""
        names = self._listed(path.parent)
        if names is None or path.name in names:
            return False
        try:
            # File systems may write a name in another way (case, accents) than it was given.
            path.stat()
        except FileNotFoundError:
            return True
        except OSError as error:
            log.info("%s cannot be looked at: %s", path, error)
        return False

    def _listed(self, folder: Path) -> frozenset[str] | None:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder))  # noqa: PTH208 - names are all that is needed
            except OSError as error:
                log.info("%s cannot be looked through: %s", folder, error)
                self._names[folder] = None
        return self._names[folder]
