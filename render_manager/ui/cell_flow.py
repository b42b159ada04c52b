"""Where the cells of the grid are: all of one size, line after line, so that every place is arithmetic."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPoint, QRect, QSize

SMALLEST_CELL_PX = 2
LARGEST_CELL_PX = 420
BLOCKS_BELOW_PX = 56
"""Narrower cells are plain blocks of the state's colour."""
ASPECT = 0.72
"""Height of a cell as a share of its width."""
GAP_PX = 4
"""Around all cells, and between large ones."""
_BARS_BELOW_PX = 22
"""Narrower cells are taller than their share, so that they can be seen and hit."""


def gap_px(cell_width_px: int) -> int:
    """Return the gap between cells of a width."""
    return 1 if cell_width_px < 12 else 2 if cell_width_px < 28 else GAP_PX


def height_px(cell_width_px: int) -> int:
    """Return the height of cells of a width."""
    if cell_width_px < _BARS_BELOW_PX:
        return round(7 + 0.45 * (cell_width_px - SMALLEST_CELL_PX))
    return round(cell_width_px * ASPECT)


@dataclass(frozen=True)
class CellFlow:
    """Cells of a wished width in a view of a width; in pixels, without scrolling."""

    view_width: int
    wished_width: int

    @cached_property
    def gap(self) -> int:
        """Return the gap between two cells."""
        return gap_px(self.wished_width)

    @cached_property
    def columns(self) -> int:
        """Return how many cells are beside each other."""
        room = self.view_width - 2 * GAP_PX + self.gap
        return max(room // (self.wished_width + self.gap), 1)

    @cached_property
    def size(self) -> QSize:
        """Return a cell's size without the gap: as wished, or a little more to fill lines."""
        room = self.view_width - 2 * GAP_PX - self.gap * (self.columns - 1)
        width = max(room // self.columns, self.wished_width)
        return QSize(width, height_px(width))

    @cached_property
    def pitch(self) -> QSize:
        """Return how far from one cell to the next."""
        return self.size + QSize(self.gap, self.gap)

    @property
    def are_blocks(self) -> bool:
        """Return whether cells are too small for pictures."""
        return self.size.width() < BLOCKS_BELOW_PX

    def height(self, count: int) -> int:
        """Return the height of so many cells with all gaps."""
        lines = -(-count // self.columns)
        return max(lines * self.pitch.height() - self.gap, 0) + 2 * GAP_PX

    def rect(self, row: int) -> QRect:
        """Return a cell's place."""
        line, column = divmod(row, self.columns)
        corner = QPoint(GAP_PX + column * self.pitch.width(), GAP_PX + line * self.pitch.height())
        return QRect(corner, self.size)

    def row_near(self, x: int, y: int) -> int:
        """Return the cell at a point or, in a gap or beside all cells, the one nearest before it."""
        column = (x - GAP_PX) // self.pitch.width()
        line = (y - GAP_PX) // self.pitch.height()
        return max(line, 0) * self.columns + max(min(column, self.columns - 1), 0)

    def rows_between(self, top: int, bottom: int) -> range:
        """Return the cells at least partly between two heights; there may be fewer cells than that."""
        first = max((top - GAP_PX) // self.pitch.height(), 0)
        last = max((bottom - GAP_PX) // self.pitch.height(), 0)
        return range(first * self.columns, (last + 1) * self.columns)
