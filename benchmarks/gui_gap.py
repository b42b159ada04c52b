"""Measures the worst gap in the GUI thread while eight engines print as fast as they are read.

The real window, core, workers and parser; the engines are real processes that print Blender's status lines
and finish a frame every few hundred of them. The reference does what simple programs do: a queued signal for
every line that means something, and a database commit for each.

    python benchmarks/gui_gap.py [--json] [--seconds 10]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common import Figure, Options, require_qt, run
from gui_ticks import Seen, Ticker, run_loop
from naive_window import LINES_A_FRAME, WORKERS, signal_per_event
from stand_ins import FLOOD, StandInEngine, stand_in_spec

from render_manager.assembly import Pools, build_core, media_threads
from render_manager.domain.commands import SubmitJob
from render_manager.engines.catalog import Catalog
from render_manager.engines.protocols import Engine, LineParser
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings

BUDGET_MS = 50
LOOK_EVERY_MS = 300
JOB_FRAMES = 50_000


class CountingParser:
    """The real parser, with a count of the lines it read."""

    def __init__(self, parser: LineParser, counts: list[int]) -> None:
        self._parser = parser
        self._counts = counts
        self._place = len(counts)
        counts.append(0)
        self.finish = parser.finish

    def feed(self, line: str) -> Any:
        """Read a line."""
        self._counts[self._place] += 1
        return self._parser.feed(line)


class FloodEngine(StandInEngine):
    """Floods, and counts the lines that are taken."""

    def __init__(self, counts: list[int]) -> None:
        super().__init__(FLOOD, str(LINES_A_FRAME))
        self._counts = counts

    def parser(self, token: str, *_run: object) -> Any:
        """Return a parser that counts."""
        return CountingParser(super().parser(token), self._counts)


class Watcher:
    """Does what somebody does who watches: keeps the frames in sight that are being rendered."""

    def __init__(self, window: Any, done: Callable[[], int]) -> None:
        from PySide6.QtCore import QTimer

        self._frames = window.frames
        self._done = done
        self._timer = QTimer()
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        """Look away."""
        self._timer.stop()

    def _look(self) -> None:
        model = self._frames.model
        place = min(self._done() + 2 * self._frames.grid.columns(), model.rowCount() - 1)
        self._frames.grid.scrollTo(model.index(max(place, 0)))


@contextmanager
def window_on(folder: Path, engine: Engine, *, slots: int) -> Iterator[Any]:
    """Open the program's window on a core with one engine; closes everything."""
    from painting import settle

    from render_manager.ui.pools import QtPool
    from render_manager.window import open_painted

    paths = app_paths(folder / "data")
    paths.make()
    catalog = Catalog([engine])
    catalog.refresh()
    opened = open_painted(None)
    window, bridge = opened.window, opened.bridge
    core = build_core(
        paths=paths,
        settings=Settings(),
        catalog=catalog,
        subscribers=[bridge.receive],
        pools=Pools(
            workers=QtPool(name="workers", max_threads=64),
            media=QtPool(name="media", max_threads=media_threads()),
        ),
        slots=slots,
    )
    window.load_icons()
    window.read_from(core.reader)
    core.start()
    bridge.connect_to(core.post)
    window.post = bridge.post
    try:
        yield window
    finally:
        core.stop()
        window.let_close()
        window.deleteLater()
        settle()
        opened.reading_pool.finish()


def ours(folder: Path, seconds: float) -> Seen:
    """Flood the program's window."""
    from painting import settle, wait_until

    from render_manager.domain.states import FrameState

    counts: list[int] = []
    with window_on(folder, FloodEngine(counts), slots=WORKERS) as window:
        window.post(SubmitJob(stand_in_spec(folder, JOB_FRAMES, name="flood")))

        def done() -> int:
            return sum(job.counts[FrameState.COMPLETED] for job in window.jobs.model.jobs())

        wait_until(lambda: len(counts) == WORKERS and done() > WORKERS)
        watcher = Watcher(window, done)
        settle(0.5)
        ticker = Ticker()
        lines, frames, start = sum(counts), done(), time.perf_counter()
        ticker.start()
        run_loop(seconds)
        ticker.stop()
        watcher.stop()
        taken = time.perf_counter() - start
        return Seen(ticker.gaps_ms, (sum(counts) - lines) / taken, (done() - frames) / taken)


def measure(options: Options) -> Iterator[Figure]:
    """Flood both windows by turns."""
    require_qt()
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    seconds = options.extra.seconds if not options.quick else 0.5
    seen: list[Seen] = []
    naive: list[Seen] = []
    with tempfile.TemporaryDirectory(prefix="gui-gap-") as name:
        for turn in range(options.repeat):
            seen.append(ours(Path(name) / f"ours-{turn}", seconds))
            naive.append(signal_per_event(Path(name) / f"naive-{turn}", seconds / 2))
    ordered = sorted(gap for one in seen for gap in one.gaps_ms)
    yield Figure(
        name=f"worst gap in the GUI thread under {WORKERS} flooding engines",
        unit="ms",
        runs=[one.worst_ms for one in seen],
        reference_name="a signal and a commit for each event",
        reference_runs=[one.worst_ms for one in naive],
        budget=BUDGET_MS,
        budget_is="value",
        note=f"half of the gaps under {statistics.median(ordered):.1f} ms, "
        f"99 of 100 under {ordered[int(len(ordered) * 0.99)]:.1f} ms",
    )
    yield Figure(
        name="lines of output taken",
        unit="a second",
        runs=[one.lines_a_second for one in seen],
        reference_name="a signal and a commit for each event",
        reference_runs=[one.lines_a_second for one in naive],
    )
    yield Figure(
        name="frames rendered, decoded, stored and shown meanwhile",
        unit="a second",
        runs=[one.frames_a_second for one in seen],
    )
    del app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to flood (default 10)")


if __name__ == "__main__":
    run(__doc__, measure, add_arguments=add_arguments)
