"""Conclusions from workers that ended: their frames fail, or go back to the queue. Owner thread only."""

import logging

from render_manager.domain import events
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import StorageError
from render_manager.domain.facts import EngineWarned
from render_manager.domain.job import Job
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import FrameEnded
from render_manager.engines.protocols import RunMode
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.messages import FrameAccepted, WorkerEnded
from render_manager.scheduling.policy import (
    DISK_FULL,
    PROBED_AT,
    QUICK_END_S,
    SHORTEST_HOLD_S,
    START_FAILURES_LIMIT,
)
from render_manager.scheduling.ports import Clock, EngineCatalog
from render_manager.scheduling.vigil import HANGS
from render_manager.scheduling.workforce import ActiveWorker

log = logging.getLogger(__name__)


class Endings:
    """Decides what becomes of frames, and of their job, when a worker did not bring them to their end."""

    def __init__(
        self, *, jobs: JobBook, ledger: Ledger, attempts: Attempts, catalog: EngineCatalog, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._catalog = catalog
        self._clock = clock
        self._start_failures: dict[int, int] = {}
        self._quick_ends: dict[int, list[int]] = {}
        """Of each job the frames under which workers ended soon, in a row."""
        self._warned: set[tuple[int, str]] = set()
        self.batch_only: set[int] = set()
        """Jobs whose engine turned out not to be driven frame by frame."""

    def accepted(self, job: Job, message: FrameAccepted) -> None:
        """Complete a frame whose files are in place."""
        self._start_failures.pop(job.id, None)
        self._quick_ends.pop(job.id, None)
        if message.warning and self._attempts.is_about(message):
            self.warn(job, message.frame, "old-files-kept", message.warning, "")
        if not message.result.thumbnail and self._attempts.is_about(message):
            text = _("Frame {frame} is whole, but a thumbnail of it could not be made.")
            advice = _("Look whether the disk of the thumbnails is full.")
            self.warn(job, message.frame, "no-thumbnail", text.format(frame=message.frame), advice)
        self._attempts.accepted(job, message)

    def warn(self, job: Job, frame: int | None, code: str, text: str, advice: str) -> None:
        """Tell what the artist should know though the frame goes on; each kind once a job."""
        if (job.id, code) not in self._warned:
            self._warned.add((job.id, code))
            self._ledger.add_fact(EngineWarned(job.id, frame, text, advice))

    def worker_ended(self, job: Job, worker: ActiveWorker, message: WorkerEnded) -> None:
        """Draw the conclusions from the end of a worker; none of its frames is forgotten."""
        try:
            self._conclude(job, worker, message)
        except StorageError:
            raise
        except Exception as error:
            log.exception("concluding from the end of worker %s", worker.id)
            self.fail_run(job, worker, internal_diagnosis(error), log_end=message.log_offset)

    def explain(
        self, job: Job, worker: ActiveWorker, outcome: ProcessOutcome | None, text: str, code: str = ""
    ) -> Diagnosis:
        """Have the engine say what an end means; a mistake in its rules is an answer too."""
        try:
            engine = self._catalog.engine(job.spec.engine)
            return engine.explain(outcome, worker.remarks, text, code)
        except Exception as error:
            log.exception("explaining the end of worker %s", worker.id)
            return internal_diagnosis(error)

    def fail_run(
        self,
        job: Job,
        worker: ActiveWorker,
        diagnosis: Diagnosis,
        *,
        log_end: int | None = None,
        peak_memory_bytes: int | None = None,
        is_cut_off: bool = False,
    ) -> None:
        """Fail what a worker had begun and not brought to its end, and put back what it had not begun.

        A process that did not end by itself was at one frame; others whose layers it had begun bear no mark.
        """
        begun = [frame for frame in worker.tasks if (job.id, frame) in self._attempts.running]
        wanted = [frame for frame in worker.tasks if job.frame_state(frame) is FrameState.PENDING]
        if not begun and wanted:
            # It ended before its first frame; somebody must bear that, or it would be started for ever.
            self._attempts.begin_in_run(job, worker, wanted[0])
            begun = wanted[:1]
        if is_cut_off and begun:
            begun = [worker.at_frame if worker.at_frame in begun else begun[0]]
            self._spare(job, worker, begun[0])
        for frame in begun:
            del worker.tasks[frame]
            self._attempts.fail(job, frame, diagnosis, log_end=log_end, peak_memory_bytes=peak_memory_bytes)
        self.give_back(job, worker)

    def give_back(self, job: Job, worker: ActiveWorker, reason: str = "") -> None:
        """Put a worker's frames back into the queue without a mark against them."""
        if job.memory is None:
            return
        reason = reason or _("The engine was stopped; the frame is rendered again.")
        for frame in list(worker.tasks):
            del worker.tasks[frame]
            if (job.id, frame) in self._attempts.running:
                self._attempts.interrupt(job, frame, reason)
                continue
            queue = self._jobs.frames_of(job)
            queue.taken.discard(frame)
            if job.frame_state(frame) is FrameState.PENDING:
                queue.put_back(frame)

    def _spare(self, job: Job, worker: ActiveWorker, guilty: int) -> None:
        """Put back the frames that were begun besides the one the worker was at."""
        reason = _("The engine ended at frame {frame}; this one is rendered again.").format(frame=guilty)
        for frame in [one for one in worker.tasks if one != guilty]:
            if (job.id, frame) in self._attempts.running:
                del worker.tasks[frame]
                self._attempts.interrupt(job, frame, reason)

    def block(self, job: Job, diagnosis: Diagnosis) -> None:
        """Fail what is left of a job."""
        self._jobs.with_frames(job)
        self._ledger.add(job, job.apply(events.FramesBlocked(diagnosis), self._clock.now()))

    def _conclude(self, job: Job, worker: ActiveWorker, message: WorkerEnded) -> None:
        if worker.is_killed:
            self.give_back(job, worker)
            return
        if message.diagnosis is not None and not message.diagnosis.permanent:
            self._hold(job, worker, message.diagnosis)
            return
        diagnosis = self._reason(job, worker, message)
        if self._fell_back(job, worker, diagnosis):
            return
        self._take_found(job, worker, message, diagnosis)
        if not worker.tasks:
            self._warn_of_end(job, worker, message, diagnosis)
            return
        if diagnosis.code == DISK_FULL and job.spec.max_retries:
            # No fault of the frames, nor of the engine: all of them wait for room.
            self._hold(job, worker, diagnosis)
            return
        if message.found and not any((job.id, frame) in self._attempts.running for frame in worker.tasks):
            # What it was at is among the files that were found, and bears it if they are not good.
            self.give_back(job, worker)
            return
        is_cut_off = diagnosis.crashed or message.intervention is not None
        guilty = worker.at_frame if worker.at_frame in worker.tasks else next(iter(worker.tasks))
        self.fail_run(
            job,
            worker,
            diagnosis,
            log_end=message.log_offset,
            peak_memory_bytes=message.outcome.peak_memory_bytes,
            is_cut_off=is_cut_off,
        )
        if not worker.finished_frames:
            self._count_fruitless(job, worker, message, guilty, diagnosis)

    def _count_fruitless(
        self, job: Job, worker: ActiveWorker, message: WorkerEnded, frame: int, diagnosis: Diagnosis
    ) -> None:
        """Give a job up whose engine ends or hangs at once again and again, before it burns every try."""
        if sum(one.count for one in job.record.failure_reasons.values()) <= 1:
            # The first failure since the user's last order: what was before that does not count any more.
            self._start_failures.pop(job.id, None)
            self._quick_ends.pop(job.id, None)
        hung = message.intervention is not None and message.intervention.cause in HANGS
        if worker.ready_at is None:
            failures = self._start_failures[job.id] = self._start_failures.get(job.id, 0) + 1
            if failures >= START_FAILURES_LIMIT:
                self._give_up(job, diagnosis, failures)
        elif hung or self._clock.monotonic() - worker.ready_at <= QUICK_END_S:
            self._probe(job, frame, diagnosis)

    def _probe(self, job: Job, frame: int, diagnosis: Diagnosis) -> None:
        """Try a frame from elsewhere when one after the other ends the engine: a shot may have a bad part."""
        crashed = self._quick_ends.setdefault(job.id, [])
        crashed.append(frame)
        failures = job.frames.failures
        fresh = [one for one in job.frames.states.numbers_in(FrameState.PENDING) if one not in failures]
        probes = len(crashed) - START_FAILURES_LIMIT
        if probes < 0 or not fresh:
            return
        if probes < len(PROBED_AT):
            place = round(PROBED_AT[probes] * (len(fresh) - 1))
            self._jobs.frames_of(job).put_next([fresh[place]])
        else:
            self._give_up(job, diagnosis, len(crashed))

    def left(self, job: Job, worker: ActiveWorker, message: WorkerEnded) -> None:
        """Take note of the end of a process that had nothing left to do."""
        if not message.outcome.was_successful and worker.finished_frames:
            self._warn_of_end(job, worker, message, self._reason(job, worker, message))

    def did_not_leave(self, job: Job, worker: ActiveWorker) -> None:
        """Say that a process had to be ended after its last frame; nothing is wrong with its frames."""
        text = _("{engine} did not end by itself after its last frame, and was ended.").format(
            engine=self._catalog.engine(worker.engine).name
        )
        self.warn(job, None, "did-not-leave", text, "")

    def _reason(self, job: Job, worker: ActiveWorker, message: WorkerEnded) -> Diagnosis:
        if message.diagnosis is not None:
            return message.diagnosis
        if message.intervention is None:
            return self.explain(job, worker, message.outcome, worker.error, worker.error_code)
        if any(remark.fatal for remark in worker.remarks):
            return self.explain(job, worker, None, worker.error, worker.error_code)
        return message.intervention.diagnosis(self._catalog.engine(worker.engine).name)

    def _take_found(self, job: Job, worker: ActiveWorker, message: WorkerEnded, diagnosis: Diagnosis) -> None:
        """Have frames looked at whose files are there though nobody said that they are done."""
        ended_well = message.outcome.was_successful
        for frame in message.found:
            if frame not in worker.tasks:
                continue
            self._attempts.begin_in_run(job, worker, frame)
            self._jobs.frames_of(job).taken.discard(frame)
            del worker.tasks[frame]
            worker.finished_frames += 1
            self._attempts.rendered(
                job,
                FrameEnded(frame),
                log_end=message.log_offset,
                peak_memory_bytes=message.outcome.peak_memory_bytes,
                instead=None if ended_well else diagnosis,
            )

    def _warn_of_end(
        self, job: Job, worker: ActiveWorker, message: WorkerEnded, diagnosis: Diagnosis
    ) -> None:
        """Say that a process ended badly when all its files were there already."""
        if not message.outcome.was_successful:
            text = _("{engine} ended badly after its last frame; the frames that are whole are kept. {why}")
            name = self._catalog.engine(worker.engine).name
            self.warn(job, None, "ended-badly", text.format(engine=name, why=diagnosis.text), "")

    def _hold(self, job: Job, worker: ActiveWorker, diagnosis: Diagnosis) -> None:
        """Let a job wait whose folder cannot be used just now; its frames and its engine bear no mark."""
        self.give_back(job, worker, diagnosis.text)
        self.hold(job, diagnosis)

    def hold(self, job: Job, diagnosis: Diagnosis) -> None:
        """Start no further frames of a job for a while, and say why."""
        queue = self._jobs.frames_of(job)
        queue.held_until = self._clock.monotonic() + max(job.spec.retry_delay_s, SHORTEST_HOLD_S)
        queue.held_because = diagnosis.sentence
        if job.wait_for(queue.held_because):
            self._ledger.touch(job)
        self.warn(job, None, diagnosis.code, diagnosis.text, diagnosis.advice)

    def _fell_back(self, job: Job, worker: ActiveWorker, diagnosis: Diagnosis) -> bool:
        """Go on in batch mode when the engine cannot be driven frame by frame."""
        engine = self._catalog.engine(job.spec.engine)
        if worker.mode is RunMode.BATCH or worker.is_ready:
            return False
        if not engine.should_fall_back(worker.installation, diagnosis):
            return False
        self.batch_only.add(job.id)
        text = _("{engine} cannot be driven frame by frame; it goes on in batch mode.").format(
            engine=engine.name
        )
        self._ledger.add_fact(EngineWarned(job.id, None, text, diagnosis.text))
        self.give_back(job, worker)
        return True

    def _give_up(self, job: Job, diagnosis: Diagnosis, failures: int) -> None:
        text = _("{count} times in a row the engine ended without a finished frame. {why}").format(
            count=failures, why=diagnosis.text
        )
        self._start_failures.pop(job.id, None)
        self._quick_ends.pop(job.id, None)
        self.block(
            job,
            Diagnosis("keeps-ending", text, diagnosis.advice, permanent=True, scope=Scope.JOB),
        )


def internal_diagnosis(error: Exception) -> Diagnosis:
    """Return the diagnosis of a mistake of ours."""
    return Diagnosis(
        code="internal",
        text=_("Render Manager made a mistake: {error}.").format(error=error),
        advice=_("The log file tells more."),
    )
