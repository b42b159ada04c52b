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

from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import HoldQueue
from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.autostart import AutostartKeeper, autostart_of_this_system
from render_manager.system.crash import CrashFile
from render_manager.system.paths import AppPaths
from render_manager.ui.alarm import Alarm
from render_manager.ui.bridge import Bridge
from render_manager.ui.crash_bar import CrashBar
from render_manager.ui.faults import Faults
from render_manager.ui.main_window import MainWindow
from render_manager.ui.resuming import ResumeBar, Resuming
from render_manager.ui.when_done import is_working

if TYPE_CHECKING:
    from render_manager.engines.catalog import Catalog
    from render_manager.scheduling.ports import StateReader
    from render_manager.system.settings import Settings

log = logging.getLogger(__name__)

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
        self.settings: Settings | None = None
        self.resuming = Resuming(self)
        self.resuming.changed.connect(self._on_resuming)
        self.resuming.answered.connect(self._on_answered)
        self._last_crash: Path | None = None
        self._crash_file: CrashFile | None = None
        self._autostart = AutostartKeeper(autostart_of_this_system(paths.base_dir))
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
        window.hold.changed.connect(self._on_held)
        window.hold.is_told_elsewhere = self.resuming.is_asking

    def read_from(self, _reader: "StateReader", settings: "Settings", _catalog: "Catalog") -> None:
        """Know the settings and what is stored from now on."""
        self.settings = settings
        self.resuming.begin(goes_on=settings.continue_after_start)

    def hear_faults(self, crash_file: CrashFile, alarm: Alarm) -> None:
        """Tell of exceptions that nobody caught from now on."""
        self._crash_file = crash_file
        alarm.rang.connect(self.faults.take)

    def show_crash(self, path: Path | None) -> None:
        """Tell of a crash of the last run; None for none."""
        self._last_crash = path
        self._crash_bar.show_crash(path)

    def report(self, error: BaseException) -> None:
        """Tell of an exception in a task of the window."""
        if self._crash_file is not None:
            self._crash_file.write(type(error), error, error.__traceback__)
        else:
            log.error("a task of the window failed", exc_info=error)
            said = _("Render Manager made a mistake; {path} tells more.")
            self._window().say("internal", said.format(path=self._paths.program_log))

    def end(self) -> None:
        """Hear nothing more."""
        self._looking.stop()
        self._bridge.changed.disconnect(self._take)

    def _take(self, changes: ChangeSet) -> None:
        self.resuming.take(changes, time.time())
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
        is_wanted = self.settings.start_with_computer and is_working(self._window().jobs.model.jobs())
        self._spawn(self._keep_autostart(is_wanted=is_wanted))

    async def _keep_autostart(self, *, is_wanted: bool) -> None:
        try:
            await self._at_desk(lambda: self._autostart.want(is_wanted=is_wanted))
        except UserError as error:
            self._window().say("autostart", str(error))
