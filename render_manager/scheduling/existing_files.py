"""Files that are there before a job renders: looked for once, decoded a few at a time, kept if whole.

Owner thread only; folders are read and files decoded on media threads, rendered frames before these.
"""

import logging
from collections import deque
from pathlib import Path

from render_manager.domain import events
from render_manager.domain.changes import FrameResult
from render_manager.domain.errors import UserError
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.frame_queue import FrameQueue
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.messages import ExistingChecked, ExistingListed
from render_manager.scheduling.policy import MAX_CHECKS_AT_ONCE, MAX_FOLDERS_LOOKED_AT, queue_key
from render_manager.scheduling.ports import Clock, ListExisting, Post

log = logging.getLogger(__name__)

TOLD_EVERY_S = 0.5
"""Files that are kept are told of together, at least this often."""


class ExistingFiles:
    """Finds out which frames of a job need not be rendered."""

    def __init__(
        self,
        *,
        jobs: JobBook,
        ledger: Ledger,
        attempts: Attempts,
        finisher: FrameFinisher,
        list_existing: ListExisting,
        clock: Clock,
        post: Post,
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._finisher = finisher
        self._list_existing = list_existing
        self._clock = clock
        self._post = post
        self._looks = 0
        self._looking: dict[int, int] = {}
        """Jobs whose folders are being looked through, with the number of the look."""
        self._waiting: dict[int, deque[tuple[int, tuple[Path, ...]]]] = {}
        """Files to be decoded, by job."""
        self._checking: dict[tuple[int, int], tuple[Path, ...]] = {}
        """Files being decoded, by job and frame."""
        self._found: dict[int, dict[int, FrameResult]] = {}
        self._found_since: dict[int, float] = {}
        """By job: when the first of its `_found` was found (monotonic)."""

    @property
    def is_full(self) -> bool:
        """Return whether enough folders are being looked through."""
        return len(self._looking) >= MAX_FOLDERS_LOOKED_AT

    def look(self, job: Job, queue: FrameQueue) -> None:
        """Look once which files are there already; until that is known none of the job's frames start."""
        if queue.was_compared:
            return
        queue.was_compared = True
        if job.spec.existing is not Existing.SKIP:
            return
        queue.is_closed = True
        self._looks += 1
        number = self._looking[job.id] = self._looks
        spec, job_id, post, list_existing = job.spec, job.id, self._post, self._list_existing

        def look() -> None:
            files: dict[int, tuple[Path, ...]] = {}
            try:
                files = list_existing(spec)
            except (OSError, UserError) as error:
                # The folder is away, or the engine is not known any more; both are said where it renders.
                log.info("%s cannot be looked through: %s", spec.output_dir, error)
            except Exception:  # the job would wait for ever for an answer
                log.exception("looking through %s", spec.output_dir)
            post(ExistingListed(job_id, files, number))

        self._finisher.run(look)

    def look_again(self, job: Job) -> None:
        """Forget what is known of a job's files, since somebody else is about to write them."""
        self._looking.pop(job.id, None)
        self._waiting.pop(job.id, None)
        queue = self._jobs.queue_of(job.id)
        if queue is not None and queue.was_compared:
            queue.forget_existing()

    def forget_all(self) -> None:
        """Forget everything; for when the state is read anew."""
        for table in (self._looking, self._waiting, self._checking, self._found, self._found_since):
            table.clear()

    def listed(self, message: ExistingListed) -> None:
        """Take in which files are there; the other frames can start."""
        if self._looking.get(message.job_id) != message.number:
            return
        del self._looking[message.job_id]
        job = self._jobs.get(message.job_id)
        if job is None:
            return
        if job.state in FINISHED_JOBS:
            self.look_again(job)
            return
        queue = self._jobs.frames_of(job)
        queue.is_closed = False
        files = [
            (frame, paths)
            for frame, paths in sorted(message.files.items())
            if self._is_in_question(job, frame)
        ]
        queue.in_doubt.update(frame for frame, _paths in files)
        waiting = deque(one for one in files if (job.id, one[0]) not in self._checking)
        if waiting:
            self._waiting[job.id] = waiting

    def feed(self) -> None:
        """Have some more files decoded; one at a time while rendered frames wait for the same threads."""
        if not self._waiting:
            return
        jobs = [job for job_id in list(self._waiting) if (job := self._still_wanted(job_id)) is not None]
        most = 1 if self._attempts.in_check else MAX_CHECKS_AT_ONCE
        for job in sorted(jobs, key=lambda job: queue_key(job.record.priority, job.record.position)):
            if job.record.paused:
                continue
            waiting = self._waiting[job.id]
            while waiting and len(self._checking) < most:
                self._check(job, *waiting.popleft())
            if not waiting:
                del self._waiting[job.id]

    def checked(self, message: ExistingChecked) -> None:
        """Keep a file that is whole; have the frame rendered if it is not, or is of another size."""
        paths = self._checking.pop((message.job_id, message.frame), None)
        job = self._jobs.get(message.job_id)
        if paths is None or job is None:
            return
        if job.state in FINISHED_JOBS:
            # It may be taken up again by an undo or a retry: then its files are looked at anew.
            self.look_again(job)
            return
        if message.result is None:
            queue = self._jobs.frames_of(job)
            queue.in_doubt.discard(message.frame)
            if not message.is_foreign and len(paths) == 1:
                queue.known_bad[message.frame] = paths[0]
            queue.put_back(message.frame)
            return
        self._found.setdefault(job.id, {})[message.frame] = message.result
        self._found_since.setdefault(job.id, self._clock.monotonic())

    def skip_found(self) -> None:
        """Skip the frames whose files were found whole, a job's together as far as they come soon."""
        for job_id in list(self._found):
            job = self._jobs.get(job_id)
            if job is not None and not self._is_worth_waiting(job):
                self._skip(job)
            elif job is None:
                del self._found[job_id], self._found_since[job_id]

    def _is_worth_waiting(self, job: Job) -> bool:
        """Return whether more files of a job will be known in a moment."""
        if job.record.paused or self._clock.monotonic() - self._found_since[job.id] >= TOLD_EVERY_S:
            return False
        return job.id in self._waiting or any(job_id == job.id for job_id, _frame in self._checking)

    def _skip(self, job: Job) -> None:
        results = self._found.pop(job.id)
        del self._found_since[job.id]
        self._jobs.with_frames(job)
        event = events.ExistingFramesFound(results, _("A whole file was there already."))
        self._ledger.add(job, job.apply(event, self._clock.now()))
        queue = self._jobs.queue_of(job.id)
        if queue is not None:
            queue.in_doubt.difference_update(results)

    def _check(self, job: Job, frame: int, paths: tuple[Path, ...]) -> None:
        if not self._is_in_question(job, frame):
            queue = self._jobs.frames_of(job)
            queue.in_doubt.discard(frame)
            queue.put_back(frame)
            return
        self._checking[job.id, frame] = paths
        thumbnail = self._attempts.thumbnail_path(job, frame, 0)
        size_px = (job.spec.width, job.spec.height)
        self._finisher.check_existing(job.id, frame, paths, thumbnail, self._post, size_px=size_px)

    def _still_wanted(self, job_id: int) -> Job | None:
        """Return a job whose files are worth decoding; forget what waits of any other."""
        job = self._jobs.get(job_id)
        if job is None or job.state in FINISHED_JOBS:
            self._waiting.pop(job_id, None)
            if job is not None:
                self.look_again(job)
            return None
        return job

    def _is_in_question(self, job: Job, frame: int) -> bool:
        frames = self._jobs.with_frames(job).frames
        return frames.states.of(frame) is FrameState.PENDING and frame not in frames.forced
