"""The states of all frames of a job, one byte each, and runs of equal states.

A job of a million frames costs a megabyte here, and finding every frame in one state is a single
search in C. Indices are places in the job's sorted `FrameSet`.
"""

import re
from collections.abc import Iterable, Iterator

from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FRAME_CODES, FRAME_STATES, FrameState


class FrameStates:
    """Packed frame states of one job; mutable, used by one thread at a time."""

    __slots__ = ("codes", "frames")

    def __init__(self, frames: FrameSet, codes: bytes | bytearray | None = None) -> None:
        self.frames = frames
        self.codes = bytearray(len(frames)) if codes is None else bytearray(codes)
        if len(self.codes) != len(frames):
            raise ValueError(f"{len(self.codes)} states for {len(frames)} frames")

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, index: int) -> FrameState:
        """Return the state of the frame at `index`."""
        return FRAME_STATES[self.codes[index]]

    def of(self, frame: int) -> FrameState:
        """Return the state of a frame number; raises KeyError when the job does not have it."""
        return FRAME_STATES[self.codes[self.frames.index(frame)]]

    def counts(self) -> dict[FrameState, int]:
        """Count the frames in each state."""
        return {state: self.codes.count(code) for state, code in FRAME_CODES.items()}

    def fill(self, first: int, last: int, state: FrameState) -> None:
        """Set the state of the frames at indices `first` to `last`, both included."""
        self.codes[first : last + 1] = bytes([FRAME_CODES[state]]) * (last - first + 1)

    def next_in(self, state: FrameState, start: int = 0) -> int | None:
        """Return the first index from `start` on whose frame is in `state`."""
        found = self.codes.find(FRAME_CODES[state], start)
        return None if found < 0 else found

    def runs(self, state: FrameState, wanted: FrameSet | None = None) -> Iterator[tuple[int, int]]:
        """Yield (first, last) index pairs of the longest runs of frames in `state`.

        With `wanted`, only its frames count; numbers the job does not have are passed over.
        """
        code = FRAME_CODES[state]
        for start, end in self._spans(wanted):
            for match in re.finditer(re.escape(bytes([code])) + b"+", self.codes[start : end + 1]):
                yield start + match.start(), start + match.end() - 1

    def numbers_in(self, state: FrameState, wanted: FrameSet | None = None) -> list[int]:
        """Return the frame numbers in `state`, ascending."""
        numbers = self.frames.numbers
        return [
            numbers[index] for first, last in self.runs(state, wanted) for index in range(first, last + 1)
        ]

    def _spans(self, wanted: FrameSet | None) -> Iterable[tuple[int, int]]:
        if wanted is None:
            return [(0, len(self.codes) - 1)] if self.codes else []
        mine, theirs = self.frames.numbers, wanted.numbers
        alike = isinstance(mine, range) and isinstance(theirs, range) and mine.step == theirs.step
        if alike and theirs and theirs[0] in mine and theirs[-1] in mine:
            return [(mine.index(theirs[0]), mine.index(theirs[-1]))]
        return _joined(self.frames.index(number) for number in theirs if number in self.frames)


def _joined(indices: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for index in indices:
        if last is not None and first is not None and index == last + 1:
            last = index
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = index
    if first is not None and last is not None:
        yield first, last
