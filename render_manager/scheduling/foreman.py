"""Puts frames and workers together and draws conclusions from what workers report. Owner thread only."""

import logging
from functools import partial
from gettext import gettext as _
from pathlib import Path

from render_manager.domain import events
from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import UserError
from render_manager.domain.facts import EngineWarned
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.naming import frame_name
from render_manager.domain.scene import Severity
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.engines import events as said
from render_manager.engines.protocols import FrameTask, Installation, RunMode
from render_manager.scheduling import messages
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.frame_queue import FrameQueue
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.policy import (
    MAX_FOLDERS_LOOKED_AT,
    MAX_FRAMES_IN_CHECK,
    START_FAILURES_LIMIT,
)
from render_manager.scheduling.ports import Clock, EngineCatalog, ListExisting, Post
from render_manager.scheduling.staging import attempt_staging, remove_job_staging, run_staging
from render_manager.scheduling.workforce import ActiveWorker, Workforce

log = logging.getLogger(__name__)


class Foreman:
    """Starts workers, hands out frames, and ends attempts by what comes back."""

    def __init__(
        self,
        *,
        jobs: JobBook,
        ledger: Ledger,
        attempts: Attempts,
        workforce: Workforce,
        catalog: EngineCatalog,
        finisher: FrameFinisher,
        list_existing: ListExisting,
        clock: Clock,
        post: Post,
    ) -> None:
        self._list_existing = list_existing
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._workforce = workforce
        self._catalog = catalog
        self._finisher = finisher
        self._clock = clock
        self._post = post
        self._start_failures: dict[int, int] = {}
        self._warned: set[tuple[int, str]] = set()
        self._batch_only: set[int] = set()
        self._looked_at: set[int] = set()
        self._found: dict[int, dict[int, FrameResult]] = {}
        self._kill_check_at: float | None = None
        self._retry_due: float | None = None
        self._runs = 0

    def next_due(self) -> float | None:
        """Return when `advance` has something to do even if nothing arrives (monotonic), None for never."""
        return min((at for at in (self._kill_check_at, self._retry_due) if at is not None), default=None)

    def advance(self, *, may_start: bool) -> None:
        """Hand out frames to idle workers and free slots; send home workers that have nothing to do."""
        self._kill_check_at = self._workforce.kill_overdue()
        self._retry_due = None
        self._skip_found()
        self._workforce.dismiss_surplus()
        if may_start:
            for job in list(self._jobs.queue_order()):
                if not self._workforce.can_take_more:
                    self._prepare_next()
                    break
                if not self._serve(job):
                    break
        for worker in self._workforce.idle_workers():
            if not (may_start and self._has_work_for(worker)):
                self._workforce.dismiss(worker)

    def interrupt_all(self, reason: str) -> None:
        """Kill every worker and put its frames back to pending."""
        for worker in list(self._workforce.workers.values()):
            job = self._jobs.get(worker.job_id)
            for frame in list(worker.tasks):
                if job is not None and (job.id, frame) in self._attempts.running:
                    del worker.tasks[frame]
                    self._attempts.interrupt(job, frame, reason)
            self._workforce.kill(worker)

    def interrupt_checks(self, reason: str) -> None:
        """Put frames back to pending whose files are still being looked at."""
        for job_id, frame in list(self._attempts.running):
            job = self._jobs.get(job_id)
            if job is not None and self._attempts.can_still_be_stopped(job_id, frame):
                self._attempts.interrupt(job, frame, reason)

    def worker_said(self, message: messages.WorkerSaid) -> None:
        """Take in what a line of a worker's output means; a killed one is not listened to any more."""
        worker = self._workforce.workers.get(message.worker_id)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None or worker.is_killed:
            return
        event = message.event
        match event:
            case said.EngineReady():
                worker.is_ready = True
                for frame in worker.tasks:
                    self._attempts.advance(job.id, frame, None, _("rendering"))
            case said.FrameBegan(frame=frame) if worker.mode is RunMode.BATCH:
                worker.is_ready = True
                self._begin_batch_frame(job, worker, frame)
            case said.FrameAdvanced(frame=frame, percent=percent, text=text):
                if frame in worker.tasks:
                    self._attempts.advance(job.id, frame, percent, text)
            case said.FrameEnded():
                self._frame_ended(job, worker, event, message)
            case said.FrameErred(frame=frame, text=text):
                self._frame_erred(job, worker, frame, text, message.log_offset)
            case said.EngineGaveUp(code=code, text=text):
                worker.error, worker.error_code = text, code
            case said.Remark():
                self._remarked(job, worker, event)
            case _:
                pass

    def worker_ended(self, message: messages.WorkerEnded) -> None:
        """Draw the conclusions from the end of a worker: its frames fail, or go back to the queue."""
        worker = self._workforce.workers.pop(message.worker_id, None)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None:
            return
        if worker.tasks:
            self._conclude(job, worker, message)

    def frame_accepted(self, message: messages.FrameAccepted) -> None:
        """Complete a frame whose files are in place."""
        job = self._jobs.get(message.job_id)
        if job is not None:
            self._start_failures.pop(job.id, None)
            self._attempts.accepted(job, message)

    def frame_rejected(self, message: messages.FrameRejected) -> None:
        """Fail an attempt whose files are not good."""
        job = self._jobs.get(message.job_id)
        if job is not None:
            self._attempts.rejected(job, message)

    def existing_listed(self, message: messages.ExistingListed) -> None:
        """Have the files that are there already decoded; the other frames can start."""
        self._looked_at.discard(message.job_id)
        job = self._jobs.get(message.job_id)
        if job is None:
            return
        queue = self._jobs.frames_of(job)
        queue.is_closed = False
        states, forced = job.frames.states, job.frames.forced
        candidates = [
            (frame, path, self._attempts.thumbnail_path(job, frame, 0))
            for frame, path in sorted(message.files.items())
            if states.of(frame) is FrameState.PENDING and frame not in forced
        ]
        queue.in_doubt.update(frame for frame, _path, _thumbnail in candidates)
        for candidate in candidates:
            self._finisher.check_existing(job.id, *candidate, self._post)

    def existing_checked(self, message: messages.ExistingChecked) -> None:
        """Skip a frame whose existing file is whole; render it if it is not."""
        job = self._jobs.get(message.job_id)
        if job is None:
            return
        queue = self._jobs.frames_of(job)
        queue.in_doubt.discard(message.frame)
        if message.result is None:
            queue.put_back(message.frame)
            return
        self._found.setdefault(job.id, {})[message.frame] = message.result

    def engines_found(self, _message: messages.EnginesFound) -> None:
        """Go on with jobs that waited for their engine; `advance` follows every message."""

    def outputs_missing(self, message: messages.OutputsMissing) -> None:
        """Render frames of an unfinished job again whose files somebody took away."""
        job = self._jobs.get(message.job_id)
        if job is None or job.state in FINISHED_JOBS:
            return
        queue = self._jobs.frames_of(job)
        reason = _("Its file is not in the output folder any more; it is rendered again.")
        event = events.OutputsLost(FrameSet.of(message.frames), reason)
        self._ledger.add(job, job.apply(event, self._clock.now()))
        for frame in message.frames:
            queue.put_back(frame)

    def _serve(self, job: Job) -> bool:
        """Give a job what can be given; return whether jobs after it may get something as well."""
        if job.record.paused or job.state in FINISHED_JOBS:
            return True
        if len(self._looked_at) >= MAX_FOLDERS_LOOKED_AT:
            return False
        queue, now = self._jobs.frames_of(job), self._clock.now()
        self._look_for_existing(job, queue)
        while queue.has_next(now):
            if self._attempts.in_check >= MAX_FRAMES_IN_CHECK:
                self._say_why(job, _("Waits until finished frames are checked and stored."))
                return False
            worker = self._workforce.idle_worker_of(job.id)
            if worker is not None:
                self._assign(job, worker, self._take(job))
            elif self._workforce.has_slot_for(job.spec.engine):
                if not self._start(job):
                    return True
            else:
                self._say_why(job, _("Waits for a free slot."))
                return not self._make_room_for(job)
        self._explain_waiting(job)
        return True

    def _prepare_next(self) -> None:
        """While every slot is taken, learn what the jobs that come next will need to know."""
        for job in self._jobs.queue_order():
            if job.record.paused or job.state in FINISHED_JOBS:
                continue
            queue = self._jobs.frames_of(job)
            self._look_for_existing(job, queue)
            if queue.is_closed or queue.in_doubt or queue.has_next(self._clock.now()):
                return

    def _has_work_for(self, worker: ActiveWorker) -> bool:
        """Return whether an idle worker only waits until frames are checked."""
        job = self._jobs.get(worker.job_id)
        if job is None or job.record.paused or job.state in FINISHED_JOBS:
            return False
        return self._jobs.frames_of(job).has_next(self._clock.now())

    def _make_room_for(self, job: Job) -> bool:
        """Send home an idle worker of another job; return whether there was one, or one is going already."""
        for worker in self._workforce.idle_workers():
            if worker.job_id != job.id:
                self._workforce.dismiss(worker)
                return True
        return any(worker.dismissed_at is not None for worker in self._workforce.workers.values())

    def _explain_waiting(self, job: Job) -> None:
        queue = self._jobs.frames_of(job)
        at = queue.next_retry_at()
        if at is not None:
            due = self._clock.monotonic() + max(at - self._clock.now(), 0.0)
            self._retry_due = due if self._retry_due is None else min(due, self._retry_due)
        if job.counts[FrameState.RENDERING]:
            return
        if queue.is_closed or queue.in_doubt:
            self._say_why(job, _("Looks at the files that are there already."))
        elif at is not None:
            frame = queue.next_retry_frame()
            self._say_why(job, _("Waits before it tries frame {frame} again.").format(frame=frame))

    def _say_why(self, job: Job, reason: str) -> None:
        if job.wait_for(reason):
            self._ledger.touch(job)

    def _look_for_existing(self, job: Job, queue: FrameQueue) -> None:
        """Look once which files are there already; until that is known none of the job's frames start."""
        if queue.was_compared:
            return
        queue.was_compared = True
        if job.spec.existing is not Existing.SKIP:
            return
        queue.is_closed = True
        self._looked_at.add(job.id)
        spec, job_id, post, list_existing = job.spec, job.id, self._post, self._list_existing

        def look() -> None:
            files: dict[int, Path] = {}
            try:
                files = list_existing(spec.output_dir, spec.output_name, spec.output_suffix, spec.frames)
            except OSError as error:
                log.info("%s cannot be looked through: %s", spec.output_dir, error)
            post(messages.ExistingListed(job_id, files))

        self._finisher.run(look)

    def _take(self, job: Job) -> FrameTask:
        frame = self._jobs.frames_of(job).next_frame(self._clock.now())
        assert frame is not None
        attempt = job.frames.attempts_of(frame) + 1
        folder = attempt_staging(job.spec.output_dir, job.record.uuid, frame, attempt)
        return FrameTask(job.id, frame, attempt, folder, frame_name(job.spec.output_name, frame))

    def _assign(self, job: Job, worker: ActiveWorker, task: FrameTask) -> None:
        self._workforce.assign(worker, task)
        self._attempts.begin(job, task, worker, _("rendering"))

    def _start(self, job: Job) -> bool:
        """Start a worker for a job; return False when none can be, after saying why."""
        try:
            engine = self._catalog.engine(job.spec.engine)
            installation = self._catalog.installation(job.spec.installation)
        except UserError as error:
            self._block(job, Diagnosis("not-installed", str(error), permanent=True, scope=Scope.JOB))
            return False
        if installation is None:
            self._say_why(job, _("Looks for {engine} on this computer.").format(engine=engine.name))
            return False
        mode = RunMode.BATCH if job.id in self._batch_only else engine.run_mode(job.spec)
        phase = _("starting {engine}").format(engine=f"{engine.name} {installation.version_text}")
        if mode is RunMode.RESIDENT:
            task = self._take(job)
            worker = self._workforce.start(job, mode, installation, [task])
            self._attempts.begin(job, task, worker, phase)
        else:
            self._start_batch(job, installation, engine.batch_size(job.spec))
        return True

    def _start_batch(self, job: Job, installation: Installation, size: int) -> None:
        self._runs += 1
        queue = self._jobs.frames_of(job)
        run = f"{int(self._clock.now())}-{self._runs}"
        folder = run_staging(job.spec.output_dir, job.record.uuid, run)
        tasks: list[FrameTask] = []
        while len(tasks) < size and queue.has_next(self._clock.now()):
            task = self._take(job)
            queue.taken.add(task.frame)
            tasks.append(FrameTask(job.id, task.frame, task.attempt, folder, task.name, owns_staging=False))
        tasks.sort(key=lambda task: task.frame)
        self._workforce.start(job, RunMode.BATCH, installation, tasks)

    def _begin_batch_frame(self, job: Job, worker: ActiveWorker, frame: int) -> None:
        task = worker.tasks.get(frame)
        if task is None or (job.id, frame) in self._attempts.running:
            return
        if job.frame_state(frame) is FrameState.PENDING:
            self._jobs.frames_of(job).taken.discard(frame)
            self._attempts.begin(job, task, worker, _("rendering"))

    def _frame_ended(
        self, job: Job, worker: ActiveWorker, event: said.FrameEnded, message: messages.WorkerSaid
    ) -> None:
        if event.frame not in worker.tasks:
            return
        worker.is_ready = True
        if worker.mode is RunMode.BATCH:
            self._begin_batch_frame(job, worker, event.frame)
            # Begun or not (it may have been cancelled meanwhile), it belongs to this run no more.
            self._jobs.frames_of(job).taken.discard(event.frame)
        del worker.tasks[event.frame]
        worker.finished_frames += 1
        for remark in worker.remarks:
            # An error after which the engine wrote the frame all the same, as one in a script of the scene.
            if remark.severity is Severity.ERROR and not remark.fatal:
                self._warn(job, event.frame, remark)
        self._attempts.rendered(job, event, message)
        worker.log_offset = message.log_offset

    def _frame_erred(self, job: Job, worker: ActiveWorker, frame: int, text: str, log_offset: int) -> None:
        if worker.tasks.pop(frame, None) is None:
            return
        engine = self._catalog.engine(job.spec.engine)
        diagnosis = engine.explain(None, worker.remarks, text)
        self._attempts.fail(job, frame, diagnosis, log_end=log_offset)
        worker.log_offset = log_offset

    def _remarked(self, job: Job, worker: ActiveWorker, remark: said.Remark) -> None:
        worker.remember(remark)
        if remark.severity is Severity.WARNING:
            self._warn(job, next(iter(worker.tasks), None), remark)
        if remark.fatal and remark.permanent and remark.scope is Scope.JOB and worker.mode is RunMode.BATCH:
            # The run goes on with what was not asked for (another scene, say): stop it here.
            engine = self._catalog.engine(job.spec.engine)
            self._fail_run(job, worker, engine.explain(None, worker.remarks, ""))
            self._workforce.kill(worker)

    def _warn(self, job: Job, frame: int | None, remark: said.Remark) -> None:
        """Tell what the artist should know though the frame goes on; each kind once a job."""
        if (job.id, remark.code) not in self._warned:
            self._warned.add((job.id, remark.code))
            self._ledger.add_fact(EngineWarned(job.id, frame, remark.meaning, remark.advice))

    def _conclude(self, job: Job, worker: ActiveWorker, message: messages.WorkerEnded) -> None:
        if worker.is_killed:
            self._give_back(job, worker)
            return
        engine = self._catalog.engine(job.spec.engine)
        diagnosis = message.diagnosis or engine.explain(
            message.outcome, worker.remarks, worker.error, worker.error_code
        )
        if self._fell_back(job, worker, diagnosis):
            return
        self._fail_run(job, worker, diagnosis, log_end=message.log_offset)
        if worker.finished_frames or worker.is_ready:
            # It died under a frame, which has its own limit of tries.
            return
        failures = self._start_failures[job.id] = self._start_failures.get(job.id, 0) + 1
        if failures >= START_FAILURES_LIMIT:
            self._start_failures.pop(job.id)
            self._give_up(job, diagnosis, failures)

    def _fell_back(self, job: Job, worker: ActiveWorker, diagnosis: Diagnosis) -> bool:
        """Go on in batch mode when the engine cannot be driven frame by frame."""
        engine = self._catalog.engine(job.spec.engine)
        if worker.mode is RunMode.BATCH or worker.is_ready:
            return False
        if not engine.should_fall_back(worker.installation, diagnosis):
            return False
        self._batch_only.add(job.id)
        text = _("{engine} cannot be driven frame by frame; it goes on in batch mode.").format(
            engine=engine.name
        )
        self._ledger.add_fact(EngineWarned(job.id, None, text, diagnosis.text))
        self._give_back(job, worker)
        return True

    def _fail_run(
        self, job: Job, worker: ActiveWorker, diagnosis: Diagnosis, *, log_end: int | None = None
    ) -> None:
        """Fail the frame a worker was at and put back those it had not begun."""
        begun = [frame for frame in worker.tasks if (job.id, frame) in self._attempts.running]
        wanted = [frame for frame in worker.tasks if job.frame_state(frame) is FrameState.PENDING]
        if not begun and wanted:
            # It ended before its first frame; somebody must bear that, or it would be started for ever.
            self._begin_batch_frame(job, worker, wanted[0])
            begun = wanted[:1]
        for frame in begun:
            del worker.tasks[frame]
            self._attempts.fail(job, frame, diagnosis, log_end=log_end)
        self._give_back(job, worker)

    def _give_back(self, job: Job, worker: ActiveWorker) -> None:
        """Put a worker's frames back into the queue without a mark against them."""
        if job.memory is None:
            return
        for frame in list(worker.tasks):
            del worker.tasks[frame]
            if (job.id, frame) in self._attempts.running:
                reason = _("The engine was stopped; the frame is rendered again.")
                self._attempts.interrupt(job, frame, reason)
                continue
            queue = self._jobs.frames_of(job)
            queue.taken.discard(frame)
            if job.frame_state(frame) is FrameState.PENDING:
                queue.put_back(frame)

    def _give_up(self, job: Job, diagnosis: Diagnosis, failures: int) -> None:
        text = _("{count} times in a row the engine ended without a finished frame. {why}").format(
            count=failures, why=diagnosis.text
        )
        self._block(
            job,
            Diagnosis("keeps-ending", text, diagnosis.advice, permanent=True, scope=Scope.JOB),
        )

    def _block(self, job: Job, diagnosis: Diagnosis) -> None:
        self._jobs.with_frames(job)
        self._ledger.add(job, job.apply(events.FramesBlocked(diagnosis), self._clock.now()))

    def _skip_found(self) -> None:
        """Skip the frames whose existing files were found whole since the last turn, as one step a job."""
        reason = _("A whole file was there already.")
        for job_id, results in self._found.items():
            job = self._jobs.get(job_id)
            if job is not None:
                self._jobs.with_frames(job)
                event = events.ExistingFramesFound(results, reason)
                self._ledger.add(job, job.apply(event, self._clock.now()))
        self._found.clear()

    def tidy_up(self) -> None:
        """Let go of the frames of jobs that have nothing under way, and clear their staging folders.

        Only while everything is stored: from then on the store is asked for these frames.
        """
        for job in self._jobs.loaded():
            if job.state not in FINISHED_JOBS:
                continue
            if self._workforce.workers_of(job.id) or self._attempts.of(job.id):
                continue
            self._jobs.release(job)
            self._finisher.run(partial(remove_job_staging, job.spec.output_dir, job.record.uuid))

    def clear_staging(self) -> None:
        """Have the staging folders of unfinished jobs removed once everything is stored, at the very end."""
        for job in self._jobs.loaded():
            if not self._workforce.workers_of(job.id) and not self._attempts.of(job.id):
                clear = partial(remove_job_staging, job.spec.output_dir, job.record.uuid)
                self._ledger.after_commit(partial(self._finisher.run, clear))
