"""One byte for how each frame looks: its state, or what its state alone does not say."""

from render_manager.domain.changes import FrameChange
from render_manager.domain.states import FRAME_CODES, FRAME_STATES, FrameState

RETRY_CODE = len(FRAME_STATES)
"""Failed, and waits to be tried again."""
MARKED_CODE = RETRY_CODE + 1
"""Completed, but not as it should be."""
UNREAD_CODE = MARKED_CODE + 1
"""Its state is still being read."""


def code_after(change: FrameChange) -> int:
    """Return how frames look after a change."""
    if change.after is FrameState.PENDING and change.retry_at is not None:
        return RETRY_CODE
    if change.after is FrameState.COMPLETED and (change.reason or change.marks):
        return MARKED_CODE
    return FRAME_CODES[change.after]
