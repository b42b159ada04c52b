"""What the scheduler needs from others, and what others may ask of it; protocols only.

The window, the command line and the local API use `CommandPort`, `Subscriber` and `StateReader`.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from render_manager.domain.changes import (
    AttemptRecord,
    ChangeSet,
    FrameChange,
    FrameRow,
    JobSnapshot,
)
from render_manager.domain.commands import Command
from render_manager.domain.figures import AttemptFigures, FrameOrder
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Mark, Portrait
from render_manager.domain.job import Job
from render_manager.domain.job_parts import FrameMemory
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.morning import Morning
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import FrameState
from render_manager.engines.protocols import Engine, FrameTask, Installation, RunMode
from render_manager.scheduling.vigil import Vigil

Subscriber = Callable[[ChangeSet], None]
"""Called on the owner thread after each commit; must return at once and must not raise."""


Post = Callable[[object], None]
"""Puts a command or a message into the owner's inbox; any thread, returns at once."""


class CommandPort(Protocol):
    """Takes orders, from any thread, at once."""

    def post(self, command: Command) -> None:
        """Put a command into the owner's inbox."""
        ...


class StateReader(Protocol):
    """Reads committed state from any thread."""

    def jobs(self) -> list[JobSnapshot]:
        """Return all jobs in queue order."""
        ...

    def job(self, job_id: int) -> JobSnapshot | None:
        """Return one job."""
        ...

    def frame_states(self, job_id: int, *, up_to: int | None = None) -> bytes:
        """Return one byte for each frame (up to a number) in order: its state's place in FRAME_STATES."""
        ...

    def noted_frames(self, job_id: int) -> tuple[list[int], list[int]]:
        """Return the frames that wait to be tried again, and those completed with something to say."""
        ...

    def older_frames(self, job_id: int, version: int) -> FrameSet:
        """Return the finished frames of a job that were rendered from an older scene than this one."""
        ...

    def attempt_figures(self, job_id: int) -> AttemptFigures:
        """Return the figures of all attempts of a job, by frame and number."""
        ...

    def ordered_frames(self, job_id: int, order: FrameOrder, *, descending: bool = False) -> "array[int]":
        """Return all frame numbers of a job in an order; those without a value come last either way."""
        ...

    def frames(
        self,
        job_id: int,
        *,
        first: int | None = None,
        last: int | None = None,
        state: FrameState | None = None,
    ) -> list[FrameRow]:
        """Return frames of a job in order."""
        ...

    def newest_thumbnail(self, job_id: int) -> str:
        """Return the thumbnail of a job's last frame that has one, empty for none."""
        ...

    def attempts(
        self, job_id: int, frame: int | None = None, *, last: int | None = None
    ) -> list[AttemptRecord]:
        """Return the attempts at a frame, at those from `frame` to `last`, or at all, oldest first."""
        ...

    def morning(self, since: float, until: float) -> Morning:
        """Return what was done from one moment to another, in seconds since the epoch."""
        ...


class Clock(Protocol):
    """The two clocks, injected so that tests need not wait."""

    def now(self) -> float:
        """Return seconds since the epoch; may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...


class Pool(Protocol):
    """Threads that run functions; a QThreadPool in the window, an executor without Qt."""

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function on one of the threads, soon; it must not raise."""
        ...


class JobStore(Protocol):
    """Where the owner keeps state; called on the owner thread only."""

    def load_jobs(self) -> list[Job]:
        """Return all jobs, without their frames."""
        ...

    def load_frames(self, job: Job) -> FrameMemory:
        """Return the frames of a job."""
        ...

    def frame_outputs(self, job_id: int, numbers: Sequence[int] | None = None) -> dict[int, tuple[str, ...]]:
        """Return the files of each completed frame."""
        ...

    def frame_reasons(self, job_id: int, state: FrameState, first: int, last: int) -> dict[int, str]:
        """Return the reason of each frame in a state, from `first` to `last`."""
        ...

    def frame_portrait(self, job_id: int, frame: int) -> tuple[Portrait, frozenset[Mark]]:
        """Return what a finished frame is compared by, and the marks it bears."""
        ...

    def running_attempts(self, job_id: int) -> list[AttemptRecord]:
        """Return the attempts of a job that were never ended."""
        ...

    def add_job(self, spec: JobSpec, uuid: str, now: float) -> Job:
        """Store a new job with all its frames pending."""
        ...

    def commit(
        self,
        *,
        job_snapshots: Sequence[JobSnapshot] = (),
        frame_changes: Sequence[FrameChange] = (),
        attempt_records: Sequence[AttemptRecord] = (),
        removed_jobs: Sequence[int] = (),
    ) -> None:
        """Store one batch in one transaction; raises StorageError and then stores nothing of it."""
        ...

    def keep_in_place(self) -> str:
        """Mend what somebody did to the files; return a sentence about it, empty when nothing was done.

        Raises StorageError.
        """
        ...

    def close(self) -> None:
        """Close the store properly."""
        ...

    def abandon(self) -> None:
        """Close the store so that the next start looks at it closely."""
        ...


class EngineCatalog(Protocol):
    """The engines there are, and what is installed of them."""

    def engine(self, engine_id: str) -> Engine:
        """Return an engine; raises UserError for an unknown id."""
        ...

    def installation(self, key: str) -> Installation | None:
        """Return an installation by its key, None while it is still looked for.

        Raises UserError with a sentence when it is not there or cannot be used.
        """
        ...


class ListExisting(Protocol):
    """Finds the files a job would write that are there already; media threads only."""

    def __call__(self, spec: JobSpec) -> dict[int, tuple[Path, ...]]:
        """Return all files of each frame, the picture first; raises OSError for an unreadable folder."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What a worker is started for."""

    worker_id: int
    job_uuid: str
    spec: JobSpec
    installation: Installation
    mode: RunMode
    tasks: tuple[FrameTask, ...]
    """The first frame of a resident worker, or all frames of a batch worker."""
    log_path: Path
    vigil: Vigil = field(default_factory=Vigil)
    """When it is ended by us."""
    scene: SceneVersion | None = None
    """The last known state of the scene file, whose bytes need not be read again if it is still so."""


class Worker(Protocol):
    """A running engine process as the dispatcher sees it; every call returns at once."""

    def assign(self, task: FrameTask) -> None:
        """Hand a resident worker its next frame."""
        ...

    def dismiss(self) -> None:
        """Ask a resident worker to end when it is idle."""
        ...

    def kill(self) -> None:
        """End the process tree at once."""
        ...


class WorkerFactory(Protocol):
    """Starts workers; what they say comes to `post` as messages, from other threads."""

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> Worker:
        """Start a worker without waiting for it."""
        ...
