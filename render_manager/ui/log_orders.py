"""The actions of the log pane: its buttons, its menu, its keys, and the files it opens and writes."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions, log_specs
from render_manager.ui.files import open_file, show_in_folder
from render_manager.ui.log_pane import LogPane
from render_manager.ui.pools import Errands
from render_manager.ui.tied_errands import TiedErrands

BUTTONS = ("log_error_before", "log_error_next", "log_find", "log_wrap", "log_follow")
CHECKED = ("log_follow", "log_wrap", "log_everything")
MENU = (
    ("log_find", "log_match_next", "log_match_before"),
    ("log_error_next", "log_error_before", "log_warning_next"),
    ("log_follow", "log_wrap", "log_everything", "log_whole"),
    ("log_larger", "log_smaller", "log_usual"),
    ("log_copy", "log_copy_all", "log_copy_path"),
    ("log_save", "log_open", "log_show"),
)


class LogOrders(QObject):
    """Joins the actions of the log to its pane; GUI thread."""

    def __init__(self, *, actions: Actions, pane: LogPane, errands: Errands, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._pane = pane
        self._errands = TiedErrands(errands, self)
        self.menu = QMenu(_("&Log"), parent)
        self.menu.setToolTipsVisible(True)
        self.comparisons = QMenu(_("Compare &with"), parent)
        self.comparisons.aboutToShow.connect(self._fill_comparisons)
        self._fill_menu()
        for spec in log_specs():
            actions.confine(spec.name, pane)
        for name in CHECKED:
            actions[name].setCheckable(True)
        self.menu.setProperty("icon_name", "mdi6.dots-vertical")
        self.comparisons.setProperty("icon_name", "mdi6.compare")
        pane.header.offer(
            [actions[name] for name in BUTTONS],
            {_("Compare with another attempt"): self.comparisons, _("More for the log"): self.menu},
        )
        pane.installEventFilter(self)
        self._connect()
        self.update_actions()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let keys that the whole window has, too, mean the log's action while the log has the focus."""
        if isinstance(event, QKeyEvent) and event.type() in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
        ):
            pressed = QKeySequence(event.keyCombination())
            for spec in log_specs():
                action = self._actions[spec.name]
                if action.isEnabled() and pressed in action.shortcuts():
                    event.accept()
                    if event.type() is QEvent.Type.KeyPress:
                        action.trigger()
                    return True
        return False

    def update_actions(self) -> None:
        """Say what can be done with the log that is shown."""
        pane, actions = self._pane, self._actions
        why_not = "" if pane.path is not None else _("Select a frame that has a log first.")
        for spec in log_specs():
            actions.allow(spec.name, why_not)
        for name, is_on in (
            ("log_follow", pane.view.is_following),
            ("log_wrap", pane.view.is_wrapped),
            ("log_everything", pane.shows_everything),
        ):
            actions[name].setChecked(is_on)
        if not why_not and pane.shows_whole:
            actions.allow("log_whole", _("The whole log of the worker is shown."))
        has_others = bool(pane.others)
        self.comparisons.menuAction().setEnabled(has_others)

    def copy_path(self) -> None:
        """Put the path of the log on the clipboard."""
        if self._pane.path is not None:
            QGuiApplication.clipboard().setText(str(self._pane.path))
            self._pane.say(_("The path of the log was copied."))

    def open(self) -> None:
        """Open the log in the program the system has for it."""
        path = self._pane.path
        if path is not None and not open_file(path):
            self._pane.say(_("The system knows no program that opens {path}.").format(path=path))

    def show(self) -> None:
        """Show the log in the file manager."""
        path = self._pane.path
        if path is not None and not show_in_folder(path):
            self._pane.say(_("The folder {path} cannot be shown.").format(path=path.parent))

    def save(self) -> None:
        """Ask where to save what is shown of the log."""
        path = self._pane.path
        if path is None:
            return
        dialog = QFileDialog(self._pane, _("Save the log"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_("Logs (*.log *.txt)"), _("All files (*)")])
        dialog.setDefaultSuffix("log")
        dialog.selectFile(path.name)
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, target: Path) -> None:
        """Save what is shown of the log to this file."""
        index = self._pane.sheet.index
        if index is None:
            return
        path, start, end, shows_all = index.path, index.start, index.read_to, index.shows_all

        def save() -> str:
            from render_manager.ui.log_saving import save_part  # seldom used

            try:
                save_part(path, start, end, target, shows_all=shows_all)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                return _("The log could not be saved as {path}: {reason}.").format(path=target, reason=reason)
            return _("The log was saved as {path}.").format(path=target)

        self._errands.run(save, lambda text: self._pane.say(text or ""))

    def _connect(self) -> None:
        pane, connect = self._pane, self._actions.connect
        connect("log_find", pane.find_bar.open_bar)
        connect("log_match_next", lambda: pane.step_match(1))
        connect("log_match_before", lambda: pane.step_match(-1))
        connect("log_error_next", lambda: pane.step_error(1))
        connect("log_error_before", lambda: pane.step_error(-1))
        connect("log_warning_next", lambda: pane.step_error(1, Severity.WARNING))
        connect("log_whole", pane.show_whole)
        connect("log_copy", pane.view.copy)
        connect("log_copy_all", pane.view.copy_all)
        connect("log_copy_path", self.copy_path)
        connect("log_save", self.save)
        connect("log_open", self.open)
        connect("log_show", self.show)
        connect("log_larger", lambda: pane.zoom(1))
        connect("log_smaller", lambda: pane.zoom(-1))
        connect("log_usual", lambda: pane.zoom(0))
        self._actions["log_follow"].triggered.connect(pane.view.set_following)
        self._actions["log_wrap"].triggered.connect(pane.set_wrapped)
        self._actions["log_everything"].triggered.connect(pane.set_everything)
        pane.follow_changed.connect(self._actions["log_follow"].setChecked)
        pane.changed.connect(self.update_actions)
        pane.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        pane.view.customContextMenuRequested.connect(
            lambda point: self.menu.popup(pane.view.viewport().mapToGlobal(point))
        )

    def _fill_menu(self) -> None:
        for group in MENU:
            for name in group:
                self.menu.addAction(self._actions[name])
            if group[0] == "log_follow":
                self.menu.addMenu(self.comparisons)
            if group is not MENU[-1]:
                self.menu.addSeparator()

    def _fill_comparisons(self) -> None:
        self.comparisons.clear()
        for words, attempt in self._pane.others:
            action = self.comparisons.addAction(words)
            action.triggered.connect(lambda _checked=False, one=attempt: self._pane.compare_with(one))
