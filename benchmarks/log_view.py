"""Measures a log of a million lines: opening, scrolling, searching, and marking its errors.

Opening and scrolling are measured against QPlainTextEdit with the same text, scrolling also while the log is
gone through for errors.

python benchmarks/log_view.py [--json]
"""

import tempfile
import time
from collections.abc import Callable, Iterator
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


def wait_idly(is_it: Callable[[], bool]) -> float:
    """Wait as a window does that nobody touches: without keeping other threads from their work."""
    from painting import wait_until

    def is_it_now() -> bool:
        time.sleep(0.005)
        return is_it()

    return wait_until(is_it_now)


class Taken:
    """What was measured of one way to show the log, run by run."""

    def __init__(self) -> None:
        self.open_ms: list[float] = []
        self.first_paint_ms: list[float] = []
        self.mark_s: list[float] = []
        self.search_s: list[float] = []
        self.jump_ms: list[float] = []
        self.busy_paint_ms: list[float] = []
        self.paint_ms: list[float] = []
        self.memory_mb: list[float] = []


def show_ours(path: Path, taken: Taken, log: Any, steps: int, lines: int) -> None:
    """Show the log in the program's view, mark its errors and search it."""
    from painting import scroll_paints_ms, shown, wait_until
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from render_manager.engines.blender.engine import BlenderEngine
    from render_manager.engines.blender.installations import BlenderFinder
    from render_manager.engines.probing import ProbeMemory
    from render_manager.ui.log_search import Query
    from render_manager.ui.log_sheet import LogPart, LogSheet
    from render_manager.ui.pools import Errands, QtPool
    from render_manager.ui.state_looks import Icons
    from render_manager.ui.theme import DARK

    pool = QtPool(name="reading", max_threads=2)
    sheet = shown(LogSheet(theme=DARK, errands=Errands(pool), icons=Icons(DARK)))
    view, before = sheet.view, memory_mb()
    log.paints.clear()
    start = time.perf_counter()
    engine = BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))
    sheet.show_part(LogPart(path, 0, path.stat().st_size, engine))
    wait_until(lambda: sheet.index is not None and len(sheet.index) > 0 and view.is_whole)
    log.paints.clear()
    wait_until(lambda: bool(log.paints))
    taken.first_paint_ms.append(1000.0 * (log.paints[-1][1] - start))
    wait_until(lambda: len(sheet.index) >= lines and view.is_whole)
    log.paints.clear()
    wait_until(lambda: bool(log.paints))
    taken.open_ms.append(1000.0 * (log.paints[-1][1] - start))
    taken.busy_paint_ms += scroll_paints_ms(view, log, steps // 2, lambda: view.is_whole)
    taken.mark_s.append(wait_idly(lambda: not sheet.looking.isActive() and sheet.is_marked) - start)
    taken.paint_ms += scroll_paints_ms(view, log, steps, lambda: view.is_whole)
    for number in (1, lines // 10_000):
        start = time.perf_counter()
        sheet.finder.search(Query(f"wood_{number * 5_000}.png"))
        wait_until(lambda: sheet.finder.current is not None and view.is_whole)
        log.paints.clear()
        view.viewport().repaint()
        taken.jump_ms.append(1000.0 * (log.paints[-1][1] - start))
    start = time.perf_counter()
    sheet.finder.search(Query("sample 3"))
    taken.search_s.append(wait_idly(lambda: not sheet.finder.is_under_way) - start)
    taken.memory_mb.append(memory_mb() - before)
    sheet.close()
    pool.finish()
    # At once, and not whenever Python finds it, which may be on another thread.
    sheet.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


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
                show_ours(path, ours, our_log, steps, lines)
            show_plainly(path, theirs, their_log, steps)
    yield from figures(ours, theirs, f"{lines:,} lines", size_mb)
    del app


def spread(paint_ms: list[float]) -> str:
    """Say how long the slow ones took."""
    ordered = sorted(paint_ms)
    return (
        f"95 of 100 took at most {ordered[int(len(ordered) * 0.95)]:.1f} ms, the worst {ordered[-1]:.1f} ms"
    )


def figures(ours: Taken, theirs: Taken, what: str, size_mb: float) -> Iterator[Figure]:
    """Return what both took."""
    name = "QPlainTextEdit"
    yield Figure(
        name=f"the first lines of a log of {what}",
        unit="ms",
        runs=ours.first_paint_ms,
        note="from choosing it to the end of the first paint with text",
    )
    yield Figure(
        name=f"opening a log of {what}",
        unit="ms",
        runs=ours.open_ms,
        reference_name=name,
        reference_runs=theirs.open_ms,
        note=f"{size_mb:.0f} MB; until its last line is seen",
    )
    yield Figure(
        name=f"a paint while scrolling a log of {what}",
        unit="ms",
        runs=ours.paint_ms,
        reference_name=name,
        reference_runs=theirs.paint_ms,
        note=spread(ours.paint_ms),
    )
    yield Figure(
        name=f"a paint while errors are looked for in {what}",
        unit="ms",
        runs=ours.busy_paint_ms,
        note=spread(ours.busy_paint_ms),
    )
    yield Figure(
        name=f"finding and explaining the errors of {what}",
        unit="s",
        runs=ours.mark_s,
        note="on another thread, from choosing the log on",
    )
    yield Figure(name=f"counting matches in {what}", unit="s", runs=ours.search_s, note="on another thread")
    yield Figure(
        name=f"typing a word to seeing its first match in {what}",
        unit="ms",
        runs=ours.jump_ms,
        note="one near the beginning and one in the middle",
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
