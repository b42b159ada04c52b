"""The main window: puts the panes together and connects them; each pane knows only its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.commands import SubmitJob
from render_manager.domain.facts import FrameCompleted
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions
from render_manager.ui.app_icon import app_icon
from render_manager.ui.banner import Banner
from render_manager.ui.bars import BarStack
from render_manager.ui.bridge import Bridge
from render_manager.ui.disk_label import DiskLabel
from render_manager.ui.drop_overlay import DropOverlay
from render_manager.ui.files import choose_scenes
from render_manager.ui.frame_view_orders import fill_menus
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.help_pages import HelpPages
from render_manager.ui.inspector_pane import InspectorPane
from render_manager.ui.jobs_pane import JobsPane
from render_manager.ui.log_orders import LogOrders
from render_manager.ui.main_menus import MainMenus, build_toolbar
from render_manager.ui.models.job_order import summary_text
from render_manager.ui.page_actions import PageActions
from render_manager.ui.page_stack import PageStack
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.pools import Errands
from render_manager.ui.queue_hold import QueueHold
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme, apply_style
from render_manager.ui.view_menu import ViewMenu
from render_manager.ui.viewer_desk import ViewerDesk
from render_manager.ui.when_done import WhenDone
from render_manager.ui.when_done_menu import CountdownBar, WhenDoneMenu
from render_manager.ui.window_memory import WindowMemory
from render_manager.ui.window_orders import WindowOrders

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader
    from render_manager.ui.submit_panel import SubmitPanel

BESIDE_EACH_OTHER_PX = 900
"""In a narrower window the inspector is under the grid."""


class MainWindow(QMainWindow):
    """The window; GUI thread.

    Signals:
        files_dropped: the paths that were dropped or chosen.
        close_wanted: the user wants to leave; the program decides when.
        settings_wanted: the settings are to be opened.
        sample_wanted: the sample scene is to be rendered.
    """

    files_dropped = Signal(object)
    close_wanted = Signal()
    settings_wanted = Signal()
    sample_wanted = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        bridge: Bridge,
        errands: Errands,
        state_file: Path | None,
        suffixes: tuple[str, ...],
        when_done: WhenDone | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Render Manager")
        self.setAcceptDrops(True)
        # Smaller than a small screen: its frame and a task bar must fit, too.
        self.resize(QSize(1280, 800).boundedTo(self.screen().availableSize() - QSize(16, 64)))
        self._bridge = bridge
        self.errands = errands
        self.suffixes = suffixes
        self.state_file = state_file
        self.was_painted = False
        self._may_close = False
        icons = Icons(theme)
        self.actions_by_name = Actions(self, icons)
        self.jobs = JobsPane(theme=theme, icons=icons, errands=errands)
        self.frames = FramesPane(theme=theme, icons=icons, errands=errands)
        self.inspector = InspectorPane(theme=theme, icons=icons, errands=errands)
        self.theme = theme
        self._submit: SubmitPanel | None = None
        self.banner = Banner(theme=theme)
        self.disk = DiskLabel(errands=errands)
        # That of the window before, where this one takes its place.
        self.when_done = when_done or WhenDone()
        self.when_done.setParent(self)
        self.when_done_menu = WhenDoneMenu(self.when_done, self)
        self._lay_out()
        self._build_menus()
        self._confine_keys()
        self._take_orders()
        self.viewer = ViewerDesk(theme=theme, icons=icons, state_file=state_file, parent=self)
        self.viewer.serve(bridge, self.jobs, self.frames, self.orders.frames, self.inspector)
        self._connect()
        self.help = HelpPages(theme=theme, actions=self.actions_by_name, menus=self.menus.all(), parent=self)
        self._page_actions = PageActions(self.actions_by_name, self)
        self.drop_overlay = DropOverlay(theme=theme, window=self)
        self.drop_overlay.dropped.connect(self.files_dropped)
        self._memory = self._remembered()
        self._memory.restore()
        self.inspector.fix_with(self.actions_by_name["job_fix"])
        self.orders.update()
        apply_style(self, theme)

    @property
    def submit(self) -> "SubmitPanel":
        """Return the submit panel; it is made when it is first asked for."""
        if self._submit is None:
            from render_manager.ui.submit_panel import SubmitPanel  # the first paint does not show it

            self._submit = SubmitPanel(theme=self.theme, errands=self.errands)
            self._submit.queued.connect(self.submit_specs)
            self._submit.add_wanted.connect(self._choose_files)
            self._submit.closed.connect(self.pages.show_whole)
        return self._submit

    def read_from(self, reader: "StateReader") -> None:
        """Read details from this reader from now on."""
        for pane in (self.inspector, self.jobs, self.frames, self.viewer, self.orders.fixes):
            pane.read_from(reader)

    def add_scenes(self, paths: Sequence[Path]) -> None:
        """Show scenes in the submit panel."""
        if paths:
            self.submit.add(paths)
            self.show_submit()

    def show_submit(self) -> None:
        """Show the submit panel in place of jobs and frames."""
        self.pages.show_page(self.submit)
        self.submit.list.setFocus()

    def name_engines(self, names: Mapping[str, str]) -> None:
        """Call engines by these names, by their ids, from now on."""
        self.jobs.model.name_engines(names)

    def set_suffixes(self, suffixes: tuple[str, ...]) -> None:
        """Offer files with these endings from now on."""
        self.suffixes = suffixes

    def submit_specs(self, specs: Sequence[JobSpec]) -> None:
        """Queue jobs."""
        for spec in specs:
            self._bridge.post(SubmitJob(spec))
        self._select_newest = True

    def say(self, code: str, text: str) -> None:
        """Show a sentence at the top of the window; an empty one takes it away."""
        self.banner.say(code, text)

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        QApplication.setWindowIcon(app_icon())
        self.actions_by_name.load_icons()
        self.jobs.load_icons()
        self.frames.load_icons()
        self.inspector.log.load_icons()

    @property
    def plays_sound(self) -> bool:
        """Return whether a sound is played when everything is rendered."""
        return self.when_done_menu.sound.isChecked()

    def remember(self) -> None:
        """Write down the window's place and panes."""
        self._memory.save()

    def detach(self) -> None:
        """Hear no more of the program: another window has taken this one's place."""
        self._bridge.changed.disconnect(self.apply)
        self._bridge.changed.disconnect(self.viewer.apply)

    def let_close(self) -> None:
        """Close for good."""
        self._may_close = True
        self.viewer.finish()
        self.close()

    def apply(self, changes: ChangeSet) -> None:
        """Hand a change set to every pane."""
        has_new = any(self.jobs.model.job(job_id) is None for job_id in changes.jobs)
        # Asked before: a table that gets the focus with its first rows makes one of them the current.
        had_none = self.jobs.current_job() is None
        self.jobs.apply(changes)
        self.frames.apply(changes)
        self.inspector.apply(changes)
        self._follow_newest(changes)
        if changes.facts:
            self._show_warnings()
        for notice in changes.notices:
            self.banner.say(notice.code, notice.text)
        if has_new and (self._select_newest or had_none):
            self._select_newest = False
            self.jobs.select_job(max(changes.jobs))
        current = self.jobs.current_job()
        if current is not None and current.id in changes.jobs:
            self.frames.show_job(current)
        if changes.jobs or changes.removed_jobs:
            self.orders.update_jobs()
            self._summary.setText(summary_text(self.jobs.model.jobs()))
        if any(change.job_id == self.frames.model.job_id for change in changes.frames):
            self.orders.update_frames()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold the inspector under the grid where both do not fit beside each other."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < BESIDE_EACH_OTHER_PX
        self._lower.setOrientation(Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Take note that the window is there to be seen."""
        super().paintEvent(event)
        self.was_painted = True

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask the program to end instead of vanishing with engines running."""
        if self._may_close:
            self._memory.save()
            event.accept()
        else:
            event.ignore()
            self.close_wanted.emit()

    _select_newest = False

    def _lay_out(self) -> None:
        self._lower = QSplitter(Qt.Orientation.Horizontal)
        self._lower.addWidget(self.frames)
        self._lower.addWidget(self.inspector)
        self._lower.setStretchFactor(0, 3)
        self._lower.setStretchFactor(1, 2)
        self._lower.setSizes([760, 520])
        self._lower.setChildrenCollapsible(False)
        self._whole = QSplitter(Qt.Orientation.Vertical)
        self._whole.addWidget(self.jobs)
        self._whole.addWidget(self._lower)
        self._whole.setStretchFactor(0, 1)
        self._whole.setStretchFactor(1, 3)
        self._whole.setSizes([260, 540])
        self._whole.setChildrenCollapsible(False)
        self._middle = QWidget()
        layout = QVBoxLayout(self._middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.bars = BarStack(CountdownBar(theme=self.theme, when_done=self.when_done), self.banner)
        layout.addWidget(self.bars)
        self.pages = PageStack(self._whole)
        self.pages.currentChanged.connect(self._on_page)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(self._middle)
        self.statusBar().addWidget(self.disk, 1)
        self.statusBar().setSizeGripEnabled(False)

    def _build_menus(self) -> None:
        self._summary = PlainLabel()
        self._summary.setObjectName("dim")
        when_done = self.when_done_menu.button()
        self.addToolBar(build_toolbar(self.actions_by_name, self._summary, when_done))
        self.menus = MainMenus(self, self.actions_by_name)
        fill_menus(self.actions_by_name, self.menus.frame, self.menus.view)
        self.menus.file.insertMenu(self.actions_by_name["quit"], self.when_done_menu)
        panes = {
            "jobs": (_("&Jobs"), self.jobs),
            "frames": (_("&Frames"), self.frames),
            "inspector": (_("&Picture and log"), self.inspector),
        }
        self.view_menu = ViewMenu(self.menus.view, panes)

    def _take_orders(self) -> None:
        """Connect the actions of the log, the queue, jobs and frames."""
        actions, bridge = self.actions_by_name, self._bridge
        self.log_orders = LogOrders(
            actions=actions, pane=self.inspector.log, errands=self.errands, parent=self
        )
        self.menus.view.addMenu(self.log_orders.menu)
        self.hold = QueueHold(bridge=bridge, actions=actions, banner=self.banner, parent=self)
        self.orders = WindowOrders(
            bridge=bridge,
            actions=actions,
            jobs=self.jobs,
            frames=self.frames,
            errands=self.errands,
            theme=self.theme,
            over=self._middle,
            parent=self,
        )

    def _remembered(self) -> WindowMemory:
        splitters = {"whole": self._whole, "lower": self._lower, "inspector": self.inspector.splitter}
        return WindowMemory(
            file=self.state_file,
            window=self,
            splitters=splitters,
            view_menu=self.view_menu,
            frames=self.frames,
            columns=self.jobs.columns,
            log=self.inspector.log,
            toggles={"sound": self.when_done_menu.sound},
        )

    def _confine_keys(self) -> None:
        """Keep keys that mean something else in fields and lists to the panes they are for."""
        for name in ("job_delete", "job_top", "job_up", "job_down", "job_bottom"):
            self.actions_by_name.confine(name, self.jobs.table)
        for name in ("frame_view", "frame_open", "frame_next", "frame_copy", "frame_log"):
            self.actions_by_name.confine(name, self.frames.views)

    def _connect(self) -> None:
        actions = self.actions_by_name
        actions.connect("open", self._choose_files)
        actions.connect("quit", self.close_wanted.emit)
        actions.connect("find", self._find)
        actions.connect("settings", self.settings_wanted.emit)
        for name in ("frames_grid", "frames_table", "frames_times"):
            actions.connect(name, self.frames.show)
        actions.connect("sample", self.sample_wanted.emit)
        for wanted, answer in (
            (self.jobs.empty.open_wanted, self._choose_files),
            (self.jobs.empty.settings_wanted, self.settings_wanted),
            (self.jobs.empty.sample_wanted, self.sample_wanted),
        ):
            wanted.connect(answer)
        self._bridge.changed.connect(self.apply)
        self.view_menu.changed.connect(self._give_room)
        self.jobs.job_selected.connect(self._on_job_selected)
        self.frames.frame_selected.connect(self._on_frame_selected)
        self.orders.frames.log_wanted.connect(self.show_log)

    def _on_job_selected(self, job: JobSnapshot | None) -> None:
        self.frames.show_job(job)
        self.disk.show_job(job)
        self._show_warnings()
        self.orders.update()

    def _on_page(self) -> None:
        self._page_actions.hold_back(is_covered=self.pages.is_covered)
        self.orders.update()

    def _give_room(self) -> None:
        """Leave the lower half to the jobs while it shows nothing."""
        self._lower.setVisible(not (self.frames.isHidden() and self.inspector.isHidden()))

    def _show_warnings(self) -> None:
        job = self.jobs.current_job()
        self.frames.show_warnings(() if job is None else self.jobs.model.warnings(job.id))

    def _on_frame_selected(self, frame: tuple[int, int] | None) -> None:
        self.inspector.show_frame(*(frame or (None, None)))

    def _follow_newest(self, changes: ChangeSet) -> None:
        """While the user looks at no frame in particular, show the newest finished one."""
        job = self.jobs.current_job()
        if job is None or self.frames.current_frame() is not None:
            return
        for fact in reversed(changes.facts):
            if isinstance(fact, FrameCompleted) and fact.job_id == job.id:
                self.inspector.show_frame(job.id, fact.frame)
                return

    def show_log(self, frame: tuple[int, int]) -> None:
        """Show the log of a frame (job, number)."""
        self.inspector.show()
        self.inspector.show_attempt(*frame)
        self.inspector.log.view.setFocus()

    def _find(self) -> None:
        self.jobs.show()
        self.jobs.chips.filter.setFocus()
        self.jobs.chips.filter.selectAll()

    def _choose_files(self) -> None:
        choose_scenes(self, self.suffixes, self.files_dropped.emit)
