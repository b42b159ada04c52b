"""Opens the viewer when it is first wanted, and keeps it in step with the window. Cheap to import."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from render_manager.domain.changes import ChangeSet
from render_manager.ui.bridge import Bridge
from render_manager.ui.frame_orders import FrameOrders
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.inspector_pane import InspectorPane
from render_manager.ui.jobs_pane import JobsPane
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme

if TYPE_CHECKING:
    # Their modules import much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader
    from render_manager.ui.viewer.viewer_window import ViewerWindow


class ViewerDesk(QObject):
    """Owns the one viewer of a window; GUI thread."""

    def __init__(
        self, *, theme: Theme, icons: Icons, state_file: Path | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._state_file = None if state_file is None else state_file.with_name("viewer.ini")
        self._reader: StateReader | None = None
        self._jobs: JobsPane | None = None
        self._frames: FramesPane | None = None
        self.window: ViewerWindow | None = None

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self._reader = reader
        if self.window is not None:
            self.window.read_from(reader)

    def serve(
        self,
        bridge: Bridge,
        jobs: JobsPane,
        frames: FramesPane,
        orders: FrameOrders,
        inspector: InspectorPane,
    ) -> None:
        """Open the viewer for these panes, and bring them to the frame it was closed at."""
        self._jobs, self._frames = jobs, frames
        bridge.changed.connect(self.apply)
        orders.view_wanted.connect(self.look_at)
        inspector.view_wanted.connect(self.look_at)

    def look_at(self, frame: tuple[int, int] | None) -> None:
        """Show a frame, (job id, frame number), large."""
        job = None if frame is None or self._jobs is None else self._jobs.model.job(frame[0])
        if frame is None or job is None or self._reader is None:
            return
        if self.window is None:
            from render_manager.ui.viewer.viewer_window import ViewerWindow  # nothing before needs it

            self.window = ViewerWindow(theme=self._theme, icons=self._icons, state_file=self._state_file)
            self.window.read_from(self._reader)
            self.window.left.connect(self._on_left)
        self.window.look_at(job, frame[1])

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        if self.window is not None:
            self.window.apply(changes)

    def finish(self) -> None:
        """Close the viewer and wait for its threads."""
        if self.window is not None:
            self.window.finish()
            self.window.deleteLater()
            self.window = None

    def _on_left(self, frame: tuple[int, int]) -> None:
        if self._frames is not None and frame[0] == self._frames.model.job_id:
            self._frames.select_frame(frame[1])
