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
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from render_manager.domain.errors import RenderManagerError, UserError
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.system.json_store import JsonStore
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.resources import resource
from render_manager.system.wakefulness import Wakefulness
from render_manager.ui.bridge import Bridge
from render_manager.ui.closing import Closing, LastFrames, ask_how_to_close
from render_manager.ui.dropped_files import Walk, scene_files
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import QtPool
from render_manager.ui.presence import Presence
from render_manager.ui.submit_draft import Lookout, Prepared
from render_manager.ui.when_done import Afterwards, Wish

if TYPE_CHECKING:
    from render_manager.assembly import Core
    from render_manager.domain.jobspec import JobSpec
    from render_manager.domain.scene import SceneInfo
    from render_manager.engines.catalog import Catalog
    from render_manager.engines.preparing import JobRequest
    from render_manager.services.control import ControlServer
    from render_manager.services.scene_desk import SceneDesk
    from render_manager.system.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

EDGE_THREADS = 3
"""Threads for scene inspection, engine discovery and start."""


class Doorbell(QObject):
    """Lets other threads knock at the GUI thread.

    Signals:
        rang: the files another start of the program was given.
    """

    rang = Signal(object)


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
        self._suffixes = suffixes
        self._core: Core | None = None
        self._catalog: Catalog | None = None
        self._settings: Settings | None = None
        self._desk: SceneDesk | None = None
        self._channel: ControlServer | None = None
        self._is_stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(self._loop)
        self._core_ready = asyncio.Event()
        self._engines_known = asyncio.Event()
        self._edge = ThreadPoolExecutor(EDGE_THREADS, thread_name_prefix="edge")
        self._doorbell = Doorbell()
        self._doorbell.rang.connect(self._on_rang, Qt.ConnectionType.QueuedConnection)
        window.submit.prepare_with(self._prepare, lambda _path, _scene: ())
        window.files_dropped.connect(self._on_files_dropped)
        window.close_wanted.connect(self._on_close_wanted)
        window.held_changed.connect(self._on_held)
        window.when_done.due.connect(self._carry_out)
        self._wakefulness = Wakefulness()
        self._presence = Presence(
            window=window,
            keep_awake=lambda is_awake: self._wakefulness.want(is_awake=is_awake),
            sound=resource("sounds", "done.wav"),
        )
        self._presence.opened.connect(lambda: self._on_rang(()))
        self._presence.quit_wanted.connect(self._on_close_wanted)
        bridge.changed.connect(self._presence.take)
        self._last_frames = LastFrames(window.errands, window)
        self._last_frames.done.connect(self._stop)
        bridge.changed.connect(self._last_frames.take)

    def run(self, files: Sequence[Path], *, is_demo: bool) -> int:
        """Start everything behind the window and run until it is closed."""
        self._spawn(self._start(files, is_demo=is_demo))
        before = {
            number: signal.signal(number, lambda *_args: self._stop())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            with self._loop:
                self._loop.run_forever()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._edge.shutdown()
            self._reading_pool.finish()
        return 0

    async def _start(self, files: Sequence[Path], *, is_demo: bool) -> None:
        """Bring up the core on a thread, connect the window to it, then look for engines."""
        self.window.load_icons()
        self._presence.start()
        try:
            core = await self._in_background(self._build)
        except RenderManagerError as error:
            self.window.say("start", str(error))
            return
        if self._is_stopping:
            return
        self._core = core
        for notice in core.notices:
            self.window.say("database", notice)
        self.window.read_from(core.reader)
        assert self._settings is not None and self._channel is not None
        self.window.submit.set_defaults(
            priority=self._settings.default_priority, retries=self._settings.max_retries
        )
        assert self._desk is not None
        self.window.submit.learn_from(
            self._desk.fields_of, Lookout(output=self._desk.outlook, picture=self._desk.preview)
        )
        self.window.submit.remember_in(
            presets=JsonStore(self._paths.presets), scenes=JsonStore(self._paths.scene_choices)
        )
        core.start()
        self._channel.start(self._ownership, post=core.post, show=self._doorbell.rang.emit)
        self.bridge.connect_to(core.post)
        assert self._catalog is not None
        self._suffixes = self._catalog.suffixes
        self.window.set_suffixes(self._suffixes)
        self.window.name_engines(self._catalog.names)
        self.window.inspector.log.explain_with(self._catalog.find)
        self._core_ready.set()
        if files:
            self._on_files_dropped(files)
        await self._in_background(self._catalog.refresh)
        core.engines_found()
        self._engines_known.set()
        self._say_engines()
        if is_demo:
            await self._submit_sample()

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
            # Guests first: the window may end this program at what it hears.
            subscribers=[self._channel.publish, self.bridge.receive],
            pools=Pools(
                workers=QtPool(name="workers", max_threads=MOST_WORKER_THREADS),
                media=QtPool(name="media", max_threads=media_threads()),
            ),
        )

    def _say_engines(self) -> None:
        assert self._catalog is not None
        self.window.say("complaints", " ".join(self._catalog.complaints()))
        if any(self._catalog.installations(engine.id) for engine in self._catalog.engines):
            self.window.say("engines", "")
            return
        names = ", ".join(engine.name for engine in self._catalog.engines)
        places = sum(len(self._catalog.found(engine.id).searched) for engine in self._catalog.engines)
        self.window.say(
            "engines",
            _(
                "No engine was found ({names}); {places} places were looked at (“render-manager engines” "
                "lists them). Install one, such as Blender, or name its program in the settings."
            ).format(names=names, places=places),
        )

    async def _submit_sample(self) -> None:
        from render_manager.services.sample import sample_request  # only the demo needs it

        await self._engines_known.wait()
        settings = self._settings
        assert settings is not None
        try:
            request = await self._in_background(lambda: sample_request(self._paths, settings))
            result = await self._prepared(request)
        except UserError as error:
            self.window.say("demo", str(error))
            return
        if isinstance(result, UserError):
            self.window.say("demo", str(result))
        elif result.errors:
            self.window.say("demo", result.errors[0].text)
        else:
            self.window.submit_specs([result.spec])

    def _prepare(self, request: "JobRequest", then: Callable[["Prepared | SceneInfo"], None]) -> None:
        """Read a scene off the GUI thread and call back with it, then with the job it can become."""

        async def prepare_and_tell() -> None:
            scene = None if self._engines_known.is_set() else await self._scene_of(request)
            if scene is not None:
                then(scene)
            result = await self._prepared(request)
            if scene is None and isinstance(result, UserError):
                # Tells a file that cannot be read from one whose frames or folder are to be corrected.
                scene = await self._scene_of(request)
                if scene is not None:
                    then(scene)
            then(result)

        self._spawn(prepare_and_tell())

    async def _scene_of(self, request: "JobRequest") -> "SceneInfo | None":
        """Return what a scene says although it may not be rendered (yet); None when it cannot be read."""
        from render_manager.engines.preparing import inspect  # first used after the first paint

        await self._core_ready.wait()
        catalog = self._catalog
        assert catalog is not None
        try:
            return await self._in_background(lambda: inspect(request.path, catalog))
        except UserError:
            # `_prepared` finds the same and says it.
            return None
        except Exception:
            log.exception("reading %s", request.path)
            return None

    async def _prepared(self, request: "JobRequest") -> Prepared:
        from render_manager.engines.preparing import prepare  # first used long after the first paint

        await self._engines_known.wait()
        catalog, settings = self._catalog, self._settings
        assert catalog is not None and settings is not None
        try:
            return await self._in_background(lambda: prepare(request, catalog=catalog, settings=settings))
        except UserError as error:
            return error
        except Exception as error:  # a scene nobody foresaw must show as a sentence, not end the window
            log.exception("preparing %s", request.path)
            return UserError(_("{path} could not be read: {why}.").format(path=request.path, why=error))

    def _on_files_dropped(self, paths: Sequence[Path]) -> None:
        self._spawn(self._take_files(paths))

    async def _take_files(self, paths: Sequence[Path]) -> None:
        walk = Walk()
        if any(path.suffix.lower() not in self._suffixes for path in paths):
            self.window.submit.show_walk(walk)
        found = await self._in_background(lambda: scene_files(paths, self._suffixes, walk))
        self.window.submit.show_found(found, self._suffixes)
        self.window.add_scenes(found.scenes)
        if not found.scenes:
            self.window.show_submit()

    def _on_rang(self, files: Sequence[Path]) -> None:
        self.window.show()
        self.window.setWindowState(
            (self.window.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive
        )
        self.window.raise_()
        self.window.activateWindow()
        if files:
            self._on_files_dropped(files)

    def _on_close_wanted(self) -> None:
        """Ask once when frames are being rendered, and do as the user says."""
        rendering = sum(job.counts[FrameState.RENDERING] for job in self.window.jobs.model.jobs())
        if not rendering or self._is_stopping or self._last_frames.is_waiting:
            self._stop()
            return
        has_tray = self._presence.tray is not None
        ask_how_to_close(self.window, rendering=rendering, has_tray=has_tray, then=self._close_in_this_way)

    def _close_in_this_way(self, way: Closing) -> None:
        if way is Closing.STOP:
            self._stop()
        elif way is Closing.FINISH:
            self._finish_last_frames()
        elif way is Closing.HIDE and self._presence.tray is not None:
            self.window.hide()
        elif way is Closing.HIDE:
            self.window.showMinimized()

    def _finish_last_frames(self) -> None:
        if self._core is None:
            self._stop()
            return
        if not self.window.is_held:
            self.window.toggle_hold()
        text = _("The frames that are being rendered are finished, then Render Manager quits.")
        self.window.say("leaving", text)
        jobs = [job for job in self.window.jobs.model.jobs() if job.counts[FrameState.RENDERING]]
        self._last_frames.wait(tuple(job.id for job in jobs), self._core.reader)

    def _on_held(self, is_held: bool) -> None:
        """Stay, when the user lets the queue go on although the program was about to quit."""
        if not is_held and self._last_frames.is_waiting:
            self._last_frames.stop()
            self.window.say("leaving", "")

    def _carry_out(self, wish: Wish) -> None:
        """Do what the user wanted done when everything is rendered."""
        if wish.what is Afterwards.QUIT:
            self._stop()
            return
        from render_manager.execution import computer  # first used long after the first paint

        actions: dict[Afterwards, Callable[[], None]] = {
            Afterwards.SLEEP: computer.sleep,
            Afterwards.SHUT_DOWN: computer.shut_down,
            Afterwards.COMMAND: lambda: computer.start_command(wish.command),
        }
        self._spawn(self._act(actions[wish.what]))

    async def _act(self, action: Callable[[], None]) -> None:
        try:
            await self._in_background(action)
        except UserError as error:
            self.window.say("when_done", str(error))

    def _stop(self) -> None:
        if not self._is_stopping:
            self._is_stopping = True
            self._spawn(self._shut_down())

    async def _shut_down(self) -> None:
        """Stop core, channel, window, loop: guests hear the core's last words, and give no more orders.

        Scenes that wait for inspection are dropped.
        """
        # Deleted jobs that could still be brought back are deleted now.
        self.window.undo.finish()
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
        self._presence.close()
        await self._loop.run_in_executor(None, self._wakefulness.close)
        self.window.let_close()
        self._loop.stop()

    async def _in_background(self, function: Callable[[], T]) -> T:
        """Run a function on an edge thread. Raises CancelledError once the program is being ended."""
        if self._is_stopping:
            raise asyncio.CancelledError
        result: T = await self._loop.run_in_executor(self._edge, function)
        return result

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("a task of the window failed", exc_info=error)
            self.window.say(
                "internal",
                _("Render Manager made a mistake; {path} tells more.").format(path=self._paths.program_log),
            )


def sample_job(paths: AppPaths) -> "JobSpec":
    """Return the demo's job for a window that is open elsewhere; raises UserError."""
    from render_manager.assembly import build_catalog  # only this needs them without a core
    from render_manager.engines.preparing import prepare
    from render_manager.services.sample import sample_request
    from render_manager.system.settings import load_settings

    settings = load_settings(paths)
    catalog = build_catalog(paths, settings)
    catalog.refresh()
    preparation = prepare(sample_request(paths, settings), catalog=catalog, settings=settings)
    if preparation.errors:
        raise UserError(preparation.errors[0].text)
    return preparation.spec
