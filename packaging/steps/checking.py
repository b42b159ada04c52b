"""Asking a built program whether it is whole: its own self-test, judged line by line."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from steps.processes import Finished
from steps.report import Figures, StepFailedError

LIMIT_S = 600.0
_MAY_BE_SKIPPED = frozenset({"blender"})
"""Checks that need what a computer that builds does not have: a real Blender."""


def check_itself(
    run_program: Callable[[Sequence[str | Path]], Finished], picture: Path, figures: Figures
) -> str:
    """Have a program make its self-test; raises StepFailedError with what it says is wrong."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    finished = run_program(["self-test", "--json", "--screenshot", picture])
    checks = _checks(finished)
    wrong = [
        f"{check['check']}: {check['detail']}"
        for check in checks
        if not check["passed"] and not check["skipped"]
    ]
    skipped = [check["check"] for check in checks if check["skipped"]]
    wrong += [f"{name} was skipped" for name in skipped if name not in _MAY_BE_SKIPPED]
    if wrong or finished.code:
        raise StepFailedError(
            "; ".join(wrong) or f"self-test ended with {finished.code}:\n{finished.last_lines}"
        )
    if not picture.is_file():
        raise StepFailedError(f"The self-test saved no picture of the window in {picture}.")
    figures["checks"] = len(checks)
    figures["skipped_checks"] = skipped
    figures["self_test_s"] = round(sum(check["seconds"] for check in checks), 1)
    return f"{len(checks) - len(skipped)} checks passed" + (
        f", skipped: {', '.join(skipped)}" if skipped else ""
    )


def _checks(finished: Finished) -> list[dict[str, Any]]:
    objects = [json.loads(line) for line in finished.output.splitlines() if line.startswith("{")]
    checks = [found for found in objects if "check" in found]
    if not checks or not any(found.get("event") == "self_test_finished" for found in objects):
        raise StepFailedError(f"The self-test did not come to its end:\n{finished.last_lines}")
    return checks
