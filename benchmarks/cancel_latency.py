"""Measures how soon a cancelled frame or job is published as such, and how soon its processes are gone.

With a real engine in the middle of a long frame, and with a stand-in that ignores signals and has
grandchildren in sessions of their own. Both clocks start when the command is posted.

    python benchmarks/cancel_latency.py [--json]
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

import psutil
from common import Figure, Options, UnavailableError, require_qt, run
from headless import PATIENCE_S, Headless
from renderers import renderers
from stand_ins import STUBBORN, StandInEngine, stand_in_spec

from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import CancelFrames, CancelJobs, Command, SubmitJob
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FrameState
from render_manager.engines.protocols import Engine

SEEN_BUDGET_MS = 100
GONE_BUDGET_MS = 1000
RENDERING = _("rendering")
"""Phase of an attempt whose engine has the scene open, as the program words it."""
_CANCELLED = (FrameState.CANCELLED,)
SETTLE_S = 1.0
"""Seconds a frame renders before it is cancelled."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How soon, in milliseconds."""

    seen_ms: float
    gone_ms: float


def cancel_once(folder: Path, engine: Engine, spec: JobSpec, command: Callable[[int], Command]) -> Cancelled:
    """Render until a frame is under way, cancel, and watch; the folder is removed afterwards."""
    with Headless(folder, engine) as headless:
        headless.core.post(SubmitJob(spec))
        headless.watch.wait_for(_is_under_way)
        time.sleep(SETTLE_S)
        processes = psutil.Process().children(recursive=True)
        job_id = next(iter(headless.watch.jobs))
        start = time.perf_counter()
        headless.core.post(command(job_id))
        gone = _wait_for_end(processes)
        seen = headless.watch.wait_for(_is_cancelled)
        # The queue goes on with the job's next frame when only one was cancelled.
        headless.core.post(CancelJobs((job_id,)))
    shutil.rmtree(folder)
    if len(processes) < 2:
        raise RuntimeError(f"only {len(processes)} processes were seen; the engine was not running")
    return Cancelled(1000.0 * (seen - start), 1000.0 * (gone - start))


def _is_under_way(changes: ChangeSet) -> bool:
    """Return whether the engine is up: it says how far it is, or at least that it has begun."""
    return any(
        progress is not None and (progress.percent is not None or progress.phase == RENDERING)
        for progress in changes.progress.values()
    )


def _is_cancelled(changes: ChangeSet) -> bool:
    return any(change.after is FrameState.CANCELLED for change in changes.frames)


def _wait_for_end(processes: list[psutil.Process]) -> float:
    deadline = time.monotonic() + PATIENCE_S
    left = processes
    while left:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(left)} processes are still there")
        left = [process for process in left if _is_alive(process)]
        time.sleep(0.001)
    return time.perf_counter()


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def on_screen_ms(folder: Path) -> float:
    """Cancel a frame in the real window; return the milliseconds from the order to the painted cell."""
    from gui_gap import window_on
    from painting import PaintLog, settle, wait_until

    from render_manager.ui.frame_grid import FrameGrid

    engine = StandInEngine(STUBBORN, str(folder / "pids.txt"))
    with PaintLog(FrameGrid) as paints, window_on(folder, engine, slots=1) as window:
        window.submit_specs([stand_in_spec(folder, 50)])
        model = window.frames.model

        def state() -> FrameState | None:
            cell = model.cell(0) if model.rowCount() else None
            return None if cell is None else cell.state

        wait_until(lambda: state() is FrameState.RENDERING)
        settle(SETTLE_S)
        painted: list[float] = []
        paints.on_paint = lambda: painted.append(time.perf_counter()) if state() in _CANCELLED else None
        start = time.perf_counter()
        window.post(CancelFrames(next(iter(window.jobs.model.jobs())).id, FrameSet.of([1])))
        wait_until(lambda: bool(painted))
        return 1000.0 * (painted[0] - start)


def with_window(folder: Path, options: Options) -> Iterator[Figure]:
    """Cancel a frame in the window, whose engine ignores signals."""
    try:
        require_qt()
    except UnavailableError:
        return
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    taken = [on_screen_ms(folder / f"window-{turn}") for turn in range(options.repeat)]
    yield Figure(
        name="cancel a frame: seen on screen",
        unit="ms",
        runs=taken,
        budget=SEEN_BUDGET_MS,
        budget_is="value",
        note=f"worst {max(taken):.1f} ms",
    )
    del app


def figures(what: str, taken: list[Cancelled]) -> Iterator[Figure]:
    """Return both figures of one kind of cancelling."""
    for name, runs, budget in (
        ("published", [one.seen_ms for one in taken], SEEN_BUDGET_MS),
        ("process tree gone", [one.gone_ms for one in taken], GONE_BUDGET_MS),
    ):
        yield Figure(
            name=f"cancel {what}: {name}",
            unit="ms",
            runs=runs,
            budget=budget,
            budget_is="value",
            note=f"worst {max(runs):.1f} ms",
        )


COMMANDS: dict[str, Callable[[int], Command]] = {
    "a frame": lambda job_id: CancelFrames(job_id, FrameSet.of([1])),
    "a job": lambda job_id: CancelJobs((job_id,)),
}


def with_stand_in(folder: Path, options: Options) -> Iterator[Figure]:
    """Cancel an engine that ignores signals."""
    if not hasattr(os, "fork"):
        raise UnavailableError("The stand-in that ignores signals needs a system with fork.")
    engine = StandInEngine(STUBBORN, str(folder / "pids.txt"))
    for what, command in COMMANDS.items():
        taken = [
            cancel_once(folder / "data", engine, stand_in_spec(folder, 50), command)
            for _turn in range(options.repeat)
        ]
        yield from figures(f"{what}, engine that ignores signals, with grandchildren", taken)


def with_renderers(folder: Path, options: Options) -> Iterator[Figure]:
    """Cancel real engines in the middle of a frame."""
    found = renderers()
    for renderer in found[:1] if options.quick else found:
        scene = folder / f"long-{renderer.name.replace(' ', '-')}.blend"
        renderer.make_scene(scene, size_px=512, samples=20_000, frames=50)
        spec = renderer.spec(scene, folder / "frames", "1-50")
        for what, command in COMMANDS.items():
            taken = [
                cancel_once(folder / "data", renderer.engine(), spec, command)
                for _turn in range(options.repeat)
            ]
            yield from figures(f"{what} in mid-frame, {renderer.name}", taken)


def measure(options: Options) -> Iterator[Figure]:
    """Cancel everything there is."""
    with tempfile.TemporaryDirectory(prefix="cancel-") as name:
        yield from with_stand_in(Path(name), options)
        yield from with_renderers(Path(name), options)
        yield from with_window(Path(name), options)


if __name__ == "__main__":
    run(__doc__, measure, repeat=5)
