"""The line of a TOML file on which a value stands; the parser of the standard library does not tell."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress

Place = tuple[str, ...]

_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Return the line, from 1, of the value at a place such as `("options", "width", "label")`.

    That of the nearest table, list or key around it where the value itself is not there, that of the first
    thing in it where it has no line of its own; 0 when nothing of it is there. `text` is one that `tomllib`
    reads.
    """
    wanted = tuple(str(part) for part in place)
    best, best_length = 0, 0
    for found, line in _Scanner(text).places():
        length = min(len(found), len(wanted))
        if length > best_length and found[:length] == wanted[:length]:
            best, best_length = line, length
    return best


class _Scanner:
    """Walks once through a file that is known to be good; one that is not only ends the walk early."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._counted_to = 0
        self._line_there = 1
        self._lists: dict[Place, int] = {}
        """How many elements each list of tables has so far."""

    def places(self) -> Iterator[tuple[Place, int]]:
        """Yield each table, key and element with its line."""
        table: Place = ()
        self._skip_gap()
        while self._at < len(self._text):
            before, line = self._at, self._line()
            if self._peek() == "[":
                table = self._header()
                yield table, line
            else:
                yield from self._pair(table)
            self._skip_gap()
            if self._at == before:
                return

    def _header(self) -> Place:
        is_list = self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        names = self._key()
        self._at += 2 if is_list else 1
        place = self._resolved(names[:-1]) if is_list else self._resolved(names)
        if is_list:
            place = (*place, *names[-1:])
            count = self._lists[place] = self._lists.get(place, 0) + 1
            place = (*place, str(count - 1))
        return place

    def _resolved(self, names: Place) -> Place:
        """Return a table's place; a name of a list of tables stands for its last element."""
        place: Place = ()
        for name in names:
            place = (*place, name)
            if place in self._lists:
                place = (*place, str(self._lists[place] - 1))
        return place

    def _pair(self, table: Place) -> Iterator[tuple[Place, int]]:
        line = self._line()
        place = (*table, *self._key())
        self._at += 1  # the equals sign
        self._skip_gap()
        yield place, line
        yield from self._value(place)

    def _value(self, place: Place) -> Iterator[tuple[Place, int]]:
        if self._peek() == "[":
            yield from self._elements(place, "]")
        elif self._peek() == "{":
            yield from self._elements(place, "}")
        else:
            found = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
            self._at = found.end() if found is not None else len(self._text)

    def _elements(self, place: Place, end: str) -> Iterator[tuple[Place, int]]:
        """Yield what stands in a list or in a table on one line."""
        self._at += 1
        self._skip_gap()
        number = 0
        while self._at < len(self._text) and self._peek() != end:
            before = self._at
            if end == "]":
                element = (*place, str(number))
                yield element, self._line()
                yield from self._value(element)
            else:
                yield from self._pair(place)
            number += 1
            self._skip_gap()
            if self._peek() == ",":
                self._at += 1
                self._skip_gap()
            if self._at == before:
                return
        self._at += 1

    def _key(self) -> Place:
        names: list[str] = []
        while True:
            self._skip_gap()
            found = _BARE_KEY.match(self._text, self._at) or _STRING.match(self._text, self._at)
            if found is None:
                return tuple(names)
            self._at = found.end()
            names.append(_name(found[0]))
            self._skip_gap()
            if self._peek() != ".":
                return tuple(names)
            self._at += 1

    def _skip_gap(self) -> None:
        found = _GAP.match(self._text, self._at)
        self._at = found.end() if found is not None else self._at

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        self._line_there += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line_there


def _name(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    if key[0] == '"':
        with suppress(tomllib.TOMLDecodeError):
            return str(tomllib.loads(f"name = {key}")["name"])
    return key
