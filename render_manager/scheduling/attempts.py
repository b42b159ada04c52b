"""The life of an attempt: begun, rendered, looked at, and its end in memory and in the ledger.

Owner thread only.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from render_manager.domain import events
from render_manager.domain.changes import AttemptRecord, FrameProgress
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.facts import EngineWarned
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Portrait
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import FrameEnded
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.finishing import FinishOrder, FrameFinisher
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.messages import FrameAccepted, FrameRejected
from render_manager.scheduling.policy import DISK_FULL, failures_limit, retry_at
from render_manager.scheduling.ports import Clock
from render_manager.scheduling.running_attempt import RunningAttempt
from render_manager.scheduling.staging import forget_note, remove_attempt_staging
from render_manager.scheduling.workforce import ActiveWorker

CLOCKS_ARE_RIGHT_FROM = 1_600_000_000.0
"""Seconds since the epoch: this program is younger than that."""


class Attempts:
    """All attempts under way."""

    def __init__(
        self,
        *,
        jobs: JobBook,
        ledger: Ledger,
        finisher: FrameFinisher,
        clock: Clock,
        thumbnail_dir: Path,
        post: Callable[[object], None],
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._finisher = finisher
        self._clock = clock
        self._thumbnail_dir = thumbnail_dir
        self._post = post
        self.running: dict[tuple[int, int], RunningAttempt] = {}

    @property
    def in_check(self) -> int:
        """Return how many frames wait to be decoded."""
        return sum(attempt.is_in_check for attempt in self.running.values())

    def of(self, job_id: int) -> list[RunningAttempt]:
        """Return the attempts of a job."""
        return [attempt for key, attempt in self.running.items() if key[0] == job_id]

    def thumbnail_path(self, job: Job, frame: int, attempt: int) -> Path:
        """Return where the thumbnail of an attempt goes."""
        return self._thumbnail_dir / job.record.uuid[:8] / f"{frame}-{attempt}.jpg"

    def begin(self, job: Job, task: FrameTask, worker: ActiveWorker, phase: str) -> None:
        """Take down that a worker took a frame."""
        now = self._clock.now()
        self._ledger.add(job, job.apply(events.AttemptStarted(task.frame), now))
        record = AttemptRecord(
            job_id=job.id,
            frame=task.frame,
            number=task.attempt,
            outcome=AttemptOutcome.RUNNING,
            started_at=now,
            log_path=str(worker.log_path),
            log_start=worker.log_offset,
            installation=worker.installation.key,
        )
        self.running[job.id, task.frame] = RunningAttempt(
            task, record, self._clock.monotonic(), worker=worker
        )
        self._ledger.add_attempt(record)
        self.advance(job.id, task.frame, None, phase)

    def begin_in_run(self, job: Job, worker: ActiveWorker, frame: int) -> None:
        """Take down that a batch worker came to a frame of its run."""
        task = worker.tasks.get(frame)
        if task is None or (job.id, frame) in self.running:
            return
        if job.frame_state(frame) is FrameState.PENDING:
            self._jobs.frames_of(job).taken.discard(frame)
            self.begin(job, task, worker, _("rendering"))

    def scene_seen(self, job: Job, version: SceneVersion) -> None:
        """Take down the state of a job's scene file."""
        self._ledger.add(job, job.apply(events.SceneSeen(version), self._clock.now()))

    def restart_clock(self, job_id: int, frame: int) -> None:
        """Count a frame's time from now on; the engine took the time before to start."""
        attempt = self.running.get((job_id, frame))
        if attempt is not None:
            attempt.started_monotonic = self._clock.monotonic()

    def advance(self, job_id: int, frame: int, percent: float | None, phase: str) -> None:
        """Take down where an attempt is."""
        attempt = self.running.get((job_id, frame))
        if attempt is None:
            return
        record = attempt.record
        self._ledger.set_progress(
            job_id,
            frame,
            FrameProgress(
                job_id=job_id,
                frame=frame,
                percent=percent,
                phase=phase,
                started_at=record.started_at,
                log_path=record.log_path,
                log_start=record.log_start,
            ),
        )

    def rendered(
        self,
        job: Job,
        event: FrameEnded,
        *,
        log_end: int,
        peak_memory_bytes: int | None = None,
        instead: Diagnosis | None = None,
    ) -> None:
        """Have the files of a rendered frame looked at; `instead` is the reason to give if they are bad."""
        frame = event.frame
        attempt = self.running.get((job.id, frame))
        if attempt is None or attempt.is_in_check:
            return
        attempt.is_in_check = True
        attempt.instead = instead
        attempt.record = replace(attempt.record, log_end=log_end, peak_memory_bytes=peak_memory_bytes)
        seconds = event.seconds
        if seconds is None:
            seconds = round(self._clock.monotonic() - attempt.started_monotonic, 3)
        self._finisher.finish(
            FinishOrder(
                task=attempt.task,
                job_uuid=job.record.uuid,
                files=event.files,
                frames=job.spec.frames,
                output_dir=job.spec.output_dir,
                output_name=job.spec.output_name,
                thumbnail=self.thumbnail_path(job, frame, attempt.task.attempt),
                seconds=seconds,
                claim=attempt.claim,
                keeps_older_than=self._keeps_older_than(job, frame),
                keeps_previous=frame in job.frames.forced,
                known_bad=self._jobs.frames_of(job).known_bad.get(frame),
                expected=self._jobs.companions.expected(job.id, frame),
                shapes=self._jobs.shapes.expected(job.id),
                scene_version=attempt.scene_version,
            ),
            self._post,
        )
        self.advance(job.id, frame, 100.0, _("checking"))

    def accepted(self, job: Job, message: FrameAccepted) -> None:
        """Complete a frame whose files are in place."""
        if not self.is_about(message):
            return
        attempt = self._taken_out(job.id, message.frame)
        assert attempt is not None
        taint = None if attempt.worker is None else attempt.worker.taint
        result = message.result if taint is None else replace(message.result, note=taint.meaning)
        event = events.AttemptCompleted(message.frame, result)
        self._ledger.add(job, job.apply(event, self._clock.now()))
        diagnosis = None if taint is None else Diagnosis(taint.code, taint.meaning, taint.advice)
        self._end(attempt, AttemptOutcome.COMPLETED, diagnosis=diagnosis, seconds=result.seconds)
        self._jobs.shapes.completed(job.id, message.shapes)
        self._mark(job, message.frame, result.portrait)
        if not attempt.task.owns_staging and result.outputs:
            self._compare(job, message.frame, result.outputs)

    def rejected(self, job: Job, message: FrameRejected) -> None:
        """Fail an attempt whose files are not good; an order that came too late to stop it counts now."""
        if not self.is_about(message):
            return
        attempt = self.running[job.id, message.frame]
        stop = attempt.stop
        if message.shapes and self._adopt(job, message):
            return
        if stop is None and message.diagnosis.code == DISK_FULL:
            # Nothing is wrong with the frame; the job is held until there is room.
            self.interrupt(job, message.frame, message.diagnosis.sentence)
            return
        if stop is None:
            self.fail(job, message.frame, _with_cause(message.diagnosis, attempt.instead))
            return
        self._ledger.add(job, job.apply(stop(), self._clock.now()))
        self.abandon(job, message.frame, message.diagnosis.text)

    def _adopt(self, job: Job, message: FrameRejected) -> bool:
        """Take pictures that were rejected twice in a row for how this job's are; return whether it is so.

        Neither of the two frames has done anything wrong.
        """
        earlier = self._jobs.shapes.rejected(job.id, message.frame, message.shapes)
        if earlier is None or self.running[job.id, message.frame].stop is not None:
            return False
        text = _("From frame {frame} on the pictures are not like the earlier ones of this job. {why}")
        text = text.format(frame=message.frame, why=message.diagnosis.text)
        self._ledger.add_fact(EngineWarned(job.id, message.frame, text, ""))
        self.interrupt(job, message.frame, _("To be rendered again."))
        again = events.FramesRetried(FrameSet.of([earlier]), True, _("To be rendered again."))
        self._ledger.add(job, job.apply(again, self._clock.now()))
        self._jobs.frames_of(job).restart()
        return True

    def fail(
        self,
        job: Job,
        frame: int,
        diagnosis: Diagnosis,
        *,
        log_end: int | None = None,
        peak_memory_bytes: int | None = None,
    ) -> None:
        """Fail an attempt: the frame is tried again later or given up, by the job's limits."""
        attempt = self._taken_out(job.id, frame)
        if attempt is None:
            return
        now = self._clock.now()
        # A full disk is no fault of the frame, which must still have all its tries when there is room.
        counts = diagnosis.code != DISK_FULL or not job.spec.max_retries
        failures = job.frames.failures.get(frame, 0) + counts
        at = retry_at(
            failures=failures,
            max_retries=job.spec.max_retries,
            retry_delay_s=job.spec.retry_delay_s,
            diagnosis=diagnosis,
            now=now,
        )
        self._ledger.add(job, job.apply(events.AttemptFailed(frame, diagnosis, at, counts=counts), now))
        if at is not None:
            self._jobs.frames_of(job).put_back(frame)
        if log_end is not None:
            attempt.record = replace(attempt.record, log_end=log_end)
        if peak_memory_bytes is not None:
            attempt.record = replace(attempt.record, peak_memory_bytes=peak_memory_bytes)
        outcome = AttemptOutcome.CRASHED if diagnosis.crashed else AttemptOutcome.FAILED
        self._end(attempt, outcome, diagnosis=diagnosis)
        if diagnosis.permanent and diagnosis.scope is Scope.JOB:
            self._ledger.add(job, job.apply(events.FramesBlocked(diagnosis), now))
        else:
            self._stop_hopeless(job, now)

    def interrupt(self, job: Job, frame: int, reason: str) -> None:
        """Put a frame back to pending without counting the attempt as a failure."""
        attempt = self._taken_out(job.id, frame)
        if attempt is None:
            return
        self._ledger.add(job, job.apply(events.AttemptInterrupted(frame, reason), self._clock.now()))
        self._jobs.frames_of(job).put_back(frame)
        self._end(attempt, AttemptOutcome.INTERRUPTED, reason=reason)

    def interrupt_checks(self, reason: str) -> None:
        """Put frames back to pending whose files are still being looked at."""
        for job_id, frame in list(self.running):
            job = self._jobs.get(job_id)
            if job is not None and self.can_still_be_stopped(job_id, frame):
                self.interrupt(job, frame, reason)

    def abandon(self, job: Job, frame: int, reason: str) -> None:
        """End an attempt whose frame already left the rendering state (cancelled, skipped)."""
        attempt = self._taken_out(job.id, frame)
        if attempt is not None:
            self._end(attempt, AttemptOutcome.CANCELLED, reason=reason)

    def can_still_be_stopped(self, job_id: int, frame: int) -> bool:
        """Take the claim on a running frame; return False when its files are being moved already."""
        attempt = self.running.get((job_id, frame))
        return attempt is None or attempt.claim.take()

    def stop_if_rejected(
        self, job_id: int, frames: Iterable[int], event: Callable[[FrameSet], events.JobEvent] | None
    ) -> None:
        """Remember an order about frames whose files are being moved; None takes it back."""
        for frame in frames:
            attempt = self.running.get((job_id, frame))
            if attempt is not None:
                attempt.stop = None if event is None else partial(event, FrameSet.of([frame]))

    def is_rendering(self, job: Job, frame: int) -> bool:
        """Return whether a frame is in the rendering state and has an attempt."""
        return (job.id, frame) in self.running and job.frame_state(frame) is FrameState.RENDERING

    def forget_all(self) -> None:
        """Forget every attempt; for when the state is read anew."""
        for attempt in self.running.values():
            attempt.claim.take()
        self.running.clear()

    def is_about(self, message: FrameAccepted | FrameRejected) -> bool:
        """Return whether a media thread's answer is about the attempt that runs now, not an earlier one."""
        attempt = self.running.get((message.job_id, message.frame))
        return attempt is not None and attempt.task.attempt == message.attempt

    def _stop_hopeless(self, job: Job, now: float) -> None:
        """Give up what is left of a job of which too many attempts failed, and say for what reasons."""
        reasons = sorted(job.record.failure_reasons.values(), key=lambda one: -one.count)
        count = sum(one.count for one in reasons)
        limit = failures_limit(job.spec.limits, len(job.spec.frames))
        if limit is None or count < limit or job.state in FINISHED_JOBS:
            return
        text = _("{count} attempts of this job failed, so the rest is not tried: {reasons}").format(
            count=count, reasons=" ".join(f"{one.count} × {one.text}" for one in reasons)
        )
        diagnosis = Diagnosis("too-many-failures", text, permanent=True, scope=Scope.JOB)
        self._ledger.add(job, job.apply(events.FramesBlocked(diagnosis), now))

    def _mark(self, job: Job, frame: int, portrait: Portrait) -> None:
        """Mark pictures that look odd beside their neighbours."""
        marks = self._jobs.neighbours.completed(job, frame, portrait)
        if marks:
            self._ledger.add(job, job.apply(events.FramesMarked(marks), self._clock.now()))

    def _compare(self, job: Job, frame: int, outputs: tuple[str, ...]) -> None:
        """Render frames again that lack a file which those beside them have."""
        for number, lacks in self._jobs.companions.completed(job, frame, outputs).items():
            names = ", ".join(sorted(stream.text for stream in lacks))
            reason = _("It lacks {names}, which the frames beside it have; it is rendered again.").format(
                names=names
            )
            event = events.OutputsLost(FrameSet.of([number]), reason)
            self._ledger.add(job, job.apply(event, self._clock.now()))
            self._ledger.add_fact(EngineWarned(job.id, number, reason, ""))
            self._jobs.frames_of(job).put_back(number)

    def _keeps_older_than(self, job: Job, frame: int) -> float | None:
        """Return the time before which a file in a frame's final place is somebody else's, and to be kept."""
        if job.spec.existing is Existing.OVERWRITE or frame in job.frames.forced:
            return None
        # A job that waited for another, which wrote the same files, began long after it was made.
        began = max(job.record.created_at, job.record.started_at or 0.0)
        # A computer that has lost its clock begins in 1970 or so: then no time tells whose a file is.
        return began if began > CLOCKS_ARE_RIGHT_FROM else math.inf

    def _taken_out(self, job_id: int, frame: int) -> RunningAttempt | None:
        attempt = self.running.pop((job_id, frame), None)
        if attempt is not None:
            self._ledger.set_progress(job_id, frame, None)
        return attempt

    def _end(
        self,
        attempt: RunningAttempt,
        outcome: AttemptOutcome,
        *,
        diagnosis: Diagnosis | None = None,
        reason: str = "",
        seconds: float | None = None,
    ) -> None:
        if seconds is None:
            seconds = round(self._clock.monotonic() - attempt.started_monotonic, 3)
        self._ledger.add_attempt(
            replace(
                attempt.record,
                outcome=outcome,
                ended_at=self._clock.now(),
                code=diagnosis.code if diagnosis else "",
                reason=diagnosis.text if diagnosis else reason,
                advice=diagnosis.advice if diagnosis else "",
                seconds=seconds,
                scene_version=attempt.scene_version,
            )
        )
        task = attempt.task
        if task.owns_staging:
            clear = partial(remove_attempt_staging, task.staging_dir)
        else:
            clear = partial(forget_note, task.staging_dir, task.frame, task.attempt)
        self._ledger.after_commit(lambda: self._finisher.run(clear))


def _with_cause(diagnosis: Diagnosis, cause: Diagnosis | None) -> Diagnosis:
    """Return what is wrong with a file together with the end of the process that was writing it."""
    if cause is None:
        return diagnosis
    return replace(cause, text=f"{diagnosis.text} {cause.text}")
