"""Figures of many attempts at once, column by column, so that a hundred thousand of them stay cheap."""

from array import array
from dataclasses import dataclass, field
from enum import StrEnum

from render_manager.domain.states import AttemptOutcome

OUTCOMES: tuple[AttemptOutcome, ...] = tuple(AttemptOutcome)
"""All outcomes in the order that gives each its code in `AttemptFigures.outcomes`."""


class FrameOrder(StrEnum):
    """By what the frames of a job can be sorted."""

    ATTEMPTS = "attempts"
    SECONDS = "seconds"
    MEMORY = "memory"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class AttemptFigures:
    """The attempts of a job by frame and number; all columns are equally long."""

    frames: "array[int]" = field(default_factory=lambda: array("q"))
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    outcomes: "array[int]" = field(default_factory=lambda: array("q"))
    """Places in OUTCOMES."""
    started: "array[float]" = field(default_factory=lambda: array("d"))
    """Seconds since the epoch."""
    ended: "array[float]" = field(default_factory=lambda: array("d"))
    """Seconds since the epoch, 0 while the attempt runs."""
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    """Seconds the frame took, 0 where they are not known."""
    memory_bytes: "array[int]" = field(default_factory=lambda: array("q"))
    """Largest memory of the engine, 0 where it is not known."""

    def __len__(self) -> int:
        return len(self.frames)
