"""Where the lines of a log begin, so that any of a million can be shown without reading the others. No Qt.

Lines that our script in the engine prints for this program are found too, and left out of what is shown.

`look`, `read_lines` and `read_text` read the file and run on pool threads; all else runs on the GUI thread. A
new index is made for every attempt shown.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 4000
"""Of a longer line only the beginning is shown."""

OUR_MARK = "@RM"
"""How lines begin that our script in the engine prints for this program, not for people."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_MARK = OUR_MARK.encode()
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 127])


@dataclass(slots=True)
class Extension:
    """What one look at a file found."""

    starts: "array[int]"
    """Offsets at which further lines begin."""
    ours: "array[int]"
    """Which lines are our script's: 0 for the one that was the last before, 1 for the first further one."""
    read_to: int
    """Offset up to which the file is indexed."""


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
        is_line_start = found.read_to == self._starts[-1]
        try:
            with self.path.open("rb") as file:
                file.seek(found.read_to)
                while chunk := _whole(file.read(self._room(found.read_to)), is_line_start=is_line_start):
                    if is_line_start and chunk.startswith(_MARK):
                        found.ours.append(len(found.starts))
                    for match in _LINE_END.finditer(chunk):
                        found.starts.append(found.read_to + match.end())
                        if chunk.startswith(_MARK, match.end()):
                            found.ours.append(len(found.starts))
                    found.read_to += len(chunk)
                    is_line_start = found.read_to == (found.starts or self._starts)[-1]
                    file.seek(found.read_to)
        except OSError:
            return found
        return found

    def extend(self, extension: Extension) -> bool:
        """Take in what a look found; return whether anything is new."""
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


def _whole(chunk: bytes, *, is_line_start: bool) -> bytes:
    """Return what is read without what may become something else once more is written: "\\r", "@", "@R"."""
    if chunk.endswith(b"\r"):
        # Its "\n" may not be written yet; at the very end it makes no further line.
        return chunk[:-1]
    for begun in (_MARK[:1], _MARK[:2]):
        rest = chunk.removesuffix(begun)
        if rest != chunk and (rest.endswith((b"\r", b"\n")) or (is_line_start and not rest)):
            return rest
    return chunk


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
    lines = _LINE_END.split(raw)
    if lines and not lines[-1]:
        lines.pop()
    if not shows_all:
        lines = [line for line in lines if not line.startswith(_MARK)]
    return "\n".join(_clean(line) for line in lines), len(lines)


def _clean(raw: bytes) -> str:
    """Return a line that is safe to show: no control characters, tabs as spaces."""
    text = raw.rstrip(b"\r\n").decode("utf-8", "replace").expandtabs(4)
    return text.translate(_CONTROLS)
