"""Finds words in the lines of a log: plain text, or a pattern, given up when it takes too long. No Qt."""

import re
from array import array
from dataclasses import dataclass
from typing import Any, Protocol

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.ui.log_index import LINE_END, LONGEST_LINE_BYTES
from render_manager.ui.own_lines import is_ours

LONGEST_QUERY = 500
LINE_TIMEOUT_S = 0.25
PAINT_TIMEOUT_S = 0.004


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; capital letters are not told from small ones."""

    text: str
    is_pattern: bool = False


@dataclass(slots=True)
class Found:
    """What was found in a piece of a log."""

    lines: "array[int]"
    """Offsets at which lines begin that match."""
    is_given_up: bool = False
    """Whether the pattern took too long on a line, so that no further ones were read."""


class Matcher(Protocol):
    """A query made ready."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where in a line the matches are, those that are easily found."""
        ...

    def find(self, data: bytes, offset: int, *, shows_all: bool) -> Found:
        """Return the lines of a piece that match; `offset` is where it begins in the file."""
        ...


def matcher(query: Query) -> Matcher:
    """Return what finds a query; raises UserError for a pattern that is none."""
    if not query.is_pattern:
        return _Plain(query.text)
    import regex  # the first paint does not need it

    try:
        return _Pattern(regex.compile(query.text[:LONGEST_QUERY], regex.IGNORECASE))
    except (regex.error, OverflowError, RecursionError) as error:
        raise UserError(_("This is not a regular expression: {reason}.").format(reason=error)) from None


class _Plain:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE)

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in self._pattern.finditer(text)]

    def find(self, data: bytes, offset: int, *, shows_all: bool) -> Found:
        if not self._text.isascii():
            return self._find_decoded(data, offset, shows_all=shows_all)
        found = Found(array("Q"))
        lowered, needle = data.lower(), self._text.lower().encode()
        begin, at = 0, lowered.find(needle)
        while at >= 0:
            begin = max(data.rfind(b"\n", begin, at) + 1, data.rfind(b"\r", begin, at) + 1, begin)
            if shows_all or not is_ours(data, begin):
                found.lines.append(offset + begin)
            end = LINE_END.search(data, at)
            if end is None:
                break
            begin = end.end()
            at = lowered.find(needle, begin)
        return found

    def _find_decoded(self, data: bytes, offset: int, *, shows_all: bool) -> Found:
        found = Found(array("Q"))
        for begin, line in split_lines(data):
            if self._pattern.search(line.decode("utf-8", "replace")) and (shows_all or not is_ours(line)):
                found.lines.append(offset + begin)
        return found


class _Pattern:
    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def spans(self, text: str) -> list[tuple[int, int]]:
        try:
            matches = self._pattern.finditer(text, timeout=PAINT_TIMEOUT_S)
            return [match.span() for match in matches if match.end() > match.start()]
        except TimeoutError:
            return []

    def find(self, data: bytes, offset: int, *, shows_all: bool) -> Found:
        found = Found(array("Q"))
        try:
            for begin, line in split_lines(data):
                text = line[:LONGEST_LINE_BYTES].decode("utf-8", "replace")
                is_hit = self._pattern.search(text, timeout=LINE_TIMEOUT_S, concurrent=True) is not None
                if is_hit and (shows_all or not is_ours(line)):
                    found.lines.append(offset + begin)
        except TimeoutError:
            found.is_given_up = True
        return found


def split_lines(data: bytes) -> list[tuple[int, bytes]]:
    """Return where each line begins, and the line without its end."""
    lines, begin = [], 0
    for match in LINE_END.finditer(data):
        lines.append((begin, data[begin : match.start()]))
        begin = match.end()
    if begin < len(data):
        lines.append((begin, data[begin:]))
    return lines
