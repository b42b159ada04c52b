"""What changed: the values that go from the owner of state to the database and to every viewer.

All of them are immutable and safe to hand between threads.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import FailureReason
from render_manager.domain.facts import Fact
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Mark, Portrait
from render_manager.domain.jobspec import Existing
from render_manager.domain.limits import Limits
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import AttemptOutcome, FrameState, JobState


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What a completed frame left behind."""

    outputs: tuple[str, ...]
    """Files in their final place; the first is the picture of the frame."""
    thumbnail: str
    """Path of the thumbnail, empty when none could be made."""
    seconds: float
    """Seconds from the start of the attempt to its files being whole."""
    note: str = ""
    """What is not as it should be with the finished frame, one sentence: a watermark, say."""
    portrait: Portrait = field(default_factory=Portrait)
    scene_version: int = 0
    """Number of the state of the scene file it was rendered from, 0 when that is not known."""


@dataclass(frozen=True, slots=True)
class FrameChange:
    """A step of one frame, or the same step of many frames of a job.

    Both states are `pending` where only the wait for a retry was dropped, and `completed` where only marks
    came or went.
    """

    job_id: int
    runs: tuple[tuple[int, int], ...]
    """(first, last) frame numbers; every frame the job has between them was in `before`."""
    count: int
    """How many frames `runs` covers."""
    before: FrameState
    after: FrameState
    reason: str = ""
    attempts: int | None = None
    """Attempts so far, all counted; None leaves it as it is."""
    failures: int | None = None
    """Failed attempts since the user's last order; None leaves it as it is."""
    retry_at: float | None = None
    """Seconds since the epoch before which the frame is not tried again."""
    forced: bool | None = None
    """Whether the frame is rendered even where a good file exists; None leaves it as it is."""
    result: FrameResult | None = None
    marks: frozenset[Mark] | None = None
    """What is odd about the finished picture; None leaves it as it is."""

    @property
    def is_about_marks(self) -> bool:
        """Return whether nothing changed but the marks of finished frames."""
        return self.before is self.after is FrameState.COMPLETED


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One try at one frame, as stored; written at its start and again at its end."""

    job_id: int
    frame: int
    number: int
    """1 for the first try of the frame."""
    outcome: AttemptOutcome
    started_at: float
    """Seconds since the epoch."""
    ended_at: float | None = None
    """Seconds since the epoch."""
    reason: str = ""
    advice: str = ""
    code: str = ""
    """Diagnosis code, empty for a good one."""
    seconds: float | None = None
    peak_memory_bytes: int | None = None
    log_path: str = ""
    log_start: int = 0
    """First byte of this attempt in the log file."""
    log_end: int | None = None
    """Byte after the last one of this attempt in the log file, None while it runs."""
    installation: str = ""
    scene_version: int = 0
    """Number of the state of the scene file, 0 when that is not known."""


@dataclass(frozen=True, slots=True)
class FrameRow:
    """Everything a viewer shows of one frame."""

    job_id: int
    number: int
    state: FrameState
    reason: str = ""
    attempts: int = 0
    failures: int = 0
    retry_at: float | None = None
    outputs: tuple[str, ...] = ()
    thumbnail: str = ""
    seconds: float | None = None
    marks: frozenset[Mark] = frozenset()
    scene_version: int = 0


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """Everything a viewer shows of one job, and every stored column of it."""

    id: int
    uuid: str
    name: str
    project: str
    project_file: Path
    engine: str
    installation: str
    state: JobState
    reason: str
    priority: int
    position: float
    """Place in the queue among jobs of the same priority, smaller first."""
    paused: bool
    frames: FrameSet
    total_frames: int
    counts: dict[FrameState, int]
    progress: float
    """Percent of the frames that are completed or skipped, 0 to 100."""
    retry_count: int
    max_retries: int
    retry_delay_s: float
    error_log: str
    output_dir: Path
    output_name: str
    output_suffix: str
    existing: Existing
    options: dict[str, Any]
    width: int
    height: int
    fps: float
    render_seconds: float
    """Sum of the seconds of completed frames rendered by this job."""
    rendered_frames: int
    """Frames `render_seconds` is the sum of."""
    created_at: float
    updated_at: float
    started_at: float | None
    finished_at: float | None
    needs_help: bool = field(default=False, compare=False)
    """Whether it waits for something that only a person can change, as `reason` says; not stored."""
    limits: Limits = field(default_factory=Limits)
    keeps_copy: bool = False
    failure_reasons: dict[str, FailureReason] = field(default_factory=dict)
    """Why attempts failed since the user's last order, by diagnosis code."""
    scene_versions: tuple[SceneVersion, ...] = ()
    """States of the scene file that frames were rendered from, oldest first."""
    marked_frames: int = 0
    """Finished frames with a picture that should be looked at."""

    @property
    def completed_frames(self) -> int:
        """Return how many frames were rendered and are in place."""
        return self.counts[FrameState.COMPLETED]

    @property
    def failed_frames(self) -> int:
        """Return how many frames are given up."""
        return self.counts[FrameState.FAILED]


@dataclass(frozen=True, slots=True)
class FrameProgress:
    """Where a running attempt is; last one wins, never stored."""

    job_id: int
    frame: int
    percent: float | None
    """0 to 100 inside the frame, None while the engine does not say."""
    phase: str
    """What is being done, a few words: `starting Blender`, `sample 16 of 400`, `checking`."""
    started_at: float
    """Seconds since the epoch at which the attempt started."""
    log_path: str = ""
    log_start: int = 0


HELD_NOTICE = "queue-held"
"""Code of the notice, without a text, by which the owner says that it starts no further frames."""


WAITING_NOTICE = "queue-waits"
"""Code of the notice, without a text, by which the owner says that it holds the queue from the start, since
frames had been interrupted, and waits to be told to go on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the whole program that the user should see at the top of the window."""

    code: str
    text: str
    """Whole sentences; empty takes the notice with this code away."""
    token: str = ""
    """UUID of the one submission it is about, empty for all others."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that changed in one turn of the owner thread, already stored."""

    jobs: dict[int, JobSnapshot] = field(default_factory=dict)
    """New state of each changed job, by id."""
    frames: tuple[FrameChange, ...] = ()
    """Steps of frames, in the order they happened."""
    attempts: tuple[AttemptRecord, ...] = ()
    progress: dict[tuple[int, int], FrameProgress | None] = field(default_factory=dict)
    """Live progress by (job id, frame); None when the attempt is over."""
    removed_jobs: tuple[int, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What happened, in order, for logs, scripts and notifications."""
    notices: tuple[Notice, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing changed at all."""
        return not (
            self.jobs
            or self.frames
            or self.attempts
            or self.progress
            or self.removed_jobs
            or self.facts
            or self.notices
        )
