"""What a check is, and what it can find."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from render_manager.system.settings import Settings


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found."""

    name: str
    passed: bool
    detail: str
    seconds: float
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """What checks work with."""

    settings: Settings
    """The user's own."""
    folder: Path
    """Thrown away afterwards; its name has a blank and letters that are not ASCII."""
    screenshot: Path | None = None
    """Where a picture of the window is wanted."""

    def place(self, name: str) -> Path:
        """Return a new folder of one check."""
        place = self.folder / name
        place.mkdir()
        return place


Check = Callable[[Bench], str]
"""Returns what was seen. Raises FailedCheck, SkippedCheck or anything else."""


class SkippedCheck(Exception):  # noqa: N818 - it is no error
    """A check that cannot be made here; the text says why."""


class FailedCheck(Exception):  # noqa: N818 - it is a result
    """A check found something wrong; the text says what."""


def as_object(result: CheckResult) -> dict[str, Any]:
    """Return a result as JSON values."""
    return {
        "check": result.name,
        "passed": result.passed,
        "skipped": result.skipped,
        "detail": result.detail,
        "seconds": result.seconds,
    }
