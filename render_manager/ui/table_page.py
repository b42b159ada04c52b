"""The frames table with its model and its selection, put together when it is first shown."""

from render_manager.ui.frame_grid import FrameGrid
from render_manager.ui.frame_selection import FrameSelection
from render_manager.ui.frames_table import FramesTable
from render_manager.ui.last_lines import LastLines
from render_manager.ui.models.frame_table_model import FrameTableModel
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.pools import Errands
from render_manager.ui.selection_twin import SelectionTwin
from render_manager.ui.state_looks import Icons


class TablePage:
    """The table of the grid's frames, with the grid's selection; GUI thread."""

    def __init__(
        self,
        *,
        model: FramesModel,
        selection: FrameSelection,
        grid: FrameGrid,
        icons: Icons,
        errands: Errands,
    ) -> None:
        self.last_lines = LastLines(errands, grid)
        self.model = FrameTableModel(model, icons=icons, last_lines=self.last_lines, parent=grid)
        self.view = FramesTable(frames=model, model=self.model, errands=errands)
        self.twin = SelectionTwin(
            selection=selection,
            frames=grid.selectionModel(),
            rows=self.view.selectionModel(),
            model=self.model,
            scroll_to=self.view.scrollTo,
            parent=self.view,
        )
