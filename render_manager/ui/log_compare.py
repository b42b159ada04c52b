"""Compares two logs line by line, numbers left out, and says which lines belong beside each other. No Qt.

Lines are not put in an order as `diff` does, which takes too long for logs: a line differs if it does not
occur anywhere in the other log. Lines that occur exactly once in both join the two.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from render_manager.ui.log_search import split_lines
from render_manager.ui.own_lines import is_ours

MOST_BYTES = 24 * 1024 * 1024
"""Of each log no more is compared: it would take minutes and hundreds of megabytes."""
_NUMBERS = re.compile(rb"0x[0-9a-fA-F]+|[0-9]+(?:[.,:][0-9]+)*")
_UNREAL_TIME = re.compile(rb"\[\d{4}\.\d\d\.\d\d-(\d\d)\.(\d\d)\.(\d\d):(\d{3})\]")
_TIME = re.compile(rb"(?<![\d.])(?<!\d:)(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?(?![\d:])")
_TIME_WITHIN = 120
"""Bytes of a line in which its time is looked for."""


class Together(StrEnum):
    """By what two logs are scrolled together."""

    MATCHES = "matches"
    NUMBERS = "numbers"
    TIME = "time"


@dataclass(slots=True)
class Side:
    """One log, read for comparing."""

    keys: list[int] = field(default_factory=list)
    """What each shown line says without its numbers; 0 for one that is empty."""
    timed_lines: "array[int]" = field(default_factory=lambda: array("Q"))
    times_s: "array[float]" = field(default_factory=lambda: array("d"))
    """Times of those lines since the first of them, never going back."""
    is_cut: bool = False
    """Whether the log goes on after what was read."""


@dataclass(slots=True)
class Comparison:
    """What two logs have to do with each other."""

    left: Side
    right: Side
    left_differs: bytearray
    right_differs: bytearray
    joints: list[tuple[int, int]]
    """Lines left and right that say the same, both rising."""

    @property
    def has_times(self) -> bool:
        """Return whether both logs tell the time."""
        return len(self.left.timed_lines) > 1 and len(self.right.timed_lines) > 1

    def partner(self, line: int, *, is_left: bool, together: Together) -> int:
        """Return the line of the other log that belongs beside a line."""
        if together is Together.NUMBERS:
            return line
        if together is Together.TIME and self.has_times:
            mine, other = (self.left, self.right) if is_left else (self.right, self.left)
            place = max(bisect_right(mine.timed_lines, line) - 1, 0)
            found = bisect_left(other.times_s, mine.times_s[place])
            return int(other.timed_lines[min(found, len(other.timed_lines) - 1)])
        return self._beside(line, is_left=is_left)

    def _beside(self, line: int, *, is_left: bool) -> int:
        mine, other = (0, 1) if is_left else (1, 0)
        place = bisect_right(self.joints, line, key=lambda joint: joint[mine]) - 1
        here = self.joints[place] if place >= 0 else (0, 0)
        if place + 1 >= len(self.joints):
            return here[other] + line - here[mine]
        there = self.joints[place + 1]
        share = (line - here[mine]) / max(there[mine] - here[mine], 1)
        return round(here[other] + share * (there[other] - here[other]))


def compare(left: Side, right: Side) -> Comparison:
    """Compare two logs; pool thread."""
    left_counts, right_counts = Counter(left.keys), Counter(right.keys)
    left_differs = bytearray(key != 0 and key not in right_counts for key in left.keys)
    right_differs = bytearray(key != 0 and key not in left_counts for key in right.keys)
    once = {key: line for line, key in enumerate(right.keys) if key and right_counts[key] == 1}
    pairs = [(line, once[key]) for line, key in enumerate(left.keys) if left_counts[key] == 1 and key in once]
    return Comparison(left, right, left_differs, right_differs, _rising(pairs))


def read_side(path: Path, start: int, end: int, *, shows_all: bool) -> Side:
    """Read the lines of a part of a log; pool thread. Raises OSError."""
    stop = min(end, start + MOST_BYTES)
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(max(stop - start, 0))
    side = Side(is_cut=stop < end)
    first_s: float | None = None
    for _begin, line in split_lines(data):
        if not shows_all and is_ours(line):
            continue
        side.keys.append(hash(_NUMBERS.sub(b"#", line.strip())) or 1 if line.strip() else 0)
        time_s = time_of(line)
        if time_s is not None:
            first_s = time_s if first_s is None else first_s
            since = time_s - first_s
            if not side.times_s or since > side.times_s[-1]:
                side.timed_lines.append(len(side.keys) - 1)
                side.times_s.append(since)
    return side


def time_of(line: bytes) -> float | None:
    """Return the time a line tells, in seconds."""
    match = _UNREAL_TIME.match(line) or _TIME.search(line[:_TIME_WITHIN])
    if match is None:
        return None
    hours, minutes, seconds, rest = match.groups()
    share = float(b"0." + rest) if rest else 0.0
    return int(hours or 0) * 3600.0 + int(minutes) * 60.0 + int(seconds) + share


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs in which the right lines rise, too."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, (_left, right) in enumerate(pairs):
        rank = bisect_left(tails, right)
        before.append(places[rank - 1] if rank else -1)
        if rank == len(tails):
            tails.append(right)
            places.append(place)
        else:
            tails[rank], places[rank] = right, place
    chosen = []
    place = places[-1] if places else -1
    while place >= 0:
        chosen.append(pairs[place])
        place = before[place]
    return chosen[::-1]
