"""What a step of the build found out, and how it is told."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Figures = dict[str, Any]


class StepSkippedError(Exception):
    """A step cannot be done on this computer; the text says why."""


class StepFailedError(Exception):
    """A step went wrong; the text says what."""


@dataclass(slots=True)
class StepResult:
    """How one step ended."""

    step: str
    passed: bool = False
    skipped: bool = False
    detail: str = ""
    seconds: float = 0.0
    figures: Figures = field(default_factory=dict)


class Report:
    """Runs steps, remembers how each ended, and leaves out those whose ground is missing."""

    def __init__(self) -> None:
        self.results: list[StepResult] = []

    def run(self, name: str, work: Callable[[Figures], str], *, needs: tuple[str, ...] = ()) -> bool:
        """Run a step that returns a sentence; return whether it passed.

        It is skipped when a step it `needs` did not pass in this run.
        """
        result = StepResult(name)
        self.results.append(result)
        missing = [other.step for other in self.results if other.step in needs and not other.passed]
        say(f"== {name}")
        started = time.monotonic()
        try:
            _demand(missing)
            result.detail = work(result.figures)
            result.passed = True
        except StepSkippedError as skip:
            result.detail, result.skipped = str(skip), True
        except StepFailedError as failure:
            result.detail = str(failure)
        except (OSError, subprocess.SubprocessError) as error:
            # Disks and programs fail as well; the report tells of every step nevertheless.
            result.detail = f"{type(error).__name__}: {error}"
        result.seconds = round(time.monotonic() - started, 1)
        word = "passed" if result.passed else "SKIPPED" if result.skipped else "FAILED"
        say(f"{word} after {result.seconds} s: {result.detail}")
        return result.passed

    @property
    def exit_code(self) -> int:
        """Return 0 when everything passed, 1 when something failed, 3 when something was skipped."""
        if any(not (result.passed or result.skipped) for result in self.results):
            return 1
        return 3 if any(result.skipped for result in self.results) else 0

    def as_json(self, **facts: Any) -> str:
        """Return the whole report as one JSON object."""
        return json.dumps(
            {
                "passed": self.exit_code == 0,
                "skipped": [result.step for result in self.results if result.skipped],
                **facts,
                "steps": [asdict(result) for result in self.results],
            },
            ensure_ascii=False,
            indent=1,
        )


def _demand(missing: list[str]) -> None:
    if missing:
        raise StepSkippedError(f"It needs {', '.join(missing)}, which did not pass.")


def say(text: str) -> None:
    """Tell whoever waits what is done now; the standard output is for the report alone."""
    print(text, file=sys.stderr, flush=True)
