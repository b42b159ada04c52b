"""What the window's frame actions do: the selected frames become commands."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from render_manager.domain.commands import CancelFrames, RenderNext, RetryFrames, SkipFrames
from render_manager.domain.states import FINISHED_FRAMES, FrameState
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.files import open_file, show_in_folder
from render_manager.ui.frames_pane import FramesPane

_SKIPPABLE = frozenset({FrameState.PENDING, FrameState.RENDERING, FrameState.FAILED, FrameState.CANCELLED})


class FrameOrders(QObject):
    """Connects the frame actions; GUI thread.

    Signals:
        log_wanted: (job id, frame number) whose log should be shown.
    """

    log_wanted = Signal(object)

    def __init__(self, *, bridge: Bridge, actions: Actions, pane: FramesPane, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._actions = actions
        self._pane = pane
        self._window = parent
        actions.connect("frame_retry", self.retry)
        actions.connect("frame_cancel", self.cancel)
        actions.connect("frame_skip", self.skip)
        actions.connect("frame_next", self.render_next)
        actions.connect("frame_open", self.open_image)
        actions.connect("frame_show", self.show_in_folder)
        actions.connect("frame_copy", self.copy_path)
        actions.connect("frame_log", self.show_log)
        pane.menu_wanted.connect(self.open_menu)
        pane.frame_opened.connect(lambda _frame: self.open_image())

    def update_actions(self) -> None:
        """Allow what the selected frames allow."""
        states = self._selected_states()
        has_file = bool(self._outputs())
        rules = {
            "frame_retry": bool(states & FINISHED_FRAMES),
            "frame_cancel": bool(states - FINISHED_FRAMES),
            "frame_skip": bool(states & _SKIPPABLE),
            "frame_next": FrameState.PENDING in states,
            "frame_open": has_file,
            "frame_show": has_file,
            "frame_copy": has_file,
            "frame_log": self._pane.current_frame() is not None,
        }
        for name, is_possible in rules.items():
            self._actions.enable(name, is_possible=is_possible)

    def open_menu(self, point: QPoint) -> None:
        """Open the menu of the selected frames."""
        self.update_actions()
        self.menu().popup(point)

    def menu(self) -> QMenu:
        """Return a new menu of the selected frames."""
        menu = QMenu(self._window)
        for name in ("frame_retry", "frame_cancel", "frame_skip", "frame_next"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        for name in ("frame_open", "frame_show", "frame_copy", "frame_log"):
            menu.addAction(self._actions[name])
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def retry(self) -> None:
        """Render the selected frames again."""
        job_id = self._pane.model.job_id
        if job_id is not None:
            self._bridge.post(RetryFrames(job_id, self._pane.selected_frames()))

    def cancel(self) -> None:
        """Cancel the selected frames."""
        job_id = self._pane.model.job_id
        if job_id is not None:
            self._bridge.post(CancelFrames(job_id, self._pane.selected_frames()))

    def skip(self) -> None:
        """Leave the selected frames out."""
        job_id = self._pane.model.job_id
        if job_id is not None:
            self._bridge.post(SkipFrames(job_id, self._pane.selected_frames()))

    def render_next(self) -> None:
        """Render the selected frames before the others."""
        job_id = self._pane.model.job_id
        if job_id is not None:
            self._bridge.post(RenderNext(job_id, self._pane.selected_frames()))

    def open_image(self) -> None:
        """Open the current frame's picture in its program."""
        for path in self._outputs()[:1]:
            open_file(path)

    def show_in_folder(self) -> None:
        """Show the current frame's file in the file manager."""
        for path in self._outputs()[:1]:
            show_in_folder(path)

    def copy_path(self) -> None:
        """Put the paths of the selected frames' files on the clipboard, one a line."""
        text = "\n".join(str(path) for path in self._outputs())
        if text:
            QGuiApplication.clipboard().setText(text)

    def show_log(self) -> None:
        """Show the log of the current frame's last attempt."""
        current = self._pane.current_frame()
        if current is not None:
            self.log_wanted.emit(current)

    def has_selection(self) -> bool:
        """Return whether frames are selected."""
        return self._pane.grid.selectionModel().hasSelection()

    def _selected_states(self) -> frozenset[FrameState]:
        chosen = self._pane.selected_frames()
        states = self._pane.model.states
        return frozenset(state for state in FrameState if any(True for _run in states.runs(state, chosen)))

    def _outputs(self) -> list[Path]:
        """Return the files of the selected frames, the current frame's first; only those already read."""
        current = self._pane.grid.currentIndex().row()
        chosen = self._pane.selected_frames()
        places = [self._pane.model.place_of(number) for number in list(chosen)[:500]]
        found: list[Path] = []
        for place in sorted((p for p in places if p is not None), key=lambda p: (p != current, p)):
            row = self._pane.model.cell(place).row
            found += [Path(path) for path in row.outputs] if row is not None else []
        return found
