"""The menu bar and the tool bar: where every action can be found."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions

GAP_PX = 16
SEPARATOR = None

Names = Sequence[str | None]
FILE_NAMES: Names = ("open", "sample", SEPARATOR, "hold", "leave", SEPARATOR, "settings", SEPARATOR, "quit")
EDIT_NAMES: Names = ("undo", SEPARATOR, "cancel", "retry", SEPARATOR, "find")
JOB_NAMES: Names = (
    "job_pause",
    "job_resume",
    "job_cancel",
    "job_retry",
    "job_fix",
    "job_older",
    SEPARATOR,
    "job_top",
    "job_up",
    "job_down",
    "job_bottom",
    "queue_order",
    SEPARATOR,
    "job_folder",
    SEPARATOR,
    "job_delete",
)
FRAME_NAMES: Names = (
    "frame_retry",
    "frame_cancel",
    "frame_skip",
    "frame_next",
    SEPARATOR,
    "frame_view",
    "frame_open",
    "frame_show",
    "frame_copy",
    "frame_log",
)
VIEW_NAMES: Names = ("morning", SEPARATOR)
HELP_NAMES: Names = ("keys", SEPARATOR, "about")


class MainMenus:
    """Builds the menus of one window, and keeps them by name; GUI thread."""

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        self._actions = actions
        bar = window.menuBar()
        self.file = self._menu(bar.addMenu(_("&File")), FILE_NAMES)
        self.edit = self._menu(bar.addMenu(_("&Edit")), EDIT_NAMES)
        self.job = self._menu(bar.addMenu(_("&Job")), JOB_NAMES)
        self.frame = self._menu(bar.addMenu(_("F&rame")), FRAME_NAMES)
        self.view = self._menu(bar.addMenu(_("&View")), VIEW_NAMES)
        self.help = self._menu(bar.addMenu(_("&Help")), HELP_NAMES)

    def all(self) -> tuple[QMenu, ...]:
        """Return all menus, as they stand in the bar."""
        return (self.file, self.edit, self.job, self.frame, self.view, self.help)

    def _menu(self, menu: QMenu, names: Names) -> QMenu:
        # Tool tips tell why an action is off.
        menu.setToolTipsVisible(True)
        for name in names:
            if name is SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[name])
        return menu


def build_toolbar(actions: Actions, summary: QLabel, when_done: QToolButton) -> QToolBar:
    """Return the tool bar, with the summary and what happens when done at its right end."""
    bar = QToolBar(_("Main"))
    bar.setObjectName("main_toolbar")
    bar.setMovable(False)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for name in ("open", "hold"):
        bar.addAction(actions[name])
    gap = QWidget()
    gap.setFixedWidth(GAP_PX)
    bar.addWidget(gap)
    for name in ("cancel", "retry"):
        bar.addAction(actions[name])
    stretch = QWidget()
    stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(stretch)
    bar.addWidget(summary)
    bar.addAction(actions["leave"])
    bar.addWidget(when_done)
    return bar
