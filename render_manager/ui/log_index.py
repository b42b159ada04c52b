"""Where the lines of a log begin, so that any of a million can be shown without reading the others. No Qt.

`look`, `read_lines` and `read_text` read the file and run on pool threads; all else runs on the GUI thread. A
new index is made for every attempt shown.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CHUNK_BYTES = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 4000
"""Of a longer line only the beginning is shown."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 127])


@dataclass(slots=True)
class Extension:
    """What one look at a file found."""

    starts: "array[int]"
    """Offsets at which further lines begin."""
    read_to: int
    """Offset up to which the file is indexed."""


class LogIndex:
    """The line starts of a part of a log file."""

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        self.path = path
        self._end = end
        self._starts: array[int] = array("Q", [start])
        self._read_to = start

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
        has_rest = self._read_to > self._starts[-1]
        return len(self._starts) - (not has_rest)

    def close_at(self, end: int) -> None:
        """Say where the attempt's part of the file ends; what was found behind it is another's."""
        self._end = end
        self._read_to = min(self._read_to, end)
        while len(self._starts) > 1 and self._starts[-1] > end:
            self._starts.pop()

    def look(self) -> Extension:
        """Read what was appended since and find its lines; pool thread, changes nothing here."""
        starts: array[int] = array("Q")
        position = self._read_to
        try:
            with self.path.open("rb") as file:
                file.seek(position)
                while chunk := file.read(self._room(position)):
                    if chunk == b"\r":
                        # Its "\n" may not be written yet; at the very end it makes no further line.
                        break
                    if chunk.endswith(b"\r"):
                        chunk = chunk[:-1]
                    starts.extend(position + match.end() for match in _LINE_END.finditer(chunk))
                    position += len(chunk)
        except OSError:
            return Extension(starts, position)
        return Extension(starts, position)

    def extend(self, extension: Extension) -> bool:
        """Take in what a look found; return whether anything is new."""
        if extension.read_to <= self._read_to:
            return False
        before = self._read_to
        self._starts.extend(extension.starts)
        self._read_to = extension.read_to
        if self._end is not None:
            # The look may have begun before the end was known.
            self.close_at(self._end)
        return self._read_to > before

    def bounds(self, first: int, last: int) -> list[int]:
        """Return where lines `first` to `last` (excluded) begin, and where the last of them ends."""
        last = min(last, len(self))
        if first >= last:
            return []
        bounds = [*self._starts[first : last + 1]]
        if len(bounds) == last - first:
            bounds.append(self._read_to)
        return bounds

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the offsets between which lines `first` to `last` (excluded) are."""
        last = min(last, len(self))
        if first >= last:
            return 0, 0
        return self._starts[first], self._starts[last] if last < len(self._starts) else self._read_to

    def lines(self, first: int, last: int) -> list[str]:
        """Return the text of lines `first` to `last` (excluded); reads the file."""
        return read_lines(self.path, self.bounds(first, last))

    def _room(self, position: int) -> int:
        return CHUNK_BYTES if self._end is None else max(min(CHUNK_BYTES, self._end - position), 0)


def read_lines(path: Path, bounds: Sequence[int]) -> list[str]:
    """Return the lines between these offsets, control characters taken out; pool thread."""
    texts: list[str] = []
    if not bounds:
        return texts
    try:
        with path.open("rb") as file:
            for start, end in pairwise(bounds):
                file.seek(start)
                texts.append(_clean(file.read(min(end - start, LONGEST_LINE_BYTES))))
    except OSError:
        return texts
    return texts


def read_text(path: Path, span: tuple[int, int], limit_bytes: int) -> tuple[str, int]:
    """Return the lines in a part of a file as one text, and how many they are; pool thread.

    No line is cut; those beyond the limit are left out. Raises OSError.
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
    return "\n".join(_clean(line) for line in lines), len(lines)


def _clean(raw: bytes) -> str:
    """Return a line that is safe to show: no control characters, tabs as spaces."""
    text = raw.rstrip(b"\r\n").decode("utf-8", "replace").expandtabs(4)
    return text.translate(_CONTROLS)
