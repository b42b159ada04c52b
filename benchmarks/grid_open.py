"""Measures opening a large job in the frame grid, scrolling and zooming there, against QListView.

Opening ends with the paint that shows the states of all frames in sight. The job is read from a real
database by the program's own pane, and has real thumbnails: more than are kept, so that they are read from
the disk all the while.

    python benchmarks/grid_open.py [--json]
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from common import Figure, Options, require_qt, run
from stored_data import StoredJob, fill

from render_manager.domain.states import FrameState
from render_manager.storage.reader import StoreReader
from render_manager.system.paths import AppPaths, app_paths

BUDGET_MS = 100.0
SCROLL_STEPS = 60
SCROLL_S = 4.0
SCROLL_PX = 24
"""How far each picture of a smooth scroll is from the last: 1,440 pixels a second at 60 a second."""
FRAMES_A_SECOND = 60
ZOOM_WIDTHS = (2, 3, 4, 6, 9, 14, 20, 32, 48, 60, 90, 132, 200, 300, 420)
PICTURES = 1500
"""Different thumbnails: more than the program keeps in memory."""


def stored_jobs(folder: Path, frames: int, count: int) -> AppPaths:
    """Store jobs of which half the frames are rendered."""
    paths = app_paths(folder)
    paths.make()
    jobs = [
        StoredJob(number, frames, frames // 2, FrameState.PENDING, paused=True)
        for number in range(1, count + 1)
    ]
    fill(paths, jobs, output_dir=folder / "frames")
    return paths


def give_pictures(paths: AppPaths, folder: Path, count: int) -> None:
    """Make thumbnails and let all rendered frames share them."""
    from PySide6.QtGui import QColor, QImage

    folder.mkdir()
    for number in range(count):
        image = QImage(320, 180, QImage.Format.Format_RGB888)
        image.fill(QColor.fromHsv(number % 360, 120, 60 + number % 180))
        image.save(str(folder / f"{number}.jpg"))
    with closing(sqlite3.connect(paths.database)) as connection, connection:
        connection.execute(
            "UPDATE frames SET thumbnail = ? || (number % ?) || '.jpg' WHERE state = 'completed'",
            (f"{folder}/", count),
        )


class Grid:
    """The program's frames pane on a database."""

    def __init__(self, paths: AppPaths) -> None:
        from painting import shown

        from render_manager.ui.frames_pane import FramesPane
        from render_manager.ui.pools import Errands, QtPool
        from render_manager.ui.state_looks import Icons
        from render_manager.ui.theme import DARK

        self.reader = StoreReader(paths.database)
        self.jobs = {job.id: job for job in self.reader.jobs()}
        self._pool = QtPool(name="reading", max_threads=2)
        self.pane = FramesPane(theme=DARK, icons=Icons(DARK), errands=Errands(self._pool))
        self.pane.read_from(self.reader)
        self.pane.load_icons()
        shown(self.pane)

    def open_ms(self, job_id: int, log: Any) -> tuple[float, float]:
        """Return the milliseconds until the states are painted, and until the details are as well."""
        from painting import settle, wait_until

        job, model = self.jobs[job_id], self.pane.model
        settle()
        log.paints.clear()
        painted: list[tuple[float, bool]] = []

        def on_paint() -> None:
            if model.job_id == job_id and model.rowCount() == job.total_frames:
                painted.append((time.perf_counter(), model.cell(0).row is not None))

        log.on_paint = on_paint
        start = time.perf_counter()
        self.pane.show_job(job)
        wait_until(lambda: any(has_details for _when, has_details in painted))
        log.on_paint = None
        first = painted[0][0]
        whole = next(when for when, has_details in painted if has_details)
        return 1000.0 * (first - start), 1000.0 * (whole - start)

    def scroll_gaps_ms(self, seconds: float, log: Any) -> list[float]:
        """Scroll smoothly, as fast as it is painted; return the milliseconds from each paint to the next."""
        from painting import settle, wait_until

        bar = self.pane.grid.verticalScrollBar()
        bar.setValue(0)
        settle()
        log.paints.clear()
        end = time.perf_counter() + seconds

        def step() -> bool:
            bar.setValue(bar.value() + SCROLL_PX)
            return time.perf_counter() > end

        wait_until(step)
        ends = [end for _start, end in log.paints]
        return [1000.0 * (later - sooner) for sooner, later in pairwise(ends)]

    def zoom_paints_ms(self, log: Any) -> list[float]:
        """Paint the whole grid at many sizes, bars to pictures; return the milliseconds of each."""
        from painting import settle

        grid, taken = self.pane.grid, []
        before = grid.cell_width
        for width in (*ZOOM_WIDTHS, *reversed(ZOOM_WIDTHS)):
            grid.set_cell_width(width)
            settle(0.05)
            log.paints.clear()
            grid.viewport().repaint()
            taken += [1000.0 * (end - start) for start, end in log.paints]
        grid.set_cell_width(before)
        settle()
        return taken

    def close(self) -> None:
        """Let go of everything."""
        self.pane.close()
        self._pool.finish()
        self.reader.close()


def list_view_open_ms(frames: int, log: Any) -> tuple[float, Any]:
    """Return the milliseconds Qt's own view takes for so many items, and the view."""
    from painting import settle, shown, wait_until
    from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt
    from PySide6.QtWidgets import QListView

    class Model(QAbstractListModel):
        """Numbers."""

        def rowCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
            return frames

        def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
            return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None

    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setGridSize(QSize(136, 99))
    view.setUniformItemSizes(True)
    shown(view)
    settle()
    model = Model(view)
    log.paints.clear()
    start = time.perf_counter()
    view.setModel(model)
    wait_until(lambda: bool(log.paints))
    return 1000.0 * (log.paints[-1][1] - start), view


def measure(options: Options) -> Iterator[Figure]:
    """Open and scroll jobs of two sizes."""
    require_qt()
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    for frames in (100_000, 1_000_000):
        yield from at_size(options.size(frames, frames // 100), options)
    del app


def at_size(frames: int, options: Options) -> Iterator[Figure]:
    """Open and scroll jobs of one size."""
    from painting import PaintLog, scroll_paints_ms
    from PySide6.QtWidgets import QListView

    from render_manager.ui.frame_grid import FrameGrid

    opened: list[tuple[float, float]] = []
    reference: list[float] = []
    scrolled: list[float] = []
    smooth: list[list[float]] = []
    zoomed: list[float] = []
    reference_scrolled: list[float] = []
    repeat = options.repeat if frames < 1_000_000 else min(options.repeat, 3)
    steps = options.size(SCROLL_STEPS, 4)
    with (
        tempfile.TemporaryDirectory(prefix="grid-open-") as name,
        PaintLog(FrameGrid) as grid_log,
        PaintLog(QListView) as list_log,
    ):
        paths = stored_jobs(Path(name), frames, repeat)
        give_pictures(paths, Path(name) / "pictures", options.size(PICTURES, 10))
        grid = Grid(paths)
        for number in range(1, repeat + 1):
            opened.append(grid.open_ms(number, grid_log))
            scrolled += scroll_paints_ms(grid.pane.grid, grid_log, steps)
            smooth.append(grid.scroll_gaps_ms(options.size(1, 0) * SCROLL_S or 0.2, grid_log))
            zoomed += grid.zoom_paints_ms(grid_log)
            taken, view = list_view_open_ms(frames, list_log)
            reference.append(taken)
            reference_scrolled += scroll_paints_ms(view, list_log, steps)
            view.close()
        grid.close()
    name_of = "QListView icon mode"
    yield Figure(
        name=f"opening a job of {frames:,} frames in the grid",
        unit="ms",
        runs=[first for first, _whole in opened],
        reference_name=name_of,
        reference_runs=reference,
        budget=BUDGET_MS,
        budget_is="value",
    )
    yield Figure(
        name=f"the same until the details of the frames in sight are shown, {frames:,} frames",
        unit="ms",
        runs=[whole for _first, whole in opened],
    )
    yield paint_figure(
        f"a whole paint at places all over {frames:,} frames", scrolled, name_of, reference_scrolled
    )
    yield smooth_figure(frames, smooth)
    yield paint_figure(f"a whole paint of {frames:,} frames at sizes from bars to large pictures", zoomed)


def paint_figure(
    name: str, taken: list[float], reference_name: str = "", reference: Sequence[float] = ()
) -> Figure:
    """Return the figure of single paints."""
    return Figure(
        name=name,
        unit="ms",
        runs=taken,
        reference_name=reference_name,
        reference_runs=reference,
        note=f"95 of 100 took at most {at_share(taken, 0.95):.1f} ms, the worst {max(taken):.1f} ms",
    )


def smooth_figure(frames: int, gaps_ms: list[list[float]]) -> Figure:
    """Return the figure of a scroll with thumbnails loading behind."""
    together = [gap for gaps in gaps_ms for gap in gaps]
    return Figure(
        name=f"paints while scrolling smoothly through {frames:,} frames, thumbnails loading behind",
        unit="a second",
        runs=[1000.0 * len(gaps) / sum(gaps) for gaps in gaps_ms],
        budget=FRAMES_A_SECOND,
        budget_is="value",
        at_least=True,
        note=f"95 of 100 came after at most {at_share(together, 0.95):.1f} ms, 99 of 100 after "
        f"{at_share(together, 0.99):.1f} ms",
    )


def at_share(values: Sequence[float], share: float) -> float:
    """Return below which value a share of the others is."""
    return sorted(values)[int(len(values) * share)]


if __name__ == "__main__":
    run(__doc__, measure, repeat=5)
