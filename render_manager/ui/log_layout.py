"""Where the lines of a log in sight stand: one row each, or several where long lines are wrapped. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line in sight."""

    line: int
    text: str | None
    """None while it is not read yet."""
    top_px: int
    rows: tuple[str, ...]
    """The text as it is divided; at least one row."""

    def bottom_px(self, row_px: int) -> int:
        """Return where the line ends."""
        return self.top_px + len(self.rows) * row_px


def place_lines(
    texts: Sequence[str | None], first: int, row_px: int, *, columns: int | None = None
) -> list[PlacedLine]:
    """Return lines one below the other, from the top; `columns` characters wide if they are wrapped."""
    placed, top = [], 0
    for number, text in enumerate(texts, first):
        line = PlacedLine(number, text, top, _rows(text or "", columns))
        placed.append(line)
        top = line.bottom_px(row_px)
    return placed


def stand_on(placed: Sequence[PlacedLine], bottom_px: int, row_px: int) -> list[PlacedLine]:
    """Return those of the lines that are seen if the last of them ends at the bottom; fewer stay on top."""
    if not placed:
        return []
    shift = bottom_px - placed[-1].bottom_px(row_px)
    if shift >= 0:
        return list(placed)
    moved = [PlacedLine(one.line, one.text, one.top_px + shift, one.rows) for one in placed]
    return [one for one in moved if one.bottom_px(row_px) > 0]


def _rows(text: str, columns: int | None) -> tuple[str, ...]:
    if columns is None or len(text) <= columns:
        return (text,)
    return tuple(text[start : start + columns] for start in range(0, len(text), columns))
