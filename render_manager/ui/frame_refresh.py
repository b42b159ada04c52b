"""When cells of the grid are painted again by themselves: pictures that come, seconds that pass."""

from PySide6.QtCore import QObject, QTimer

from render_manager.domain.states import FrameState
from render_manager.ui.frame_delegate import FrameDelegate
from render_manager.ui.frame_grid import FrameGrid
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.thumbnails import Thumbnails

GATHER_MS = 16
"""Pictures that come within this time are painted together."""


class FrameRefresh(QObject):
    """Paints the cells anew that look different now, and only those; GUI thread."""

    def __init__(
        self,
        *,
        model: FramesModel,
        grid: FrameGrid,
        delegate: FrameDelegate,
        thumbnails: Thumbnails,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = grid
        self._thumbnails = thumbnails
        self._arrived: set[str] = set()
        self.countdown = QTimer(self)
        self.countdown.setSingleShot(True)
        self.countdown.setInterval(1000)
        # What is not painted is not counted down: the next second begins when a cell has shown this one.
        delegate.countdown_painted.connect(self._on_countdown_painted)
        self.countdown.timeout.connect(self._repaint_waits)
        self._pictures = QTimer(self)
        self._pictures.setSingleShot(True)
        self._pictures.setInterval(GATHER_MS)
        self._pictures.timeout.connect(self._repaint_pictures)
        thumbnails.arrived.connect(self._on_arrived)

    def _on_countdown_painted(self) -> None:
        if not self.countdown.isActive():
            self.countdown.start()

    def _repaint_waits(self) -> None:
        for row in self._grid.visible_rows():
            cell = self._model.cell(row)
            if cell.retry_at is not None or cell.progress is not None:
                self._repaint(row)

    def _on_arrived(self, path: str) -> None:
        self._arrived.add(path)
        if not self._pictures.isActive():
            self._pictures.start()

    def _repaint_pictures(self) -> None:
        """Repaint the cells whose own picture came; those under way may show it as a neighbour's."""
        arrived, self._arrived = self._arrived, set(self._thumbnails.appearing)
        states, rows = self._model.states, self._model.details.rows
        for place in self._grid.visible_rows():
            row = rows.get(states.frames.numbers[place])
            if row is None:
                continue
            if row.thumbnail in arrived or (states.at(place) is FrameState.RENDERING and not row.thumbnail):
                self._repaint(place)
        if self._arrived:
            self._pictures.start()

    def _repaint(self, row: int) -> None:
        self._grid.viewport().update(self._grid.visualRect(self._model.index(row)))
