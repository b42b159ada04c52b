"""The workers that run now, and what each is doing. Owner thread only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.domain.job import Job
from render_manager.engines.events import Remark
from render_manager.engines.protocols import FrameTask, Installation, Patience, RunMode
from render_manager.scheduling.policy import DISMISSED_GRACE_S
from render_manager.scheduling.ports import Clock, Worker, WorkerFactory, WorkerOrder
from render_manager.scheduling.vigil import Vigil

REMARKS_KEPT = 50


@dataclass(slots=True)
class ActiveWorker:
    """A worker from its start until its whole process tree is gone."""

    id: int
    job_id: int
    engine: str
    mode: RunMode
    installation: Installation
    log_path: Path
    handle: Worker
    tasks: dict[int, FrameTask]
    """Frames handed over and not done yet, in the order they are rendered."""
    at_frame: int | None = None
    """The frame of which a batch worker spoke last; several may be begun, as where layers come one by one."""
    ready_at: float | None = None
    """Monotonic seconds at which it turned out to be up; None while it starts and loads the scene."""
    is_killed: bool = False
    dismissed_at: float | None = None
    """Monotonic seconds at which it was asked to end."""
    finished_frames: int = 0
    log_offset: int = 0
    """Bytes of the log that belong to frames already done."""
    error: str = ""
    """What the engine's script said before it gave up."""
    error_code: str = ""
    remarks: list[Remark] = field(default_factory=list)
    remarks_of_run: int | None = None
    """How many of them were made before the first frame began, and concern every frame of a batch."""
    taint: Remark | None = None
    """What is not as it should be with all its pictures, such as a watermark."""
    patience: Patience = field(default_factory=Patience)
    scene_version: int = 0
    """Number of the state of the scene file it reads, 0 while that is not known."""
    is_outdated: bool = False
    """Whether its job got other options or its scene was saved since; it gets no further frames."""
    done_at: float | None = None
    """Monotonic seconds at which a batch worker ended its last frame."""
    was_overdue: bool = False
    """Whether it had to be ended after its last frame."""

    @property
    def is_ready(self) -> bool:
        """Return whether it is up and has loaded the scene."""
        return self.ready_at is not None

    @property
    def is_idle(self) -> bool:
        """Return whether it can be handed a frame."""
        return (
            self.mode is RunMode.RESIDENT
            and not self.tasks
            and not self.is_killed
            and self.dismissed_at is None
            and self.is_ready
            and not self.is_outdated
        )

    def forget_frame(self) -> None:
        """Forget what was said of frames that are done; a later failure has other reasons."""
        if self.mode is RunMode.BATCH:
            del self.remarks[self.remarks_of_run or 0 :]

    def remember(self, remark: Remark) -> None:
        """Keep what a line of the log meant for when the attempt fails."""
        if len(self.remarks) < REMARKS_KEPT or remark.fatal:
            self.remarks.append(remark)


class Workforce:
    """Starts, lists and ends workers; every worker alive takes a slot until its processes are gone."""

    def __init__(
        self,
        *,
        factory: WorkerFactory,
        clock: Clock,
        log_dir: Path,
        slots: int,
        engine_slots: dict[str, int],
        post: Callable[[object], None],
    ) -> None:
        self._factory = factory
        self._clock = clock
        self._log_dir = log_dir
        self._post = post
        self._next_id = 1
        self.slots = slots
        self.engine_slots = engine_slots
        self.workers: dict[int, ActiveWorker] = {}

    def set_slots(self, slots: int | None, engine: str = "") -> None:
        """Set how many workers may run at once; with an engine those of it, None for as many as there are."""
        if not engine:
            self.slots = max(slots or 0, 0)
        elif slots is None:
            self.engine_slots.pop(engine, None)
        else:
            self.engine_slots[engine] = max(slots, 0)

    def has_slot_for(self, engine: str) -> bool:
        """Return whether a further worker of an engine may be started now."""
        if len(self.workers) >= self.slots:
            return False
        limit = self.engine_slots.get(engine)
        return limit is None or sum(worker.engine == engine for worker in self.workers.values()) < limit

    def free_slots_for(self, engine: str) -> int:
        """Return how many further workers of an engine may be started now, at least 1."""
        running = sum(worker.engine == engine for worker in self.workers.values())
        limit = self.engine_slots.get(engine, self.slots)
        return max(min(self.slots - len(self.workers), limit - running), 1)

    @property
    def can_take_more(self) -> bool:
        """Return whether there is a free slot, or a worker without a frame."""
        return len(self.workers) < self.slots or any(worker.is_idle for worker in self.workers.values())

    def start(
        self,
        job: Job,
        mode: RunMode,
        installation: Installation,
        tasks: list[FrameTask],
        *,
        patience: Patience | None = None,
    ) -> ActiveWorker:
        """Start a worker for a job with its first frame, or with its whole run."""
        patience = patience or Patience()
        worker_id = self._next_id
        self._next_id += 1
        stamp = int(self._clock.now() * 1000)
        log_path = self._log_dir / job.record.uuid[:8] / f"worker-{stamp}-{worker_id}.log"
        order = WorkerOrder(
            worker_id=worker_id,
            job_uuid=job.record.uuid,
            spec=job.spec,
            installation=installation,
            mode=mode,
            tasks=tuple(tasks),
            log_path=log_path,
            vigil=Vigil.of(patience, job.spec.limits),
            scene=job.record.scene_versions[-1] if job.record.scene_versions else None,
        )
        worker = ActiveWorker(
            id=worker_id,
            job_id=job.id,
            engine=job.spec.engine,
            mode=mode,
            installation=installation,
            log_path=log_path,
            handle=self._factory.start(order, self._post),
            tasks={task.frame: task for task in tasks},
            patience=patience,
        )
        self.workers[worker_id] = worker
        return worker

    def assign(self, worker: ActiveWorker, task: FrameTask) -> None:
        """Hand an idle worker its next frame."""
        worker.tasks[task.frame] = task
        worker.remarks.clear()
        worker.handle.assign(task)

    def is_up(self, worker: ActiveWorker) -> None:
        """Take down that a worker is up."""
        if worker.ready_at is None:
            worker.ready_at = self._clock.monotonic()

    def dismiss(self, worker: ActiveWorker) -> None:
        """Ask an idle worker to end."""
        if worker.dismissed_at is None and not worker.is_killed:
            worker.dismissed_at = self._clock.monotonic()
            worker.handle.dismiss()

    def dismiss_surplus(self) -> None:
        """Ask idle workers to end that are too many or outdated; after slots or a job's options changed."""
        for worker in self.workers.values():
            if worker.is_outdated and worker.is_ready and not worker.tasks:
                self.dismiss(worker)
        staying = sum(w.dismissed_at is None and not w.is_killed for w in self.workers.values())
        for worker in self.idle_workers()[: max(staying - self.slots, 0)]:
            self.dismiss(worker)

    def kill(self, worker: ActiveWorker) -> None:
        """End a worker's processes at once."""
        if not worker.is_killed:
            worker.is_killed = True
            worker.handle.kill()

    def idle_worker_of(self, job_id: int) -> ActiveWorker | None:
        """Return a worker that has the job's scene open and nothing to do."""
        return next((w for w in self.workers.values() if w.job_id == job_id and w.is_idle), None)

    def outdate(self, job_id: int, *, but: int | None = None) -> None:
        """Let no worker of a job take further frames, but one: its options or its scene hold no more."""
        for worker in self.workers_of(job_id):
            worker.is_outdated = worker.is_outdated or worker.id != but

    def idle_workers(self) -> list[ActiveWorker]:
        """Return all workers that have nothing to do."""
        return [worker for worker in self.workers.values() if worker.is_idle]

    def workers_of(self, job_id: int) -> list[ActiveWorker]:
        """Return all workers of a job."""
        return [worker for worker in self.workers.values() if worker.job_id == job_id]

    def worker_with(self, job_id: int, frame: int) -> ActiveWorker | None:
        """Return the worker that was handed a frame."""
        return next((w for w in self.workers_of(job_id) if frame in w.tasks), None)

    def kill_overdue(self) -> float | None:
        """Kill workers that should have ended and do not; return when to look again, None for never.

        Times are monotonic. A dismissed worker has nothing to do any more; nor has a batch worker that ended
        its last frame, though some renderers then hang for ever (`engines/maya.md` section 4, Redshift).
        """
        now = self._clock.monotonic()
        waiting: list[float] = []
        for worker in self.workers.values():
            due = self._due(worker, now)
            if due is None or worker.is_killed:
                continue
            if due <= now:
                worker.was_overdue = worker.dismissed_at is None
                self.kill(worker)
            else:
                waiting.append(due)
        return min(waiting, default=None)

    @staticmethod
    def _due(worker: ActiveWorker, now: float) -> float | None:
        """Return when a worker must have ended, None while it has something to do."""
        if worker.dismissed_at is not None:
            return worker.dismissed_at + DISMISSED_GRACE_S
        if worker.mode is RunMode.RESIDENT or worker.tasks:
            return None
        if worker.done_at is None:
            worker.done_at = now
        return worker.done_at + worker.patience.leave_s
