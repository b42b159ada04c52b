"""What the window's actions for looking at frames do: which view, which frames are selected."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from render_manager.domain.states import FRAME_CODES, FRAME_STATES, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.models.frame_codes import MARKED_CODE
from render_manager.ui.state_looks import frame_looks

_VIEWS = ("frames_grid", "frames_table", "frames_times")


class FrameViewOrders(QObject):
    """Connects the actions that change what is seen and selected of the frames; GUI thread."""

    def __init__(self, *, actions: Actions, pane: FramesPane, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._pane = pane
        self._present: set[FrameState] | None = None
        self._has_marked: bool | None = None
        for name in _VIEWS:
            actions[name].setCheckable(True)
        actions.connect("frames_grid", lambda: pane.show_view("grid"))
        actions.connect("frames_table", lambda: pane.show_view("table"))
        actions.connect("frames_times", lambda: pane.show_times(is_shown=actions["frames_times"].isChecked()))
        actions.connect("frames_jump", pane.ask_for_frame)
        actions.connect("frames_all", pane.choice.everything)
        actions.connect("frames_none", pane.choice.nothing)
        actions.connect("frames_marked", pane.choice.marked)
        actions.confine("frames_all", pane.views)
        for state in FRAME_STATES:
            actions.connect(f"frames_{state.value}", lambda state=state: self._choose(state))  # type: ignore[misc]
        pane.header.offer([actions[name] for name in _VIEWS])
        pane.view_changed.connect(self._on_view_changed)
        pane.model.states_changed.connect(self.update_actions)
        self._on_view_changed()
        self.update_actions()

    def update_actions(self) -> None:
        """Allow what the job's frames allow."""
        has_marked = MARKED_CODE in self._pane.model.codes
        if has_marked != self._has_marked:
            self._has_marked = has_marked
            none_marked = _("No picture of this job looks odd.")
            self._actions.allow("frames_marked", "" if has_marked else none_marked)
        codes = self._pane.model.states.codes
        present = {state for state in FRAME_STATES if FRAME_CODES[state] in codes}
        if present == self._present:
            # Change sets come thirty times a second.
            return
        self._present = present
        none_in = _("No frame of this job is {state}.")
        for state, look in frame_looks().items():
            why_not = "" if state in present else none_in.format(state=look.word)
            self._actions.allow(f"frames_{state.value}", why_not)
        for name in ("frames_jump", "frames_all", "frames_none"):
            self._actions.allow(name, "" if present else _("Select a job with frames first."))

    def _choose(self, state: object) -> None:
        self._pane.chips.pressed.emit(state)

    def _on_view_changed(self) -> None:
        # Not by a group of actions: an action can be in one only, and others group them, too.
        for view in ("grid", "table"):
            self._actions[f"frames_{view}"].setChecked(self._pane.view == view)
        self._actions["frames_times"].setChecked(self._pane.shows_times)


def fill_menus(actions: Actions, frame_menu: QMenu, view_menu: QMenu) -> None:
    """Add these actions to the window's menus."""
    frame_menu.addSeparator()
    select_menu(actions, frame_menu)
    for name in _VIEWS:
        view_menu.addAction(actions[name])
    view_menu.addSeparator()


def select_menu(actions: Actions, parent: QMenu) -> QMenu:
    """Add the menu of what can be selected to another."""
    menu = parent.addMenu(_("Se&lect"))
    menu.setToolTipsVisible(True)
    for name in ("frames_all", "frames_none", "frames_jump"):
        menu.addAction(actions[name])
    menu.addSeparator()
    for state in FRAME_STATES:
        menu.addAction(actions[f"frames_{state.value}"])
    menu.addAction(actions["frames_marked"])
    return menu
