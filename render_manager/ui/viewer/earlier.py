"""The earlier pictures of frames that are there to be compared with, looked for once, on a thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from render_manager.ui.pools import Errands
from render_manager.ui.viewer.comparison import Against, old_version, previous_attempt
from render_manager.ui.viewer.frame_feed import FrameFeed

EARLIER = (Against.PREVIOUS_ATTEMPT, Against.OLD_VERSION)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an earlier picture."""

    path: str | None = None
    """None where there is none."""
    is_looked_for: bool = False
    """Whether that is not known yet."""


class Earlier(QObject):
    """Finds earlier pictures; GUI thread.

    Signals:
        found: it is known now whether there is one.
    """

    found = Signal()

    def __init__(self, *, errands: Errands, feed: FrameFeed) -> None:
        super().__init__()
        self._errands = errands
        self._feed = feed
        self._known: dict[tuple[str, Against], str | None] = {}

    def clear(self) -> None:
        """Forget what was found; files may have come or gone."""
        self._known.clear()

    def find(self, path: str, against: Against) -> Found:
        """Return the earlier picture of a file; where that is not known, look for it."""
        if (path, against) in self._known:
            return Found(self._known[path, against])
        self.look(path, self.found.emit)
        return Found(is_looked_for=True)

    def best(self, path: str) -> Against:
        """Return which earlier picture of a file is there, else the neighbour."""
        return next((one for one in EARLIER if self._known.get((path, one)) is not None), Against.NEIGHBOUR)

    def look(self, path: str, then: Callable[[], None]) -> None:
        """Look for all earlier pictures of a file, and call `then` when they are known."""
        job = self._feed.job
        if job is None:
            return

        def look() -> tuple[Path | None, ...]:
            return previous_attempt(Path(path), job.uuid), old_version(Path(path), job.output_dir)

        def take(files: tuple[Path | None, ...] | None) -> None:
            if self._feed.job is None or self._feed.job.uuid != job.uuid:
                return
            for against, file in zip(EARLIER, files or (None, None), strict=True):
                self._known[path, against] = None if file is None else str(file)
            then()

        self._errands.run(look, take)
