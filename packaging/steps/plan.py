"""Which steps there are on this system, in their order, and how they depend on each other."""

import contextlib
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from steps import freezing, linux_build, wheels, windows_python
from steps.checking import LIMIT_S, check_itself
from steps.installer import make_installer
from steps.machine import RealWindows, WindowsMachine, build_folder, venv_python
from steps.notices import write_all_notices
from steps.processes import must, run
from steps.product import ROOT, TERMINAL_PROGRAM, version
from steps.report import Figures, Report
from steps.signing import signer_from_environment
from steps.trial import Trial
from steps.windows_tests import run_tests
from steps.wine import Screen, Wine, provide_programs

PICTURES = ROOT / "dist" / "pictures"
REPORT = ROOT / "dist" / "build-report.json"
"""The report of the last build, which the benchmarks read."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what has to have passed before, and what it does."""

    name: str
    needs: tuple[str, ...]
    work: Callable[[Figures], str]


def step_names() -> list[str]:
    """Return the steps of this system in their order."""
    if sys.platform == "win32":
        return [step.name for step in _windows_steps(_OnWindows())]
    return [step.name for step in _all_linux_steps(_UnderWine(Screen()))]


def carry_out(names: Sequence[str]) -> int:
    """Do these steps, print the report, and return the exit code."""
    report = Report()
    with _steps() as steps:
        for step in steps:
            if step.name in names:
                report.run(step.name, step.work, needs=step.needs)
    text = report.as_json(version=version(), system=platform.platform())
    REPORT.write_text(text + "\n", "utf-8")
    print(text)
    return report.exit_code


@contextlib.contextmanager
def _steps() -> Iterator[list[Step]]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield _windows_steps(_OnWindows())
        return
    screen = Screen()
    under_wine = _UnderWine(screen)
    try:
        yield _all_linux_steps(under_wine)
    finally:
        under_wine.end()
        screen.close()


def _all_linux_steps(under_wine: "_UnderWine") -> list[Step]:
    return [*_windows_steps(under_wine), *_linux_steps()]


class _OnWindows:
    """Building on Windows itself."""

    def __init__(self) -> None:
        self._folder = ROOT / "build" / "windows-python"

    def provide(self, _figures: Figures) -> str:
        """Make a virtual environment with the libraries to be built in."""
        python = venv_python(build_folder(self._folder.name))
        wanted = wheels.install_arguments(
            str(wheels.wheel_folder("windows")), str(wheels.lock_file("windows"))
        )
        must(run([python, *wanted], timeout_s=900, env=wheels.pip_environment()), "pip install")
        return must(run([python, "-VV"], timeout_s=60), "python -VV").output.strip()

    @property
    def python(self) -> Path:
        """Return the Python that builds."""
        return self._folder / "Scripts" / "python.exe"

    @property
    def builder(self) -> WindowsMachine:
        """Return where it is built."""
        return RealWindows(self.python)

    def fresh(self) -> WindowsMachine:
        """Return where it is tried: there is only one Windows."""
        return RealWindows(self.python)


class _UnderWine:
    """Building on Linux, with one Windows that has Python and another that has nothing."""

    def __init__(self, screen: Screen) -> None:
        self._builder = Wine("builder", screen)
        self._trial = Wine("trial", screen)

    def provide(self, figures: Figures) -> str:
        """Make the Windows that builds."""
        return windows_python.provide_python(self._builder, figures)

    @property
    def python(self) -> Path:
        """Return the Python that builds, in its Windows."""
        return windows_python.python_of(self._builder)

    @property
    def builder(self) -> WindowsMachine:
        """Return where it is built."""
        return self._builder

    def fresh(self) -> WindowsMachine:
        """Return where it is tried: a Windows on which there is neither Python nor anything else."""
        self._trial.make()
        return self._trial

    def end(self) -> None:
        """End whatever still runs in both."""
        for wine in (self._builder, self._trial):
            wine.end()


def _windows_steps(place: "_OnWindows | _UnderWine") -> list[Step]:
    def programs(_figures: Figures) -> str:
        provide_programs()
        return "wine, NSIS and their companions are there"

    def self_test(figures: Figures) -> str:
        program = freezing.program_folder("windows") / f"{TERMINAL_PROGRAM}.exe"
        return check_itself(
            lambda words: place.builder.run([program, *words], timeout_s=LIMIT_S),
            PICTURES / "built.png",
            figures,
        )

    ready = [] if sys.platform == "win32" else [Step("programs", (), programs)]
    return [
        *ready,
        Step("wheels", (), lambda figures: wheels.download_wheels("windows", figures)),
        Step("python", ("programs", "wheels"), place.provide),
        Step("tests", ("python",), lambda figures: run_tests(place.builder, place.python, figures)),
        Step(
            "freeze",
            ("python",),
            lambda figures: freezing.freeze_windows(place.builder, place.python, figures),
        ),
        Step(
            "notices",
            ("freeze",),
            lambda figures: write_all_notices("windows", place.builder, place.python, figures),
        ),
        Step("self-test", ("freeze",), self_test),
        Step(
            "installer",
            ("freeze", "notices"),
            lambda figures: make_installer(figures, signer=signer_from_environment()),
        ),
        Step("install-test", ("installer",), lambda figures: Trial(place.fresh(), PICTURES, figures).run()),
    ]


def _linux_steps() -> list[Step]:
    return [
        Step("linux-wheels", (), lambda figures: wheels.download_wheels("linux", figures)),
        Step("linux-python", ("linux-wheels",), freezing.provide_linux_python),
        Step("linux-freeze", ("linux-python",), freezing.freeze_linux),
        Step(
            "linux-notices",
            ("linux-freeze",),
            lambda figures: write_all_notices("linux", None, freezing.linux_python(), figures),
        ),
        Step("linux-archive", ("linux-freeze", "linux-notices"), linux_build.pack),
        Step("linux-try", ("linux-archive",), lambda figures: linux_build.try_archive(PICTURES, figures)),
    ]
