"""What the artist meets before, after and in spite of a night: part of the composition root.

Interruptions of the last run, a start with the computer, mistakes of ours. One object for the program's life;
the window, which is built anew for another language, is attached to it.
"""

import logging
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from render_manager.departure import Departure
from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import HoldQueue, RetryFrames
from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.autostart import AutostartKeeper, autostart_of_this_system
from render_manager.system.crash import CrashFile
from render_manager.system.json_store import JsonStore
from render_manager.system.paths import AppPaths
from render_manager.system.visits import Visits
from render_manager.ui.alarm import Alarm
from render_manager.ui.attendance import Attendance
from render_manager.ui.bars import NoticeBar
from render_manager.ui.bridge import Bridge
from render_manager.ui.crash_bar import CrashBar
from render_manager.ui.faults import Faults
from render_manager.ui.main_window import MainWindow
from render_manager.ui.resuming import ResumeBar, Resuming
from render_manager.ui.when_done import is_working

if TYPE_CHECKING:
    from render_manager.domain.morning import Morning
    from render_manager.engines.catalog import Catalog
    from render_manager.scheduling.ports import StateReader
    from render_manager.services.morning import MorningDesk
    from render_manager.system.settings import Settings
    from render_manager.ui.morning_page import MorningPage

log = logging.getLogger(__name__)

DAY_S = 86400.0
LOOK_MS = 2000
"""At most so often is it looked whether anything is left to be done after a restart of the computer."""


class Night(QObject):
    """Stands between the window and the night; GUI thread."""

    def __init__(
        self,
        *,
        window: Callable[[], MainWindow],
        bridge: Bridge,
        paths: AppPaths,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        at_desk: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]],
    ) -> None:
        super().__init__()
        self._window = window
        self._bridge = bridge
        self._paths = paths
        self._spawn = spawn
        self._at_desk = at_desk
        self.departure = Departure(window=window, bridge=bridge, paths=paths)
        self.settings: Settings | None = None
        self.resuming = Resuming(self)
        self.resuming.changed.connect(self._on_resuming)
        self.resuming.answered.connect(self._on_answered)
        self._last_crash: Path | None = None
        self._crash_file: CrashFile | None = None
        self._autostart = AutostartKeeper(autostart_of_this_system(paths.base_dir))
        self.attendance = Attendance(parent=self)
        self.attendance.came_back.connect(self._on_came_back)
        self.attendance.seen.connect(self._on_seen)
        self._visits = Visits(JsonStore(paths.visits))
        self._away_since = time.time()
        self._away_text = ""
        self._desk: MorningDesk | None = None
        self._morning_page: MorningPage | None = None
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)
        self.faults = Faults(
            window=window,
            theme=lambda: window().theme,
            say=lambda text: window().say("internal", text),
            crash_file=paths.crash_file,
            program_log=paths.program_log,
        )
        bridge.changed.connect(self._take)

    def attach(self, window: MainWindow) -> None:
        """Put what is to be told into a window."""
        ResumeBar(theme=window.theme, stack=window.bars, resuming=self.resuming)
        self._crash_bar = CrashBar(theme=window.theme, stack=window.bars, path=self._last_crash)
        self._crash_bar.dismissed.connect(self._forget_crash)
        self.departure.attach(window)
        self._away_bar = NoticeBar(
            theme=window.theme,
            stack=window.bars,
            name="away_bar",
            buttons=[(_("S&how"), self.show_morning), (_("&Dismiss"), self._forget_absence)],
            is_warning=False,
        )
        self._away_bar.say(self._away_text)
        self._morning_page = None
        self.attendance.watch(window)
        window.actions_by_name.connect("morning", self.show_morning)
        window.hold.changed.connect(self._on_held)
        window.hold.is_told_elsewhere = self.resuming.is_asking

    def read_from(self, reader: "StateReader", settings: "Settings", catalog: "Catalog") -> None:
        """Know what is set, stored and installed from now on."""
        self.departure.read_from(reader, settings, catalog)
        from render_manager.services.morning import MorningDesk  # not before the first paint

        if self._desk is None:
            self._spawn(self._begin_visits())
        self._desk = MorningDesk(reader, self._visits)
        self.settings = settings
        self.resuming.begin(goes_on=settings.continue_after_start)

    def set(self, settings: "Settings") -> None:
        """Take settings that were changed."""
        self.settings = self.departure.settings = settings
        self._look()

    def hear_faults(self, crash_file: CrashFile, alarm: Alarm) -> None:
        """Tell of exceptions that nobody caught from now on."""
        self._crash_file = crash_file
        alarm.rang.connect(self.faults.take)

    def show_crash(self, path: Path | None) -> None:
        """Tell of a crash of the last run; None for none."""
        self._last_crash = path
        self._crash_bar.show_crash(path)

    def _forget_crash(self) -> None:
        self._last_crash = None

    def report(self, error: BaseException) -> None:
        """Tell of an exception in a task of the window."""
        if self._crash_file is not None:
            self._crash_file.write(type(error), error, error.__traceback__)
        else:
            log.error("a task of the window failed", exc_info=error)
            said = _("Render Manager made a mistake; {path} tells more.")
            self._window().say("internal", said.format(path=self._paths.program_log))

    def show_morning(self) -> None:
        """Show what was done since the user was last there."""
        window = self._window()
        self._forget_absence()
        if self._desk is None:
            return
        page = self._morning_page
        if page is None:
            from render_manager.ui.morning_page import MorningPage  # not before it is first wanted

            page = self._morning_page = MorningPage(theme=window.theme, errands=window.errands)
            page.serve(self._desk.collect, self._desk.save)
            page.closed.connect(window.pages.show_whole)
            page.retry_wanted.connect(lambda job: self._bridge.post(RetryFrames(job, failed_only=True)))
            page.frame_wanted.connect(self._show_frame)
            page.problem_met.connect(lambda text: window.say("report", text))
        page.show_since(self._away_since, time.time())
        window.pages.show_page(page)
        page.setFocus()

    def _show_frame(self, job_id: int, frame: int) -> None:
        window = self._window()
        window.pages.show_whole()
        window.jobs.select_job(job_id)
        window.show_log((job_id, frame))

    def _on_came_back(self, since: float) -> None:
        """Tell what was done while nobody was there, if anything was."""
        self._away_since = since
        desk = self._desk
        if desk is None:
            return
        until = time.time()
        self._window().errands.run(lambda: desk.collect(since, until), self._tell_of_absence)

    def _tell_of_absence(self, morning: "Morning | None") -> None:
        if morning is None or not (morning.completed or morning.failed):
            return
        from render_manager.domain.morning_text import summary_text  # not before the first paint

        self._away_text = _("While you were away: {what}").format(what=summary_text(morning))
        self._away_bar.say(self._away_text)

    def _forget_absence(self) -> None:
        self._away_text = ""
        self._away_bar.say("")

    def _on_seen(self, at: float) -> None:
        self._spawn(self._keep_visit(at))

    async def _keep_visit(self, at: float) -> None:
        await self._write_visit(lambda: self._visits.seen(at))

    async def _begin_visits(self) -> None:
        now = time.time()
        seen_at = await self._write_visit(lambda: self._visits.begin(now))
        self._away_since = seen_at if isinstance(seen_at, float) else now - DAY_S
        self.attendance.begin(seen_at if isinstance(seen_at, float) else None)

    async def _write_visit(self, write: Callable[[], object]) -> object:
        try:
            return await self._at_desk(write)
        except UserError as error:
            log.info("%s", error)
            return None

    def end(self) -> None:
        """Hear nothing more; waits for a frame that is tried to be stopped."""
        self.departure.end()
        self.attendance.end()
        self._looking.stop()
        self._bridge.changed.disconnect(self._take)

    def _take(self, changes: ChangeSet) -> None:
        self.resuming.take(changes, time.time())
        self.departure.take(changes)
        if (changes.jobs or changes.removed_jobs) and not self._looking.isActive():
            self._looking.start()

    def _on_resuming(self) -> None:
        """Show the queue as held while the answer is waited for; the bar itself says why."""
        hold = self._window().hold
        hold.is_told_elsewhere = self.resuming.is_asking
        if self.resuming.is_asking and not hold.is_held:
            hold.show(is_held=True)

    def _on_answered(self, goes_on: bool) -> None:
        self._window().hold.is_told_elsewhere = False
        self._window().hold.show(is_held=not goes_on)
        if goes_on:
            self._bridge.post(HoldQueue(False))

    def _on_held(self, is_held: bool) -> None:
        """Take it for an answer when the user lets the queue go on in another way."""
        if not is_held:
            self.resuming.answer(goes_on=True)

    def _look(self) -> None:
        """Have the program started with the computer while jobs are unfinished, if that is wanted."""
        if self.settings is None:
            return
        self.departure.allow_test()
        is_wanted = self.settings.start_with_computer and is_working(self._window().jobs.model.jobs())
        self._spawn(self._keep_autostart(is_wanted=is_wanted))

    async def _keep_autostart(self, *, is_wanted: bool) -> None:
        try:
            await self._at_desk(lambda: self._autostart.want(is_wanted=is_wanted))
        except UserError as error:
            self._window().say("autostart", str(error))
