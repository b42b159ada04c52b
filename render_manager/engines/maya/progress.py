"""Which frame is in work, how far it is, and when it is done, put together from what the renderer says.

Maya renders all frames of one layer, then all of the next, and some renderers never say which frame they are
at. So the frames of the run are known beforehand where they can be, each frame is counted as often as there
are layers and cameras, and what a file's name tells goes before what was only guessed
(`engines/maya.md` section 4).
"""

from collections.abc import Sequence

from render_manager.domain.naming import frame_number
from render_manager.engines.events import EngineEvent, FileWritten, FrameAdvanced, FrameBegan, FrameEnded

_LARGEST = 1 << 31
_LONGEST_NAME = 250


class FrameTracker:
    """The frames of one run; for one thread."""

    def __init__(self, frames: Sequence[int] = (), *, layers: int = 1, cameras: int = 1) -> None:
        """Take the frames of the run in their order, none when they are not known, and passes of each."""
        self._order = tuple(frames)
        self._known = frozenset(frames)
        self._cameras = max(cameras, 1)
        self._passes = max(layers, 1) * self._cameras
        self._done: dict[int, int] = {}
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._best: dict[int, float] = {}
        self._frame: int | None = None
        self._is_guess = False
        self._is_open = False
        self._has_written = False
        self._part: float | None = None
        self._unnumbered = 0.0
        self._last_file_frame: int | None = None
        self._is_camera_inside = False

    @property
    def begun(self) -> frozenset[int]:
        """Return the frames that were begun so far."""
        return frozenset(self._begun)

    @property
    def frame(self) -> int | None:
        """Return the frame in work, None between frames or while it is not known."""
        return self._frame

    @property
    def is_open(self) -> bool:
        """Return whether a frame is in work."""
        return self._is_open

    @property
    def unnumbered_percent(self) -> float:
        """Return how far the furthest frame came of which no number was ever told."""
        return self._unnumbered

    @property
    def percent(self) -> float | None:
        """Return how far the pass in work is, None when nothing is in work or it does not say."""
        return self._part if self._is_open else None

    def take_frames(self, frames: Sequence[int]) -> None:
        """Learn the frames of the run from the log itself, before any of them is met."""
        if not self._order and not self._begun:
            self._order, self._known = tuple(frames), frozenset(frames)

    def begin(self, frame: int | None, *, is_sure: bool = True) -> list[EngineEvent]:
        """A pass of a frame begins; None when the renderer does not say of which.

        One that is not sure gives way to the number in the name of the file that is written.
        """
        if frame is not None and not self._may_be(frame):
            frame = None
        events: list[EngineEvent] = []
        if self._is_open and self._has_written:
            # The renderer has no word for the end of a frame, or it was lost.
            events += self.end(None)
        if frame is None and self._is_open:
            return events
        self._open()
        self._frame = self._next() if frame is None else frame
        self._is_guess = frame is None or not is_sure
        return [*events, *self._meet()]

    def begin_file(self, path: str) -> list[EngineEvent]:
        """A pass begins that will write this file."""
        return self.begin(self._number(path))

    def advance(self, percent: float | None, text: str) -> list[EngineEvent]:
        """The pass in work is so far, 0 to 100."""
        events: list[EngineEvent] = []
        if not self._is_open:
            events += self.begin(None)
        if percent is not None:
            self._part = max(min(percent, 100.0), 0.0, self._part or 0.0)
        if self._frame is not None:
            events.append(self._advanced(None if percent is None else self._part, text))
        else:
            self._unnumbered = max(self._unnumbered, self._part or 0.0)
        return events

    def wrote(self, path: str) -> list[EngineEvent]:
        """A file was written; its name may tell which frame is in work."""
        number = self._number(path)
        events: list[EngineEvent] = []
        if number is not None:
            events += self._correct(number)
        elif not self._is_open:
            events += self.begin(None)
        if self._is_open:
            self._has_written = True
        if number is not None:
            self._last_file_frame = number
        return [*events, FileWritten(self._frame if number is None else number, path)]

    def end(self, frame: int | None) -> list[EngineEvent]:
        """A pass is done; None for the one in work."""
        if frame is not None and frame != self._frame and not self._may_be(frame):
            frame = None
        if frame is None and not self._is_open:
            return []
        events: list[EngineEvent] = []
        if frame is not None and frame != self._frame:
            self._open()
            self._frame, self._is_guess = frame, False
            events += self._meet()
        done = self._frame
        self._close()
        if done is None:
            return events
        self._done[done] = self._done.get(done, 0) + 1
        if self._done[done] >= self._passes and done not in self._ended:
            self._ended.add(done)
            events.append(FrameEnded(done))
        return events

    def complete(self) -> list[EngineEvent]:
        """The whole run is done: what is in work is done, if its file was written."""
        return self.end(None) if self._is_open and self._has_written else []

    def cut_off(self) -> list[EngineEvent]:
        """The log ends here, and was perhaps cut: with its file written a frame is done."""
        return self.complete() if self._part is None or self._part >= 100.0 else []

    def skip(self, frame: int | None) -> list[EngineEvent]:
        """Maya leaves a frame out, since its file is there."""
        frame = self._next() if frame is None else frame
        if frame is not None:
            self._done[frame] = self._done.get(frame, 0) + 1
        return []

    def _may_be(self, frame: int) -> bool:
        """Return whether the run can be at this frame: motion blur names its neighbours as well."""
        if not self._known:
            return abs(frame) < _LARGEST
        return frame in self._known and self._done.get(frame, 0) < self._passes

    def _open(self) -> None:
        self._is_open = True
        self._has_written = False
        self._part = None

    def _close(self) -> None:
        self._is_open = False
        self._has_written = False
        self._part = None
        self._frame = None
        self._is_guess = False

    def _meet(self) -> list[EngineEvent]:
        if self._frame is None or self._frame in self._begun:
            return []
        self._begun.add(self._frame)
        return [FrameBegan(self._frame)]

    def _next(self) -> int | None:
        """Return the frame that comes next if Maya goes through the run in its order."""
        last = self._last_file_frame
        if self._is_camera_inside and last is not None and self._done.get(last, 0) % self._cameras:
            return last
        if not self._order:
            return None
        fewest = min(self._done.get(frame, 0) for frame in self._order)
        if fewest >= self._passes:
            return None
        return next(frame for frame in self._order if self._done.get(frame, 0) == fewest)

    def _correct(self, number: int) -> list[EngineEvent]:
        """Put the number of a file in place of a guess."""
        if number == self._frame:
            return []
        if not self._is_open:
            if number in self._ended:
                # A further file of a frame that is done, as a log in pieces has them.
                return []
            self._open()
        elif self._frame is not None and not self._is_guess:
            # The renderer itself said which frame it is at; this is another's file.
            return []
        if self._cameras > 1 and number == self._last_file_frame:
            self._is_camera_inside = True
        self._frame, self._is_guess = number, False
        events = self._meet()
        if self._part is not None:
            events.append(self._advanced(self._part, ""))
        return events

    def _advanced(self, part: float | None, text: str) -> FrameAdvanced:
        assert self._frame is not None
        if part is None:
            return FrameAdvanced(self._frame, None, text)
        done = min(self._done.get(self._frame, 0), self._passes - 1)
        whole = 100.0 if self._frame in self._ended else (100.0 * done + part) / self._passes
        best = max(whole, self._best.get(self._frame, 0.0))
        self._best[self._frame] = best
        return FrameAdvanced(self._frame, best, text)

    def _number(self, path: str) -> int | None:
        """Return the frame number in a file's name, None when there is none that the run could have."""
        name = path.replace("\\", "/").rpartition("/")[2]
        stem = name.rpartition(".")[0] or name
        if len(stem) > _LONGEST_NAME:
            return None
        number = frame_number(stem)
        if number is None:
            return None
        for candidate in (number, abs(number)):
            if self._known and candidate in self._known:
                return candidate
        if self._known:
            return self._number_behind_digits(stem)
        is_hyphen = number < 0 and stem[: stem.rindex("-")][-1:].isalnum()
        number = abs(number) if is_hyphen else number
        return number if abs(number) < _LARGEST else None

    def _number_behind_digits(self, stem: str) -> int | None:
        """Return the frame at the end of a name whose own last letters are digits, as `sh0100007`."""
        digits = stem[len(stem.rstrip("0123456789")) :]
        for width in range(min(len(digits), 9), 0, -1):
            if int(digits[-width:]) in self._known:
                return int(digits[-width:])
        return None
