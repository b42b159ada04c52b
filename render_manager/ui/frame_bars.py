"""Paints thousands of small cells at once: a line of cells is one row of bytes, scaled by Qt."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from render_manager.domain.states import FRAME_STATES, FrameState
from render_manager.ui.cell_flow import CellFlow
from render_manager.ui.models.frame_codes import UNREAD_CODE
from render_manager.ui.state_looks import frame_looks, marked_look, retry_look
from render_manager.ui.theme import Theme, mixed

NOTHING = 255
_RECEDING = frozenset({FrameState.PENDING, FrameState.SKIPPED})
"""States that stay behind the others, since most frames are in them for most of the time."""
PROGRESS_FROM_PX = 12
_PROGRESS_PX = 3


class FrameBars:
    """Paints frames as blocks of their states' colours; GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        looks = frame_looks()
        colors = [
            mixed(looks[state].color, theme.pane, 0.55 if state in _RECEDING else 0.1)
            for state in FRAME_STATES
        ]
        colors += [retry_look().color, marked_look().color, theme.raised]
        self._table = [color.rgb() for color in colors] + [0] * (255 - UNREAD_CODE)
        self._lookup: tuple[tuple[int, int], list[bytes]] | None = None

    def color(self, code: int) -> QColor:
        """Return the colour of a code of `frame_codes`."""
        return QColor.fromRgb(self._table[code])

    def paint(
        self, painter: QPainter, flow: CellFlow, offset: int, codes: Sequence[int], rows: range
    ) -> None:
        """Paint the cells of some whole lines, `offset` pixels scrolled."""
        cells = self._cells(flow)
        for first in range(rows.start, rows.stop, flow.columns):
            line = codes[first : min(first + flow.columns, rows.stop)]
            data = b"".join([cells[code] for code in line])
            image = QImage(data, len(data), 1, len(data), QImage.Format.Format_Indexed8)
            image.setColorTable(self._table)
            corner = flow.rect(first).topLeft() - QPoint(0, offset)
            painter.drawImage(QRect(corner.x(), corner.y(), len(data), flow.size.height()), image)

    def paint_selected(
        self, painter: QPainter, flow: CellFlow, offset: int, runs: Iterable[tuple[int, int]], rows: range
    ) -> None:
        """Fill the gaps around selected cells, before the cells themselves are painted."""
        marks = bytearray(len(rows))
        for first, last in runs:
            start, stop = max(first, rows.start), min(last + 1, rows.stop)
            if start < stop:
                marks[start - rows.start : stop - rows.start] = b"\1" * (stop - start)
        half = min(flow.gap, 2)
        table = [0, self._theme.accent.rgb()]
        for first in range(rows.start, rows.stop, flow.columns):
            line = bytes(marks[first - rows.start : first - rows.start + flow.columns])
            if 1 not in line:
                continue
            image = QImage(line, len(line), 1, len(line), QImage.Format.Format_Indexed8)
            image.setColorTable(table)
            rect = flow.rect(first).translated(-half, -half - offset)
            pitch = flow.pitch
            painter.drawImage(
                QRect(rect.x(), rect.y(), len(line) * pitch.width(), flow.size.height() + 2 * half), image
            )
            if flow.gap < 2 * half:
                self._close(painter, flow, first, line, offset, half)

    def paint_progress(
        self, painter: QPainter, flow: CellFlow, offset: int, row: int, percent: float
    ) -> None:
        """Paint how far a frame is."""
        if flow.size.width() < PROGRESS_FROM_PX:
            return
        rect = flow.rect(row).translated(0, -offset)
        bar = QRect(rect.left(), rect.bottom() - _PROGRESS_PX + 1, rect.width(), _PROGRESS_PX)
        painter.fillRect(bar, self._theme.pane)
        bar.setWidth(round(rect.width() * min(percent, 100.0) / 100.0))
        painter.fillRect(bar, self._theme.text)

    def _close(
        self, painter: QPainter, flow: CellFlow, first: int, line: bytes, offset: int, half: int
    ) -> None:
        """Give the last cell of each selected run its right edge."""
        place = line.find(1)
        while place >= 0:
            end = line.find(0, place)
            last = (len(line) if end < 0 else end) - 1
            rect = flow.rect(first + last).translated(0, -offset)
            painter.fillRect(
                QRect(rect.right() + 1, rect.y() - half, half, rect.height() + 2 * half), self._theme.accent
            )
            place = -1 if end < 0 else line.find(1, end)

    def _cells(self, flow: CellFlow) -> list[bytes]:
        """Return the pixels of a cell and the gap after it, by code."""
        key = flow.size.width(), flow.gap
        if self._lookup is None or self._lookup[0] != key:
            gap = bytes([NOTHING]) * flow.gap
            cells = [bytes([code]) * flow.size.width() + gap for code in range(UNREAD_CODE + 1)]
            self._lookup = key, cells
        return self._lookup[1]
