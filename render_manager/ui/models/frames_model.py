"""The frame grid's model: one byte of state a frame, details only of frames that are looked at.

A job of 100,000 frames opens by one query that returns its packed states; what a cell shows beyond its
state (picture, seconds, reason) is read for the visible range when it is painted. Changes that arrive
while a read is under way are applied again on top of its result, so that neither overtakes the other.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from render_manager.domain.changes import ChangeSet, FrameChange, FrameProgress, FrameRow, JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.states import FrameState
from render_manager.domain.texts import ngettext
from render_manager.ui.elided_label import plain_tip
from render_manager.ui.estimates import wait_text
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import frame_looks, marked_look, retry_look

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

AnyIndex = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole
"""The whole FrameCell of a frame; what the delegate reads."""

MOST_ROWS = 20_000
"""Frames whose details are kept; the ones looked at longest ago go first."""
READ_AHEAD = 64
"""Frames read beyond those asked for, on either side."""


@dataclass(frozen=True, slots=True)
class FrameCell:
    """Everything a cell of the grid shows."""

    number: int
    state: FrameState
    row: FrameRow | None
    """Details, None until they are read."""
    progress: FrameProgress | None
    """Live progress of an attempt under way."""

    @property
    def retry_at(self) -> float | None:
        """Return when the frame is tried again, None for one that does not wait for that."""
        return None if self.row is None or self.state is not FrameState.PENDING else self.row.retry_at

    @property
    def is_marked(self) -> bool:
        """Return whether a finished frame is not as it should be, as one with a watermark."""
        return self.state is FrameState.COMPLETED and self.row is not None and bool(self.row.reason)


class FramesModel(QAbstractListModel):
    """The frames of one job as rows, in frame order; GUI thread.

    Signals:
        states_changed: the number of frames in each state may have changed.
    """

    states_changed = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._reader: StateReader | None = None
        self._job_id: int | None = None
        self._states = FrameStates(FrameSet(()))
        self._rows: OrderedDict[int, FrameRow] = OrderedDict()
        self._progress: dict[int, FrameProgress] = {}
        self._all_progress: dict[tuple[int, int], FrameProgress] = {}
        self._is_loading = False
        self._missed: list[FrameChange] = []
        self._wanted: set[int] = set()
        self._reading: dict[tuple[int, int], list[FrameChange]] = {}
        self._fetch_timer = QTimer(self)
        self._fetch_timer.setSingleShot(True)
        self._fetch_timer.timeout.connect(self._fetch)

    @property
    def job_id(self) -> int | None:
        """Return the job whose frames are shown."""
        return self._job_id

    @property
    def states(self) -> FrameStates:
        """Return the packed states; not to be changed by the caller."""
        return self._states

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self._reader = reader

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show the frames of another job, or of none."""
        if job is not None and job.id == self._job_id:
            return
        self._begin_reset(job)
        if job is None or self._reader is None:
            self.states_changed.emit()
            return
        reader, job_id = self._reader, job.id
        self._is_loading = True
        self._errands.run(
            lambda: (job_id, reader.frame_states(job_id)), lambda result: self._loaded(job, result)
        )

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many frames the job has."""
        return 0 if parent.isValid() else len(self._states)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a frame's number, tool tip, or the whole cell."""
        if not index.isValid() or not 0 <= index.row() < len(self._states):
            return None
        if role == CELL_ROLE:
            return self.cell(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self._states.frames.numbers[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(self.cell(index.row()))
        return None

    def cell(self, place: int) -> FrameCell:
        """Return what a frame's cell shows; details that are not there yet are read soon."""
        number = self._states.frames.numbers[place]
        state = self._states.at(place)
        row = self._rows.get(number)
        if row is None:
            self._wanted.add(place)
            if not self._fetch_timer.isActive():
                self._fetch_timer.start(0)
        else:
            self._rows.move_to_end(number)
        return FrameCell(number, state, row, self._progress.get(number))

    def known_outputs(self, place: int) -> tuple[str, ...]:
        """Return the files of a frame as far as they have been read; reads nothing."""
        row = self._rows.get(self._states.frames.numbers[place])
        return () if row is None else row.outputs

    def read_outputs(self, frames: FrameSet, then: Callable[[list[str]], None]) -> None:
        """Call `then` with the files of these frames: at once if they are known, else when they are read."""
        if all(number in self._rows for number in frames):
            then([path for number in frames for path in self._rows[number].outputs])
            return
        if self._reader is None or self._job_id is None:
            return
        reader, job_id, numbers = self._reader, self._job_id, frames.numbers

        def read() -> list[str]:
            rows = reader.frames(job_id, first=numbers[0], last=numbers[-1])
            return [path for row in rows if row.number in frames for path in row.outputs]

        self._errands.run(read, lambda found: then(found or []))

    def numbers(self, places: Sequence[int]) -> FrameSet:
        """Return the frames at these places as a set."""
        numbers = self._states.frames.numbers
        if places and isinstance(numbers, range) and places[-1] - places[0] + 1 == len(places):
            return FrameSet([numbers[places[0] : places[-1] + 1]])
        return FrameSet.of([numbers[place] for place in places])

    def place_of(self, number: int) -> int | None:
        """Return the row of a frame number."""
        try:
            return self._states.frames.index(number)
        except KeyError:
            return None

    def neighbour_thumbnail(self, place: int, reach: int = 24) -> str:
        """Return the picture of the nearest finished frame, for a cell that has none yet."""
        numbers = self._states.frames.numbers
        for distance in range(1, reach + 1):
            for other in (place - distance, place + distance):
                if 0 <= other < len(numbers):
                    row = self._rows.get(numbers[other])
                    if row is not None and row.thumbnail:
                        return row.thumbnail
        return ""

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        self._apply_progress(changes)
        mine = [change for change in changes.frames if change.job_id == self._job_id]
        if not mine:
            return
        if self._is_loading:
            self._missed += mine
            return
        for missed in self._reading.values():
            missed.extend(mine)
        for change in mine:
            self._apply(change)
        self.states_changed.emit()

    def _begin_reset(self, job: JobSnapshot | None) -> None:
        self.beginResetModel()
        self._job_id = None if job is None else job.id
        self._states = FrameStates(FrameSet(()))
        self._rows.clear()
        self._progress = {
            frame: progress
            for (job_id, frame), progress in self._all_progress.items()
            if job_id == self._job_id
        }
        self._missed = []
        self._wanted.clear()
        self._reading.clear()
        self._is_loading = False
        self.endResetModel()

    def _loaded(self, job: JobSnapshot, result: tuple[int, bytes] | None) -> None:
        if result is None or result[0] != self._job_id:
            return
        self._is_loading = False
        self.beginResetModel()
        codes = result[1] if len(result[1]) == len(job.frames) else bytes(len(job.frames))
        self._states = FrameStates(job.frames, codes)
        for change in self._missed:
            self._set_states(change)
        self._missed = []
        self.endResetModel()
        self.states_changed.emit()

    def _apply_progress(self, changes: ChangeSet) -> None:
        touched: list[int] = []
        for (job_id, frame), progress in changes.progress.items():
            if progress is None:
                self._all_progress.pop((job_id, frame), None)
            else:
                self._all_progress[job_id, frame] = progress
            if job_id != self._job_id:
                continue
            if progress is None:
                self._progress.pop(frame, None)
            else:
                self._progress[frame] = progress
            touched.append(frame)
        for frame in touched:
            place = self.place_of(frame)
            if place is not None:
                self.dataChanged.emit(self.index(place), self.index(place))

    def _apply(self, change: FrameChange) -> None:
        for first, last in self._set_states(change):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _set_states(self, change: FrameChange) -> list[tuple[int, int]]:
        """Put a change into states and details; return the index runs it touched."""
        runs = []
        for first, last in change.runs:
            start, end = self.place_of(first), self.place_of(last)
            if start is None or end is None:
                continue
            self._states.fill(start, end, change.after)
            self._change_rows(change, start, end)
            runs.append((start, end))
        return runs

    def _change_rows(self, change: FrameChange, start: int, end: int) -> None:
        numbers = self._states.frames.numbers
        if end - start < len(self._rows):
            touched = [number for number in numbers[start : end + 1] if number in self._rows]
        else:
            touched = [number for number in self._rows if numbers[start] <= number <= numbers[end]]
        for number in touched:
            self._rows[number] = changed_row(self._rows[number], change)
        if start == end and change.result is not None and numbers[start] not in self._rows:
            row = FrameRow(change.job_id, numbers[start], change.after)
            self._keep(changed_row(row, change))

    def _fetch(self) -> None:
        """Read the details of the frames that were painted without them."""
        if self._reader is None or self._job_id is None or not self._wanted:
            self._wanted.clear()
            return
        first, last = min(self._wanted), max(self._wanted)
        self._wanted.clear()
        first = max(first - READ_AHEAD, 0)
        last = min(last + READ_AHEAD, len(self._states) - 1)
        if (first, last) in self._reading:
            return
        self._reading[first, last] = []
        numbers = self._states.frames.numbers
        reader, job_id = self._reader, self._job_id
        low, high = numbers[first], numbers[last]
        self._errands.run(
            lambda: (job_id, reader.frames(job_id, first=low, last=high)),
            lambda result: self._fetched(first, last, result),
        )

    def _fetched(self, first: int, last: int, result: tuple[int, list[FrameRow]] | None) -> None:
        missed = self._reading.pop((first, last), [])
        if result is None or result[0] != self._job_id:
            return
        for row in result[1]:
            self._keep(row)
        for change in missed:
            self._set_states(change)
        self.dataChanged.emit(self.index(first), self.index(last))

    def _keep(self, row: FrameRow) -> None:
        self._rows[row.number] = row
        self._rows.move_to_end(row.number)
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)


def changed_row(row: FrameRow, change: FrameChange) -> FrameRow:
    """Return a frame's details after a change."""
    result = change.result
    return replace(
        row,
        state=change.after,
        reason=change.reason,
        retry_at=change.retry_at,
        attempts=row.attempts if change.attempts is None else change.attempts,
        failures=row.failures if change.failures is None else change.failures,
        outputs=row.outputs if result is None else result.outputs,
        thumbnail=row.thumbnail if result is None else result.thumbnail,
        seconds=row.seconds if result is None else result.seconds,
    )


def _tool_tip(cell: FrameCell) -> str:
    look = frame_looks()[cell.state] if cell.retry_at is None else retry_look()
    if cell.is_marked:
        look = marked_look()
    lines = [f"{cell.number}: {look.word}"]
    if cell.progress is not None:
        lines.append(cell.progress.phase)
    if cell.row is not None:
        if cell.row.reason:
            lines.append(cell.row.reason)
        if cell.retry_at is not None:
            tries = cell.row.attempts
            text = ngettext("{count} attempt so far, {wait}", "{count} attempts so far, {wait}", tries)
            lines.append(text.format(count=tries, wait=wait_text(cell.retry_at, time.time())))
        lines += cell.row.outputs
    return plain_tip("\n".join(lines))
