"""What runs behind the window: the core, engines and scenes, joined to Qt's loop by asyncio.

Part of the composition root. Imported after the window has been painted: asyncio takes longer to import
than the window takes to appear, and database and engines take longer still and are imported on a thread.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from render_manager.domain.commands import SetSlots
from render_manager.domain.errors import RenderManagerError, UserError
from render_manager.domain.texts import gettext as _
from render_manager.doorbell import Doorbell
from render_manager.engine_words import say_engines
from render_manager.intake import Intake
from render_manager.leaving import Leaving
from render_manager.night import Night
from render_manager.renewing import hand_over, renewed_window, theme_of
from render_manager.system.json_store import JsonStore
from render_manager.system.language import early_setting
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.wakefulness import Wakefulness
from render_manager.ui.bridge import Bridge
from render_manager.ui.closing import LastFrames
from render_manager.ui.files import open_file
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import QtPool
from render_manager.ui.submit_draft import Lookout

if TYPE_CHECKING:
    from render_manager.assembly import Core
    from render_manager.engines.catalog import Catalog
    from render_manager.preferences import Preferences
    from render_manager.services.control import ControlServer
    from render_manager.services.scene_desk import SceneDesk
    from render_manager.system.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

EDGE_THREADS = 3
DESK_THREADS = 2
"""Threads for scene inspection, engine discovery and start."""


class WindowProgram:
    """Everything behind one window, from its first paint to the end of the last thread; GUI thread."""

    def __init__(
        self,
        *,
        app: QApplication,
        window: MainWindow,
        bridge: Bridge,
        reading_pool: QtPool,
        paths: AppPaths,
        ownership: Ownership,
        suffixes: tuple[str, ...],
    ) -> None:
        self.window = window
        self.bridge = bridge
        self._reading_pool = reading_pool
        self._paths = paths
        self._ownership = ownership
        self._core: Core | None = None
        self._catalog: Catalog | None = None
        self._settings: Settings | None = None
        self._desk: SceneDesk | None = None
        self._channel: ControlServer | None = None
        self._is_stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(self._loop)
        self._edge = ThreadPoolExecutor(EDGE_THREADS, thread_name_prefix="edge")
        # Settings and what is done at the end must not wait behind scenes on a share that does not answer.
        self._desk_threads = ThreadPoolExecutor(DESK_THREADS, thread_name_prefix="desk")
        self._doorbell = Doorbell()
        self._doorbell.rang.connect(self._on_rang, Qt.ConnectionType.QueuedConnection)
        self._doorbell.dismissed.connect(self.stop, Qt.ConnectionType.QueuedConnection)
        self.intake = Intake(
            paths=paths,
            window=lambda: self.window,
            suffixes=suffixes,
            spawn=self.spawn,
            in_background=self._in_background,
        )
        self._wakefulness = Wakefulness()
        self._preferences: Preferences | None = None
        self._start_problem = ""
        self._painted_in = [early_setting(paths.settings, name) for name in ("ui_language", "appearance")]
        self._last_frames = LastFrames(window.errands)
        self._last_frames.done.connect(self.stop)
        bridge.changed.connect(self._last_frames.take)
        self.night = Night(
            window=lambda: self.window, bridge=bridge, paths=paths, spawn=self.spawn, at_desk=self._at_desk
        )
        self._leaving = self._attach(window)
        app.styleHints().colorSchemeChanged.connect(lambda _scheme: self._on_system_looks())

    def _attach(self, window: MainWindow) -> Leaving:
        """Connect a window to what is behind it, as far as that is there."""
        self.night.attach(window)
        window.help.paths = self._paths
        window.submit.prepare_with(self.intake.prepare, lambda _path, _scene: ())
        window.files_dropped.connect(self.intake.take)
        window.settings_wanted.connect(lambda: self.spawn(self._open_settings()))
        window.sample_wanted.connect(lambda: self.spawn(self.intake.submit_sample()))
        return Leaving(
            window=window,
            bridge=self.bridge,
            wakefulness=self._wakefulness,
            last_frames=self._last_frames,
            stop=self.stop,
            show=lambda: self._on_rang(()),
            spawn=self.spawn,
            in_background=self._at_desk,
        )

    def _furnish(self) -> None:
        """Give the window what was built behind it."""
        assert self._core is not None and self._settings is not None
        assert self._desk is not None and self._catalog is not None
        window = self.window
        window.read_from(self._core.reader)
        self._leaving.read_from(self._core.reader)
        self.night.read_from(self._core.reader, self._settings, self._catalog)
        window.submit.set_defaults(
            priority=self._settings.default_priority, retries=self._settings.max_retries
        )
        window.submit.learn_from(
            self._desk.fields_of, Lookout(output=self._desk.outlook, picture=self._desk.preview)
        )
        window.submit.remember_in(
            presets=JsonStore(self._paths.presets), scenes=JsonStore(self._paths.scene_choices)
        )
        window.set_suffixes(self.intake.suffixes)
        window.name_engines(self._catalog.names)
        window.orders.fixes.count_slots_by(self._slots_of, self._limit_slots)
        window.inspector.log.explain_with(self._catalog.find)
        if self.intake.engines_known.is_set():
            self._say_engines()

    def run(self, files: Sequence[Path], *, is_demo: bool) -> int:
        """Start everything behind the window and run until it is closed."""
        self.spawn(self._start(files, is_demo=is_demo))
        before = {
            number: signal.signal(number, lambda *_args: self.stop())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            with self._loop:
                self._loop.run_forever()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            # Not waited for: a reader may hang on a share that does not answer.
            self._edge.shutdown(wait=False)
            self._desk_threads.shutdown(wait=False)
            self._reading_pool.finish()
        return 0

    async def _start(self, files: Sequence[Path], *, is_demo: bool) -> None:
        """Bring up the core on a thread, connect the window to it, then look for engines."""
        self.window.load_icons()
        self._leaving.start()
        try:
            core = await self._in_background(self._build)
        except RenderManagerError as error:
            self._start_problem = str(error)
            self.window.say("start", self._start_problem)
            self.intake.fail(error)
            if not self._is_stopping:
                self._channel = self._doorbell.listen_in_vain(self._ownership, self._start_problem)
            return
        if self._is_stopping:
            return
        self._core = core
        for notice in core.notices:
            self.window.say("database", notice)
        assert self._catalog is not None and self._channel is not None and self._settings is not None
        self.intake.suffixes = self._catalog.suffixes
        self.intake.catalog, self.intake.settings = self._catalog, self._settings
        self._preferences = self._build_preferences(core)
        self._furnish()
        core.start()
        self._doorbell.listen(self._channel, self._ownership, core.post)
        self.bridge.connect_to(core.post)
        if self._looks_differ():
            # They stand in a place that is read too late for the first paint, as in `.env`.
            self._renew_window()
        self.intake.core_ready.set()
        if files:
            self.intake.take(files)
        await self._preferences.look_again()
        self.intake.engines_known.set()
        self._say_engines()
        if is_demo:
            await self.intake.submit_sample()

    def _build(self) -> "Core":
        """Import, read and open everything; on a thread."""
        from render_manager.assembly import (
            MOST_WORKER_THREADS,
            Pools,
            build_catalog,
            build_core,
            media_threads,
        )
        from render_manager.services.control import ControlServer
        from render_manager.services.scene_desk import SceneDesk
        from render_manager.system.settings import load_settings

        self._settings = load_settings(self._paths)
        self._catalog = build_catalog(self._paths, self._settings)
        self._desk = SceneDesk(self._catalog)
        self._channel = ControlServer()
        return build_core(
            paths=self._paths,
            settings=self._settings,
            catalog=self._catalog,
            waits_after_interruption=True,
            # Guests first: the window may end this program at what it hears.
            subscribers=[self._channel.publish, self.bridge.receive],
            pools=Pools(
                workers=QtPool(name="workers", max_threads=MOST_WORKER_THREADS),
                media=QtPool(name="media", max_threads=media_threads()),
            ),
        )

    def _say_engines(self) -> None:
        assert self._catalog is not None
        say_engines(self.window, self._catalog)

    def _on_rang(self, files: Sequence[Path]) -> None:
        self.window.show()
        self.window.setWindowState(
            (self.window.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive
        )
        self.window.raise_()
        self.window.activateWindow()
        if files:
            self.intake.take(files)

    def _build_preferences(self, core: "Core") -> "Preferences":
        from render_manager.preferences import Preferences  # not before the first paint

        assert self._settings is not None and self._catalog is not None
        preferences = Preferences(
            paths=self._paths,
            settings=self._settings,
            catalog=self._catalog,
            core=core,
            spawn=self.spawn,
            in_background=self._at_desk,
        )
        preferences.changed.connect(self._on_settings)
        preferences.engines_changed.connect(self._say_engines)
        preferences.looks_changed.connect(self._renew_window)
        return preferences

    async def _open_settings(self) -> None:
        await self.intake.core_ready.wait()
        if self._start_problem:
            # What is wrong may stand in the settings file, and nothing else can be shown.
            self.window.say("start", self._start_problem)
            open_file(self._paths.settings)
        if self._preferences is not None:
            self._preferences.open(theme=self.window.theme, parent=self.window)

    def _on_settings(self, settings: "Settings") -> None:
        self._settings = self.intake.settings = settings
        self.night.set(settings)
        self.window.submit.set_defaults(priority=settings.default_priority, retries=settings.max_retries)

    def _limit_slots(self, engine_id: str, slots: int) -> None:
        """Let no more of an engine run at once from now on; a setting where there is one for it."""
        assert self._preferences is not None and self._core is not None
        if not self._preferences.limit_slots(engine_id, slots):
            self._core.post(SetSlots(slots, engine_id))

    def _slots_of(self, engine_id: str) -> int:
        """Return how many of an engine may run at once."""
        assert self._settings is not None
        return min(self._settings.engine_slots.get(engine_id, self._settings.slots), self._settings.slots)

    def _on_system_looks(self) -> None:
        """Follow the system from light to dark and back, unless the user chose one of them."""
        settings = self._settings
        if settings is None or self._core is None or self._is_stopping:
            return
        if theme_of(settings.appearance).is_dark != self.window.theme.is_dark:
            self._renew_window()

    def _renew_window(self) -> None:
        """Build the window anew: another language or appearance was chosen, here or in the system."""
        assert self._settings is not None
        old, old_leaving = self.window, self._leaving
        self.window = renewed_window(old, self._settings, self.bridge)
        self._leaving = self._attach(self.window)
        self._furnish()
        hand_over(old, self.window)
        old_leaving.end()
        old.detach()
        old.let_close()
        # Errands under way still have answers for its panes.
        old.errands.when_idle(old.deleteLater)
        self._leaving.start()
        if self._preferences is not None:
            self._preferences.reopen(theme=self.window.theme, parent=self.window)

    def _looks_differ(self) -> bool:
        """Return whether the window was painted in other looks than the settings name."""
        assert self._settings is not None
        wanted = (self._settings.ui_language, self._settings.appearance)
        return [one or "system" for one in self._painted_in] != [one or "system" for one in wanted]

    def stop(self, at_last: Callable[[], None] | None = None) -> None:
        """Stop everything and close the window, and do something when all is over; returns at once."""
        if not self._is_stopping:
            self._is_stopping = True
            self.intake.stop()
            self.spawn(self._shut_down(at_last))

    async def _shut_down(self, at_last: Callable[[], None] | None) -> None:
        """Stop core, channel, window, loop: guests hear the core's last words, and give no more orders.

        Scenes that wait for inspection are dropped.
        """
        # Deleted jobs that could still be brought back are deleted now.
        self.window.orders.undo.finish()
        self.window.say("stopping", _("Stopping the engines and storing everything…"))
        self._edge.shutdown(wait=False, cancel_futures=True)
        if self._catalog is not None:
            self._catalog.close()
        # A thread of its own: the others may be reading scenes from a share that does not answer.
        with ThreadPoolExecutor(1, thread_name_prefix="stop") as stopper:
            if self._channel is not None:
                self._channel.refuse()
            if self._core is not None:
                await self._loop.run_in_executor(stopper, self._core.stop)
            if self._channel is not None:
                await self._loop.run_in_executor(stopper, self._channel.stop)
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._leaving.end()
        self.night.end()
        await self._loop.run_in_executor(None, self._wakefulness.close)
        if at_last is not None:
            try:
                await self._loop.run_in_executor(None, at_last)
            except UserError:
                # Nobody is there to read it now; it is where one looks in the morning.
                log.exception("what was wanted when everything was rendered")
        self.window.let_close()
        self._loop.stop()

    async def _in_background(self, function: Callable[[], T]) -> T:
        """Run a function on an edge thread. Raises CancelledError once the program is being ended."""
        if self._is_stopping:
            raise asyncio.CancelledError
        result: T = await self._loop.run_in_executor(self._edge, function)
        return result

    async def _at_desk(self, function: Callable[[], T]) -> T:
        """Run a function on a thread that reads no scenes. Raises CancelledError as `_in_background` does."""
        if self._is_stopping:
            raise asyncio.CancelledError
        result: T = await self._loop.run_in_executor(self._desk_threads, function)
        return result

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something on the window's loop; what it raises is told in the window."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.night.report(error)
