"""All jobs the owner knows, their queue, and their frames where they are needed. Owner thread only."""

from collections.abc import Iterator

from render_manager.domain.job import Job
from render_manager.domain.states import FINISHED_JOBS
from render_manager.scheduling.companions import Companions
from render_manager.scheduling.frame_queue import FrameQueue
from render_manager.scheduling.neighbours import Neighbours
from render_manager.scheduling.policy import queue_key
from render_manager.scheduling.ports import JobStore
from render_manager.scheduling.same_files import SameFiles
from render_manager.scheduling.shapes import ShapeBook


class JobBook:
    """Jobs by number, the unfinished ones in queue order, frames loaded on first use."""

    def __init__(self, store: JobStore, *, serves_stored_jobs: bool = True) -> None:
        self._store = store
        self._serves_stored_jobs = serves_stored_jobs
        self._waiting: set[int] = set()
        self._jobs: dict[int, Job] = {}
        self._loaded: dict[int, Job] = {}
        self._queues: dict[int, FrameQueue] = {}
        self._order: list[Job] | None = None
        self.same_files = SameFiles()
        self.companions = Companions(store)
        self.neighbours = Neighbours(store)
        self.shapes = ShapeBook()

    def load(self) -> None:
        """Read all jobs from the store."""
        known = {job_id for job_id in self._jobs if job_id not in self._waiting}
        self._jobs = {job.id: job for job in self._store.load_jobs()}
        self._waiting = set() if self._serves_stored_jobs else set(self._jobs) - known
        self._loaded.clear()
        self._queues.clear()
        self.same_files.clear()
        self.companions.clear()
        self.neighbours.clear()
        self.shapes.clear()
        self._order = None

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def __len__(self) -> int:
        return len(self._jobs)

    def get(self, job_id: int) -> Job | None:
        """Return a job, None when it is not known (any more)."""
        return self._jobs.get(job_id)

    def serves(self, job: Job) -> bool:
        """Return whether this run renders a job."""
        return job.id not in self._waiting

    def add(self, job: Job) -> None:
        """Take in a new job."""
        self._jobs[job.id] = job
        if job.memory is not None:
            self._loaded[job.id] = job
        self._order = None

    def remove(self, job_id: int) -> None:
        """Forget a job."""
        self._jobs.pop(job_id, None)
        self._loaded.pop(job_id, None)
        self._queues.pop(job_id, None)
        self.same_files.forget(job_id)
        self.companions.forget(job_id)
        self.neighbours.forget(job_id)
        self.shapes.forget(job_id)
        self._order = None

    def reorder(self) -> None:
        """Look at the queue's order again; after a priority or a finished state changed."""
        self._order = None

    def queue_order(self) -> list[Job]:
        """Return the unfinished jobs that this run serves, highest priority first."""
        if self._order is None:
            unfinished = [
                job
                for job in self._jobs.values()
                if job.state not in FINISHED_JOBS and job.id not in self._waiting
            ]
            self.same_files.take_stock(unfinished)
            self._order = sorted(
                unfinished, key=lambda job: queue_key(job.record.priority, job.record.position)
            )
        return self._order

    def with_frames(self, job: Job) -> Job:
        """Return the job with its frames loaded."""
        if job.memory is None:
            job.memory = self._store.load_frames(job)
        self._loaded[job.id] = job
        return job

    def loaded(self) -> list[Job]:
        """Return the jobs whose frames are loaded."""
        return list(self._loaded.values())

    def frames_of(self, job: Job) -> FrameQueue:
        """Return the queue of a job's pending frames."""
        queue = self._queues.get(job.id)
        if queue is None:
            queue = self._queues[job.id] = FrameQueue(
                self.with_frames(job).frames, retry_delay_s=job.spec.retry_delay_s
            )
        return queue

    def queue_of(self, job_id: int) -> FrameQueue | None:
        """Return the queue of a job's pending frames if there is one already."""
        return self._queues.get(job_id)

    def release(self, job: Job) -> None:
        """Let go of the frames of a finished job; they are in the store."""
        self._queues.pop(job.id, None)
        self._loaded.pop(job.id, None)
        self.companions.forget(job.id)
        self.neighbours.forget(job.id)
        self.shapes.forget(job.id)
        job.memory = None
