"""Which frame of a job comes next. Owner thread only.

Order: frames the user put first, then the frames as the job's list was written, then frames that came
back (interrupted, or a file that turned out broken), then retries whose time has come.
"""

import heapq
import math
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

from render_manager.domain.job_parts import FrameMemory
from render_manager.domain.states import FrameState
from render_manager.scheduling.policy import CLOCK_SLACK_S, retry_wait_s


class FrameQueue:
    """The pending frames of one job, in the order they are to be rendered."""

    def __init__(self, memory: FrameMemory, *, retry_delay_s: float) -> None:
        self._memory = memory
        self._retry_delay_s = retry_delay_s
        self._first: deque[int] = deque()
        self._again: deque[int] = deque()
        self._retries: list[tuple[float, int, float]] = [
            (at, frame, at) for frame, at in memory.retry_at.items()
        ]
        """When each is due, its frame, and the time that the frame's memory has."""
        heapq.heapify(self._retries)
        self._looked_at = math.inf
        self._run = 0
        self._place = 0
        self.taken: set[int] = set()
        """Pending frames that belong to a batch worker already."""
        self.wished: set[int] = set()
        """Pending frames that the user wants next."""
        self.in_doubt: set[int] = set()
        """Pending frames whose existing file is being looked at."""
        self.is_closed = False
        """Whether nothing is handed out until it is known which files exist."""
        self.was_compared = False
        """Whether the files that exist were looked for since the job's frames were loaded."""
        self.known_bad: dict[int, Path] = {}
        """Existing files that were looked at and are not whole."""
        self.held_until: float | None = None
        """When the job may be tried again (monotonic) that could not begin, None when nothing holds it."""
        self.held_because = ""

    def restart(self) -> None:
        """Begin again at the head of the list; for when finished frames became pending."""
        self._run = self._place = 0

    def forget_existing(self) -> None:
        """Forget what was learned of existing files; they are looked for again."""
        self.was_compared = self.is_closed = False
        self.in_doubt.clear()
        self.known_bad.clear()
        self.restart()

    def put_first(self, frames: Iterable[int]) -> None:
        """Put frames before all others, in this order, whatever they waited for."""
        self._first.extendleft(reversed(list(frames)))

    def put_next(self, frames: Sequence[int]) -> None:
        """Put frames before all others because the user wants them next."""
        self.wished.update(frames)
        self.put_first(frames)

    def put_back(self, frame: int) -> None:
        """Take a frame back that was handed out and is pending again."""
        at = self._memory.retry_at.get(frame)
        if at is None:
            self._again.append(frame)
        else:
            heapq.heappush(self._retries, (at, frame, at))
            # It was then, by the clock, that the frame failed.
            self._looked_at = max(self._looked_at, at - self._longest_wait_s(frame))

    def next_frame(self, now: float) -> int | None:
        """Take the next frame to render; None when none can be started now."""
        self._heed_clock(now)
        if self.is_closed:
            return None
        for take in (self._next_first, self._next_listed, self._next_again):
            frame = take()
            if frame is not None:
                return frame
        while self._retries and self._retries[0][0] <= now:
            _due, frame, at = heapq.heappop(self._retries)
            if self._memory.retry_at.get(frame) == at and self._is_free(frame, retrying=True):
                return frame
        return None

    def has_next(self, now: float) -> bool:
        """Return whether a frame could be started now."""
        frame = self.next_frame(now)
        if frame is not None:
            self._first.appendleft(frame)
        return frame is not None

    def next_retry_at(self) -> float | None:
        """Return when the next waiting retry is due, seconds since the epoch."""
        while self._retries:
            due, frame, at = self._retries[0]
            if self._memory.retry_at.get(frame) == at:
                return due
            heapq.heappop(self._retries)
        return None

    def next_retry_frame(self) -> int | None:
        """Return the frame whose retry is due next."""
        return self._retries[0][1] if self.next_retry_at() is not None else None

    def _heed_clock(self, now: float) -> None:
        """Let retries be due now that would wait longer than their delay, since the clock was set back."""
        if now < self._looked_at:
            self._retries = [
                (now if due - now > self._longest_wait_s(frame) else due, frame, at)
                for due, frame, at in self._retries
            ]
            heapq.heapify(self._retries)
        self._looked_at = now

    def _longest_wait_s(self, frame: int) -> float:
        failures = max(self._memory.failures.get(frame, 1), 1)
        return retry_wait_s(failures=failures, retry_delay_s=self._retry_delay_s) + CLOCK_SLACK_S

    def _next_first(self) -> int | None:
        while self._first:
            frame = self._first.popleft()
            if self._is_free(frame, retrying=True):
                return frame
        return None

    def _next_again(self) -> int | None:
        while self._again:
            frame = self._again.popleft()
            if self._is_free(frame):
                return frame
        return None

    def _next_listed(self) -> int | None:
        order = self._memory.states.frames.order
        while self._run < len(order):
            run = order[self._run]
            frame = self._next_in_run(run)
            if frame is not None:
                return frame
            self._run += 1
            self._place = 0
        return None

    def _next_in_run(self, run: range) -> int | None:
        states = self._memory.states
        numbers = states.frames.numbers
        contiguous = isinstance(numbers, range) and numbers.step == run.step
        while self._place < len(run):
            if contiguous:
                # The run is a slice of the packed states: search it in C.
                offset = states.frames.index(run[0])
                found = states.next_in(FrameState.PENDING, offset + self._place)
                if found is None or found - offset >= len(run):
                    self._place = len(run)
                    return None
                self._place = found - offset
            frame = run[self._place]
            self._place += 1
            if self._is_free(frame):
                return frame
        return None

    def _is_free(self, frame: int, *, retrying: bool = False) -> bool:
        return (
            self._memory.states.of(frame) is FrameState.PENDING
            and frame not in self.taken
            and frame not in self.in_doubt
            and (retrying or frame not in self._memory.retry_at)
        )
