"""The same frames as a table: columns over the frames model, in frame order or in another one."""

import time
from array import array
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from render_manager.domain.texts import gettext as _
from render_manager.ui.estimates import duration_text, quiet_words
from render_manager.ui.frame_words import (
    CellLooks,
    accessible_text,
    memory_text,
    seconds_text,
)
from render_manager.ui.last_lines import LastLines
from render_manager.ui.models.frame_cell import FrameCell
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.models.job_cells import clock_text
from render_manager.ui.state_looks import Icons

AnyIndex = QModelIndex | QPersistentModelIndex


class FrameColumn(IntEnum):
    """The table's columns, from left to right."""

    FRAME = 0
    STATE = 1
    ATTEMPTS = 2
    SECONDS = 3
    MEMORY = 4
    LAST_LINE = 5
    STARTED = 6
    FINISHED = 7
    FILES = 8


_RIGHT = frozenset({FrameColumn.FRAME, FrameColumn.ATTEMPTS, FrameColumn.SECONDS, FrameColumn.MEMORY})
SORTABLE = frozenset(FrameColumn) - {FrameColumn.LAST_LINE, FrameColumn.FILES}


class FrameTableModel(QAbstractTableModel):
    """Frames as rows with columns; GUI thread. Reads details through the frames model."""

    def __init__(
        self, frames: FramesModel, *, icons: Icons, last_lines: LastLines, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._frames = frames
        self._icons = icons
        self._last_lines = last_lines
        self._places: Sequence[int] | None = None
        self._rows: Sequence[int] | None = None
        self._titles = column_titles()
        self._looks = CellLooks()
        frames.modelAboutToBeReset.connect(self.beginResetModel)
        frames.modelReset.connect(self._on_reset)
        frames.dataChanged.connect(self._on_data_changed)
        last_lines.arrived.connect(self._on_lines)

    @property
    def is_in_frame_order(self) -> bool:
        """Return whether rows are places."""
        return self._places is None

    def place_of(self, row: int) -> int:
        """Return the place of a row's frame among the job's frames."""
        return row if self._places is None else self._places[row]

    def row_of(self, place: int) -> int:
        """Return the row of the frame at a place."""
        return place if self._rows is None else self._rows[place]

    def set_order(self, places: "array[int] | None", rows: "array[int] | None") -> None:
        """Show the frames in another order, given both ways round; None for that of their numbers."""
        self.beginResetModel()
        self._places, self._rows = places, rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many frames the job has."""
        return 0 if parent.isValid() else self._frames.rowCount()

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(FrameColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and section in self._titles:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[FrameColumn(section)]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, alignment, tool tip or icon."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._cell(index), column)
        if role == Qt.ItemDataRole.DecorationRole and column == FrameColumn.STATE:
            cell = self._cell(index)
            look = self._looks.of(cell)
            return self._icons.colored(look.icon_name, look.color) if cell.is_read else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._frames.data(self._frames.index(self.place_of(index.row())), role)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cell = self._cell(index)
            return f"{accessible_text(cell)}, {self._titles[FrameColumn(column)]}: {self._text(cell, column)}"
        return None

    def _cell(self, index: AnyIndex) -> FrameCell:
        return self._frames.cell(self.place_of(index.row()))

    def _text(self, cell: FrameCell, column: int) -> str:
        row, attempt, now = cell.row, cell.attempt, time.time()
        if column == FrameColumn.FRAME:
            return str(cell.number)
        if column == FrameColumn.STATE:
            return _state_text(cell, self._looks.of(cell).word, now) if cell.is_read else ""
        if row is None:
            return ""
        if column == FrameColumn.ATTEMPTS:
            return str(row.attempts) if row.attempts else ""
        if column == FrameColumn.SECONDS:
            if cell.progress is not None:
                return duration_text(now - cell.progress.started_at)
            return seconds_text(row.seconds) if row.seconds is not None else ""
        if column == FrameColumn.FILES:
            return "  ".join(Path(output).name for output in row.outputs)
        if column == FrameColumn.LAST_LINE:
            return self._last_line(cell)
        if attempt is None:
            return ""
        if column == FrameColumn.MEMORY:
            return memory_text(attempt.peak_memory_bytes) if attempt.peak_memory_bytes else ""
        when = attempt.started_at if column == FrameColumn.STARTED else attempt.ended_at
        return clock_text(when, now) if when else ""

    def _last_line(self, cell: FrameCell) -> str:
        if cell.sign is not None and cell.progress is not None:
            return cell.sign.last_line
        if cell.row is not None and cell.row.reason and not cell.is_marked:
            return cell.row.reason
        return "" if cell.attempt is None else self._last_lines.get(cell.attempt)

    def _on_reset(self) -> None:
        self._places = self._rows = None
        self.endResetModel()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        count = self.rowCount()
        if not count:
            return
        if self._rows is None:
            top, bottom = first.row(), last.row()
        elif first.row() == last.row():
            top = bottom = self._rows[first.row()]
        else:
            top, bottom = 0, count - 1
        self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(FrameColumn) - 1))

    def _on_lines(self) -> None:
        if self.rowCount():
            column = int(FrameColumn.LAST_LINE)
            self.dataChanged.emit(self.index(0, column), self.index(self.rowCount() - 1, column))


def column_titles() -> dict[FrameColumn, str]:
    """Return the titles of all columns in the present language."""
    return {
        FrameColumn.FRAME: _("Frame"),
        FrameColumn.STATE: _("State"),
        FrameColumn.ATTEMPTS: _("Attempts"),
        FrameColumn.SECONDS: _("Time"),
        FrameColumn.MEMORY: _("Memory"),
        FrameColumn.STARTED: _("Started"),
        FrameColumn.FINISHED: _("Finished"),
        FrameColumn.LAST_LINE: _("Last line"),
        FrameColumn.FILES: _("Files"),
    }


def _state_text(cell: FrameCell, word: str, now: float) -> str:
    if cell.sign is not None and cell.sign.is_suspicious(now):
        quiet = quiet_words(cell.sign.quiet_text(now))
        return _("{state}, {quiet}").format(state=word, quiet=quiet)
    if cell.progress is not None and cell.progress.percent is not None:
        return f"{word} {cell.progress.percent:.0f} %"
    return word


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
