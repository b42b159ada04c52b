"""Keeps the table's selection the same as the grid's: rows of one are places of the other."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
)

from render_manager.ui.frame_selection import FrameSelection, runs_of
from render_manager.ui.models.frame_table_model import FrameTableModel

_FLAGS = QItemSelectionModel.SelectionFlag


class SelectionTwin(QObject):
    """Two selections that follow each other while both are looked at; GUI thread.

    The grid's selection is the one all others ask; the table's is brought up to date when it is shown.
    """

    def __init__(
        self,
        *,
        selection: FrameSelection,
        frames: QItemSelectionModel,
        rows: QItemSelectionModel,
        model: FrameTableModel,
        scroll_to: Callable[[QModelIndex], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._selection = selection
        self._frames = frames
        self._rows = rows
        self._model = model
        self._scroll_to = scroll_to
        self._is_busy = False
        self._is_live = False
        selection.changed.connect(self._to_rows)
        frames.currentChanged.connect(self._current_to_rows)
        rows.selectionChanged.connect(self._to_frames)
        rows.currentChanged.connect(self._current_to_frames)
        model.modelReset.connect(self.refresh)

    def follow(self, *, is_live: bool) -> None:
        """Follow from now on, or leave the table alone while it is hidden."""
        self._is_live = is_live
        self.refresh()

    def refresh(self) -> None:
        """Bring the table's selection up to date."""
        self._to_rows()
        self._current_to_rows()

    def _to_rows(self) -> None:
        if not self._is_live or self._is_busy:
            return
        self._is_busy = True
        model = self._model
        runs = self._selection.runs()
        if not model.is_in_frame_order and not self._is_everything(runs):
            runs = runs_of(sorted(model.row_of(place) for place in self._selection.places()))
        flags = _FLAGS.ClearAndSelect | _FLAGS.Rows
        self._rows.select(_ranges(model, runs, last_column=model.columnCount() - 1), flags)
        self._is_busy = False

    def _to_frames(self, *_what: object) -> None:
        if not self._is_live or self._is_busy:
            return
        self._is_busy = True
        selection = self._rows.selection()
        spans = [(selection.at(at).top(), selection.at(at).bottom()) for at in range(selection.count())]
        if not self._model.is_in_frame_order and not self._is_everything(spans):
            rows = {row for first, last in spans for row in range(first, last + 1)}
            spans = runs_of(sorted(self._model.place_of(row) for row in rows))
        self._frames.select(_ranges(self._frames.model(), spans, last_column=0), _FLAGS.ClearAndSelect)
        self._is_busy = False

    def _is_everything(self, runs: Sequence[tuple[int, int]]) -> bool:
        """Return whether this is one run of all frames, which is the same in every order."""
        return list(runs) == [(0, self._model.rowCount() - 1)]

    def _current_to_rows(self, *_what: object) -> None:
        if not self._is_live or self._is_busy:
            return
        self._is_busy = True
        current = self._frames.currentIndex()
        row = self._model.row_of(current.row()) if current.isValid() and self._model.rowCount() else -1
        index = self._model.index(row, 0) if row >= 0 else QModelIndex()
        self._rows.setCurrentIndex(index, _FLAGS.NoUpdate)
        if index.isValid():
            self._scroll_to(index)
        self._is_busy = False

    def _current_to_frames(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._is_live or self._is_busy or not current.isValid():
            return
        self._is_busy = True
        index = self._frames.model().index(self._model.place_of(current.row()), 0)
        self._frames.setCurrentIndex(index, _FLAGS.NoUpdate)
        self._is_busy = False


def _ranges(
    model: QAbstractItemModel, runs: Iterable[tuple[int, int]], *, last_column: int
) -> QItemSelection:
    selection = QItemSelection()
    for first, last in runs:
        selection.select(model.index(first, 0), model.index(last, last_column))
    return selection
