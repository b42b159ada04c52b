"""From files that were dropped to jobs that can be queued: part of the composition root."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.system.paths import AppPaths
from render_manager.ui.dropped_files import Walk, scene_files
from render_manager.ui.main_window import MainWindow
from render_manager.ui.submit_draft import Prepared

if TYPE_CHECKING:
    from render_manager.domain.jobspec import JobSpec
    from render_manager.engines.catalog import Catalog
    from render_manager.engines.preparing import JobRequest
    from render_manager.system.settings import Settings

log = logging.getLogger(__name__)


class Intake:
    """Reads dropped files and scenes off the GUI thread; GUI thread."""

    def __init__(
        self,
        *,
        paths: AppPaths,
        window: Callable[[], MainWindow],
        suffixes: tuple[str, ...],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        in_background: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]],
    ) -> None:
        self._paths = paths
        self._window = window
        self._spawn = spawn
        self._in_background = in_background
        self.suffixes = suffixes
        self.catalog: Catalog | None = None
        self.settings: Settings | None = None
        self._problem: UserError | None = None
        self._walks: list[Walk] = []
        self.core_ready = asyncio.Event()
        """The catalog and the settings are there."""
        self.engines_known = asyncio.Event()
        """It is known what is installed."""

    def fail(self, error: UserError | Exception) -> None:
        """Answer every question with what kept the program from starting."""
        self._problem = UserError(str(error))
        self.core_ready.set()
        self.engines_known.set()

    def stop(self) -> None:
        """Have walks through folders end."""
        for walk in self._walks:
            walk.is_stopped = True

    def take(self, paths: Sequence[Path]) -> None:
        """Show what was dropped in the analysis page."""
        self._spawn(self.take_files(paths))

    async def take_files(self, paths: Sequence[Path]) -> None:
        """Find the scenes among files and folders, and show them."""
        walk = Walk()
        self._walks = [*(one for one in self._walks if not one.is_over), walk]
        if any(path.suffix.lower() not in self.suffixes for path in paths):
            self._window().submit.show_walk(walk)
        try:
            found = await self._in_background(lambda: scene_files(paths, self.suffixes, walk))
        finally:
            # A search that never began must not be shown for ever.
            walk.is_over = True
        window = self._window()
        window.submit.show_found(found, self.suffixes)
        window.add_scenes(found.scenes)
        if not found.scenes:
            window.show_submit()

    def prepare(self, request: "JobRequest", then: Callable[[Prepared | SceneInfo], None]) -> None:
        """Read a scene off the GUI thread and call back with it, then with the job it can become."""

        window = self._window()

        def tell(answer: Prepared | SceneInfo) -> None:
            # A window that was renewed meanwhile is gone, and its successor has asked anew.
            if self._window() is window:
                then(answer)

        async def prepare_and_tell() -> None:
            scene = None if self.engines_known.is_set() else await self.scene_of(request)
            if scene is not None:
                tell(scene)
            result = await self.prepared(request)
            if scene is None and isinstance(result, UserError):
                # Tells a file that cannot be read from one whose frames or folder are to be corrected.
                scene = await self.scene_of(request)
                if scene is not None:
                    tell(scene)
            tell(result)

        self._spawn(prepare_and_tell())

    async def scene_of(self, request: "JobRequest") -> SceneInfo | None:
        """Return what a scene says although it may not be rendered (yet); None when it cannot be read."""
        from render_manager.engines.preparing import inspect  # first used after the first paint

        await self.core_ready.wait()
        catalog = self.catalog
        if self._problem is not None or catalog is None:
            return None
        try:
            scene: SceneInfo = await self._in_background(lambda: inspect(request.path, catalog))
        except UserError:
            # `prepared` finds the same and says it.
            return None
        except Exception:
            log.exception("reading %s", request.path)
            return None
        return scene

    async def prepared(self, request: "JobRequest") -> Prepared:
        """Return the job that a scene can become, or why there is none."""
        from render_manager.engines.preparing import prepare  # first used long after the first paint

        await self.engines_known.wait()
        if self._problem is not None:
            return self._problem
        catalog, settings = self.catalog, self.settings
        assert catalog is not None and settings is not None
        try:
            result: Prepared = await self._in_background(
                lambda: prepare(request, catalog=catalog, settings=settings)
            )
        except UserError as error:
            return error
        except Exception as error:  # a scene nobody foresaw must show as a sentence, not end the window
            log.exception("preparing %s", request.path)
            return UserError(_("{path} could not be read: {why}.").format(path=request.path, why=error))
        return result

    async def submit_sample(self) -> None:
        """Queue the sample scene."""
        from render_manager.services.sample import sample_request  # only the demo needs it

        await self.engines_known.wait()
        settings, window = self.settings, self._window()
        if settings is None:
            return
        try:
            request = await self._in_background(lambda: sample_request(self._paths, settings))
            result = await self.prepared(request)
        except UserError as error:
            window.say("demo", str(error))
            return
        if isinstance(result, UserError):
            window.say("demo", str(result))
        elif result.errors:
            window.say("demo", result.errors[0].text)
        else:
            window.submit_specs([result.spec])


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
