"""The list of checks, and making them one after the other."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from render_manager.domain.errors import RenderManagerError
from render_manager.domain.texts import gettext as _
from render_manager.self_test import installation, looks, pictures, processes, rendering, storing
from render_manager.self_test.results import Bench, Check, CheckResult, FailedCheck, SkippedCheck
from render_manager.system.language import speak_language
from render_manager.system.logs import start_logging, stop_logging
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings

CHECKS: dict[str, Check] = {
    "versions": installation.check_versions,
    "modules": installation.check_modules,
    "libraries": installation.check_libraries,
    "resources": installation.check_resources,
    "drivers": installation.check_drivers,
    "languages": installation.check_languages,
    "database": storing.check_database,
    "upgrade": storing.check_upgrade,
    "process": processes.check_process,
    "surroundings": processes.check_surroundings,
    "second start": processes.check_second_start,
    "pictures": pictures.check_pictures,
    "stand-in": rendering.check_stand_in,
    "blender": rendering.check_blender,
    "window": looks.check_window,
}


def run_self_test(
    report: Callable[[CheckResult], None], settings: Settings, screenshot: Path | None = None
) -> list[CheckResult]:
    """Make every check with the user's settings, report each, and return them all."""
    results = []
    # Whatever cannot cope with blanks and other letters than those of ASCII is found here.
    bench = Bench(settings, Path(tempfile.mkdtemp(prefix="render-manager self-test 自检 ")), screenshot)
    paths = app_paths(bench.place("log of the test"))
    paths.make()
    start_logging(paths, is_verbose=False)
    try:
        for name, check in CHECKS.items():
            results.append(checked(name, check, bench))
            report(results[-1])
    finally:
        stop_logging()
        speak_language(settings.ui_language)
        results.append(checked("leftovers", clean_up, bench))
        report(results[-1])
    return results


def clean_up(bench: Bench) -> str:
    """Delete the folder; on Windows nothing that is still open can be."""
    try:
        shutil.rmtree(bench.folder)
    except OSError as error:
        raise FailedCheck(
            _("{path} could not be deleted after the test: {why}.").format(
                path=error.filename or bench.folder, why=error.strerror
            )
        ) from error
    return _("nothing is left behind")


def checked(name: str, check: Check, bench: Bench) -> CheckResult:
    """Make one check, whatever becomes of it."""
    started = time.monotonic()
    is_passed = is_skipped = False
    try:
        detail = check(bench)
        is_passed = True
    except SkippedCheck as skip:
        detail, is_skipped = str(skip), True
    except (FailedCheck, RenderManagerError) as problem:
        detail = str(problem)
    except Exception as error:  # noqa: BLE001 - a check must not end the others, whatever is broken
        detail = f"{type(error).__name__}: {error}"
    return CheckResult(name, is_passed, detail, round(time.monotonic() - started, 3), is_skipped)
