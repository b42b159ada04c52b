"""Choosing frames: by state, by number, one after the other, all or none."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject, Signal

from render_manager.domain.states import FrameState
from render_manager.ui.frame_grid import FrameGrid
from render_manager.ui.models.frame_codes import MARKED_CODE
from render_manager.ui.models.frames_model import FramesModel

_FLAGS = QItemSelectionModel.SelectionFlag


class FrameChoice(QObject):
    """Changes which frames are selected and which is current; GUI thread.

    Signals:
        changed: the frames of another state, or of none in particular, are selected now.
    """

    changed = Signal()

    def __init__(self, model: FramesModel, grid: FrameGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = grid
        self._state: FrameState | None = None
        self._is_choosing = False
        grid.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.modelReset.connect(self._forget)

    @property
    def state(self) -> FrameState | None:
        """Return the state whose frames were chosen, until others are."""
        return self._state

    def frame(self, number: int) -> bool:
        """Make a frame the current and only selected one; return whether the job has it."""
        place = self._model.place_of(number)
        if place is not None:
            self.place(place)
        return place is not None

    def place(self, place: int) -> None:
        """Make the frame at a place the current and only selected one, and bring it into sight."""
        index = self._model.index(place)
        # Whatever keys are held down: Qt would look at them.
        self._grid.selectionModel().setCurrentIndex(index, _FLAGS.ClearAndSelect)
        self._grid.scrollTo(index)

    def all_in(self, state: FrameState) -> None:
        """Select all frames in a state and go to the first of them."""
        selection = QItemSelection()
        first_place: int | None = None
        for first, last in self._model.states.runs(state):
            first_place = first if first_place is None else first_place
            selection.select(self._model.index(first), self._model.index(last))
        self._is_choosing = True
        if first_place is not None:
            self._go_to(self._model.index(first_place))
        self._grid.selectionModel().select(selection, _FLAGS.ClearAndSelect)
        self._is_choosing = False
        self._set_state(state if first_place is not None else None)

    def marked(self) -> None:
        """Select the finished frames whose pictures should be looked at, and go to the first of them."""
        places = [place for place, code in enumerate(self._model.codes) if code == MARKED_CODE]
        selection = QItemSelection()
        for place in places:
            selection.select(self._model.index(place), self._model.index(place))
        if places:
            self._go_to(self._model.index(places[0]))
            self._grid.selectionModel().select(selection, _FLAGS.ClearAndSelect)

    def step(self, state: FrameState) -> None:
        """Go to the next frame in a state, from the last to the first; the selection stays."""
        current = self._grid.currentIndex()
        place = self._model.states.next_in(state, current.row() + 1)
        if place is None:
            place = self._model.states.next_in(state)
        if place is not None:
            self._go_to(self._model.index(place))

    def all_or_next(self, state: FrameState) -> None:
        """Select all frames in a state; if they are selected already, go to the next of them."""
        if self._state is state:
            self.step(state)
        else:
            self.all_in(state)

    def everything(self) -> None:
        """Select all frames."""
        self._grid.selectAll()

    def nothing(self) -> None:
        """Select no frame."""
        self._grid.clearSelection()
        self._grid.setCurrentIndex(QModelIndex())

    def _go_to(self, index: QModelIndex) -> None:
        self._grid.selectionModel().setCurrentIndex(index, _FLAGS.NoUpdate)
        self._grid.scrollTo(index)

    def _on_selection_changed(self, *_what: object) -> None:
        if not self._is_choosing:
            self._set_state(None)

    def _forget(self) -> None:
        self._set_state(None)

    def _set_state(self, state: FrameState | None) -> None:
        if state is not self._state:
            self._state = state
            self.changed.emit()
