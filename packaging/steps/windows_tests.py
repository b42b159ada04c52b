"""Running the tests that tell one system from another on the Windows Python that builds the program."""

import re
from pathlib import Path

from steps.machine import WindowsMachine
from steps.product import ROOT
from steps.report import Figures, StepFailedError

FOLDERS = (
    "tests/windows",
    "tests/unit/execution",
    "tests/unit/services",
    "tests/unit/storage",
    "tests/unit/domain",
)
_LIMIT_S = 900.0
_COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error)")


def run_tests(machine: WindowsMachine, python: Path, figures: Figures) -> str:
    """Run them; raises StepFailedError with the end of what pytest says."""
    command = ["-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *FOLDERS]
    variables = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": machine.named(ROOT)}
    finished = machine.run([python, *command], timeout_s=_LIMIT_S, variables=variables, cwd=ROOT)
    counted = {
        word: int(number)
        for number, word in _COUNTED.findall(finished.output.splitlines()[-1] if finished.output else "")
    }
    figures.update(counted)
    if finished.code or not counted.get("passed"):
        raise StepFailedError(f"pytest ended with {finished.code}:\n{finished.last_lines}")
    return f"{counted['passed']} tests passed on the Windows Python in {machine.name}"
