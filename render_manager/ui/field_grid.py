"""Named fields in one column or two, whichever the width allows; Tab goes through them as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from render_manager.ui.plain_label import PlainLabel

TWO_COLUMNS_FROM_PX = 620
NAME_WIDTHS_PX = (112, 76)
"""Room for the names in each column, so that grids above each other line up."""
FIELD_HEIGHT_PX = 28


@dataclass(frozen=True, slots=True)
class Cell:
    """A field with its name."""

    label: str
    field: QWidget
    is_wide: bool = False
    """Whether it takes the whole width."""
    beside: QWidget | None = None
    """A button behind the field."""


class FieldGrid(QWidget):
    """Lays out fields; GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: tuple[Cell, ...] = ()
        self._columns = 0
        self._labels: list[QLabel] = []
        self._rows: dict[QWidget, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)

    def show_cells(self, cells: Sequence[Cell]) -> None:
        """Show these fields, in this order; others that were here are hidden and keep their parent."""
        if tuple(cells) == self._cells:
            return
        for cell in self._cells:
            cell.field.hide()
        self._cells = tuple(cells)
        self._arrange(self._fitting())

    def fields(self) -> list[QWidget]:
        """Return the fields and their buttons in the order Tab goes through them."""
        return [one for cell in self._cells for one in (cell.field, cell.beside) if one is not None]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Use the width there is."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def _fitting(self) -> int:
        return 2 if self.width() >= TWO_COLUMNS_FROM_PX else 1

    def _arrange(self, columns: int) -> None:
        self._columns = columns
        self._clear()
        row = column = 0
        for cell in self._cells:
            if cell.is_wide and column:
                row, column = row + 1, 0
            span = 2 * columns - 1 if cell.is_wide else 1
            self._place(cell, row, 2 * column, span)
            column = columns if cell.is_wide else column + 1
            if column == columns:
                row, column = row + 1, 0
        for place in range(4):
            is_field = place % 2 == 1 and place < 2 * columns
            self._grid.setColumnStretch(place, 1 if is_field else 0)
        self._grid.setColumnMinimumWidth(0, NAME_WIDTHS_PX[0])
        self._grid.setColumnMinimumWidth(2, NAME_WIDTHS_PX[1] if columns > 1 else 0)

    def _clear(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        for label in self._labels:
            label.hide()
            label.deleteLater()
        self._labels = []

    def _place(self, cell: Cell, row: int, column: int, span: int) -> None:
        is_named_itself = isinstance(cell.field, QCheckBox)
        label = PlainLabel("" if is_named_itself else cell.label, self)
        label.setObjectName("dim")
        label.setBuddy(cell.field)
        self._labels.append(label)
        self._grid.addWidget(label, row, column)
        field = cell.field if cell.beside is None else self._together(cell.field, cell.beside)
        self._grid.addWidget(field, row, column + 1, 1, span)
        if not isinstance(cell.field, QLabel):
            cell.field.setMinimumHeight(FIELD_HEIGHT_PX)
        for widget in (label, field, cell.field):
            widget.show()

    def _together(self, field: QWidget, beside: QWidget) -> QWidget:
        """Return a row of a field and its button, made once."""
        row = self._rows.get(field)
        if row is None:
            row = self._rows[field] = QWidget(self)
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(8)
            layout.addWidget(field, 1)
            layout.addWidget(beside)
        return row


def order_tabs(widgets: Sequence[QWidget]) -> None:
    """Let Tab go through widgets in this order, from the one before the first of them."""
    usable = [widget for widget in widgets if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    for before, after in pairwise(usable):
        QWidget.setTabOrder(before, after)
