"""Which frames are selected, read from Qt once for each change of the selection."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

from PySide6.QtCore import QItemSelectionModel, QObject, Signal

from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FRAME_CODES, FrameState
from render_manager.ui.models.frames_model import FramesModel

Run = tuple[int, int]
"""First and last place of a run of selected frames."""


class FrameSelection(QObject):
    """The selected frames of the grid's job; GUI thread.

    A selection of many scattered frames is many ranges inside Qt, each slow to reach; a change set must
    not pay for that.

    Signals:
        changed: other frames are selected.
    """

    changed = Signal()

    def __init__(
        self, model: FramesModel, selection: QItemSelectionModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._runs: list[Run] | None = None
        self._frames: FrameSet | None = None
        selection.selectionChanged.connect(self._on_changed)
        # Qt says nothing of a selection that ends with its rows.
        model.modelReset.connect(self._on_changed)

    def __bool__(self) -> bool:
        """Return whether any frame is selected."""
        return bool(self.runs())

    def runs(self) -> list[Run]:
        """Return the runs of selected places, ascending."""
        if self._runs is None:
            self._runs = self._read()
        return self._runs

    def frames(self) -> FrameSet:
        """Return the selected frames."""
        if self._frames is None:
            self._frames = self._model.numbers(list(self.places()))
        return self._frames

    def frames_in(self, states: Collection[FrameState]) -> FrameSet:
        """Return the selected frames in any of these states."""
        codes, wanted = self._model.states.codes, {FRAME_CODES[state] for state in states}
        return self._model.numbers([place for place in self.places() if codes[place] in wanted])

    def states(self) -> frozenset[FrameState]:
        """Return the states in which at least one selected frame is."""
        codes, found = self._model.states.codes, set[int]()
        for first, last in self.runs():
            if first == last:
                found.add(codes[first])
            else:
                found.update(code for code in FRAME_CODES.values() if codes.find(code, first, last + 1) >= 0)
            if len(found) == len(FRAME_CODES):
                break
        return frozenset(state for state, code in FRAME_CODES.items() if code in found)

    def places(self, limit: int | None = None) -> Iterator[int]:
        """Yield the selected places, ascending; the first few with a limit."""
        return islice(chain.from_iterable(range(first, last + 1) for first, last in self.runs()), limit)

    def _read(self) -> list[Run]:
        selection = self._selection.selection()
        ranges = (selection.at(number) for number in range(selection.count()))
        return _joined(sorted((item.top(), item.bottom()) for item in ranges))

    def _on_changed(self, *_what: object) -> None:
        self._runs = self._frames = None
        self.changed.emit()


def runs_of(places: Sequence[int]) -> list[Run]:
    """Return ascending places as runs."""
    return _joined((place, place) for place in places)


def _joined(spans: Iterable[Run]) -> list[Run]:
    runs: list[Run] = []
    for first, last in spans:
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs
