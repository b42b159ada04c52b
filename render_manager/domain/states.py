"""The states of jobs, frames and attempts, and which state may follow which.

Pure functions over enums; the single place where the tables of allowed transitions are written.
"""

from collections.abc import Collection
from enum import StrEnum


class FrameState(StrEnum):
    """Where one frame of a job stands."""

    PENDING = "pending"
    """To be rendered: fresh, waiting for its retry, or interrupted."""
    RENDERING = "rendering"
    """An attempt is under way: starting, rendering, or being checked."""
    COMPLETED = "completed"
    """Its files were decoded to the end and are in their final place."""
    FAILED = "failed"
    """Out of retries, or the reason is one that no retry can mend."""
    CANCELLED = "cancelled"
    """The user stopped it."""
    SKIPPED = "skipped"
    """Not rendered on purpose: a good file was there already, or the user said so."""


class JobState(StrEnum):
    """Where a job stands; rolled up from its frames and the user's orders, never set directly."""

    PENDING = "pending"
    """Has frames to render and none is being rendered."""
    RUNNING = "running"
    """At least one frame is being rendered."""
    PAUSED = "paused"
    """The user holds it; frames already started may finish."""
    COMPLETED = "completed"
    """Every frame is completed or skipped."""
    FAILED = "failed"
    """Nothing left to render and at least one frame failed."""
    CANCELLED = "cancelled"
    """Nothing left to render, none failed, at least one frame was cancelled."""


class AttemptOutcome(StrEnum):
    """How one try at one frame ended."""

    RUNNING = "running"
    """Not ended yet."""
    COMPLETED = "completed"
    """The frame's files were good and are in place."""
    FAILED = "failed"
    """The engine said no, or its files were not good."""
    CRASHED = "crashed"
    """The engine's process died under the frame."""
    CANCELLED = "cancelled"
    """Stopped by the user."""
    INTERRUPTED = "interrupted"
    """Stopped by us: shutdown, a kill of this program, power loss. Not counted as a failure."""


FRAME_STATES: tuple[FrameState, ...] = tuple(FrameState)
"""All frame states in the fixed order that gives each its one-byte code."""

FRAME_CODES: dict[FrameState, int] = {state: code for code, state in enumerate(FRAME_STATES)}
"""Frame state to its byte in packed state strings (`FrameStates.codes`)."""

_FRAME_MOVES: dict[FrameState, frozenset[FrameState]] = {
    FrameState.PENDING: frozenset(
        {FrameState.RENDERING, FrameState.FAILED, FrameState.CANCELLED, FrameState.SKIPPED}
    ),
    FrameState.RENDERING: frozenset(
        {
            FrameState.PENDING,
            FrameState.COMPLETED,
            FrameState.FAILED,
            FrameState.CANCELLED,
            FrameState.SKIPPED,
        }
    ),
    FrameState.COMPLETED: frozenset({FrameState.PENDING}),
    FrameState.FAILED: frozenset({FrameState.PENDING, FrameState.SKIPPED}),
    FrameState.CANCELLED: frozenset({FrameState.PENDING, FrameState.SKIPPED}),
    # To failed and cancelled only where leaving the frame out is undone.
    FrameState.SKIPPED: frozenset({FrameState.PENDING, FrameState.FAILED, FrameState.CANCELLED}),
}

FINISHED_FRAMES: frozenset[FrameState] = frozenset(
    {FrameState.COMPLETED, FrameState.FAILED, FrameState.CANCELLED, FrameState.SKIPPED}
)
"""Frame states in which nothing more happens without a new order."""

FINISHED_JOBS: frozenset[JobState] = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
"""Job states in which nothing more happens without a new order."""


def frame_may_become(before: FrameState, after: FrameState) -> bool:
    """Return whether a frame in state `before` may go to `after` in one step."""
    return after in _FRAME_MOVES[before]


def roll_up(counts: "dict[FrameState, int]", *, paused: bool) -> JobState:
    """Return the state of a job whose frames are counted in `counts`."""
    if counts[FrameState.PENDING] or counts[FrameState.RENDERING]:
        if paused:
            return JobState.PAUSED
        return JobState.RUNNING if counts[FrameState.RENDERING] else JobState.PENDING
    if counts[FrameState.FAILED]:
        return JobState.FAILED
    if counts[FrameState.CANCELLED]:
        return JobState.CANCELLED
    return JobState.COMPLETED


def roll_up_project(jobs: Collection[JobState]) -> JobState:
    """Return the state of a project that holds jobs in these states."""
    order = (JobState.RUNNING, JobState.PENDING, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED)
    return next((state for state in order if state in jobs), JobState.COMPLETED)
