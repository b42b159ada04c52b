"""Goes through the whole lines of a log on a pool thread, some at a time, and on as the log grows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from render_manager.ui.log_index import LogIndex
from render_manager.ui.pools import Errands
from render_manager.ui.tied_errands import TiedErrands

STEP_BYTES = 256 * 1024
"""Few enough that a search that is no longer wanted is over at once, and that others get their turn."""

Work = Callable[[bytes, int], Any]
"""Reads whole lines that begin at an offset; on a pool thread, one call after the other."""


class LogWalk(QObject):
    """Hands a log to some work, piece by piece; GUI thread.

    Signals:
        advanced: what the work returned for a further piece; None where it failed.
        finished: the end of what is known of the log was reached.
    """

    advanced = Signal(object)
    finished = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = TiedErrands(errands, self)
        self._index: LogIndex | None = None
        self._work: Work | None = None
        self._is_reading = False
        self.position = 0
        """Offset up to which the log was gone through."""

    @property
    def is_under_way(self) -> bool:
        """Return whether lines that are known are still to be gone through."""
        return self._is_reading and self._index is not None

    def begin(self, index: LogIndex | None, work: Work | None, start: int | None = None) -> None:
        """Go through another log, or the same again with other work, from an offset on; None ends it."""
        self._index, self._work = index, work
        self._is_reading = False
        beginning = 0 if index is None else index.start
        self.position = beginning if start is None else start
        self.go_on()

    def go_on(self) -> None:
        """Go through what was added to the log."""
        index, work = self._index, self._work
        if index is None or work is None or self._is_reading:
            return
        start = self.position
        end = index.whole_until(start, STEP_BYTES)
        if end <= start:
            self.finished.emit()
            return
        self._is_reading = True
        path = index.path

        def take(result: Any) -> None:
            if work is not self._work:
                return
            self.position = end
            self.advanced.emit(result)
            if work is self._work:
                self._is_reading = False
                self.go_on()

        self._errands.run(lambda: _worked(path, start, end, work), take)


def _worked(path: Path, start: int, end: int, work: Work) -> Any:
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(end - start)
    except OSError:
        return None
    return work(data, start)
