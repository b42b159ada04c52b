"""What a job is made of: its stored side, what it remembers of its frames, and what one event did to it."""

from array import array
from dataclasses import dataclass, field

from render_manager.domain.changes import FrameChange
from render_manager.domain.diagnosis import FailureReason
from render_manager.domain.facts import Fact
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import FrameState


@dataclass(slots=True)
class JobStep:
    """What one event did to a job."""

    frames: list[FrameChange] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(slots=True)
class JobRecord:
    """The stored side of a job besides its spec; what `Job` starts from."""

    id: int
    uuid: str
    created_at: float
    updated_at: float
    position: float
    priority: int
    paused: bool = False
    retry_count: int = 0
    error_log: tuple[str, ...] = ()
    render_seconds: float = 0.0
    rendered_frames: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    reason: str = ""
    counts: dict[FrameState, int] | None = None
    """Frames in each state; None means all of them are pending."""
    failure_reasons: dict[str, FailureReason] = field(default_factory=dict)
    """Why attempts failed since the user's last order, by diagnosis code."""
    marked_frames: int = 0
    """Finished frames with a picture that should be looked at."""
    scene_versions: tuple[SceneVersion, ...] = ()
    """States of the scene file that frames were rendered from, oldest first; number 1 is the first."""


@dataclass(slots=True)
class FrameMemory:
    """What a job remembers of single frames besides their state; only of frames with something to say."""

    states: FrameStates
    attempts: "array[int]"
    """Attempts so far, by the frame's index; unsigned 16 bits each."""
    failures: dict[int, int] = field(default_factory=dict)
    """Failed attempts since the user's last order by frame number."""
    retry_at: dict[int, float] = field(default_factory=dict)
    """Seconds since the epoch before which a pending frame is not tried again."""
    forced: set[int] = field(default_factory=set)
    """Frames the user asked to render even where a good file exists."""
    marked: set[int] = field(default_factory=set)
    """Finished frames with a picture that should be looked at."""

    @classmethod
    def fresh(cls, frames: FrameSet) -> "FrameMemory":
        """Return the memory of a job of which nothing was done yet."""
        return cls(FrameStates(frames), array("H", bytes(2 * len(frames))))

    def attempts_of(self, frame: int) -> int:
        """Return how often a frame was tried."""
        return self.attempts[self.states.frames.index(frame)]
