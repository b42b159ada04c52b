"""Puts frames and workers together and draws conclusions from what workers report. Owner thread only."""

import logging
from dataclasses import replace
from functools import partial

from render_manager.domain import events
from render_manager.domain.diagnosis import Scope
from render_manager.domain.errors import StorageError, UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.naming import frame_name
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import FrameTask, RunMode
from render_manager.scheduling import messages
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.disk_watch import DiskWatch
from render_manager.scheduling.endings import Endings, internal_diagnosis
from render_manager.scheduling.existing_files import ExistingFiles
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.listening import Listener
from render_manager.scheduling.policy import DISK_FULL, MAX_FRAMES_IN_CHECK
from render_manager.scheduling.ports import Clock, EngineCatalog
from render_manager.scheduling.programs import Programs
from render_manager.scheduling.runs import Runs
from render_manager.scheduling.staging import attempt_staging, remove_job_staging
from render_manager.scheduling.sweeping import Sweeper
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
        existing: ExistingFiles,
        endings: Endings,
        sweeper: Sweeper,
        disk: DiskWatch,
        clock: Clock,
    ) -> None:
        self._disk = disk
        self._existing = existing
        self._endings = endings
        self._sweeper = sweeper
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._workforce = workforce
        self._catalog = catalog
        self._finisher = finisher
        self._clock = clock
        self._programs = Programs(catalog=catalog, clock=clock)
        self._busy: frozenset[int] = frozenset()
        """Jobs that have frames under way, as of the last turn."""
        self._kill_check_at: float | None = None
        self._due: float | None = None
        self._listener = Listener(jobs=jobs, attempts=attempts, workforce=workforce, endings=endings)
        self._runs = Runs(jobs=jobs, attempts=attempts, workforce=workforce, clock=clock)

    def next_due(self) -> float | None:
        """Return when `advance` has something to do even if nothing arrives (monotonic), None for never."""
        return min((at for at in (self._kill_check_at, self._due) if at is not None), default=None)

    def advance(self, *, may_start: bool) -> None:
        """Hand out frames to idle workers and free slots; send home workers that have nothing to do."""
        self._kill_check_at = self._workforce.kill_overdue()
        self._due = None
        self._existing.skip_found()
        self._workforce.dismiss_surplus()
        self._stop_before_full()
        self._busy = frozenset(job_id for job_id, _frame in self._attempts.running)
        self._busy |= {worker.job_id for worker in self._workforce.workers.values() if worker.tasks}
        if may_start:
            for job in list(self._jobs.queue_order()):
                if not self._workforce.can_take_more:
                    self._prepare_next()
                    break
                if not self._serve_safely(job):
                    break
            self._existing.feed()
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

    def worker_said(self, message: messages.WorkerSaid) -> None:
        """Take in what a line of a worker's output means."""
        self._listener.worker_said(message)

    def scene_read(self, message: messages.SceneRead) -> None:
        """Take down which state of the scene file a worker reads."""
        self._listener.scene_read(message)

    def scene_touched(self, message: messages.SceneTouched) -> None:
        """Say that the scene was changed while it is rendered."""
        self._listener.scene_touched(message)

    def worker_ended(self, message: messages.WorkerEnded) -> None:
        """Draw the conclusions from the end of a worker: its frames fail, or go back to the queue."""
        worker = self._workforce.workers.pop(message.worker_id, None)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None:
            return
        if worker.tasks:
            self._endings.worker_ended(job, worker, message)
        elif worker.was_overdue:
            self._endings.did_not_leave(job, worker)
        elif not worker.is_killed and worker.mode is RunMode.BATCH:
            self._endings.left(job, worker, message)

    def frame_accepted(self, message: messages.FrameAccepted) -> None:
        """Complete a frame whose files are in place."""
        job = self._jobs.get(message.job_id)
        if job is None:
            return
        self._endings.accepted(job, message)
        warning = self._disk.frame_done(job, message.size_bytes)
        if warning:
            self._endings.warn(job, None, "disk-forecast", warning, "")

    def frame_rejected(self, message: messages.FrameRejected) -> None:
        """Fail an attempt whose files are not good."""
        job = self._jobs.get(message.job_id)
        if job is None:
            return
        if message.diagnosis.code == DISK_FULL and self._attempts.is_about(message):
            self._endings.hold(job, message.diagnosis)
        self._attempts.rejected(job, message)

    def existing_listed(self, message: messages.ExistingListed) -> None:
        """Go on with a job of which it is known now which files are there already."""
        self._existing.listed(message)

    def existing_checked(self, message: messages.ExistingChecked) -> None:
        """Keep an existing file, or have its frame rendered."""
        self._existing.checked(message)

    def disk_measured(self, message: messages.DiskMeasured) -> None:
        """Take in how much room there is; `advance` follows every message."""
        self._disk.measured(message)

    def engines_found(self, _message: messages.EnginesFound) -> None:
        """Look again for the programs that jobs wait for; `advance` follows every message."""
        self._programs.look_again()

    def forget_all(self) -> None:
        """Forget what was found out about existing files; for when the state is read anew."""
        self._existing.forget_all()

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
        if job.record.paused or job.state in FINISHED_JOBS or self._is_kept_back(job):
            return True
        if not self._workforce.workers_of(job.id) and self._is_without_program(job):
            # Thousands of jobs may wait for one program; their frames need not be loaded for that.
            return True
        if self._existing.is_full:
            return False
        queue, now = self._jobs.frames_of(job), self._clock.now()
        self._existing.look(job, queue)
        while queue.has_next(now):
            if self._has_no_room(job):
                return True
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

    def _serve_safely(self, job: Job) -> bool:
        """Serve a job; a mistake of ours in it costs that job, not those after it."""
        try:
            return self._serve(job)
        except StorageError:
            raise
        except Exception as error:
            log.exception("serving job %s", job.id)
            self._endings.block(job, replace(internal_diagnosis(error), permanent=True, scope=Scope.JOB))
            return True

    def _is_kept_back(self, job: Job) -> bool:
        """Return whether none of a job's frames may be handed out now, after saying why."""
        if not self._sweeper.may_begin(job.id):
            self._say_why(job, _("Waits until the files of its last run are cleared away."))
            return True
        rival = self._jobs.same_files.rival_of(job, self._busy)
        if rival is not None:
            self._existing.look_again(job)
            is_stuck = rival.needs_help or (rival.record.paused and rival.id not in self._busy)
            self._say_why(job, self._jobs.same_files.sentence_about(rival), needs_help=is_stuck)
            return True
        queue = self._jobs.queue_of(job.id)
        if queue is None or queue.held_until is None:
            return False
        if queue.held_until <= self._clock.monotonic():
            queue.held_until = None
            return False
        self._wake_at(queue.held_until)
        self._say_why(job, queue.held_because)
        return True

    def _has_no_room(self, job: Job) -> bool:
        """Return whether a job has to wait for room on its disk, after saying so."""
        shortage = self._disk.shortage_of(job)
        if shortage:
            self._wake_at(self._disk.look_again(job))
            self._say_why(job, shortage, needs_help=True)
        return bool(shortage)

    def _stop_before_full(self) -> None:
        """Stop engines whose disk is nearly full; what they were at is rendered again when there is room."""
        for worker in list(self._workforce.workers.values()):
            job = self._jobs.get(worker.job_id)
            if job is None or worker.is_killed or not worker.tasks:
                continue
            self._wake_at(self._disk.look_again(job))
            if self._disk.is_critical(job):
                self._endings.give_back(job, worker, self._disk.shortage_of(job))
                self._workforce.kill(worker)

    def _prepare_next(self) -> None:
        """While every slot is taken, learn what the jobs that come next will need to know."""
        is_prepared = False
        for job in self._jobs.queue_order():
            if is_prepared:
                if job.record.reason == _looking():
                    # It was said when its turn had come, and another job was put before it.
                    self._say_why(job, _("Waits for a free slot."))
                continue
            if job.record.paused or job.state in FINISHED_JOBS or self._is_kept_back(job):
                continue
            queue = self._jobs.frames_of(job)
            self._existing.look(job, queue)
            is_prepared = queue.is_closed or bool(queue.in_doubt)
            if not is_prepared and queue.has_next(self._clock.now()):
                self._say_why(job, _("Waits for a free slot."))
                is_prepared = True

    def _has_work_for(self, worker: ActiveWorker) -> bool:
        """Return whether an idle worker only waits until frames are checked."""
        job = self._jobs.get(worker.job_id)
        if job is None or job.record.paused or job.state in FINISHED_JOBS or self._is_kept_back(job):
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
            self._wake_at(self._clock.monotonic() + max(at - self._clock.now(), 0.0))
        if job.counts[FrameState.RENDERING]:
            return
        if queue.is_closed or queue.in_doubt:
            self._say_why(job, _looking())
        elif at is not None:
            frame = queue.next_retry_frame()
            self._say_why(job, _("Waits before it tries frame {frame} again.").format(frame=frame))

    def _say_why(self, job: Job, reason: str, *, needs_help: bool = False) -> None:
        if job.wait_for(reason, needs_help=needs_help):
            self._ledger.touch(job)
            if needs_help:
                # Those that wait for this job were told before it.
                self._wake_at(self._clock.monotonic())

    def _wake_at(self, due: float) -> None:
        self._due = due if self._due is None else min(due, self._due)

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
        except UserError as error:
            # A user's own engine may be mistyped just now; nothing of the job is lost meanwhile.
            self._say_why(job, str(error), needs_help=True)
            return False
        installation = self._programs.find(job.spec.installation)
        if installation is None:
            if not self._is_without_program(job):
                self._say_why(job, _("Looks for {engine} on this computer.").format(engine=engine.name))
            return False
        mode = RunMode.BATCH if job.id in self._endings.batch_only else engine.run_mode(job.spec)
        phase = _("starting {engine}").format(engine=f"{engine.name} {installation.version_text}")
        if mode is RunMode.RESIDENT:
            task = self._take(job)
            patience = engine.patience(job.spec)
            worker = self._workforce.start(job, mode, installation, [task], patience=patience)
            self._attempts.begin(job, task, worker, phase)
        else:
            self._runs.start(job, installation, engine, phase)
        return True

    def _is_without_program(self, job: Job) -> bool:
        """Return whether the program that renders a job is known not to be there, after saying why."""
        missing = self._programs.missing(job.spec.installation)
        if missing is None:
            return False
        self._wake_at(missing.look_again_at)
        self._say_why(job, missing.sentence, needs_help=True)
        return True

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
            self._disk.forget(job.id)
            self._sweeper.sweep(job)

    def clear_staging(self) -> None:
        """Have the staging folders of unfinished jobs removed once everything is stored, at the very end."""
        for job in self._jobs.loaded():
            if not self._workforce.workers_of(job.id) and not self._attempts.of(job.id):
                clear = partial(remove_job_staging, job.spec.output_dir, job.record.uuid)
                self._ledger.after_commit(partial(self._finisher.run, clear))


def _looking() -> str:
    """Return the reason of a job whose output folder is being looked at."""
    return _("Looks at the files that are there already.")
