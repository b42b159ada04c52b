"""What arrives in the owner's inbox besides commands: news from workers and from media threads."""

from dataclasses import dataclass, field
from pathlib import Path

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene_version import SceneVersion
from render_manager.engines.events import EngineEvent
from render_manager.scheduling.shapes import Shapes
from render_manager.scheduling.vigil import Intervention


@dataclass(frozen=True, slots=True)
class WorkerSaid:
    """A line of a worker's output meant something."""

    worker_id: int
    event: EngineEvent
    log_offset: int
    """Bytes of the worker's log up to the end of that line."""
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """A worker's whole process tree is gone, or it could not be started."""

    worker_id: int
    outcome: ProcessOutcome
    log_offset: int
    diagnosis: Diagnosis | None = None
    """Why it could not be started, where that has nothing to do with the engine."""
    found: tuple[int, ...] = ()
    """Frames of the run that did not end, and whose files are in the staging folder."""
    intervention: Intervention | None = None
    """Why it was ended by us; None when it was not."""


@dataclass(frozen=True, slots=True)
class SceneRead:
    """A worker is about to read the scene file, which is in this state."""

    worker_id: int
    version: SceneVersion


@dataclass(frozen=True, slots=True)
class SceneTouched:
    """The scene file was written to while a worker renders from what it read before."""

    worker_id: int


@dataclass(frozen=True, slots=True)
class FrameAccepted:
    """A frame's files were good and are in their final place."""

    job_id: int
    frame: int
    attempt: int
    result: FrameResult
    warning: str = ""
    shapes: Shapes = field(default_factory=dict)
    size_bytes: int = 0
    """Bytes of all its files."""


@dataclass(frozen=True, slots=True)
class FrameRejected:
    """A frame's files were missing or not good."""

    job_id: int
    frame: int
    attempt: int
    diagnosis: Diagnosis
    shapes: Shapes = field(default_factory=dict)
    """What the pictures are like that were not as those of the job."""


@dataclass(frozen=True, slots=True)
class ExistingListed:
    """The output folder was looked through: frames a file is there for, by number."""

    job_id: int
    files: dict[int, tuple[Path, ...]]
    """All files of each frame, the picture first."""
    number: int
    """The number of the look; an answer to an earlier one says nothing any more."""


@dataclass(frozen=True, slots=True)
class OutputsMissing:
    """Files of completed frames are not there any more."""

    job_id: int
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ExistingChecked:
    """A frame file that was there before was decoded: `result` if it is whole, None if it is not."""

    job_id: int
    frame: int
    result: FrameResult | None
    is_foreign: bool = False
    """Whether it is a whole picture, but of another size than the job's."""


@dataclass(frozen=True, slots=True)
class DiskMeasured:
    """The room on a folder's disk was looked at; without a device it could not be told."""

    folder: Path
    device: int | None
    free_bytes: int = 0
    total_bytes: int = 0


@dataclass(frozen=True, slots=True)
class EnginesFound:
    """The search for installed engines came to its end."""


@dataclass(frozen=True, slots=True)
class StagingCleared:
    """The staging folder of a finished job is gone."""

    job_id: int


Message = (
    WorkerSaid
    | WorkerEnded
    | SceneRead
    | SceneTouched
    | FrameAccepted
    | FrameRejected
    | ExistingListed
    | ExistingChecked
    | OutputsMissing
    | EnginesFound
    | DiskMeasured
    | StagingCleared
)
