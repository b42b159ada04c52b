"""What a frame's cell shows beyond its state, read for the frames that are looked at and kept for a while."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.changes import AttemptRecord, FrameChange, FrameRow
from render_manager.domain.frameset import FrameSet
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

MOST_ROWS = 20_000
"""Frames whose details are kept; the ones looked at longest ago go first."""
READ_AHEAD = 64
"""Frames read beyond those asked for, on either side."""
MOST_AT_ONCE = 4_000
"""Frames read at once at most: those asked for last."""

Found = tuple[list[FrameRow], list[AttemptRecord]]


class FrameDetails(QObject):
    """Rows and last attempts of one job's frames; GUI thread.

    Changes that arrive while a read is under way are kept and handed out with its result, so that neither
    overtakes the other.

    Signals:
        arrived: (first place, last place, changes that arrived during the read).
    """

    arrived = Signal(int, int, object)

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self.reader: StateReader | None = None
        self._job_id: int | None = None
        self._numbers: Sequence[int] = ()
        self.rows: OrderedDict[int, FrameRow] = OrderedDict()
        self.attempts: dict[int, AttemptRecord] = {}
        """The last attempt of each of these frames."""
        self._wanted: list[int] = []
        self.reading: dict[tuple[int, int], list[FrameChange]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.fetch)

    def show(self, job_id: int | None, numbers: Sequence[int]) -> None:
        """Keep details of this job's frames from now on, and forget those of the other."""
        if job_id != self._job_id:
            self.rows.clear()
            self.attempts.clear()
        self._job_id, self._numbers = job_id, numbers
        self._wanted.clear()
        self.reading.clear()

    def want(self, place: int) -> FrameRow | None:
        """Return a frame's details, or None and read them soon."""
        number = self._numbers[place]
        row = self.rows.get(number)
        if row is not None:
            self.rows.move_to_end(number)
            return row
        self._wanted.append(place)
        if not self._timer.isActive():
            self._timer.start(0)
        return None

    def keep(self, row: FrameRow) -> None:
        """Keep a frame's details."""
        self.rows[row.number] = row
        self.rows.move_to_end(row.number)
        while len(self.rows) > MOST_ROWS:
            number, _row = self.rows.popitem(last=False)
            self.attempts.pop(number, None)

    def apply(self, change: FrameChange, start: int, end: int) -> None:
        """Take in a change of the frames at places `start` to `end`."""
        numbers, rows = self._numbers, self.rows
        if end - start < len(rows):
            touched = [number for number in numbers[start : end + 1] if number in rows]
        else:
            touched = [number for number in rows if numbers[start] <= number <= numbers[end]]
        for number in touched:
            rows[number] = changed_row(rows[number], change)
        if start == end and change.result is not None and numbers[start] not in rows:
            self.keep(changed_row(FrameRow(change.job_id, numbers[start], change.after), change))

    def take_attempts(self, attempts: Sequence[AttemptRecord]) -> list[int]:
        """Take in attempts that began or ended; return the frames whose last one they are."""
        taken = []
        for attempt in attempts:
            known = self.attempts.get(attempt.frame)
            if attempt.job_id == self._job_id and (known is None or known.number <= attempt.number):
                self.attempts[attempt.frame] = attempt
                taken.append(attempt.frame)
        return taken

    def fetch(self) -> None:
        """Read the details of the frames that were painted without them."""
        wanted, self._wanted = self._wanted, []
        if self.reader is None or self._job_id is None or not wanted:
            return
        last_asked = wanted[-1]
        near = [place for place in wanted if abs(place - last_asked) <= MOST_AT_ONCE]
        first = max(min(near) - READ_AHEAD, 0)
        last = min(max(near) + READ_AHEAD, len(self._numbers) - 1)
        if (first, last) in self.reading:
            return
        self.reading[first, last] = []
        reader, job_id = self.reader, self._job_id
        low, high = self._numbers[first], self._numbers[last]

        def read() -> tuple[int, Found]:
            rows = reader.frames(job_id, first=low, last=high)
            return job_id, (rows, reader.attempts(job_id, low, last=high))

        self._errands.run(read, lambda result: self._fetched(first, last, result))

    def read_outputs(self, frames: FrameSet, then: Callable[[list[str]], None]) -> None:
        """Call `then` with the files of these frames: at once if they are known, else when they are read."""
        if all(number in self.rows for number in frames):
            then([path for number in frames for path in self.rows[number].outputs])
            return
        if self.reader is None or self._job_id is None:
            return
        reader, job_id, numbers = self.reader, self._job_id, frames.numbers

        def read() -> list[str]:
            rows = reader.frames(job_id, first=numbers[0], last=numbers[-1])
            return [path for row in rows if row.number in frames for path in row.outputs]

        self._errands.run(read, lambda found: then(found or []))

    def _fetched(self, first: int, last: int, result: tuple[int, Found] | None) -> None:
        missed = self.reading.pop((first, last), None)
        if missed is None or result is None or result[0] != self._job_id:
            return
        rows, attempts = result[1]
        for row in rows:
            self.keep(row)
        self.take_attempts(attempts)
        self.arrived.emit(first, last, missed)


def changed_row(row: FrameRow, change: FrameChange) -> FrameRow:
    """Return a frame's details after a change."""
    result = change.result
    return replace(
        row,
        state=change.after,
        reason=row.reason if change.is_about_marks else change.reason,
        marks=row.marks if change.marks is None else change.marks,
        scene_version=row.scene_version if result is None else result.scene_version,
        retry_at=change.retry_at,
        attempts=row.attempts if change.attempts is None else change.attempts,
        failures=row.failures if change.failures is None else change.failures,
        outputs=row.outputs if result is None else result.outputs,
        thumbnail=row.thumbnail if result is None else result.thumbnail,
        seconds=row.seconds if result is None else result.seconds,
    )
