"""Searches a log: counts the lines that match as far as the log is known, and goes from one to the next."""

from array import array
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QObject, Signal

from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_search import Found, Matcher, Query, matcher
from render_manager.ui.log_walk import LogWalk
from render_manager.ui.pools import Errands


class LogFinder(QObject):
    """One search in one log; GUI thread.

    Signals:
        changed: further lines were found, or another search began.
        arrived: the line at this offset is the one that was asked for; the second is whether the search went
            round an end of the log.
    """

    changed = Signal()
    arrived = Signal(object, bool)

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._walk = LogWalk(errands, self)
        self._walk.advanced.connect(self._take)
        self._walk.finished.connect(self._on_finished)
        self._index: LogIndex | None = None
        self._wish: tuple[int, int] | None = None
        self.query: Query | None = None
        self.matcher: Matcher | None = None
        self.lines: array[int] = array("Q")
        """Offsets at which the lines found begin."""
        self.current: int | None = None
        """Offset of the line gone to last."""
        self.is_given_up = False
        """Whether the pattern took too long."""

    @property
    def is_under_way(self) -> bool:
        """Return whether lines that are known are still to be searched."""
        return self._walk.is_under_way

    @property
    def place(self) -> int:
        """Return the number of the line gone to among those found, from 1; 0 for none."""
        if self.current is None:
            return 0
        place = bisect_left(self.lines, self.current)
        return place + 1 if place < len(self.lines) and self.lines[place] == self.current else 0

    def show_index(self, index: LogIndex | None) -> None:
        """Search another log, or the same with other lines shown."""
        self._index = index
        self._begin()

    def search(self, query: Query | None, start: int = 0) -> None:
        """Look for something else, first from an offset on; raises UserError for a bad pattern."""
        self.query = None
        self.matcher = None
        try:
            self.matcher = None if query is None or not query.text else matcher(query)
            self.query = query if self.matcher is not None else None
        finally:
            self._begin()
        if self.query is not None:
            self._wish = start - 1, 1
            self._fulfil()

    def go(self, offset: int, step: int) -> None:
        """Go to the next line found after an offset, or with a step of -1 before it."""
        self._wish = offset, step
        self._fulfil()

    def go_on(self) -> None:
        """Search what was added to the log."""
        if self._index is not None and self._walk.position > self._index.read_to:
            del self.lines[bisect_left(self.lines, self._index.read_to) :]
        if self.matcher is not None and not self.is_given_up:
            self._walk.go_on()

    def _begin(self) -> None:
        self.lines, self.current, self._wish, self.is_given_up = array("Q"), None, None, False
        find, index = self.matcher, self._index
        if find is None or index is None:
            self._walk.begin(None, None)
        else:
            shows_all = index.shows_all
            self._walk.begin(index, lambda data, offset: find.find(data, offset, shows_all=shows_all))
        self.changed.emit()

    def _take(self, found: Found | None) -> None:
        if found is None:
            return
        self.lines.extend(found.lines)
        if found.is_given_up:
            self.is_given_up = True
            self._walk.begin(None, None)
        self._fulfil()
        self.changed.emit()

    def _on_finished(self) -> None:
        self._fulfil()
        self.changed.emit()

    def _fulfil(self) -> None:
        """Go where it was asked for, once it is sure which line that is."""
        if self._wish is None:
            return
        offset, step = self._wish
        place = bisect_right(self.lines, max(offset, 0)) if offset >= 0 else 0
        if step < 0:
            place = bisect_left(self.lines, offset) - 1
        is_sure = not self.is_under_way
        is_before_sure = is_sure or self._walk.position >= offset
        is_there = place < len(self.lines) if step > 0 else place >= 0 and is_before_sure
        if is_there:
            self._arrive(self.lines[place], went_round=False)
        elif is_sure and self.lines:
            self._arrive(self.lines[0 if step > 0 else -1], went_round=True)
        elif is_sure:
            self._wish = None

    def _arrive(self, offset: int, *, went_round: bool) -> None:
        self._wish = None
        self.current = offset
        self.arrived.emit(offset, went_round)
        self.changed.emit()
