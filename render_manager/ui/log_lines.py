"""The lines of a log around those in sight, read on a pool thread and kept for painting."""

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from render_manager.ui.log_index import LogIndex, read_lines
from render_manager.ui.pools import Errands

MARGIN_LINES = 200
"""Lines read beyond those asked for, on either side."""


class LogLines(QObject):
    """Gives the text of lines at once as far as it has been read; GUI thread.

    Signals:
        arrived: lines that were missing can be had now.
    """

    arrived = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._index: LogIndex | None = None
        self._first = 0
        self._texts: list[str] = []
        self._count = 0
        self._read_to = 0
        self._is_reading = False
        self._generation = 0

    def show_index(self, index: LogIndex | None) -> None:
        """Read from another log from now on, or from one that shows other lines now."""
        self._index = index
        self._generation += 1
        self._first, self._texts, self._count, self._read_to = 0, [], 0, 0

    def get(self, first: int, last: int) -> list[str | None]:
        """Return lines `first` to `last` (excluded), None for those that are not there yet but come soon."""
        if self._index is None:
            return []
        last = min(last, len(self._index))
        if first < last and not self._is_fresh(first, last):
            self._read(self._index, max(first - MARGIN_LINES, 0), last + MARGIN_LINES)
        known = range(self._first, self._first + len(self._texts))
        return [self._texts[line - self._first] if line in known else None for line in range(first, last)]

    def _is_fresh(self, first: int, last: int) -> bool:
        assert self._index is not None
        if first < self._first or last > self._first + len(self._texts):
            return False
        # The last line of a log that grows, or whose end was found, is not what it was.
        return self._index.read_to == self._read_to or last < self._count <= len(self._index)

    def _read(self, index: LogIndex, first: int, last: int) -> None:
        if self._is_reading:
            return
        self._is_reading = True
        bounds, path = index.bounds(first, last), index.path
        count, read_to, generation = len(index), index.read_to, self._generation

        def take(texts: list[str] | None) -> None:
            if not isValid(self):
                return
            self._is_reading = False
            if index is self._index and generation == self._generation:
                # Lines that cannot be read any more are empty, not asked for again and again.
                missing = len(bounds) - len(texts or [])
                self._first, self._texts = first, [*(texts or []), *[""] * missing]
                self._count, self._read_to = count, read_to
            self.arrived.emit()

        self._errands.run(lambda: read_lines(path, bounds), take)
