"""Measures the start to a painted window, against a bare PySide6 window; empty and with a full database.

The clock starts before the process does. Files are in the system's cache: it is the start of a program that
was used before.

    python benchmarks/cold_start.py [--json] [--platform xcb]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from common import CHILDREN, Figure, Options, child_environment, require_qt, run
from stored_data import fill, mostly_finished

from render_manager.system.paths import app_paths

JOBS = 5_000
FRAMES_A_JOB = 200
SETTLE_S = 3.0
LIMIT_S = 120.0

Seen = dict[str, float]
"""What a window said, by word: seconds since the start of its process, or megabytes."""


def open_window(what: str, base_dir: Path, jobs: int, settle_s: float, bytecode: Path) -> Seen:
    """Open a window in a process of its own and return what it said.

    Compiled Python is kept in `bytecode`, as an installed program has it, whatever this process was told.
    """
    argv = [sys.executable, str(CHILDREN / "window_probe.py"), what, str(jobs), str(settle_s)]
    environment = child_environment(
        RENDER_MANAGER_BASE_DIR=str(base_dir), PYTHONPYCACHEPREFIX=str(bytecode), PYTHONDONTWRITEBYTECODE=""
    )
    start = time.monotonic()
    done = subprocess.run(argv, env=environment, capture_output=True, timeout=LIMIT_S, check=False)
    if done.returncode:
        raise RuntimeError(f"the window ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    seen: Seen = {}
    for line in done.stdout.decode().splitlines():
        word, at, number = line.split()
        seen[word] = float(number) if word in ("rss", "uss") else float(at) - start
    return seen


def series(folder: Path, options: Options) -> dict[str, list[Seen]]:
    """Open each kind of window by turns; return what each said."""
    jobs, settle_s = options.size(JOBS, 20), SETTLE_S if not options.quick else 0.3
    paths = app_paths(folder / "full")
    paths.make()
    frames = options.size(FRAMES_A_JOB, 10)
    fill(paths, mostly_finished(jobs, frames), output_dir=folder / "frames", existing_files=True)
    seen: dict[str, list[Seen]] = {"bare": [], "empty": [], "full": []}
    windows = (("bare", "bare", 0), ("empty", "ours", 0), ("full", "ours", jobs))
    for turn in range(1 if options.quick else options.repeat + 1):
        for name, what, count in windows:
            said = open_window(what, folder / name, count, settle_s, folder / "bytecode")
            if turn or options.quick:
                # The first of each fills the caches.
                seen[name].append(said)
    return seen


def measure(options: Options) -> Iterator[Figure]:
    """Open windows and compare them."""
    require_qt(options.extra.platform)
    with tempfile.TemporaryDirectory(prefix="cold-start-") as name:
        seen = series(Path(name), options)
    yield from times(seen, options)
    yield from memory(seen)


def times(seen: dict[str, list[Seen]], options: Options) -> Iterator[Figure]:
    """Compare what was painted when."""
    painted = {what: [one["painted"] for one in all_of] for what, all_of in seen.items()}
    full = f"{options.size(JOBS, 20):,} jobs, {options.size(JOBS * FRAMES_A_JOB, 200):,} frames"
    yield Figure(
        name="start to a painted window, nothing stored",
        unit="s",
        runs=painted["empty"],
        reference_name="bare PySide6 window",
        reference_runs=painted["bare"],
        budget=2.0,
        budget_is="ratio",
    )
    yield Figure(
        name=f"start to a painted window, {full}",
        unit="s",
        runs=painted["full"],
        reference_name="nothing stored",
        reference_runs=painted["empty"],
    )
    yield Figure(
        name=f"added to the painted window by {full}",
        unit="s",
        runs=differences(painted["full"], painted["empty"]),
        note="The window is painted before the database is opened",
    )
    shown = [one["shown"] for one in seen["full"]]
    yield Figure(
        name=f"start to all jobs in the table, {full}",
        unit="s",
        runs=shown,
        reference_name="painted window, nothing stored",
        reference_runs=painted["empty"],
    )
    yield Figure(
        name=f"from the painted window to all jobs in the table, {full}",
        unit="s",
        runs=differences(shown, painted["full"]),
        budget=0.3,
        budget_is="value",
        note="Imports of the database library and of the engines included",
    )


def memory(seen: dict[str, list[Seen]]) -> Iterator[Figure]:
    """Compare what the windows take when at rest."""
    taken = {what: [one["rss"] for one in all_of] for what, all_of in seen.items()}
    own = {what: [one["uss"] for one in all_of] for what, all_of in seen.items()}
    yield Figure(
        name="memory at rest, nothing stored",
        unit="MB",
        runs=taken["empty"],
        reference_name="bare PySide6 window",
        reference_runs=taken["bare"],
        note=f"Resident; of it not shared with others {own['empty'][0]:.0f} MB, "
        f"of the bare window's {own['bare'][0]:.0f} MB",
    )
    yield Figure(
        name="memory added at rest by the full database",
        unit="MB",
        runs=differences(taken["full"], taken["empty"]),
        budget=60,
        budget_is="value",
    )


def differences(more: list[float], less: list[float]) -> list[float]:
    """Return by how much one series is above the other, run by run."""
    return [above - below for above, below in zip(more, less, strict=True)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument(
        "--platform", default="offscreen", help="Qt's platform, such as xcb (default offscreen)"
    )


if __name__ == "__main__":
    run(__doc__, measure, repeat=5, add_arguments=add_arguments)
