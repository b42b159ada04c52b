"""Measures the built program: its size, how long installing takes, and how soon its window is there.

What was seen on Windows (or under wine) is taken from the report of the last build; the program for Linux is
started anew.

    python packaging/build.py all
    python benchmarks/built_program.py [--json] [--platform xcb]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import ROOT, Figure, Options, UnavailableError, child_environment, run

REPORT = ROOT / "dist" / "build-report.json"
LINUX_PROGRAM = ROOT / "dist" / "linux" / "render-manager" / "render-manager"
LIMIT_S = 60.0
MB = 1e6


def measure(options: Options) -> Iterator[Figure]:
    """Tell what the last build was like, and start what it built."""
    found: Path = options.extra.report
    if not found.is_file():
        raise UnavailableError(f"There is no {found}: run python packaging/build.py all first.")
    report = json.loads(found.read_text("utf-8"))
    steps = {step["step"]: step for step in report["steps"] if step["passed"]}
    yield from sizes(steps)
    if "install-test" in steps:
        yield from installing(steps["install-test"]["figures"])
    if LINUX_PROGRAM.is_file() and sys.platform == "linux":
        yield linux_start(options)


def sizes(steps: dict[str, Any]) -> Iterator[Figure]:
    """Tell the sizes of what is downloaded and of what is installed."""
    for step, name in (
        ("installer", "installer for Windows"),
        ("freeze", "installed on Windows"),
        ("linux-archive", "archive for Linux"),
        ("linux-freeze", "unpacked on Linux"),
    ):
        if step in steps:
            yield Figure(name=f"size, {name}", unit="MB", runs=[steps[step]["figures"]["bytes"] / MB])


def installing(figures: dict[str, Any]) -> Iterator[Figure]:
    """Tell what installing was like, and the first starts after it."""
    where = figures["windows"]
    for key, name in (
        ("install_s", "installing silently"),
        ("upgrade_s", "upgrading a running program, until it is installed"),
        ("first_window_s", "first start from the Start menu to a painted window"),
        ("next_window_s", "second start from the Start menu to a painted window"),
    ):
        yield Figure(name=f"{name}, {where}", unit="s", runs=[figures[key]])


def linux_start(options: Options) -> Figure:
    """Start the built program again and again; the first time fills the caches and is not counted."""
    turns = 1 if options.quick else options.repeat + 1
    runs = [painted_after(options.extra.platform) for _turn in range(turns)]
    return Figure(
        name="start of the built program on Linux to a painted window", unit="s", runs=runs[-options.repeat :]
    )


def painted_after(platform: str) -> float:
    """Return the seconds from before a start to the painted window."""
    with tempfile.TemporaryDirectory(prefix="built-program-") as folder:
        painted = Path(folder) / "painted.json"
        environment = child_environment(
            RENDER_MANAGER_BASE_DIR=folder,
            RENDER_MANAGER_REPORT_PAINTED=str(painted),
            QT_QPA_PLATFORM=platform,
        )
        start = time.monotonic()
        process = subprocess.Popen([LINUX_PROGRAM], env=environment, stderr=subprocess.DEVNULL)
        try:
            while not painted.is_file():
                if process.poll() is not None or time.monotonic() - start > LIMIT_S:
                    raise RuntimeError(f"the window did not open: exit code {process.poll()}")
                time.sleep(0.002)
            return time.monotonic() - start
        finally:
            process.terminate()
            process.wait()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark has."""
    parser.add_argument(
        "--report", type=Path, default=REPORT, help="report of a build (default: the last one)"
    )
    parser.add_argument("--platform", default=os.environ.get("QT_QPA_PLATFORM", "offscreen"))


if __name__ == "__main__":
    run(__doc__, measure, repeat=5, add_arguments=add_arguments)
