"""How long a job's frames may take, how much memory, and how many may fail, before the program steps in."""

from dataclasses import asdict, dataclass, fields
from typing import Any

NEVER = 0
"""Value of a limit that never steps in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the program ends an attempt, or gives up a job; None leaves it to the engine's own limit."""

    silence_s: float | None = None
    """Seconds without output, file or work of the processor after which an engine is taken for stuck."""
    start_s: float | None = None
    """The same until its first frame, while it loads the scene and compiles shaders."""
    frame_s: float | None = None
    """Seconds one frame may take, however busy the engine is."""
    memory_bytes: int | None = None
    """Memory the whole process tree of an engine may use."""
    failures: int | None = None
    """Failed attempts of the whole job, since the user's last order, after which it is given up."""

    def as_values(self) -> dict[str, Any]:
        """Return the limits that are set, as JSON values."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Limits":
        """Read what `as_values` returned; names of a newer version are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def chosen(limit: float | None, otherwise: float | None) -> float | None:
    """Return a limit, or another where it is not set; None where it never steps in."""
    value = otherwise if limit is None else limit
    return None if value is None or value == NEVER else value
