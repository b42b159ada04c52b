"""The programs that jobs are rendered with, as far as they are there just now. Owner thread only."""

from render_manager.domain.errors import UserError
from render_manager.engines.protocols import Installation
from render_manager.scheduling.policy import ENGINE_LOOK_S
from render_manager.scheduling.ports import Clock, EngineCatalog


class Programs:
    """Finds the program of a job, and remembers for a while which ones are not there.

    A drive that is away, or a program that is being updated, must not cost the queue.
    """

    def __init__(self, *, catalog: EngineCatalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._missing: dict[str, tuple[str, float]] = {}
        """By key: what to say, and when to look again (monotonic)."""

    def find(self, key: str) -> Installation | None:
        """Return an installation, None while it is looked for; raises UserError when it is not there."""
        now = self._clock.monotonic()
        if key in self._missing and now < self._missing[key][1]:
            raise UserError(self._missing[key][0])
        try:
            found = self._catalog.installation(key)
        except UserError as error:
            self._missing[key] = (str(error), now + ENGINE_LOOK_S)
            raise
        self._missing.pop(key, None)
        return found

    def look_again_at(self, key: str) -> float:
        """Return when a program that is not there is looked for again (monotonic)."""
        return self._missing[key][1]

    def look_again(self) -> None:
        """Forget which programs were not there; for when another search came to its end."""
        self._missing.clear()
