"""Measures opening a large job in the frame grid, and scrolling there, against QListView in icon mode.

Opening ends with the paint that shows the states of all frames in sight. The job is read from a real
database by the program's own pane.

    python benchmarks/grid_open.py [--json]
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import Figure, Options, require_qt, run
from stored_data import StoredJob, fill

from render_manager.domain.states import FrameState
from render_manager.storage.reader import StoreReader
from render_manager.system.paths import AppPaths, app_paths

BUDGET_MS = 50.0
SCROLL_STEPS = 60


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
    reference_scrolled: list[float] = []
    repeat = options.repeat if frames < 1_000_000 else min(options.repeat, 3)
    steps = options.size(SCROLL_STEPS, 4)
    with (
        tempfile.TemporaryDirectory(prefix="grid-open-") as name,
        PaintLog(FrameGrid) as grid_log,
        PaintLog(QListView) as list_log,
    ):
        grid = Grid(stored_jobs(Path(name), frames, repeat))
        for number in range(1, repeat + 1):
            opened.append(grid.open_ms(number, grid_log))
            scrolled += scroll_paints_ms(grid.pane.grid, grid_log, steps)
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
        budget=BUDGET_MS if frames <= 100_000 else None,
        budget_is="value" if frames <= 100_000 else None,
    )
    yield Figure(
        name=f"the same until the details of the frames in sight are shown, {frames:,} frames",
        unit="ms",
        runs=[whole for _first, whole in opened],
    )
    yield scroll_figure(frames, scrolled, name_of, reference_scrolled)


def scroll_figure(frames: int, scrolled: list[float], name_of: str, reference: list[float]) -> Figure:
    """Return the figure of a paint while scrolling."""
    ordered = sorted(scrolled)
    return Figure(
        name=f"a paint while scrolling through {frames:,} frames",
        unit="ms",
        runs=scrolled,
        reference_name=name_of,
        reference_runs=reference,
        note=f"95 of 100 took at most {ordered[int(len(ordered) * 0.95)]:.1f} ms, "
        f"the worst {ordered[-1]:.1f} ms",
    )


if __name__ == "__main__":
    run(__doc__, measure, repeat=5)
