"""What all benchmarks share: arguments, interleaved runs, medians, and figures printed as text or JSON.

A benchmark is run from the project's folder or anywhere else; importing this module first makes
`render_manager` importable from its source.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[1]
CHILDREN = Path(__file__).resolve().parent / "children"
"""Scripts that benchmarks run as processes of their own."""
EXIT_UNAVAILABLE = 77
"""Exit code of a benchmark that cannot run here; the reason is on standard error."""
_DIGITS = 4

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


class UnavailableError(Exception):
    """The benchmark cannot run here; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a benchmark is run."""

    repeat: int
    """How often each thing is measured; figures are medians."""
    quick: bool
    """Whether everything is as small as possible, to see whether the script works at all."""
    extra: argparse.Namespace
    """Arguments only this benchmark has."""

    def size(self, full: int, quick: int) -> int:
        """Return how many of something to use."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing, what it is compared with, and what it may be."""

    name: str
    unit: str
    runs: Sequence[float]
    """Measured values; the figure is their median."""
    reference_name: str = ""
    reference_runs: Sequence[float] = ()
    """Values of what it is compared with, measured in the same run by turns."""
    budget: float | None = None
    budget_is: Literal["ratio", "value"] | None = None
    """What the budget limits."""
    at_least: bool = False
    """Whether the budget is a lower limit."""
    note: str = ""

    @property
    def value(self) -> float:
        """Return the median of the runs."""
        return statistics.median(self.runs)

    @property
    def reference(self) -> float | None:
        """Return the median of the reference's runs."""
        return statistics.median(self.reference_runs) if self.reference_runs else None

    @property
    def ratio(self) -> float | None:
        """Return how many times the reference the value is."""
        return self.value / self.reference if self.reference else None

    @property
    def within(self) -> bool | None:
        """Return whether the budget is kept, None when there is none or nothing to compare with."""
        measured = self.ratio if self.budget_is == "ratio" else self.value
        if self.budget is None or self.budget_is is None or measured is None:
            return None
        return measured >= self.budget if self.at_least else measured <= self.budget

    def as_object(self, *, is_judged: bool = True) -> dict[str, Any]:
        """Return what --json prints; a quick run is not judged by the budget."""
        values: dict[str, Any] = {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "reference": rounded(self.reference),
            "ratio": rounded(self.ratio),
            "budget": self.budget,
            "budget_is": self.budget_is,
            "within": self.within if is_judged else None,
            "runs": [rounded(run) for run in self.runs],
        }
        if self.reference_runs:
            values["reference_name"] = self.reference_name
            values["reference_runs"] = [rounded(run) for run in self.reference_runs]
        if self.at_least:
            values["at_least"] = True
        if self.note:
            values["note"] = self.note
        return values

    def as_line(self, *, is_judged: bool = True) -> str:
        """Return one line for people."""
        text = f"{self.name}: {rounded(self.value):,} {self.unit}"
        if len(self.runs) > 1:
            text += f" ({rounded(min(self.runs)):,} to {rounded(max(self.runs)):,})"
        if self.reference is not None and self.ratio is not None:
            text += f"; {self.reference_name} {rounded(self.reference):,}, ratio {self.ratio:.3g}"
        if self.budget is not None and is_judged:
            limit = "at least" if self.at_least else "at most"
            text += f"; budget {limit} {self.budget:,} {'x' if self.budget_is == 'ratio' else self.unit}"
            text += {True: ", kept", False: ", MISSED", None: ""}[self.within]
        return text + (f". {self.note}" if self.note else "")


def rounded(value: float | None) -> float | None:
    """Return a number with as many digits as a measurement is worth."""
    if value is None or value == 0 or abs(value) == float("inf"):
        return value
    if abs(value) >= 10 ** (_DIGITS - 1):
        return round(value)
    return float(f"{value:.{_DIGITS}g}")


Measure = Callable[[Options], Iterable[Figure]]
AddArguments = Callable[[argparse.ArgumentParser], None]


def run(
    description: str | None, measure: Measure, *, repeat: int = 3, add_arguments: AddArguments | None = None
) -> None:
    """Read the arguments, measure, and print each figure as soon as it is known; ends the process."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object a figure")
    parser.add_argument(
        "--quick", action="store_true", help="only see whether it works; figures mean nothing"
    )
    parser.add_argument("--repeat", type=int, help=f"how often each thing is measured (default {repeat})")
    parser.add_argument("--machine", action="store_true", help="say first on what computer this is")
    if add_arguments is not None:
        add_arguments(parser)
    given = parser.parse_args()
    options = Options(
        repeat=max(given.repeat or (1 if given.quick else repeat), 1), quick=given.quick, extra=given
    )
    if given.machine:
        _print({"machine": machine()}, as_json=given.json)
    try:
        for figure in measure(options):
            show = figure.as_object if given.json else figure.as_line
            _print(show(is_judged=not options.quick), as_json=given.json)
    except UnavailableError as reason:
        sys.stderr.write(f"{reason}\n")
        sys.exit(EXIT_UNAVAILABLE)


def _print(what: object, *, as_json: bool) -> None:
    print(json.dumps(what, ensure_ascii=False) if as_json else what, flush=True)


def timed_ms(action: Callable[[], object]) -> Callable[[], float]:
    """Return a call that does something and returns the milliseconds it took."""

    def measured() -> float:
        start = time.perf_counter()
        action()
        return (time.perf_counter() - start) * 1000

    return measured


def by_turns(repeat: int, *actions: Callable[[], float]) -> list[list[float]]:
    """Measure things by turns, so that a busy moment is fair to all; return the values of each."""
    values: list[list[float]] = [[] for _ in actions]
    for _ in range(repeat):
        for action, taken in zip(actions, values, strict=True):
            taken.append(action())
    return values


def child_environment(**changes: str) -> dict[str, str]:
    """Return the environment of a child that imports `render_manager` from its source."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    joined = os.pathsep.join(path for path in paths if path)
    return {**os.environ, "PYTHONPATH": joined, **changes}


def require_qt(platform_name: str = "offscreen") -> None:
    """Choose Qt's platform; raises UnavailableError where PySide6 is not installed."""
    try:
        from PySide6.QtCore import qInstallMessageHandler
    except ImportError as error:
        raise UnavailableError(f"This benchmark needs PySide6, which cannot be imported: {error}.") from error
    os.environ["QT_QPA_PLATFORM"] = platform_name
    # The offscreen platform complains about every window it is asked to size.
    qInstallMessageHandler(lambda _kind, _context, text: _say_unless_known(text))


def _say_unless_known(text: str) -> None:
    if "propagateSizeHints" not in text:
        sys.stderr.write(text + "\n")


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer the figures are from."""

    system: str = field(default_factory=lambda: f"{platform.system()} {platform.release()}")
    processor: str = field(default_factory=_processor)
    cores: int = field(default_factory=lambda: os.cpu_count() or 0)
    python: str = field(default_factory=platform.python_version)
    load: float | None = field(default_factory=_load)
    """Processes that wanted a core in the last minute, before the benchmark began."""


def machine() -> dict[str, Any]:
    """Return what is known of this computer."""
    found = Machine()
    return {name: getattr(found, name) for name in Machine.__slots__}


def json_lines(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects a benchmark printed."""
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)
