"""Where the lines of a log begin, so that any of a million can be shown without reading the others. No Qt.

Lines that our script in the engine prints for this program are found too, and left out of what is shown.

`look`, `read_lines` and `read_text` read the file and run on pool threads; all else runs on the GUI thread. A
new index is made for every attempt shown.
"""

import os
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from render_manager.ui.own_lines import OUR_MARK, is_ours, may_become_ours

CHUNK_BYTES = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 4000
"""Of a longer line only the beginning is shown."""

MOST_AT_ONCE_BYTES = CHUNK_BYTES
"""How much one look reads, so that the beginning of a long log is seen before its end is found."""

LINE_END = re.compile(rb"\r\n|\n|\r")
_MOST_HELD_BACK = 200
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
_MARK = OUR_MARK.encode()
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 127])


class Trouble(StrEnum):
    """What happened to a file while it was shown."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    SHORTER = "shorter"
    REPLACED = "replaced"


@dataclass(slots=True)
class Extension:
    """What one look at a file found."""

    starts: "array[int]"
    """Offsets at which further lines begin."""
    ours: "array[int]"
    """Which lines are our script's: 0 for the one that was the last before, 1 for the first further one."""
    read_to: int
    """Offset up to which the file is indexed."""
    trouble: Trouble | None = None
    """Why nothing was read."""
    has_more: bool = False
    """Whether there is more to be read at once."""
    identity: tuple[int, int] | None = None
    """Which file of the system it is, whatever its name."""


class LogIndex:
    """The line starts of a part of a log file. Lines are counted as they are shown."""

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        self.path = path
        self.shows_all = False
        """Whether the lines of our script in the engine are shown, too."""
        self._end = end
        self._starts: array[int] = array("Q", [start])
        self._read_to = start
        # Of each line that is our script's: how many others are before it.
        self._others_before: array[int] = array("Q")
        self._identity: tuple[int, int] | None = None

    @property
    def start(self) -> int:
        """Return the offset at which the first line begins."""
        return self._starts[0]

    @property
    def is_open_ended(self) -> bool:
        """Return whether the attempt still writes."""
        return self._end is None

    @property
    def read_to(self) -> int:
        """Return the offset up to which the file is known."""
        return self._read_to

    def __len__(self) -> int:
        """Return how many lines are known; the last may be growing."""
        return self._all() if self.shows_all else self._all() - len(self._others_before)

    def close_at(self, end: int) -> None:
        """Say where the attempt's part of the file ends; what was found behind it is another's."""
        self._end = end
        self._read_to = min(self._read_to, end)
        while len(self._starts) > 1 and self._starts[-1] > end:
            self._starts.pop()
        ours = self._others_before
        while ours and ours[-1] + len(ours) - 1 >= self._all():
            ours.pop()

    def look(self) -> Extension:
        """Read what was appended since and find its lines; pool thread, changes nothing here."""
        found = Extension(array("Q"), array("Q"), self._read_to)
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                found.identity = status.st_dev, status.st_ino
                if self._identity not in (None, found.identity):
                    found.trouble = Trouble.REPLACED
                elif status.st_size < self._read_to:
                    found.trouble = Trouble.SHORTER
                else:
                    self._find_lines(file, found)
        except FileNotFoundError:
            found.trouble = Trouble.MISSING
        except OSError:
            found.trouble = Trouble.UNREADABLE
        return found

    def _find_lines(self, file: BinaryIO, found: Extension) -> None:
        is_line_start = found.read_to == self._starts[-1]
        stop = found.read_to + MOST_AT_ONCE_BYTES
        file.seek(found.read_to)
        while found.read_to < stop:
            raw = file.read(self._room(found.read_to))
            is_last = self._end is not None and found.read_to + len(raw) >= self._end
            chunk = _whole(raw, is_line_start=is_line_start, is_last=is_last)
            if not chunk:
                return
            ends = [match.end() for match in LINE_END.finditer(chunk)]
            known = len(found.starts)
            found.ours.extend(
                known + place for place in _our_places(chunk, ends, is_line_start=is_line_start)
            )
            found.starts.extend([found.read_to + end for end in ends])
            found.read_to += len(chunk)
            is_line_start = found.read_to == (found.starts or self._starts)[-1]
            file.seek(found.read_to)
        found.has_more = True

    def extend(self, extension: Extension) -> bool:
        """Take in what a look found; return whether anything is new."""
        self._identity = extension.identity or self._identity
        if extension.read_to <= self._read_to:
            return False
        before, last = self._read_to, len(self._starts) - 1
        self._starts.extend(extension.starts)
        for place in extension.ours:
            self._others_before.append(last + place - len(self._others_before))
        self._read_to = extension.read_to
        if self._end is not None:
            # The look may have begun before the end was known.
            self.close_at(self._end)
        return self._read_to > before

    def bounds(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return between which offsets each of the lines `first` to `last` (excluded) is."""
        places = [self._place(line) for line in range(first, min(last, len(self)))]
        return [(self._starts[place], self._end_of(place)) for place in places]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the offsets between which lines `first` to `last` (excluded) are, hidden ones with them."""
        last = min(last, len(self))
        if first >= last:
            return 0, 0
        return self._starts[self._place(first)], self._end_of(self._place(last - 1))

    def start_of(self, line: int) -> int:
        """Return the offset at which a line begins."""
        return self._starts[self._place(line)] if 0 <= line < len(self) else self._read_to

    def line_at(self, offset: int) -> int:
        """Return the line that an offset is in; where it is a hidden one, the one before it."""
        place = max(bisect_right(self._starts, offset) - 1, 0)
        if self.shows_all:
            return max(min(place, len(self) - 1), 0)
        ours = self._others_before
        hidden = bisect_left(range(len(ours)), place, key=lambda number: ours[number] + number)
        is_hidden = hidden < len(ours) and ours[hidden] + hidden == place
        return max(min(place - hidden - is_hidden, len(self) - 1), 0)

    def tail(self, most_bytes: int) -> int:
        """Return where the last whole lines begin that are together no longer than this."""
        place = bisect_left(self._starts, max(self._read_to - most_bytes, self.start))
        return self._starts[min(place, len(self._starts) - 1)]

    def whole_until(self, offset: int, most_bytes: int) -> int:
        """Return where whole lines from an offset on end that are together no longer than this.

        At least one line, if there is one that is known to have ended; else the offset itself.
        """
        is_read = self._end is not None and self._read_to >= self._end
        limit = self._read_to if is_read else self._starts[-1]
        if limit - offset <= most_bytes:
            return max(limit, offset)
        place = bisect_right(self._starts, offset + most_bytes) - 1
        if self._starts[place] <= offset:
            place += 1
        return min(self._starts[place], limit) if place < len(self._starts) else limit

    def lines(self, first: int, last: int) -> list[str]:
        """Return the text of lines `first` to `last` (excluded); reads the file."""
        return read_lines(self.path, self.bounds(first, last))

    def _all(self) -> int:
        """Return how many lines are known, shown or not."""
        has_rest = self._read_to > self._starts[-1]
        return len(self._starts) - (not has_rest)

    def _place(self, line: int) -> int:
        """Return which of all lines a shown one is."""
        return line if self.shows_all else line + bisect_right(self._others_before, line)

    def _end_of(self, place: int) -> int:
        return self._starts[place + 1] if place + 1 < len(self._starts) else self._read_to

    def _room(self, position: int) -> int:
        return CHUNK_BYTES if self._end is None else max(min(CHUNK_BYTES, self._end - position), 0)


def _whole(chunk: bytes, *, is_line_start: bool, is_last: bool) -> bytes:
    """Return what is read without what may become something else once more is written."""
    if chunk.endswith(b"\r"):
        # Its "\n" may not be written yet; at the very end it makes no further line.
        return chunk if is_last else chunk[:-1]
    begins = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
    if (
        not is_last
        and (begins or is_line_start)
        and may_become_ours(chunk[begins : begins + _MOST_HELD_BACK])
    ):
        return chunk[:begins]
    return chunk


def _our_places(chunk: bytes, ends: Sequence[int], *, is_line_start: bool) -> list[int]:
    """Return which lines of a piece are our script's; 0 for the one it begins with."""
    places = []
    at = chunk.find(_MARK)
    while at >= 0:
        place = bisect_right(ends, at)
        begin = ends[place - 1] if place else 0
        if (place or is_line_start) and is_ours(chunk, begin):
            places.append(place)
        if place >= len(ends):
            break
        at = chunk.find(_MARK, ends[place])
    return places


def read_lines(path: Path, bounds: Sequence[tuple[int, int]]) -> list[str]:
    """Return the lines between these offsets, control characters taken out; pool thread."""
    texts: list[str] = []
    if not bounds:
        return texts
    try:
        with path.open("rb") as file:
            for start, end in bounds:
                file.seek(start)
                texts.append(_clean(file.read(min(end - start, LONGEST_LINE_BYTES))))
    except OSError:
        return texts
    return texts


def read_text(
    path: Path, span: tuple[int, int], limit_bytes: int, *, shows_all: bool = True
) -> tuple[str, int]:
    """Return the lines in a part of a file as one text, and how many they are; pool thread.

    Without our script's lines if they are not shown. No line is cut; those beyond the limit are left out.
    Raises OSError.
    """
    start, end = span
    with path.open("rb") as file:
        file.seek(start)
        raw = file.read(min(end - start, limit_bytes))
    if end - start > limit_bytes:
        raw = raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1] or raw
    lines = LINE_END.split(raw)
    if lines and not lines[-1]:
        lines.pop()
    if not shows_all:
        lines = [line for line in lines if not is_ours(line)]
    return "\n".join(_clean(line) for line in lines), len(lines)


def _clean(raw: bytes) -> str:
    """Return a line that is safe to show: no control characters, tabs as spaces, no rubbish."""
    text = raw.rstrip(b"\r\n").decode("utf-8", "replace").expandtabs(4)
    if text.count("\ufffd") > len(text) // 8 + 2:
        # Not text at all: letters of every script of the world, for which fonts would be looked for.
        text = _NOT_ASCII.sub("·", text)
    return text.translate(_CONTROLS)
