"""Takes in what workers say while they run: frames begun, advanced, ended, and what lines of the log mean.

Owner thread only.
"""

from render_manager.domain.diagnosis import Scope
from render_manager.domain.job import Job
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines import events as said
from render_manager.engines.protocols import RunMode
from render_manager.scheduling import messages
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.endings import Endings
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.workforce import ActiveWorker, Workforce


class Listener:
    """Hands on what is heard to attempts and endings."""

    def __init__(self, *, jobs: JobBook, attempts: Attempts, workforce: Workforce, endings: Endings) -> None:
        self._jobs = jobs
        self._attempts = attempts
        self._workforce = workforce
        self._endings = endings

    def worker_said(self, message: messages.WorkerSaid) -> None:
        """Take in what a line of a worker's output means; a killed one is not listened to any more."""
        worker = self._workforce.workers.get(message.worker_id)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None or worker.is_killed:
            return
        event = message.event
        match event:
            case said.EngineReady():
                self._workforce.is_up(worker)
                self._tell_phase(job, worker, _("rendering"))
            case said.FrameBegan(frame=frame) if worker.mode is RunMode.BATCH:
                self._frame_began(job, worker, frame)
            case said.PhaseEntered(text=text):
                self._tell_phase(job, worker, text)
            case said.FrameAdvanced(frame=frame, percent=percent, text=text):
                if frame in worker.tasks:
                    worker.at_frame = frame
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

    def scene_read(self, message: messages.SceneRead) -> None:
        """Take down which state of the scene file a worker reads."""
        worker = self._workforce.workers.get(message.worker_id)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None:
            return
        before = len(job.record.scene_versions)
        self._attempts.scene_seen(job, message.version)
        worker.scene_version = len(job.record.scene_versions)
        if worker.scene_version > before > 0:
            self._jobs.shapes.forget(job.id)
            # Pictures of two states would take turns, and frames of the older one be rendered from it again.
            self._workforce.outdate(job.id, but=worker.id)

    def scene_touched(self, message: messages.SceneTouched) -> None:
        """Say that a worker goes on with the scene as it was."""
        worker = self._workforce.workers.get(message.worker_id)
        job = self._jobs.get(worker.job_id) if worker is not None else None
        if worker is None or job is None:
            return
        text = _(
            "The scene {scene} was changed while it is rendered. What runs now goes on with the scene as it "
            "was; the next start of the engine reads the new one."
        )
        self._endings.warn(job, None, "scene-changed", text.format(scene=job.spec.scene), "")

    def _tell_phase(self, job: Job, worker: ActiveWorker, phase: str) -> None:
        # Of several frames under way only one is at work; the others are on their way to the disk.
        at_work = [worker.at_frame] if worker.at_frame in worker.tasks else list(worker.tasks)
        for frame in at_work:
            self._attempts.advance(job.id, frame, None, phase)

    def _frame_began(self, job: Job, worker: ActiveWorker, frame: int) -> None:
        self._workforce.is_up(worker)
        worker.at_frame = frame
        if worker.remarks_of_run is None:
            worker.remarks_of_run = len(worker.remarks)
        self._attempts.begin_in_run(job, worker, frame)
        self._attempts.restart_clock(job.id, frame)
        self._attempts.advance(job.id, frame, None, _("rendering"))

    def _frame_ended(
        self, job: Job, worker: ActiveWorker, event: said.FrameEnded, message: messages.WorkerSaid
    ) -> None:
        if event.frame not in worker.tasks:
            return
        self._workforce.is_up(worker)
        self._leave(job, worker, event.frame)
        worker.finished_frames += 1
        for remark in worker.remarks:
            # An error after which the engine wrote the frame all the same, as one in a script of the scene.
            if remark.severity is Severity.ERROR and not remark.fatal:
                self._endings.warn(job, event.frame, remark.code, remark.meaning, remark.advice)
        worker.forget_frame()
        self._attempts.rendered(
            job, event, log_end=message.log_offset, peak_memory_bytes=message.peak_memory_bytes
        )
        worker.log_offset = message.log_offset

    def _frame_erred(self, job: Job, worker: ActiveWorker, frame: int, text: str, log_offset: int) -> None:
        if frame not in worker.tasks:
            return
        self._leave(job, worker, frame)
        diagnosis = self._endings.explain(job, worker, None, text)
        self._attempts.fail(job, frame, diagnosis, log_end=log_offset)
        worker.log_offset = log_offset

    def _leave(self, job: Job, worker: ActiveWorker, frame: int) -> None:
        """Take a frame from a worker that is done with it, well or badly."""
        if worker.mode is RunMode.BATCH:
            self._attempts.begin_in_run(job, worker, frame)
            # Begun or not (it may have been cancelled meanwhile), it belongs to this run no more.
            self._jobs.frames_of(job).taken.discard(frame)
        del worker.tasks[frame]

    def _remarked(self, job: Job, worker: ActiveWorker, remark: said.Remark) -> None:
        worker.remember(remark)
        if remark.taints:
            worker.taint = remark
        if remark.severity is Severity.WARNING:
            frame = next(iter(worker.tasks), None)
            self._endings.warn(job, frame, remark.code, remark.meaning, remark.advice)
        if remark.fatal and remark.permanent and remark.scope is Scope.JOB and worker.mode is RunMode.BATCH:
            # The run goes on with what was not asked for (another scene, say): stop it here.
            self._endings.fail_run(job, worker, self._endings.explain(job, worker, None, ""))
            self._workforce.kill(worker)
