"""What the window's frame actions do: the selected frames become commands."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from render_manager.domain.commands import CancelFrames, Command, RenderNext, RetryFrames, SkipFrames
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FINISHED_FRAMES, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.files import open_file, show_in_folder
from render_manager.ui.frame_view_orders import FrameViewOrders, select_menu
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.undo import Undo, Undoable

LOOKED_AT = 50
"""How many of the selected frames are looked at for a picture that can be opened."""
_UNRENDERED = frozenset({FrameState.FAILED, FrameState.CANCELLED, FrameState.SKIPPED})
_UNFINISHED = frozenset(FrameState) - FINISHED_FRAMES
_SKIPPABLE = frozenset({FrameState.PENDING, FrameState.RENDERING, FrameState.FAILED, FrameState.CANCELLED})


class FrameOrders(QObject):
    """Connects the frame actions; GUI thread.

    Signals:
        log_wanted: (job id, frame number) whose log should be shown.
        view_wanted: (job id, frame number) to be looked at in the viewer.
    """

    log_wanted = Signal(object)
    view_wanted = Signal(object)

    def __init__(
        self, *, bridge: Bridge, actions: Actions, pane: FramesPane, undo: Undo, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._undo = undo
        self._bridge = bridge
        self._actions = actions
        self._pane = pane
        self._window = parent
        self.views = FrameViewOrders(actions=actions, pane=pane, parent=parent)
        actions.connect("frame_retry", self.retry)
        actions.connect("frame_cancel", self.cancel)
        actions.connect("frame_skip", self.skip)
        actions.connect("frame_next", self.render_next)
        actions.connect("frame_view", self.view)
        actions.connect("frame_open", self.open_image)
        actions.connect("frame_show", self.show_in_folder)
        actions.connect("frame_copy", self.copy_path)
        actions.connect("frame_log", self.show_log)
        pane.menu_wanted.connect(self.open_menu)
        pane.frame_opened.connect(self.view_wanted)

    def update_actions(self) -> None:
        """Allow what the selected frames allow."""
        states = self._pane.selection.states()
        none = "" if states else _("Select a frame first.")
        has_file = FrameState.COMPLETED in states or self._known_output() is not None
        no_file = "" if has_file else none or _("None of the selected frames has a picture yet.")
        reasons = {
            "frame_retry": ""
            if states & FINISHED_FRAMES
            else none or _("The selected frames are not finished."),
            "frame_cancel": "" if self.can_cancel() else none or _("The selected frames are finished."),
            "frame_skip": ""
            if states & _SKIPPABLE
            else none or _("The selected frames are rendered or left out already."),
            "frame_next": ""
            if FrameState.PENDING in states
            else none or _("None of the selected frames waits."),
            "frame_view": "" if self._pane.current_frame() is not None else _("Select a frame first."),
            "frame_open": no_file,
            "frame_show": no_file,
            "frame_copy": no_file,
            "frame_log": "" if self._pane.current_frame() is not None else _("Select a frame first."),
        }
        for name, why_not in reasons.items():
            self._actions.allow(name, why_not)

    def can_cancel(self) -> bool:
        """Return whether a selected frame can be cancelled."""
        return bool(self._pane.selection.states() - FINISHED_FRAMES)

    def can_retry_failed(self) -> bool:
        """Return whether a selected frame is finished and has no picture of its own."""
        return bool(self._pane.selection.states() & _UNRENDERED)

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
        for name in ("frame_view", "frame_open", "frame_show", "frame_copy", "frame_log"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        select_menu(self._actions, menu)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def retry(self) -> None:
        """Render the selected frames again, good ones too."""
        self._post(RetryFrames)

    def retry_failed(self) -> None:
        """Render those of the selected frames again that failed, were cancelled or skipped."""
        job_id = self._pane.model.job_id
        if job_id is not None:
            self._bridge.post(RetryFrames(job_id, self._pane.selection.frames_in(_UNRENDERED)))

    def cancel(self) -> None:
        """Cancel the selected frames."""
        count = len(self._pane.selection.frames_in(_UNFINISHED))
        text = ngettext("{count} frame is cancelled.", "{count} frames are cancelled.", count)
        self._give(CancelFrames, text.format(count=count))

    def skip(self) -> None:
        """Leave the selected frames out."""
        count = len(self._pane.selection.frames_in(_SKIPPABLE))
        text = ngettext("{count} frame is left out.", "{count} frames are left out.", count)
        self._give(SkipFrames, text.format(count=count))

    def _give(self, order: type[CancelFrames | SkipFrames], text: str) -> None:
        """Give an order that can be undone."""
        job_id = self._pane.model.job_id
        if job_id is not None and self._pane.selection:
            order_id = self._undo.offer(Undoable(text))
            self._bridge.post(order(job_id, self._pane.selection.frames(), order_id))

    def render_next(self) -> None:
        """Render the selected frames before the others."""
        self._post(RenderNext)

    def view(self) -> None:
        """Look at the current frame in the viewer."""
        current = self._pane.current_frame()
        if current is not None:
            self.view_wanted.emit(current)

    def open_image(self) -> None:
        """Open the current frame's picture in its program."""
        self._with_output(open_file)

    def show_in_folder(self) -> None:
        """Show the current frame's file in the file manager."""
        self._with_output(show_in_folder)

    def copy_path(self) -> None:
        """Put the paths of the selected frames' files on the clipboard, one a line."""
        self._pane.model.read_outputs(self._pane.selection.frames(), _copy)

    def show_log(self) -> None:
        """Show the log of the current frame's last attempt."""
        current = self._pane.current_frame()
        if current is not None:
            self.log_wanted.emit(current)

    def _post(self, order: Callable[[int, FrameSet], Command]) -> None:
        job_id = self._pane.model.job_id
        if job_id is not None and self._pane.selection:
            self._bridge.post(order(job_id, self._pane.selection.frames()))

    def _known_output(self) -> Path | None:
        """Return the current frame's picture, or that of one of the first selected ones, if it is known."""
        current = self._pane.grid.currentIndex().row()
        places = list(self._pane.selection.places(LOOKED_AT))
        for place in [current, *places] if current >= 0 else places:
            outputs = self._pane.model.known_outputs(place)
            if outputs:
                return Path(outputs[0])
        return None

    def _with_output(self, use: Callable[[Path], object]) -> None:
        """Hand a selected frame's picture on; it is read first if it scrolled out of memory."""
        known = self._known_output()
        if known is not None:
            use(known)
            return
        frames = self._pane.selection.frames_in({FrameState.COMPLETED})
        if frames:
            first = FrameSet.of([frames.numbers[0]])
            self._pane.model.read_outputs(first, lambda found: _use_first(found, use))


def _use_first(paths: list[str], use: Callable[[Path], object]) -> None:
    if paths:
        use(Path(paths[0]))


def _copy(paths: list[str]) -> None:
    if paths:
        QGuiApplication.clipboard().setText("\n".join(paths))
