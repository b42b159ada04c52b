"""Statements of a .ma file: where they end, their words, and what a setAttr sets.

A .ma is MEL of a narrow kind: statements end with `;`, texts stand in double quotes, are escaped with `\\`,
and never run over the end of a line; long ones are joined with `+` (engines/maya.md section 6). Flags of
setAttr come in any mix, short or long, and a setAttr may hold no value at all. Pure but for the window.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from render_manager.engines.maya.codeset import Codeset
from render_manager.engines.maya.window import Window

_FIRST_LOOK = 4 << 10
_LONGEST = 8 << 20
"""Bytes of a statement that are read; a longer one is left at the next `;` that ends a line."""
_BETWEEN = re.compile(rb"(?:[\s;\0]++|//[^\r\n]*+)*+")
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)"?|([^\s"();,{}]++)', re.DOTALL)
_ESCAPES = (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\", ""))
"""Replaced in this order; a backslash before any other letter only goes."""
_ATTRIBUTE = re.compile(rb'"\.(\w+)"')
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_YES, _NO = frozenset({"yes", "on", "true"}), frozenset({"no", "off", "false"})
_MOST_WORDS = 20_000
_TAKE_A_VALUE = frozenset(
    (
        *("-k", "-keyable", "-l", "-lock", "-cb", "-channelBox", "-ca", "-caching"),
        *("-s", "-size", "-ch", "-capacityHint", "-type", "-typ"),
    )
)
"""Flags of setAttr with a value behind them; the others, such as `-av`, stand alone."""


class Statement(NamedTuple):
    """One statement of a file."""

    start: int
    end: int
    """Where the next begins."""
    data: bytes
    is_whole: bool
    """Whether its `;` was found."""


class Word(NamedTuple):
    """One word of a statement."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setAttr statement sets."""

    attribute: str
    value: str | float


def next_statement(window: Window, at: int, codeset: Codeset) -> Statement | None:
    """Return the statement at a place, or the first one after it; None at the end of the file."""
    look = _FIRST_LOOK
    while at < window.size:
        data = window.slice(at, at + look)
        start = _start(data)
        is_all = at + look >= window.size
        if start >= len(data):
            if is_all:
                return None
            at = _after_blanks(window, at, data, codeset.newline)
            continue
        end = codeset.statement_end(data, start)
        if end is not None:
            return Statement(at + start, at + end, data[start:end], is_whole=True)
        if is_all:
            return Statement(at + start, at + len(data), data[start:], is_whole=False)
        if look >= _LONGEST:
            found = window.find(b";\n", at + look)
            stop = window.size if found < 0 else found + 1
            return Statement(at + start, stop, data[start:], is_whole=found >= 0)
        look *= 4
    return None


def _start(data: bytes) -> int:
    match = _BETWEEN.match(data)
    return match.end() if match else 0


def _after_blanks(window: Window, at: int, data: bytes, newline: bytes) -> int:
    """Return where to go on behind data that holds no statement; its last comment may not have ended."""
    behind = at + len(data)
    if data.find(b"//", data.rfind(newline) + 1) < 0:
        return behind
    found = window.find(newline, behind)
    return window.size if found < 0 else found


def command(data: bytes) -> bytes:
    """Return the first word of a statement."""
    return data[:32].split(None, 1)[0].rstrip(b";")


def words(text: str, limit: int = _MOST_WORDS) -> list[Word]:
    """Return the words of a statement, quotes taken away; no more than `limit`."""
    found = islice(_TOKEN.finditer(text), limit)
    return [
        Word(match[2], False) if (quoted := match[1]) is None else Word(_unescaped(quoted), True)
        for match in found
    ]


def _unescaped(text: str) -> str:
    """Return a text without its escapes; by whole replacements, since scripts are long and full of them."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    for escape, letter in _ESCAPES:
        parts = [part.replace(escape, letter) for part in parts]
    return "\\".join(parts)


def flag_value(found: Sequence[Word], *names: str) -> str | None:
    """Return the word behind a flag, known by any of its names."""
    for place, word in enumerate(found[:-1]):
        if not word.is_quoted and word.text in names:
            return found[place + 1].text
    return None


def attribute_of(data: bytes) -> str:
    """Return the attribute a setAttr statement sets, without the dot; empty for a part of one."""
    match = _ATTRIBUTE.search(data)
    return match[1].decode("ascii", "replace") if match else ""


def setting(text: str, longest: int) -> Setting | None:
    """Return what a setAttr statement sets; None when it holds no single value (flags only, arrays)."""
    found = words(text)
    kind, attribute = "", ""
    values: list[Word] = []
    skips = False
    for place, word in enumerate(found[1:], 1):
        if skips:
            skips = False
        elif not word.is_quoted and word.text in _TAKE_A_VALUE:
            skips = True
            if word.text.startswith("-typ") and place + 1 < len(found):
                kind = found[place + 1].text
        elif not word.is_quoted and word.text[0] == "-" and word.text[1:2].isalpha():
            continue
        elif not attribute:
            attribute = word.text.lstrip(".")
        else:
            values.append(word)
    value = _value(kind, values, longest)
    return None if value is None or not attribute else Setting(attribute, value)


def _value(kind: str, values: list[Word], longest: int) -> str | float | None:
    if not values:
        return None
    if kind == "string":
        return "".join(word.text for word in values if word.is_quoted)[:longest]
    if len(values) > 1:
        return None
    if values[0].is_quoted:
        return values[0].text[:longest]
    return number(values[0].text)


def number(text: str) -> float | None:
    """Return a number or a yes or no as a number; None for anything else."""
    if text in _YES:
        return 1.0
    if text in _NO:
        return 0.0
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None
