"""The frames of the job that is looked at: their states at once, their files as they are asked for."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from render_manager.domain.changes import ChangeSet, FrameChange, FrameRow, JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.states import FrameState
from render_manager.ui.models.frame_details import MOST_ROWS, changed_row
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the viewer does not need.
    from render_manager.scheduling.ports import StateReader

READ_AGAIN_S = 3.0
"""How long nothing is read by itself after a read that failed: playing asks at every turn."""
BLOCK = 512
"""Frames whose details are read at once."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What one read brought."""

    codes: bytes | None
    rows: list[FrameRow]


class FrameFeed(QObject):
    """Frames of one job in their order; GUI thread. Changes that come during a read are put on top of it.

    Signals:
        states_changed: states of frames may have changed.
        rows_changed: details of these frames are known now, or have changed; a set of numbers.
        unreadable: frames could not be read; they are read again when asked for some seconds later.
    """

    states_changed = Signal()
    rows_changed = Signal(object)
    unreadable = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._reader: StateReader | None = None
        self.job: JobSnapshot | None = None
        self.states = FrameStates(FrameSet(()))
        self.knows_states = False
        """Whether the states were read; before that, all of them look like pending."""
        self._is_reading_states = False
        self._rows: OrderedDict[int, FrameRow] = OrderedDict()
        """Those looked at longest ago go first when there are more than MOST_ROWS."""
        self._rests_until_s = 0.0
        """Of the monotonic clock."""
        self._loads = 0
        self._reading: dict[tuple[int, int], list[FrameChange]] = {}
        """By load and block: changes since its read began."""

    @property
    def numbers(self) -> "range | tuple[int, ...] | list[int]":
        """Return the frame numbers in order."""
        return self.states.frames.numbers  # type: ignore[return-value]  # a sequence of numbers, whichever

    def __len__(self) -> int:
        return len(self.states)

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self._reader = reader

    def show_job(self, job: JobSnapshot, frame: int) -> None:
        """Take up another job; `frame` is the one whose details are needed first."""
        self._begin(job)
        place = self.place_of(frame)
        self._read_block(0 if place is None else place // BLOCK)
        self.states_changed.emit()

    def forget(self) -> None:
        """Let go of the job and of all that was read of it."""
        self._begin(None)
        self.states_changed.emit()

    def read_again(self) -> None:
        """Read what could not be read as soon as it is asked for."""
        self._rests_until_s = 0.0

    def place_of(self, number: int) -> int | None:
        """Return the place of a frame number in the job."""
        try:
            return self.states.frames.index(number)
        except KeyError:
            return None

    def state_of(self, place: int) -> FrameState:
        """Return the state of the frame at a place."""
        return self.states.at(place)

    def row(self, place: int) -> FrameRow | None:
        """Return the details of the frame at a place; None while they are read."""
        number = self.numbers[place]
        found = self._rows.get(number)
        if found is None:
            self._read_block(place // BLOCK)
        else:
            self._rows.move_to_end(number)
        return found

    def known_row(self, place: int) -> FrameRow | None:
        """Return the details of the frame at a place if they are known; reads nothing."""
        return self._rows.get(self.numbers[place])

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        if self.job is None:
            return
        self.job = changes.jobs.get(self.job.id, self.job)
        mine = [change for change in changes.frames if change.job_id == self.job.id]
        for change in mine:
            for missed in self._reading.values():
                missed.append(change)
        touched = self._apply(mine)
        if mine:
            self.states_changed.emit()
        if touched:
            self.rows_changed.emit(touched)

    def _begin(self, job: JobSnapshot | None) -> None:
        self._loads += 1
        self.job = job
        self.states = FrameStates(FrameSet(()) if job is None else job.frames)
        self.knows_states = self._is_reading_states = False
        self.read_again()
        self._rows.clear()
        self._reading.clear()

    def _apply(self, changes: Iterable[FrameChange]) -> set[int]:
        touched = set()
        for change in changes:
            for first, last in change.runs:
                start, end = self.place_of(first), self.place_of(last)
                if start is None or end is None:
                    continue
                self.states.fill(start, end, change.after)
                known = self._known(start, end)
                for number in known:
                    self._rows[number] = changed_row(self._rows[number], change)
                touched.update(known)
        return touched

    def _known(self, start: int, end: int) -> list[int]:
        """Return the frames at places `start` to `end` whose details are kept."""
        numbers, rows = self.numbers, self._rows
        if end - start < len(rows):
            return [number for number in numbers[start : end + 1] if number in rows]
        return [number for number in rows if numbers[start] <= number <= numbers[end]]

    def _read_block(self, block: int) -> None:
        key = self._loads, block
        if self._reader is None or self.job is None or key in self._reading or not len(self):
            return
        if time.monotonic() < self._rests_until_s:
            return
        self._reading[key] = []
        with_states = not self.knows_states and not self._is_reading_states
        self._is_reading_states |= with_states
        reader, job_id = self._reader, self.job.id
        low = self.numbers[block * BLOCK]
        high = self.numbers[min((block + 1) * BLOCK, len(self)) - 1]

        def read() -> _Read:
            codes = reader.frame_states(job_id) if with_states else None
            return _Read(codes, reader.frames(job_id, first=low, last=high))

        self._errands.run(read, lambda result: self._take(key, result, with_states=with_states))

    def _take(self, key: tuple[int, int], result: _Read | None, *, with_states: bool) -> None:
        missed = self._reading.pop(key, [])
        if self.job is None or key[0] != self._loads:
            return
        if with_states:
            self._is_reading_states = False
        if result is None or (result.codes is not None and len(result.codes) != len(self)):
            self._rests_until_s = time.monotonic() + READ_AGAIN_S
            self.unreadable.emit()
            return
        if result.codes is not None:
            self.states = FrameStates(self.job.frames, result.codes)
            self.knows_states = True
        touched = {row.number for row in result.rows}
        for row in result.rows:
            self._rows[row.number] = row
            self._rows.move_to_end(row.number)
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)
        touched |= self._apply(missed)
        self.states_changed.emit()
        self.rows_changed.emit(touched)
