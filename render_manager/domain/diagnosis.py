"""What went wrong with an attempt, in words an artist understands, and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """How far a failure reaches."""

    FRAME = "frame"
    """This frame; others may well render."""
    JOB = "job"
    """Every frame of the job would fail the same way."""


@dataclass(frozen=True, slots=True)
class FailureReason:
    """A reason for which attempts of a job failed, and how often."""

    count: int
    text: str
    """What was said the last time."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A reason for a failed attempt."""

    code: str
    """A stable word for programs, such as `no-camera` or `crashed`."""
    text: str
    """One whole sentence: what went wrong."""
    advice: str = ""
    """One whole sentence: what to do next."""
    permanent: bool = False
    """Whether trying again without a change is pointless."""
    scope: Scope = Scope.FRAME
    crashed: bool = False
    """Whether the engine's process died under the frame."""

    @property
    def sentence(self) -> str:
        """Return the reason and the advice as one piece of text."""
        return f"{self.text} {self.advice}".strip()
