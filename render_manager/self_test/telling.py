"""Says what the self-test finds, to people or to scripts."""

import time
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.self_test.results import CheckResult, as_object
from render_manager.self_test.running import run_self_test
from render_manager.services.cli.session import Speaker
from render_manager.system.settings import Settings

_NAME_WIDTH = 13


def tell_self_test(speaker: Speaker, settings: Settings, screenshot: Path | None) -> bool:
    """Check the installation and say what is found; return whether nothing failed."""

    def report(result: CheckResult) -> None:
        if speaker.is_json:
            speaker.object(as_object(result))
            return
        word = _("skipped") if result.skipped else _("good") if result.passed else _("FAILED")
        speaker.line(f"{word:<8} {result.name:<{_NAME_WIDTH}} {result.detail}")

    started = time.monotonic()
    results = run_self_test(report, settings, screenshot)
    failed = [result.name for result in results if not result.passed and not result.skipped]
    if speaker.is_json:
        seconds = round(time.monotonic() - started, 3)
        speaker.object(
            {"event": "self_test_finished", "passed": not failed, "failed": failed, "seconds": seconds}
        )
    elif failed:
        speaker.line(_("These checks failed: {names}.").format(names=", ".join(failed)))
    else:
        speaker.line(_("Nothing failed."))
    return not failed
