"""The lines of a log that tell of something bad, with their meaning, found on a pool thread as it grows."""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from render_manager.domain.scene import Severity
from render_manager.ui.log_index import LONGEST_LINE_BYTES, LogIndex
from render_manager.ui.log_search import split_lines
from render_manager.ui.log_walk import LogWalk
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # They import much that the first paint does not need.
    from render_manager.engines.log_marking import LogMarker, Meaning
    from render_manager.engines.protocols import Engine

END_BYTES = 512 * 1024
"""How much of a long log is looked at before the rest."""
MOST_MARKS = 20_000
"""Further ones are only counted: nobody walks through more."""
_FURTHEST_BACK = 100
_HARMLESS = re.compile(
    r"\b(?:0|no|without) (?:errors?|warnings?)|\b(?:errors?|warnings?)\b\W{0,3}0\b|-nocrash|crashreport", re.I
)
_NOT_THE_ENGINES = re.compile(r"# (?!error|warning)|@RM", re.IGNORECASE)
"""How the head of a log begins that this program wrote; Maya's own errors begin nearly so."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that is marked."""

    offset: int
    """Where the line begins in the file."""
    severity: Severity
    meaning: "Meaning | None" = None
    """None for a line that looks bad and that no rule knows."""


@dataclass(slots=True)
class Marked:
    """What a piece of a log holds."""

    marks: list[Mark]


def looks_like(line: str) -> Severity | None:
    """Return how bad a line looks that no rule knows."""
    lowered = line.lower()
    # No expression and no loop: it runs for every line, and either takes several times as long.
    is_bad = (
        "error" in lowered
        or "traceback" in lowered
        or "exception" in lowered
        or "fatal" in lowered
        or "crash" in lowered
    )
    if not is_bad and "warn" not in lowered:
        return None
    if is_not_the_engines(line) or _HARMLESS.search(line):
        return None
    return Severity.ERROR if is_bad else Severity.WARNING


def is_not_the_engines(line: str) -> bool:
    """Return whether a line was written by this program, or for it."""
    return _NOT_THE_ENGINES.match(line) is not None


class _Scan:
    """Marks the pieces of one log in their order; pool threads, one at a time."""

    def __init__(self, engine: "Engine | None") -> None:
        self._engine = engine
        self._marker: LogMarker | None = None
        self._has_marker = False
        self._passed: deque[int] = deque(maxlen=_FURTHEST_BACK)

    def __call__(self, data: bytes, offset: int) -> Marked:
        if not self._has_marker:
            self._marker, self._has_marker = _marker(self._engine), True
        marks: dict[int, Mark] = {}
        for begin, raw in split_lines(data):
            text = raw[:LONGEST_LINE_BYTES].decode("utf-8", "replace")
            if not text or text.isspace():
                continue
            self._passed.append(offset + begin)
            behind, meanings = (0, ()) if self._marker is None else self._marker.read(text)
            for meaning in meanings:
                place = self._passed[max(-1 - behind, -len(self._passed))]
                _put(marks, Mark(place, meaning.severity, meaning))
            severity = looks_like(text)
            if severity is not None:
                _put(marks, Mark(offset + begin, severity))
        return Marked(sorted(marks.values(), key=lambda mark: mark.offset))

    def finish(self) -> Marked:
        """Return what the end of the log means."""
        meanings = () if self._marker is None else self._marker.finish()
        at = self._passed[-1] if self._passed else 0
        return Marked([Mark(at, meaning.severity, meaning) for meaning in meanings])


def _marker(engine: "Engine | None") -> "LogMarker | None":
    """Return what reads an engine's lines; pool thread."""
    if engine is None:
        return None
    from render_manager.engines.log_marking import LogMarker  # the first paint does not need it

    return LogMarker(engine)


def _put(marks: dict[int, Mark], mark: Mark) -> None:
    """Keep the mark of a line that says most."""
    known = marks.get(mark.offset)
    if known is None or _weight(mark) > _weight(known):
        marks[mark.offset] = mark


def _weight(mark: Mark) -> tuple[bool, bool, bool]:
    is_fatal = mark.meaning is not None and mark.meaning.is_fatal
    return mark.meaning is not None, is_fatal, mark.severity is Severity.ERROR


class LogMarks(QObject):
    """The marks of one log; GUI thread.

    Signals:
        changed: there are more marks, or those of another log.
        finished: all of the log that is known was gone through.
        end_marked: the end of a long log was looked at, before the rest.
    """

    changed = Signal()
    finished = Signal()
    end_marked = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._walk = LogWalk(errands, self)
        self._walk.advanced.connect(self._take)
        self._walk.finished.connect(self._on_finished)
        self._end_walk = LogWalk(errands, self)
        self._end_walk.advanced.connect(self._take)
        self._end_walk.finished.connect(self._on_end_marked)
        self._index: LogIndex | None = None
        self._scan: _Scan | None = None
        self._end_scan: _Scan | None = None
        self._engine: Engine | None = None
        self._offsets: list[int] = []
        self._marks: list[Mark] = []
        self._is_ended = False
        self._reads_end = False
        self.counts = dict.fromkeys(Severity, 0)
        """How many lines of each severity were found."""

    @property
    def is_under_way(self) -> bool:
        """Return whether lines that are known are still to be looked at."""
        return self._walk.is_under_way

    @property
    def marks(self) -> Sequence[Mark]:
        """Return all marks, in the log's order."""
        return self._marks

    def begin(self, index: LogIndex | None, engine: "Engine | None", *, reads_end: bool = False) -> None:
        """Mark another log with an engine's rules; `reads_end` if its end is the end of a bad attempt."""
        self._index, self._is_ended, self._reads_end = index, False, reads_end
        self._offsets, self._marks = [], []
        self.counts = dict.fromkeys(Severity, 0)
        self._scan = None if index is None else _Scan(engine)
        self.changed.emit()
        self._engine = engine
        self._end_scan = None
        self._end_walk.begin(None, None)
        self._walk.begin(index, self._scan)

    def set_reads_end(self, reads_end: bool) -> None:
        """Say whether the end of the log is the end of a bad attempt."""
        self._reads_end = reads_end

    def go_on(self) -> None:
        """Look at what was added to the log, or again at all of it if its end was taken back."""
        if self._index is not None and self._walk.position > self._index.read_to:
            self._drop_after(self._index.read_to)
        self._walk.go_on()

    def mark_end_first(self) -> None:
        """Look at the end of a long log before the rest: there it says why it ended."""
        index = self._index
        if index is None or self._end_scan is not None:
            return
        start = index.tail(END_BYTES)
        if self._walk.position < start:
            self._end_scan = _Scan(self._engine)
            self._end_walk.begin(index, self._end_scan, start)

    def between(self, start: int, end: int) -> Sequence[Mark]:
        """Return the marks of lines that begin between two offsets, the last excluded."""
        return self._marks[bisect_left(self._offsets, start) : bisect_left(self._offsets, end)]

    def next(self, offset: int, step: int, severity: Severity | None = None) -> Mark | None:
        """Return the next mark after an offset, or with a step of -1 before it; goes round at the ends."""
        marks = [mark for mark in self._marks if severity is None or mark.severity is severity]
        if not marks:
            return None
        offsets = [mark.offset for mark in marks]
        if step > 0:
            return marks[bisect_right(offsets, offset) % len(marks)]
        return marks[bisect_left(offsets, offset) - 1]

    def reason(self, code: str, text: str, *, is_sure: bool = True) -> Mark | None:
        """Return the line that explains a failure with this code and this sentence.

        Without `is_sure`, for as long as not all lines were looked at, only one that says the same.
        """
        known = [mark for mark in self._marks if mark.meaning is not None]
        errors = [mark for mark in known if mark.severity is Severity.ERROR]
        same = [mark for mark in errors if mark.meaning is not None and mark.meaning.text == text]
        same = same or [mark for mark in errors if mark.meaning is not None and mark.meaning.code == code]
        if same or not is_sure:
            return same[0] if same else None
        fatal = [mark for mark in errors if mark.meaning is not None and mark.meaning.is_fatal]
        unknown = [mark for mark in self._marks if mark.severity is Severity.ERROR]
        for marks in (fatal, errors):
            if marks:
                return marks[0]
        return unknown[-1] if unknown else None

    def _take(self, found: Marked | None) -> None:
        if found is None or not found.marks:
            return
        for mark in found.marks:
            self._add(mark)
        self.changed.emit()

    def _add(self, mark: Mark) -> None:
        place = bisect_left(self._offsets, mark.offset)
        if place < len(self._offsets) and self._offsets[place] == mark.offset:
            old = self._marks[place]
            if _weight(mark) > _weight(old):
                self.counts[old.severity] -= 1
                self.counts[mark.severity] += 1
                self._marks[place] = mark
            return
        self.counts[mark.severity] += 1
        if len(self._marks) < MOST_MARKS:
            self._offsets.insert(place, mark.offset)
            self._marks.insert(place, mark)

    def _drop_after(self, offset: int) -> None:
        """Forget what was found in lines that are another attempt's."""
        place = bisect_left(self._offsets, offset)
        for mark in self._marks[place:]:
            self.counts[mark.severity] -= 1
        del self._offsets[place:], self._marks[place:]
        self.changed.emit()

    def _on_end_marked(self) -> None:
        if self._reads_end and self._end_scan is not None:
            self._take(self._end_scan.finish())
            self.end_marked.emit()

    def _on_finished(self) -> None:
        if self._index is None or self._scan is None:
            return
        if self._reads_end and not self._index.is_open_ended and not self._is_ended:
            self._is_ended = True
            self._take(self._scan.finish())
        self.finished.emit()
