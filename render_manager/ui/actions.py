"""Every action of the window: its words, key, tool tip, and what it needs to be possible."""

from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from render_manager.ui.state_looks import Icons


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """How an action is shown and reached."""

    name: str
    text: str
    tip: str
    icon: str = ""
    key: str = ""


def action_specs() -> tuple[ActionSpec, ...]:
    """Return all actions in the present language."""
    return (
        ActionSpec("open", _("&Add scenes…"), _("Choose scene files to render"), "mdi6.plus", "Ctrl+O"),
        ActionSpec("quit", _("&Quit"), _("Close Render Manager"), "", "Ctrl+Q"),
        ActionSpec(
            "hold", _("&Pause all"), _("Start no further frames; those that run finish"), "mdi6.pause"
        ),
        ActionSpec(
            "cancel",
            _("&Cancel"),
            _("Cancel the selected frames, or what is left of the job"),
            "mdi6.stop",
            "Ctrl+K",
        ),
        ActionSpec(
            "retry",
            _("&Retry"),
            _("Render again what failed or was cancelled: of the selected frames, or of the job"),
            "mdi6.reload",
            "Ctrl+R",
        ),
        ActionSpec("frame_retry", _("&Retry"), _("Render these frames again")),
        ActionSpec("frame_cancel", _("&Cancel"), _("Cancel these frames at once")),
        ActionSpec("frame_skip", _("&Skip"), _("Leave these frames out")),
        ActionSpec("frame_next", _("Render &next"), _("Render these frames before the others"), "", "Ctrl+N"),
        ActionSpec("frame_open", _("&Open image"), _("Open the picture in its program"), "", "Return"),
        ActionSpec("frame_show", _("Show in &folder"), _("Show the file in the file manager")),
        ActionSpec("frame_copy", _("Copy &path"), _("Copy the file's path"), "", "Ctrl+Shift+C"),
        ActionSpec("frame_log", _("Show &log of attempt"), _("Show what the engine printed"), "", "Ctrl+L"),
        *frame_view_specs(),
        ActionSpec("job_pause", _("&Pause"), _("Start no further frames of these jobs"), "", "Ctrl+P"),
        ActionSpec("job_resume", _("R&esume"), _("Let these jobs go on"), "", "Ctrl+G"),
        ActionSpec("job_cancel", _("&Cancel"), _("Cancel what is left of these jobs at once")),
        ActionSpec("job_retry", _("&Retry failed"), _("Render what failed or was cancelled again")),
        ActionSpec(
            "job_folder", _("Open output &folder"), _("Open the folder the frames are in"), "", "Ctrl+D"
        ),
        ActionSpec("job_delete", _("&Delete"), _("Forget these jobs; rendered files stay"), "", "Del"),
    )


def frame_view_specs() -> tuple[ActionSpec, ...]:
    """Return the actions that change which frames are seen and selected."""
    return (
        ActionSpec("frames_grid", _("&Grid"), _("Show frames as cells"), "mdi6.view-grid", "Ctrl+1"),
        ActionSpec("frames_table", _("&Table"), _("Show frames as a table"), "mdi6.table", "Ctrl+2"),
        ActionSpec(
            "frames_times",
            _("Ti&mes"),
            _("Show how long each frame took and how much memory it needed"),
            "mdi6.chart-bar",
            "Ctrl+3",
        ),
        ActionSpec("frames_jump", _("&Go to frame…"), _("Type a number to go to that frame"), "", "Ctrl+J"),
        ActionSpec("frames_all", _("&All"), _("Select all frames"), "", "Ctrl+A"),
        ActionSpec("frames_none", _("&None"), _("Select no frame"), "", "Alt+`"),
        ActionSpec("frames_pending", _("&Pending"), _("Select the frames still to render"), "", "Alt+1"),
        ActionSpec("frames_rendering", _("&Rendering"), _("Select the frames under way"), "", "Alt+2"),
        ActionSpec("frames_completed", _("&Completed"), _("Select the frames that are done"), "", "Alt+3"),
        ActionSpec("frames_failed", _("&Failed"), _("Select the frames that failed"), "", "Alt+4"),
        ActionSpec("frames_cancelled", _("Canc&elled"), _("Select the cancelled frames"), "", "Alt+5"),
        ActionSpec("frames_skipped", _("&Skipped"), _("Select the frames left out"), "", "Alt+6"),
    )


class Actions:
    """The window's actions by name."""

    def __init__(self, parent: QWidget, icons: Icons) -> None:
        self._actions: dict[str, QAction] = {}
        self._icons = icons
        self._icon_names: dict[str, str] = {}
        self._are_icons_loaded = False
        for spec in action_specs():
            action = QAction(spec.text, parent)
            action.setToolTip(f"{spec.tip} ({spec.key})" if spec.key else spec.tip)
            action.setStatusTip(spec.tip)
            if spec.key:
                action.setShortcut(QKeySequence(spec.key))
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            if spec.icon:
                self._icon_names[spec.name] = spec.icon
            self._actions[spec.name] = action
            parent.addAction(action)
        self._parent = parent

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], None]) -> None:
        """Call `slot` when an action is triggered."""
        self._actions[name].triggered.connect(lambda _checked=False: slot())

    def enable(self, name: str, *, is_possible: bool) -> None:
        """Allow or forbid an action."""
        self._actions[name].setEnabled(is_possible)

    def confine(self, name: str, widget: QWidget) -> None:
        """Let an action's key work in this widget alone: what it means elsewhere is not for us to say."""
        action = self._actions[name]
        self._parent.removeAction(action)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        widget.addAction(action)

    def set_icon(self, name: str, icon: str) -> None:
        """Give an action another icon."""
        self._icon_names[name] = icon
        if self._are_icons_loaded:
            self._actions[name].setIcon(self._icons.plain(icon))

    def load_icons(self) -> None:
        """Give the actions their icons; after the first paint, since icon fonts take time."""
        self._are_icons_loaded = True
        for name, icon in self._icon_names.items():
            self._actions[name].setIcon(self._icons.plain(icon))
