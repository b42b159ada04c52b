"""Events of one job, in the past tense; `Job.apply` turns each into changes of state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Mark
from render_manager.domain.limits import Limits
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import FrameState


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A worker took a frame."""

    frame: int


@dataclass(frozen=True, slots=True)
class AttemptCompleted:
    """The frame's files were good and are in place."""

    frame: int
    result: FrameResult


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """The attempt came to nothing; with `retry_at` the frame is tried again from then on."""

    frame: int
    diagnosis: Diagnosis
    retry_at: float | None
    counts: bool = True
    """Whether it is one of the tries that the frame has."""


@dataclass(frozen=True, slots=True)
class AttemptInterrupted:
    """The attempt was stopped by us; the frame is to be rendered as if it had not begun."""

    frame: int
    reason: str


@dataclass(frozen=True, slots=True)
class FramesCancelled:
    """The user cancelled frames; `spared` are too far on to be stopped."""

    frames: FrameSet | None
    reason: str
    spared: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FramesSkipped:
    """Frames are left out; `spared` are too far on to be stopped."""

    frames: FrameSet | None
    reason: str
    spared: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ExistingFramesFound:
    """Good files of pending frames were found in the output folder."""

    results: dict[int, FrameResult]
    reason: str


@dataclass(frozen=True, slots=True)
class OutputsLost:
    """Files of completed frames of an unfinished job are not there any more."""

    frames: FrameSet
    reason: str


@dataclass(frozen=True, slots=True)
class FramesRetried:
    """The user wants finished frames again."""

    frames: FrameSet | None
    failed_only: bool
    reason: str


@dataclass(frozen=True, slots=True)
class StepTakenBack:
    """The user undid an order: those of the frames that are still in `state` go back to what they were."""

    frames: FrameSet
    state: FrameState
    back_to: FrameState
    reason: str
    waits: Mapping[int, float] = field(default_factory=dict)
    """When those of them that become pending again are tried, by number (seconds since the epoch)."""


@dataclass(frozen=True, slots=True)
class WaitsDropped:
    """The user does not want to wait for the retry time of these frames."""

    frames: FrameSet
    reason: str


@dataclass(frozen=True, slots=True)
class FramesBlocked:
    """No frame of the job can be rendered, for this reason."""

    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class JobHeld:
    """The user paused the job."""


@dataclass(frozen=True, slots=True)
class JobReleased:
    """The user let the job go on."""


@dataclass(frozen=True, slots=True)
class PriorityChanged:
    """The user gave the job another priority."""

    priority: int


@dataclass(frozen=True, slots=True)
class JobMoved:
    """The user gave the job another place in the queue."""

    priority: int
    position: float


@dataclass(frozen=True, slots=True)
class FramesMarked:
    """Finished frames were compared with their neighbours: all the marks each of them bears now."""

    marks: Mapping[int, frozenset[Mark]]


@dataclass(frozen=True, slots=True)
class SceneSeen:
    """An engine is about to read the scene file, which was in this state."""

    version: SceneVersion


@dataclass(frozen=True, slots=True)
class JobChanged:
    """The user gave the job other options or limits; None leaves them."""

    options: Mapping[str, Any] | None = None
    limits: Limits | None = None


JobEvent = (
    AttemptStarted
    | AttemptCompleted
    | AttemptFailed
    | AttemptInterrupted
    | FramesCancelled
    | FramesSkipped
    | ExistingFramesFound
    | OutputsLost
    | FramesRetried
    | WaitsDropped
    | FramesBlocked
    | JobHeld
    | JobReleased
    | PriorityChanged
    | JobMoved
    | StepTakenBack
    | FramesMarked
    | SceneSeen
    | JobChanged
)
