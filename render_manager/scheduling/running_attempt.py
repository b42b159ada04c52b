"""A frame that is under way."""

from collections.abc import Callable
from dataclasses import dataclass, field

from render_manager.domain import events
from render_manager.domain.changes import AttemptRecord
from render_manager.domain.diagnosis import Diagnosis
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.claim import Claim
from render_manager.scheduling.workforce import ActiveWorker


@dataclass(slots=True)
class RunningAttempt:
    """A frame between pending and its next state."""

    task: FrameTask
    record: AttemptRecord
    started_monotonic: float
    claim: Claim = field(default_factory=Claim)
    is_in_check: bool = False
    worker: ActiveWorker | None = None
    """The worker that renders or rendered it."""
    instead: Diagnosis | None = None
    """The reason to give if its files are not good, since its process ended before it said it was done."""
    stop: Callable[[], events.JobEvent] | None = None
    """What the user ordered too late to stop the move of its files; it holds if that move fails."""

    @property
    def scene_version(self) -> int:
        """Return the number of the state of the scene file it is rendered from, 0 when that is not known."""
        return 0 if self.worker is None else self.worker.scene_version
