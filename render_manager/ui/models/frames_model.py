"""The frame grid's model: one byte of state a frame, details only of frames that are looked at.

A large job opens with the states of its first frames; those of the others follow from one query that
returns them packed. What a cell shows beyond its state (picture, seconds, reason) is read for the visible
range when it is painted. Changes that arrive while a read is under way are applied again on top of its
result, so that neither overtakes the other.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from render_manager.domain.changes import (
    ChangeSet,
    FrameChange,
    FrameProgress,
    JobSnapshot,
)
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.ui.life_sign import LifeSign
from render_manager.ui.models.frame_cell import FrameCell
from render_manager.ui.models.frame_codes import MARKED_CODE, RETRY_CODE, UNREAD_CODE, code_after
from render_manager.ui.models.frame_details import FrameDetails
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

AnyIndex = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole
"""The whole FrameCell of a frame; what the delegate reads."""
READ_AGAIN_MS, MOST_READ_AGAIN_MS = 3000, 60_000
"""How soon states that could not be read are asked for again; twice as late each time, up to a minute."""
FIRST_FRAMES = 20_000
"""Frames whose states are read first, so that a large job is there at once."""


class FramesModel(QAbstractListModel):
    """The frames of one job as rows, in frame order; GUI thread.

    Signals:
        states_changed: the number of frames in each state may have changed.
        picture_made: the path of a thumbnail that was not there before.
        unreadable_changed: whether the states could not be read is another.
    """

    states_changed = Signal()
    picture_made = Signal(str)
    unreadable_changed = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self.details = FrameDetails(errands, self)
        self.details.arrived.connect(self._on_details)
        self._job: JobSnapshot | None = None
        self._states = FrameStates(FrameSet(()))
        self._codes = bytearray()
        self._signs: dict[int, LifeSign] = {}
        self._progress: dict[int, FrameProgress] = {}
        self._all_progress: dict[tuple[int, int], FrameProgress] = {}
        self._is_loading = False
        self._is_unreadable = False
        self._loads = 0
        self._missed: list[FrameChange] = []
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again_ms = READ_AGAIN_MS
        self._again.timeout.connect(self.read_again)

    @property
    def job_id(self) -> int | None:
        """Return the job whose frames are shown."""
        return None if self._job is None else self._job.id

    @property
    def states(self) -> FrameStates:
        """Return the packed states; not to be changed by the caller."""
        return self._states

    @property
    def codes(self) -> bytearray:
        """Return one byte for how each frame looks (`frame_codes`); not to be changed by the caller."""
        return self._codes

    @property
    def is_loading(self) -> bool:
        """Return whether some of the states are still being read."""
        return self._is_loading

    @property
    def is_unreadable(self) -> bool:
        """Return whether the states could not be read; what is not known is not shown as anything then."""
        return self._is_unreadable

    def read_again(self) -> None:
        """Read the states now if they could not be read before."""
        if self._is_unreadable:
            self._again.stop()
            self._read_states()

    def rendering(self) -> dict[int, FrameProgress]:
        """Return the live progress of the frames under way; not to be changed by the caller."""
        return self._progress

    def rendering_places(self) -> dict[int, FrameProgress]:
        """Return the live progress of the frames under way, by place."""
        found = {}
        for number, progress in self._progress.items():
            place = self.place_of(number)
            if place is not None:
                found[place] = progress
        return found

    def all_progress(self) -> dict[tuple[int, int], FrameProgress | None]:
        """Return where the frames under way are, of all jobs."""
        return dict(self._all_progress)

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self.details.reader = reader

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show the frames of another job, or of none."""
        if job is not None and job.id == self.job_id:
            return
        self._begin_reset(job)
        self._set_unreadable(is_unreadable=False)
        if job is None or self.details.reader is None:
            self.states_changed.emit()
            return
        self._read_states()

    def _read_states(self) -> None:
        job, reader = self._job, self.details.reader
        if job is None or reader is None:
            return
        self._loads += 1
        load, job_id, numbers = self._loads, job.id, job.frames.numbers
        self._is_loading = True
        self._missed = []
        if len(numbers) > FIRST_FRAMES:
            high = numbers[FIRST_FRAMES - 1]
            self._errands.run(
                lambda: reader.frame_states(job_id, up_to=high), lambda codes: self._loaded_first(load, codes)
            )
        self._errands.run(lambda: reader.frame_states(job_id), lambda codes: self._loaded(load, codes))

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
        if role in _WORDS:
            from render_manager.ui.frame_words import accessible_text, tool_tip  # not for the first paint

            words = tool_tip if role == Qt.ItemDataRole.ToolTipRole else accessible_text
            return words(self.cell(index.row()))
        return None

    def cell(self, place: int) -> FrameCell:
        """Return what a frame's cell shows; details that are not there yet are read soon."""
        number = self._states.frames.numbers[place]
        return FrameCell(
            number,
            self._states.at(place),
            self.details.want(place),
            self._progress.get(number),
            self.details.attempts.get(number),
            self._signs.get(number),
            self._codes[place] != UNREAD_CODE,
        )

    def known_outputs(self, place: int) -> tuple[str, ...]:
        """Return the files of a frame as far as they have been read; reads nothing."""
        row = self.details.rows.get(self._states.frames.numbers[place])
        return () if row is None else row.outputs

    def read_outputs(self, frames: FrameSet, then: Callable[[list[str]], None]) -> None:
        """Call `then` with the files of these frames: at once if they are known, else when they are read."""
        self.details.read_outputs(frames, then)

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
        numbers, rows = self._states.frames.numbers, self.details.rows
        for distance in range(1, reach + 1):
            for other in (place - distance, place + distance):
                if 0 <= other < len(numbers):
                    row = rows.get(numbers[other])
                    if row is not None and row.thumbnail:
                        return row.thumbnail
        return ""

    def set_signs(self, signs: dict[int, LifeSign]) -> None:
        """Show what the logs of these frames last said, and of no others."""
        touched = set(self._signs) | set(signs)
        self._signs = signs
        self._touch(touched)

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        self._apply_progress(changes)
        taken = self.details.take_attempts(changes.attempts)
        mine = [change for change in changes.frames if change.job_id == self.job_id]
        if self._is_loading:
            self._missed += mine
        for missed in self.details.reading.values():
            missed.extend(mine)
        for change in mine:
            if change.result is not None and change.result.thumbnail:
                self.picture_made.emit(change.result.thumbnail)
            for first, last in self._set_states(change):
                self.dataChanged.emit(self.index(first), self.index(last))
        self._touch(taken)
        if mine and len(self._states):
            self.states_changed.emit()

    def _begin_reset(self, job: JobSnapshot | None) -> None:
        self.beginResetModel()
        self._job, self._loads = job, self._loads + 1
        self._set_codes(FrameSet(()), b"")
        self._progress = {
            frame: progress
            for (job_id, frame), progress in self._all_progress.items()
            if job_id == self.job_id
        }
        self._signs = {}
        self._missed = []
        self._is_loading = False
        self.details.show(self.job_id, ())
        self.endResetModel()

    def _loaded_first(self, load: int, codes: bytes | None) -> None:
        """Show all frames, of which only the first are known; the others follow."""
        if load != self._loads or self._job is None or not codes or len(self._states):
            return
        total = len(self._job.frames)
        if len(codes) < total:
            self._begin_frames(codes + bytes(total - len(codes)))
            self._codes[len(codes) :] = bytes([UNREAD_CODE]) * (total - len(codes))
            self._end_frames()

    def _loaded(self, load: int, codes: bytes | None) -> None:
        if load != self._loads or self._job is None:
            return
        total = len(self._job.frames)
        if codes is None or len(codes) != total:
            self._set_unreadable(is_unreadable=True)
            return
        self._set_unreadable(is_unreadable=False)
        if len(self._states):
            self._set_codes(self._job.frames, codes)
        else:
            self._begin_frames(codes)
        missed, self._missed = self._missed, []
        for change in missed:
            self._set_states(change)
        self._is_loading = False
        if self._is_resetting:
            self._end_frames()
        else:
            self.dataChanged.emit(self.index(0), self.index(total - 1))
            self.states_changed.emit()
        self._read_notes(load)

    def _set_unreadable(self, *, is_unreadable: bool) -> None:
        """Try again later where the states could not be read, and say so; never show them as something."""
        if is_unreadable:
            self._again.start(self._again_ms)
            self._again_ms = min(2 * self._again_ms, MOST_READ_AGAIN_MS)
        else:
            self._again.stop()
            self._again_ms = READ_AGAIN_MS
        if is_unreadable != self._is_unreadable:
            self._is_unreadable = is_unreadable
            self.unreadable_changed.emit()

    _is_resetting = False

    def _begin_frames(self, codes: bytes) -> None:
        assert self._job is not None
        self.beginResetModel()
        self._is_resetting = True
        self._set_codes(self._job.frames, codes)
        self.details.show(self._job.id, self._job.frames.numbers)

    def _end_frames(self) -> None:
        self._is_resetting = False
        self.endResetModel()
        self.states_changed.emit()

    def _set_codes(self, frames: FrameSet, codes: bytes) -> None:
        self._states = FrameStates(frames, codes)
        self._codes = bytearray(codes)

    def _read_notes(self, load: int) -> None:
        """Find out which frames look different from what their state says."""
        reader, job = self.details.reader, self._job
        if reader is not None and job is not None:
            missed: list[FrameChange] = []
            self.details.reading[-1, load] = missed
            self._errands.run(
                lambda: reader.noted_frames(job.id), lambda found: self._noted(load, found, missed)
            )

    def _noted(self, load: int, found: tuple[list[int], list[int]] | None, missed: list[FrameChange]) -> None:
        self.details.reading.pop((-1, load), None)
        if load != self._loads or found is None or not any(found):
            return
        for code, numbers in zip((RETRY_CODE, MARKED_CODE), found, strict=True):
            for number in numbers:
                place = self.place_of(number)
                if place is not None:
                    self._codes[place] = code
        for change in missed:
            self._set_states(change)
        self.dataChanged.emit(self.index(0), self.index(len(self._states) - 1))
        self.states_changed.emit()

    def _apply_progress(self, changes: ChangeSet) -> None:
        touched: list[int] = []
        for (job_id, frame), progress in changes.progress.items():
            is_mine = job_id == self.job_id
            if progress is None:
                self._all_progress.pop((job_id, frame), None)
                if is_mine:
                    self._progress.pop(frame, None)
                    self._signs.pop(frame, None)
            else:
                self._all_progress[job_id, frame] = progress
                if is_mine:
                    self._progress[frame] = progress
            if is_mine:
                touched.append(frame)
        self._touch(touched)

    def _touch(self, numbers: Sequence[int] | set[int]) -> None:
        for number in numbers:
            place = self.place_of(number)
            if place is not None:
                self.dataChanged.emit(self.index(place), self.index(place))

    def _set_states(self, change: FrameChange) -> list[tuple[int, int]]:
        """Put a change into states and details; return the index runs it touched."""
        runs = []
        code = code_after(change)
        for first, last in change.runs:
            start, end = self.place_of(first), self.place_of(last)
            if start is None or end is None:
                continue
            self._states.fill(start, end, change.after)
            self._codes[start : end + 1] = bytes([code]) * (end - start + 1)
            self.details.apply(change, start, end)
            runs.append((start, end))
        return runs

    def _on_details(self, first: int, last: int, missed: list[FrameChange]) -> None:
        for change in missed:
            self._set_states(change)
        self.dataChanged.emit(self.index(first), self.index(last))


_WORDS = frozenset(
    {
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    }
)
