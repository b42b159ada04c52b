"""The line of a TOML file on which a value stands; the parser of the standard library does not tell."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*|\"[^\"]*\"|'[^']*')\s*=")


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Return the line, from 1, of the value at a place such as `("options", "width", "label")`.

    The nearest table or key above it, where the value itself is not there; 0 when nothing of it is.
    """
    wanted = tuple(str(part) for part in place)
    best, best_length = 0, 0
    for number, found in _places(text):
        length = 0
        while length < min(len(found), len(wanted)) and found[length] == wanted[length]:
            length += 1
        if length == len(found) and length > best_length:
            best, best_length = number, length
    return best


def _places(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return each table and key of a file with its line."""
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    places = []
    quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if quote:
            # Inside a text of several lines nothing is a key.
            quote = "" if quote in line else quote
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            table = _names(header[2])
            if header[1] == "[[":
                place = counts.get(table, 0)
                counts[table] = place + 1
                table = (*table, str(place))
            places.append((number, table))
        elif key is not None:
            places.append((number, (*table, *_names(key[1]))))
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                quote = mark
    return places


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
