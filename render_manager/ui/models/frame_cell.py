"""What one cell of the grid, or one row of the table, shows."""

from dataclasses import dataclass

from render_manager.domain.changes import AttemptRecord, FrameProgress, FrameRow
from render_manager.domain.states import FrameState
from render_manager.ui.life_sign import LifeSign


@dataclass(frozen=True, slots=True)
class FrameCell:
    """Everything a cell of the grid shows."""

    number: int
    state: FrameState
    row: FrameRow | None
    """Details, None until they are read."""
    progress: FrameProgress | None
    """Live progress of an attempt under way."""
    attempt: AttemptRecord | None = None
    """The last attempt, None until it is read or where there was none."""
    sign: LifeSign | None = None
    """What the log of an attempt under way last said; None where it was not looked at."""
    is_read: bool = True
    """Whether its state is known yet."""

    @property
    def retry_at(self) -> float | None:
        """Return when the frame is tried again, None for one that does not wait for that."""
        return None if self.row is None or self.state is not FrameState.PENDING else self.row.retry_at

    @property
    def is_marked(self) -> bool:
        """Return whether a finished frame is not as it should be, as one with a watermark."""
        row = self.row
        return self.state is FrameState.COMPLETED and row is not None and bool(row.reason or row.marks)
