"""The programs that jobs are rendered with, as far as they are there just now. Owner thread only."""

from dataclasses import dataclass

from render_manager.domain.errors import UserError
from render_manager.engines.protocols import Installation
from render_manager.scheduling.policy import ENGINE_LOOK_S
from render_manager.scheduling.ports import Clock, EngineCatalog


@dataclass(frozen=True, slots=True)
class Missing:
    """A program that is not there."""

    sentence: str
    look_again_at: float
    """Monotonic seconds."""


class Programs:
    """Finds the program of a job, and remembers for a while which ones are not there.

    A drive that is away, or a program that is being updated, must not cost the queue.
    """

    def __init__(self, *, catalog: EngineCatalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._missing: dict[str, Missing] = {}

    def find(self, key: str) -> Installation | None:
        """Return an installation; None while it is looked for, and when it is `missing`."""
        try:
            found = self._catalog.installation(key)
        except UserError as error:
            self._missing[key] = Missing(str(error), self._clock.monotonic() + ENGINE_LOOK_S)
            return None
        self._missing.pop(key, None)
        return found

    def missing(self, key: str) -> Missing | None:
        """Return what is known of a program that is not there; looks nowhere."""
        missing = self._missing.get(key)
        return missing if missing and self._clock.monotonic() < missing.look_again_at else None

    def look_again(self) -> None:
        """Forget which programs were not there; for when another search came to its end."""
        self._missing.clear()
