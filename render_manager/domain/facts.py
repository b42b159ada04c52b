"""Facts: things that happened, in the past tense, for scripts, logs and notifications.

Viewers that show a state use snapshots; facts are for those that must see every step in order.
"""

from dataclasses import dataclass

from render_manager.domain.health import Mark
from render_manager.domain.states import JobState


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A job was stored and waits for its turn."""

    job_id: int
    frames: int


@dataclass(frozen=True, slots=True)
class FrameStarted:
    """An attempt at a frame began."""

    job_id: int
    frame: int
    attempt: int


@dataclass(frozen=True, slots=True)
class FrameCompleted:
    """A frame's files are whole and in their final place."""

    job_id: int
    frame: int
    attempt: int
    outputs: tuple[str, ...]
    seconds: float
    note: str = ""
    """What is not as it should be with the finished frame; empty when all is well."""


@dataclass(frozen=True, slots=True)
class FrameFailed:
    """An attempt at a frame failed."""

    job_id: int
    frame: int
    attempt: int
    reason: str
    advice: str
    code: str
    will_retry: bool
    retry_delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FramesCancelled:
    """Frames were cancelled by the user."""

    job_id: int
    count: int


@dataclass(frozen=True, slots=True)
class FramesSkipped:
    """Frames will not be rendered, with the reason."""

    job_id: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class FramesBlocked:
    """Frames failed without an attempt, for a reason that concerns the whole job."""

    job_id: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class EngineWarned:
    """An engine said something the artist should know, though the frame goes on."""

    job_id: int
    frame: int | None
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class FrameMarked:
    """Something is odd about a finished picture; the frame is done all the same."""

    job_id: int
    frame: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class SceneChanged:
    """An engine reads a scene file that is not the one that earlier frames of the job were rendered from."""

    job_id: int
    version: int
    """Number of the new state, 2 for the first change."""
    older_frames: int
    """Finished frames that are from an older one."""


@dataclass(frozen=True, slots=True)
class FramesInterrupted:
    """Frames were being rendered when the program ended without being closed; they are rendered again."""

    job_id: int
    frames: tuple[int, ...]
    last_seen_at: float
    """Seconds since the epoch of the last thing that is known to have happened."""


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job has nothing left to render."""

    job_id: int
    state: JobState
    completed: int
    failed: int
    cancelled: int
    skipped: int


Fact = (
    JobSubmitted
    | FrameStarted
    | FrameCompleted
    | FrameFailed
    | FramesCancelled
    | FramesSkipped
    | FramesBlocked
    | EngineWarned
    | FrameMarked
    | SceneChanged
    | FramesInterrupted
    | JobFinished
)
