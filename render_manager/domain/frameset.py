"""Sets of frame numbers and the text people write them in: `1-100x5,120,130-140`.

A set of one arithmetic run, the usual case, is kept as a `range` and never expanded.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import gcd

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _

MAX_FRAMES = 1_000_000
"""Most frames one job may have."""

MAX_TEXT_LENGTH = 200_000
"""Longest frame list that is read, in characters."""

_PART = re.compile(r"(-?[0-9]{1,18})(?:\s*(?:-|\.\.)\s*(-?[0-9]{1,18})(?:\s*[x:]\s*([0-9]{1,18}))?)?")
_SEPARATORS = re.compile("[,;\uff0c\u3001\uff1b]")


class FrameSet:
    """An immutable, sorted set of frame numbers that remembers the order it was written in.

    `numbers` is sorted and without doubles; `order` holds the runs as they were written, which is the
    order in which frames are rendered (`1-100x10,1-100` renders every tenth frame first).
    """

    __slots__ = ("numbers", "order")

    def __init__(self, runs: Sequence[range]) -> None:
        self.order: tuple[range, ...] = tuple(run for run in runs if len(run))
        self.numbers: Sequence[int] = _merged(self.order)

    @classmethod
    def parse(cls, text: str) -> "FrameSet":
        """Read a frame list such as `1-100x5,120,130-140`, `-5--1` or `10-1` (last first).

        Raises UserError when the text is no frame list, is empty, or holds more than MAX_FRAMES.
        """
        if len(text) > MAX_TEXT_LENGTH:
            raise UserError(
                _("The frame list is too long ({length} characters). Write runs such as 1-100x5.").format(
                    length=len(text)
                )
            )
        runs = _read(text)
        total = sum(len(run) for run in runs)
        if total > MAX_FRAMES:
            raise UserError(
                _("The frame list {text} holds {total:,} frames; one job may have {limit:,}.").format(
                    text=_short(text), total=total, limit=MAX_FRAMES
                )
            )
        return cls(runs)

    @classmethod
    def read_back(cls, text: str) -> "FrameSet":
        """Read what `text` wrote, without the limits for people; raises UserError for anything else."""
        return cls(_read(text))

    @classmethod
    def of(cls, numbers: Sequence[int]) -> "FrameSet":
        """Build the set of these numbers, in ascending order."""
        return cls(_runs(sorted(set(numbers))))

    @classmethod
    def span(cls, start: int, end: int, step: int = 1) -> "FrameSet":
        """Build the frames from `start` to `end`, both included; empty when end is before start."""
        return cls([range(start, end + 1, max(step, 1))])

    def index(self, number: int) -> int:
        """Return the place of `number` among the sorted numbers; raises KeyError when it is not there."""
        if isinstance(self.numbers, range):
            if number in self.numbers:
                return self.numbers.index(number)
        else:
            place = bisect_left(self.numbers, number)
            if place < len(self.numbers) and self.numbers[place] == number:
                return place
        raise KeyError(number)

    def overlaps(self, other: "FrameSet") -> bool:
        """Return whether a number is in both sets."""
        few, many = sorted((self.numbers, other.numbers), key=len)
        if not few or few[-1] < many[0] or many[-1] < few[0]:
            return False
        if isinstance(few, range) and isinstance(many, range):
            if (few.start - many.start) % gcd(few.step, many.step):
                return False
            if few.step == many.step == 1:
                return True
        members = many if isinstance(many, range) else set(many)
        return any(number in members for number in few)

    def in_order(self) -> Iterator[int]:
        """Yield the numbers as written; a number written twice comes twice."""
        for run in self.order:
            yield from run

    def text(self) -> str:
        """Return the shortest list that reads back as this set in this order."""
        return ",".join(_run_text(run) for run in self.order)

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        try:
            self.index(number)
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrameSet) and self.order == other.order

    def __hash__(self) -> int:
        return hash(self.order)

    def __repr__(self) -> str:
        return f"FrameSet({self.text()!r})"


def compact_text(numbers: Sequence[int], *, limit: int = 0) -> str:
    """Write numbers as a frame list; with `limit`, only that many runs and an ellipsis."""
    runs = _runs(sorted(set(numbers)))
    if limit and len(runs) > limit:
        return ",".join(_run_text(run) for run in runs[:limit]) + ",…"
    return ",".join(_run_text(run) for run in runs)


def _read(text: str) -> list[range]:
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    runs = [_run(part, text) for part in parts if part]
    if not runs:
        raise UserError(_("The frame list is empty. Write frames such as 1-100, 1-100x5 or 1,5,9."))
    return runs


def _run(part: str, text: str) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise UserError(
            _("“{part}” in the frame list {text} is not a frame or a run. Write 7, 1-100 or 1-100x5.").format(
                part=_short(part), text=_short(text)
            )
        )
    start = int(match[1])
    end = int(match[2]) if match[2] is not None else start
    step = int(match[3]) if match[3] is not None else 1
    if step == 0:
        raise UserError(
            _("“{part}” in the frame list has a step of 0. A step must be 1 or more.").format(
                part=_short(part)
            )
        )
    return range(start, end + 1, step) if end >= start else range(start, end - 1, -step)


def _merged(runs: tuple[range, ...]) -> Sequence[int]:
    if not runs:
        return range(0)
    if len(runs) == 1:
        return runs[0] if runs[0].step > 0 else runs[0][::-1]
    ordered = sorted((run if run.step > 0 else run[::-1] for run in runs), key=lambda run: run.start)
    joined = ordered[0]
    for run in ordered[1:]:
        if joined.step == 1 and run.step == 1 and run.start <= joined.stop:
            joined = range(joined.start, max(joined.stop, run.stop))
        elif joined.step == 1 and run[0] in joined and run[-1] in joined:
            continue
        else:
            return tuple(sorted(set().union(*runs)))
    return joined


def _runs(numbers: Sequence[int]) -> list[range]:
    """Cut sorted numbers into the longest arithmetic runs, greedily."""
    runs: list[range] = []
    place = 0
    while place < len(numbers):
        if place + 1 == len(numbers):
            runs.append(range(numbers[place], numbers[place] + 1))
            break
        step = numbers[place + 1] - numbers[place]
        end = place + 1
        while end + 1 < len(numbers) and numbers[end + 1] - numbers[end] == step:
            end += 1
        if end - place == 1 and step > 1:
            runs.append(range(numbers[place], numbers[place] + 1))
            place += 1
        else:
            runs.append(range(numbers[place], numbers[end] + 1, step))
            place = end + 1
    return runs


def _run_text(run: range) -> str:
    if len(run) == 1:
        return str(run[0])
    step = f"x{abs(run.step)}" if abs(run.step) != 1 else ""
    return f"{run[0]}-{run[-1]}{step}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
