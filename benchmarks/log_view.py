"""Measures opening and scrolling a log of a million lines, against QPlainTextEdit with the same text.

python benchmarks/log_view.py [--json]
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from common import Figure, Options, require_qt, run

LINES = 1_000_000
SCROLL_STEPS = 100
MEGABYTE = 2**20


def write_log(path: Path, lines: int) -> int:
    """Write a log such as Blender's, with a few errors; return its bytes."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            if number % 5_000 == 0:
                file.write(f"Error: cannot load image '/textures/wood_{number}.png'\n")
            else:
                file.write(
                    f"Fra:{number // 400} Mem:10.06M (Peak 10.83M) | Time:00:00.17 | Remaining:00:02.41 | "
                    f"Mem:0.90M, Peak:0.90M | Scene, ViewLayer | Sample {number % 400}/400\n"
                )
    return path.stat().st_size


def memory_mb() -> float:
    """Return the resident memory of this process."""
    return float(psutil.Process().memory_info().rss) / MEGABYTE


class Taken:
    """What was measured of one way to show the log, run by run."""

    def __init__(self) -> None:
        self.open_ms: list[float] = []
        self.look_ms: list[float] = []
        self.paint_ms: list[float] = []
        self.memory_mb: list[float] = []


def show_ours(path: Path, taken: Taken, log: Any, steps: int) -> None:
    """Show the log in the program's view."""
    from painting import scroll_paints_ms, shown, wait_until

    from render_manager.ui.log_index import LogIndex
    from render_manager.ui.log_view import LogView
    from render_manager.ui.pools import Errands, QtPool
    from render_manager.ui.theme import DARK

    pool = QtPool(name="reading", max_threads=2)
    view = shown(LogView(DARK, Errands(pool)))
    before = memory_mb()
    start = time.perf_counter()
    index = LogIndex(path)
    extension = index.look()
    taken.look_ms.append(1000.0 * (time.perf_counter() - start))
    log.paints.clear()
    index.extend(extension)
    view.show_index(index)
    wait_until(lambda: view.is_whole)
    log.paints.clear()
    wait_until(lambda: bool(log.paints))
    taken.open_ms.append(1000.0 * (log.paints[-1][1] - start))
    taken.memory_mb.append(memory_mb() - before)
    taken.paint_ms += scroll_paints_ms(view, log, steps, lambda: view.is_whole)
    view.close()
    pool.finish()


def show_plainly(path: Path, taken: Taken, log: Any, steps: int) -> None:
    """Show the log in Qt's own view."""
    from painting import scroll_paints_ms, shown, wait_until
    from PySide6.QtWidgets import QPlainTextEdit

    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    shown(view)
    before = memory_mb()
    log.paints.clear()
    start = time.perf_counter()
    view.setPlainText(path.read_text("utf-8"))
    wait_until(lambda: bool(log.paints))
    taken.open_ms.append(1000.0 * (log.paints[-1][1] - start))
    taken.memory_mb.append(memory_mb() - before)
    taken.paint_ms += scroll_paints_ms(view, log, steps)
    view.close()
    view.deleteLater()


def measure(options: Options) -> Iterator[Figure]:
    """Show a log both ways."""
    require_qt()
    from painting import PaintLog
    from PySide6.QtWidgets import QApplication, QPlainTextEdit

    from render_manager.ui.log_view import LogView

    app = QApplication.instance() or QApplication([])
    lines, steps = options.size(LINES, 10_000), options.size(SCROLL_STEPS, 4)
    ours, theirs = Taken(), Taken()
    with tempfile.TemporaryDirectory(prefix="log-view-") as name:
        path = Path(name) / "worker.log"
        size_mb = write_log(path, lines) / MEGABYTE
        with PaintLog(LogView) as our_log, PaintLog(QPlainTextEdit) as their_log:
            for _ in range(options.repeat):
                show_ours(path, ours, our_log, steps)
            show_plainly(path, theirs, their_log, steps)
    yield from figures(ours, theirs, f"{lines:,} lines", size_mb)
    del app


def figures(ours: Taken, theirs: Taken, what: str, size_mb: float) -> Iterator[Figure]:
    """Return what both took."""
    name = "QPlainTextEdit"
    ordered = sorted(ours.paint_ms)
    yield Figure(
        name=f"opening a log of {what}",
        unit="ms",
        runs=ours.open_ms,
        reference_name=name,
        reference_runs=theirs.open_ms,
        note=f"{size_mb:.0f} MB; {statistics.median(ours.look_ms):.0f} ms of it find the lines, "
        "in the program on another thread",
    )
    yield Figure(
        name=f"a paint while scrolling a log of {what}",
        unit="ms",
        runs=ours.paint_ms,
        reference_name=name,
        reference_runs=theirs.paint_ms,
        note=f"95 of 100 took at most {ordered[int(len(ordered) * 0.95)]:.1f} ms, "
        f"the worst {ordered[-1]:.1f} ms",
    )
    yield Figure(
        name=f"memory taken by a log of {what}",
        unit="MB",
        runs=ours.memory_mb[:1],
        reference_name=name,
        reference_runs=theirs.memory_mb,
    )


if __name__ == "__main__":
    run(__doc__, measure)
