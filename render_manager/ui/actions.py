"""Every action of the window: its words, key, tool tip, and what it needs to be possible."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.mnemonics import plain_title
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import Icons


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """How an action is shown and reached."""

    name: str
    text: str
    tip: str
    icon: str = ""
    key: str = ""
    other_key: str = ""


def action_specs() -> tuple[ActionSpec, ...]:
    """Return all actions in the present language."""
    return (*program_specs(), *frame_specs(), *job_specs(), *frame_view_specs(), *log_specs())


def program_specs() -> tuple[ActionSpec, ...]:
    """Return the actions of the program as a whole."""
    return (
        ActionSpec("open", _("&Add scenes…"), _("Choose scene files to render"), "mdi6.plus", "Ctrl+O"),
        ActionSpec(
            "sample", _("Render the &sample"), _("Render the scene that comes along"), "", "Ctrl+Shift+D"
        ),
        ActionSpec("settings", _("S&ettings…"), _("Engines, slots, folders, language"), "", "Ctrl+,"),
        ActionSpec("quit", _("&Quit"), _("Close Render Manager"), "", "Ctrl+Q"),
        ActionSpec(
            "hold",
            _("&Pause all"),
            _("Start no further frames; those that run finish"),
            "mdi6.pause",
            "Ctrl+Shift+P",
        ),
        ActionSpec(
            "leave",
            _("&Before you leave"),
            _("Check whether something would stop the night: engines, disks, sleep, restarts"),
            "mdi6.weather-night",
            "Ctrl+B",
        ),
        ActionSpec(
            "morning",
            _("What was &done"),
            _("Show what was rendered and what failed since you last looked"),
            "mdi6.weather-sunset-up",
            "Ctrl+M",
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
        ActionSpec("undo", _("&Undo"), _("Undo the last cancel, skip or delete"), "mdi6.undo", "Ctrl+Z"),
        ActionSpec("find", _("&Find jobs"), _("Type words to see only some of the jobs"), "", "Ctrl+F"),
        ActionSpec(
            "queue_order",
            _("Order of the &queue"),
            _("Show jobs in the order they will be rendered"),
            "",
            "Ctrl+Shift+O",
        ),
        ActionSpec("keys", _("&Keys"), _("Show all keys"), "", "F1", "?"),
        ActionSpec(
            "about",
            _("&About Render Manager"),
            _("Show version, licences and where data lie"),
            "",
            "Ctrl+F1",
        ),
    )


def frame_specs() -> tuple[ActionSpec, ...]:
    """Return the actions of selected frames."""
    return (
        ActionSpec("frame_retry", _("&Retry"), _("Render these frames again"), "", "Ctrl+Shift+R"),
        ActionSpec("frame_cancel", _("&Cancel"), _("Cancel these frames at once"), "", "Ctrl+Shift+K"),
        ActionSpec("frame_skip", _("&Skip"), _("Leave these frames out"), "", "Ctrl+Shift+S"),
        ActionSpec("frame_next", _("Render &next"), _("Render these frames before the others"), "", "Ctrl+N"),
        ActionSpec("frame_view", _("&View picture"), _("Look at the picture large, or play"), "", "Space"),
        ActionSpec("frame_open", _("&Open image"), _("Open the picture in its program"), "", "Return"),
        ActionSpec("frame_show", _("Show in &folder"), _("Show the file in the file manager"), "", "Ctrl+E"),
        ActionSpec("frame_copy", _("Copy &path"), _("Copy the file's path"), "", "Ctrl+Shift+C"),
        ActionSpec("frame_log", _("Show &log of attempt"), _("Show what the engine printed"), "", "Ctrl+L"),
    )


def job_specs() -> tuple[ActionSpec, ...]:
    """Return the actions of selected jobs."""
    return (
        ActionSpec("job_pause", _("&Pause"), _("Start no further frames of these jobs"), "", "Ctrl+P"),
        ActionSpec("job_resume", _("R&esume"), _("Let these jobs go on"), "", "Ctrl+G"),
        ActionSpec(
            "job_cancel", _("&Cancel"), _("Cancel what is left of these jobs at once"), "", "Ctrl+Alt+K"
        ),
        ActionSpec(
            "job_retry", _("&Retry failed"), _("Render what failed or was cancelled again"), "", "Ctrl+Alt+R"
        ),
        ActionSpec(
            "job_fix",
            _("Fi&x and retry"),
            _("Change the job as its failures call for, and render what failed again"),
            "",
            "Ctrl+Alt+X",
        ),
        ActionSpec(
            "job_older",
            _("Render frames of an &older scene again"),
            _("Render the finished frames again that were made before the scene was changed"),
            "",
            "Ctrl+Alt+S",
        ),
        ActionSpec(
            "job_folder", _("Open output &folder"), _("Open the folder the frames are in"), "", "Ctrl+D"
        ),
        ActionSpec("job_delete", _("&Delete"), _("Forget these jobs; rendered files stay"), "", "Del"),
        ActionSpec(
            "job_top", _("Move to the &top"), _("Render these jobs before the others"), "", "Ctrl+Shift+Up"
        ),
        ActionSpec("job_up", _("Move &up"), _("Render these jobs earlier"), "", "Ctrl+Up"),
        ActionSpec("job_down", _("Move do&wn"), _("Render these jobs later"), "", "Ctrl+Down"),
        ActionSpec(
            "job_bottom",
            _("Move to the &bottom"),
            _("Render these jobs after the others"),
            "",
            "Ctrl+Shift+Down",
        ),
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
        ActionSpec("frames_all", _("Select &all"), _("Select all frames"), "", "Ctrl+A"),
        ActionSpec("frames_none", _("Select &none"), _("Select no frame"), "", "Alt+`"),
        ActionSpec("frames_pending", _("Select &pending"), _("Select the frames to render"), "", "Alt+1"),
        ActionSpec("frames_rendering", _("Select &rendering"), _("Select the frames under way"), "", "Alt+2"),
        ActionSpec("frames_completed", _("Select &completed"), _("Select the frames done"), "", "Alt+3"),
        ActionSpec("frames_failed", _("Select &failed"), _("Select the frames that failed"), "", "Alt+4"),
        ActionSpec("frames_cancelled", _("Select canc&elled"), _("Select the cancelled frames"), "", "Alt+5"),
        ActionSpec("frames_skipped", _("Select &skipped"), _("Select the frames left out"), "", "Alt+6"),
        ActionSpec(
            "frames_marked",
            _("Select &odd ones"),
            _("Select the frames whose pictures are black, broken, frozen or unlike their neighbours"),
            "",
            "Alt+7",
        ),
    )


def log_specs() -> tuple[ActionSpec, ...]:
    """Return the actions of the log, whose keys work in the log alone."""
    return (
        ActionSpec(
            "log_find", _("&Find in the log"), _("Look for words in the log"), "mdi6.magnify", "Ctrl+F"
        ),
        ActionSpec("log_match_next", _("Next &match"), _("Go to the next line found"), "", "F3"),
        ActionSpec("log_match_before", _("Match &before"), _("Go to the line found before"), "", "Shift+F3"),
        ActionSpec(
            "log_error_before",
            _("&Previous error"),
            _("Go to the error before, or the warning where there are no errors"),
            "mdi6.arrow-up",
            "Shift+F8",
        ),
        ActionSpec(
            "log_error_next",
            _("&Next error"),
            _("Go to the next error, or warning where there are no errors"),
            "mdi6.arrow-down",
            "F8",
        ),
        ActionSpec("log_warning_next", _("Next &warning"), _("Go to the next warning"), "", "Ctrl+F8"),
        ActionSpec(
            "log_follow",
            _("F&ollow"),
            _("Keep the end of the log in sight"),
            "mdi6.arrow-collapse-down",
            "Ctrl+Alt+End",
        ),
        ActionSpec("log_wrap", _("W&rap lines"), _("Go on with long lines below"), "mdi6.wrap", "Alt+Z"),
        ActionSpec(
            "log_everything",
            _("Show &everything"),
            _("Show what the engine tells Render Manager, too"),
            "",
            "Ctrl+Alt+E",
        ),
        ActionSpec(
            "log_whole",
            _("&Whole log of the worker"),
            _("Show the log of the program that rendered this frame, with its other frames"),
            "",
            "Ctrl+Alt+W",
        ),
        ActionSpec("log_copy", _("&Copy"), _("Copy the selected lines"), "", "Ctrl+C"),
        ActionSpec("log_copy_all", _("Copy &all"), _("Copy all lines of the log"), "", "Ctrl+Alt+C"),
        ActionSpec("log_copy_path", _("Copy pa&th"), _("Copy the path of the log"), "", "Ctrl+Alt+P"),
        ActionSpec("log_save", _("&Save as…"), _("Save what is shown of the log as a file"), "", "Ctrl+S"),
        ActionSpec("log_open", _("Open in e&ditor"), _("Open the log in its program"), "", "Ctrl+Alt+O"),
        ActionSpec("log_show", _("Show in fo&lder"), _("Show the log in the file manager"), "", "Ctrl+Alt+F"),
        ActionSpec(
            "log_larger", _("La&rger letters"), _("Make the log's letters larger"), "", "Ctrl++", "Ctrl+="
        ),
        ActionSpec("log_smaller", _("S&maller letters"), _("Make the log's letters smaller"), "", "Ctrl+-"),
        ActionSpec(
            "log_usual", _("&Usual letters"), _("Give the log's letters their usual size"), "", "Ctrl+0"
        ),
    )


def _key_text(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Actions:
    """The window's actions by name."""

    def __init__(self, parent: QWidget, icons: Icons) -> None:
        self._actions: dict[str, QAction] = {}
        self._icons = icons
        self._icon_names: dict[str, str] = {}
        self._are_icons_loaded = False
        self._tips: dict[str, str] = {}
        for spec in action_specs():
            action = QAction(spec.text, parent)
            # What buttons show: a mnemonic in brackets would stay there without its sign.
            action.setIconText(plain_title(spec.text))
            self._tips[spec.name] = f"{spec.tip} ({_key_text(spec.key)})" if spec.key else spec.tip
            action.setToolTip(plain_tip(self._tips[spec.name]))
            action.setStatusTip(spec.tip)
            if spec.key:
                action.setShortcuts([QKeySequence(key) for key in (spec.key, spec.other_key) if key])
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

    def names(self) -> tuple[str, ...]:
        """Return the names of all actions."""
        return tuple(self._actions)

    def allow(self, name: str, why_not: str = "") -> None:
        """Allow an action, or forbid it with the reason, which its tool tip then tells."""
        self._actions[name].setEnabled(not why_not)
        self._actions[name].setToolTip(plain_tip(why_not or self._tips[name]))

    def confine(self, name: str, widget: QWidget) -> None:
        """Let an action's key work in this widget alone: what it means elsewhere is not for us to say."""
        action = self._actions[name]
        self._parent.removeAction(action)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        widget.addAction(action)

    def set_text(self, name: str, text: str) -> None:
        """Give an action another text."""
        self._actions[name].setText(text)
        self._actions[name].setIconText(plain_title(text))

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
