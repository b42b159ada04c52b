"""Checks an installation end to end, for support: every part is used for real in a throw-away folder.

Part of the composition root, since it touches everything; called by the command line through `app`.
"""

import ast
import importlib.metadata
import platform
import queue
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from render_manager import __version__
from render_manager.assembly import build_catalog, build_core, plain_pools
from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import SubmitJob
from render_manager.domain.errors import RenderManagerError
from render_manager.domain.facts import FrameFailed, JobFinished
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.engines import drivers
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.preparing import JobRequest, prepare
from render_manager.execution.environment import engine_environment
from render_manager.execution.start import start_process
from render_manager.media import examine
from render_manager.storage.database import open_database
from render_manager.storage.migrate import migrated
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store
from render_manager.system.paths import app_paths
from render_manager.system.resources import resource
from render_manager.system.settings import Settings

PACKAGES = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "alembic",
    "Pillow",
    "OpenImageIO",
    "numpy",
    "qasync",
    "pydantic",
    "psutil",
    "zstandard",
    "regex",
    "bpy",
)
RENDER_LIMIT_S = 180.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found."""

    name: str
    passed: bool
    detail: str
    seconds: float
    skipped: bool = False


class SkippedCheck(Exception):  # noqa: N818 - it is no error
    """A check that cannot be made here; the text says why."""


class FailedCheck(Exception):  # noqa: N818 - it is a result
    """A check found something wrong; the text says what."""


def run_self_test(report: Callable[[CheckResult], None], settings: Settings) -> bool:
    """Make every check with the user's settings and report each; return whether none failed."""
    passed = True
    with tempfile.TemporaryDirectory(prefix="render-manager-self-test-") as folder:
        for name, check in _CHECKS.items():
            result = _checked(name, partial(check, settings), Path(folder))
            report(result)
            passed = passed and (result.passed or result.skipped)
    return passed


def _checked(name: str, check: Callable[[Path], str], folder: Path) -> CheckResult:
    started = time.monotonic()
    is_passed = is_skipped = False
    try:
        detail = check(folder)
        is_passed = True
    except SkippedCheck as skip:
        detail, is_skipped = str(skip), True
    except (FailedCheck, RenderManagerError) as problem:
        detail = str(problem)
    except Exception as error:  # noqa: BLE001 - a check must not end the others, whatever is broken
        detail = f"{type(error).__name__}: {error}"
    return CheckResult(name, is_passed, detail, round(time.monotonic() - started, 3), is_skipped)


def _check_versions(_settings: Settings, _folder: Path) -> str:
    versions = [f"Render Manager {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(_("{name} not installed").format(name=name))
    return ", ".join(versions)


def _check_resources(_settings: Settings, _folder: Path) -> str:
    scene = resource("sample", "sample_scene.blend")
    if not scene.is_file():
        raise FailedCheck(_("The sample scene is missing at {path}.").format(path=scene))
    scripts = [path for path in Path(str(drivers.__path__[0])).glob("*.py") if path.name != "__init__.py"]
    if not scripts:
        raise FailedCheck(_("The driver scripts are missing in {path}.").format(path=drivers.__path__[0]))
    for script in scripts:
        ast.parse(script.read_text("utf-8"))
    definitions = sorted(resource("commands").glob("*.toml"))
    if not definitions:
        folder = resource("commands")
        raise FailedCheck(_("The definitions of renderers are missing in {path}.").format(path=folder))
    for definition in definitions:
        read_definition(definition)
    return f"{scene}, {', '.join(path.name for path in (*scripts, *definitions))}"


def _check_database(_settings: Settings, folder: Path) -> str:
    database = open_database(folder / "test.db")
    store = Store(database)
    spec = JobSpec(
        name="self-test",
        scene=folder / "none.blend",
        engine="blender",
        installation="none",
        frames=FrameSet.parse("1-1000x2"),
        output_dir=folder,
        output_name="test_####",
    )
    job = store.add_job(spec, "self-test", time.time())
    reader = StoreReader(database.path)
    counted = len(reader.frame_states(job.id))
    reader.close()
    store.close()
    if counted != len(spec.frames):
        raise FailedCheck(_("{found} of {wanted} frames were stored.").format(found=counted, wanted=500))
    revision = migrated(folder / "migrated.db")
    return _("500 frames stored and read; migrations reach schema {revision}").format(revision=revision)


def _check_process(_settings: Settings, _folder: Path) -> str:
    """Start a child with a grandchild, end the tree, and see that its pipe closes."""
    code = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    process = start_process([sys.executable, "-c", code], env=engine_environment({}))
    heard = process.read()
    process.kill()
    # The grandchild holds the pipe open: the end of the output proves that it is gone, too.
    while rest := process.read():
        heard += rest
    outcome = process.wait()
    if b"ready" not in heard or not outcome.was_killed:
        raise FailedCheck(_("The process could not be run and ended: {what}").format(what=outcome.sentence))
    return _("a process and its child were started and ended")


def _check_pictures(_settings: Settings, folder: Path) -> str:
    source = resource("selftest", "half_zip.exr")
    thumbnail = folder / "thumbnail.jpg"
    picture = examine(source, thumbnail=thumbnail)
    if not picture.thumbnail or not thumbnail.stat().st_size:
        raise FailedCheck(_("No thumbnail of {path}: {why}").format(path=source, why=picture.thumbnail_error))
    return _("{name}: {width} x {height}, thumbnail made").format(
        name=source.name, width=picture.width, height=picture.height
    )


def _check_render(settings: Settings, folder: Path) -> str:
    paths = app_paths(folder / "render")
    paths.make()
    settings = settings.model_copy(update={"slots": 1, "max_retries": 0, "thumbnail_dir": None})
    catalog = build_catalog(paths, settings)
    catalog.refresh()
    if not catalog.installations("blender"):
        raise SkippedCheck(_("No Blender was found; “engines” says where it was looked for."))
    request = JobRequest(
        path=resource("sample", "sample_scene.blend"),
        frames="1-2",
        output=folder / "frames",
        existing=Existing.OVERWRITE,
        options={"resolution_percent": 20, "samples": 1},
    )
    prepared = prepare(request, catalog=catalog, settings=settings)
    changes: queue.SimpleQueue[ChangeSet] = queue.SimpleQueue()
    core = build_core(
        paths=paths, settings=settings, catalog=catalog, subscribers=[changes.put], pools=plain_pools()
    )
    core.start()
    try:
        core.post(SubmitJob(replace(prepared.spec, priority=5)))
        reasons = _wait_for_end(changes)
        frames = core.reader.frames(1)
    finally:
        core.stop()
    done = sum(frame.state is FrameState.COMPLETED for frame in frames)
    if done != len(prepared.spec.frames):
        raise FailedCheck(" ".join(reasons) or _("{done} of 2 frames were rendered.").format(done=done))
    return _("2 frames rendered by Blender {version}").format(version=prepared.installation.version_text)


def _wait_for_end(changes: "queue.SimpleQueue[ChangeSet]") -> list[str]:
    """Wait until the job is finished; return the reasons of what failed."""
    reasons: list[str] = []
    deadline = time.monotonic() + RENDER_LIMIT_S
    while True:
        try:
            batch = changes.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise FailedCheck(
                _("Rendering took longer than {limit:.0f} s.").format(limit=RENDER_LIMIT_S)
            ) from None
        for fact in batch.facts:
            if isinstance(fact, FrameFailed):
                reasons.append(fact.reason)
            if isinstance(fact, JobFinished):
                return reasons if fact.state is not JobState.COMPLETED else []


def _check_window(_settings: Settings, _folder: Path) -> str:
    try:
        from render_manager.window import check_window  # Qt is imported by this check alone
    except ImportError as error:
        raise SkippedCheck(_("Qt cannot be loaded: {why}.").format(why=error)) from error
    return check_window()


_CHECKS: dict[str, Callable[[Settings, Path], str]] = {
    "versions": _check_versions,
    "resources": _check_resources,
    "database": _check_database,
    "process": _check_process,
    "pictures": _check_pictures,
    "render": _check_render,
    "window": _check_window,
}


def as_object(result: CheckResult) -> dict[str, Any]:
    """Return a result as JSON values."""
    return {
        "check": result.name,
        "passed": result.passed,
        "skipped": result.skipped,
        "detail": result.detail,
        "seconds": result.seconds,
    }
