"""Reads the events that our script inside Unreal reports, one JSON object behind `@RM-<token> `.

Each comes twice: by a file, and by the log, in which it may come late or not at all. So each has a number.
What is broken or of a wrong type is no event and stays a plain line.
"""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

_ANY_TAG = re.compile(r"@RM(?:-(?P<token>[\w-]{1,64}))? (?=\{)")
_DECODER = json.JSONDecoder()
_LAST_FRAME = 1 << 31
_MOST_AHEAD = 100_000
"""Numbers that are remembered beyond the first one that has not come yet."""


class WrongTypeError(Exception):
    """A value is missing or is not what the script sends."""


@dataclass(frozen=True, slots=True)
class Message:
    """One JSON object of the script."""

    name: str
    number: int
    values: dict[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; raises WrongTypeError."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise WrongTypeError
        return value

    def frame(self, key: str = "frame") -> int:
        """Return a frame number; raises WrongTypeError."""
        return _frame(self.values.get(key))

    def count(self, key: str) -> int | None:
        """Return a whole number that is not negative, None when there is none; raises WrongTypeError."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LAST_FRAME:
            raise WrongTypeError
        return value

    def percent(self, key: str = "percent") -> float | None:
        """Return a number from 0 to 100, None when there is none; raises WrongTypeError."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongTypeError
        try:
            number = float(value)
        except OverflowError as overflow:
            raise WrongTypeError from overflow
        if not math.isfinite(number):
            raise WrongTypeError
        return min(max(number, 0.0), 100.0)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; raises WrongTypeError."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise WrongTypeError
        return values


def _frame(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _LAST_FRAME:
        raise WrongTypeError
    return value


@dataclass(slots=True)
class MessageReader:
    """Finds the script's events in lines; with a token, only those that carry it."""

    token: str
    has_any: bool = field(default=False, init=False)
    """Whether an event was read."""
    _seen: dict[str, "_Seen"] = field(default_factory=dict, init=False)

    def read(self, line: str) -> list[Message] | None:
        """Return the events of a line that were not read before; None when it is a plain line."""
        found: list[Message] = []
        is_plain = True
        start = 0
        while (match := _ANY_TAG.search(line, start)) is not None:
            start = match.end()
            if self.token and match["token"] != self.token:
                continue
            message, end = self._message(line, start)
            if message is None:
                continue
            is_plain, start = False, end
            if self._seen.setdefault(match["token"] or "", _Seen()).add(message.number):
                found.append(message)
        self.has_any = self.has_any or not is_plain
        return None if is_plain else found

    def _message(self, line: str, start: int) -> tuple[Message | None, int]:
        try:
            values, end = _DECODER.raw_decode(line, start)
        except (ValueError, RecursionError):
            return None, start
        name, number = values.get("event"), values.get("n")
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            # Those of another engine's script have none.
            return None, start
        return (Message(name, number, values) if isinstance(name, str) else None), end


@dataclass(slots=True)
class _Seen:
    """Numbers that came; they come in order but for gaps, by two ways of which one may be ahead."""

    all_below: int = 0
    """Every number up to this one came."""
    others: set[int] = field(default_factory=set)

    def add(self, number: int) -> bool:
        """Note a number; return whether it is new."""
        if number <= self.all_below or number in self.others:
            return False
        self.others.add(number)
        while self.all_below + 1 in self.others:
            self.all_below += 1
            self.others.discard(self.all_below)
        if len(self.others) > _MOST_AHEAD:
            self.all_below = max(self.others)
            self.others.clear()
        return True
