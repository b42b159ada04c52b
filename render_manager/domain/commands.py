"""Orders to the owner of state, in the imperative; the only way anything is asked of it.

`frames=None` means every frame of the job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.limits import Limits


@dataclass(frozen=True, slots=True)
class SubmitJob:
    """Store a job and queue its frames."""

    spec: JobSpec
    token: str = ""
    """The job's UUID if the sender chose one, so that it can recognise the job."""


@dataclass(frozen=True, slots=True)
class PauseJobs:
    """Start no further frames of these jobs; frames that run may finish."""

    job_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResumeJobs:
    """Take the hold off these jobs."""

    job_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CancelJobs:
    """Cancel every frame of these jobs that is not finished, at once."""

    job_ids: tuple[int, ...]
    order_id: str = ""
    """Under which it can be undone, empty where nobody will."""


@dataclass(frozen=True, slots=True)
class DeleteJobs:
    """Cancel these jobs and forget them; files of finished frames stay."""

    job_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Give these jobs a priority from 0 to 10."""

    job_ids: tuple[int, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class MoveJobs:
    """Put jobs, in this order, right before another job in the queue; they get its priority.

    Without such a job they go to the end of those with that priority.
    """

    job_ids: tuple[int, ...]
    priority: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class RetryFrames:
    """Render finished frames again; with `failed_only` just those that failed or were cancelled."""

    job_id: int
    frames: FrameSet | None = None
    failed_only: bool = False


@dataclass(frozen=True, slots=True)
class ChangeJob:
    """Give a job other options or limits, from the next start of its engine on; None leaves them."""

    job_id: int
    options: Mapping[str, Any] | None = None
    """All options, already checked by the engine."""
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class CancelFrames:
    """Cancel these frames if they are not finished, at once."""

    job_id: int
    frames: FrameSet | None = None
    order_id: str = ""
    """As in `CancelJobs`."""


@dataclass(frozen=True, slots=True)
class SkipFrames:
    """Leave these frames out, also failed ones."""

    job_id: int
    frames: FrameSet | None = None
    order_id: str = ""
    """As in `CancelJobs`."""


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """Undo the cancel or skip given under this id; frames that became something else since stay so."""

    order_id: str


@dataclass(frozen=True, slots=True)
class RenderNext:
    """Render these pending frames before the job's others, without waiting for their retry time."""

    job_id: int
    frames: FrameSet


@dataclass(frozen=True, slots=True)
class HoldQueue:
    """Start no further frames of any job (`held=True`), or go on."""

    held: bool


@dataclass(frozen=True, slots=True)
class SetSlots:
    """Set how many workers may run at once, of all engines or of one."""

    slots: int | None
    """None, for one engine, takes its limit away."""
    engine: str = ""
    """Id of the engine; empty for all together."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Stop: kill the workers, put their frames back to pending, store everything, end the owner thread."""


Command = (
    SubmitJob
    | PauseJobs
    | ResumeJobs
    | CancelJobs
    | DeleteJobs
    | SetPriority
    | MoveJobs
    | RetryFrames
    | ChangeJob
    | CancelFrames
    | SkipFrames
    | UndoOrder
    | RenderNext
    | HoldQueue
    | SetSlots
    | Shutdown
)
