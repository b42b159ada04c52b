"""Measures dropping hundreds of scenes on the analysis page: gaps of the GUI thread, and how long it takes.

The scenes are read by the real reader for .blend files, their pictures too. `--quick` drops a few.

    python benchmarks/analysis_drop.py [--json]
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import ROOT, Figure, Options, require_qt, run

from render_manager.system.paths import app_paths

SCENES = 500
GAP_BUDGET_MS = 100.0
SCENE = ROOT / "tests" / "data" / "scenes" / "blender-3.4-scenes.blend"
EDGE_THREADS = 3
"""As in the program."""


def copies(folder: Path, count: int) -> list[Path]:
    """Make scenes that differ in nothing but their names."""
    paths = [folder / f"shot_{number:04d}.blend" for number in range(count)]
    for path in paths:
        shutil.copyfile(SCENE, path)
    return paths


def drop(folder: Path, count: int) -> tuple[list[float], float]:
    """Drop scenes on a page; return the gaps of the GUI thread in ms, and the seconds until all are read."""
    from gui_ticks import Ticker
    from painting import settle, shown, wait_until

    from render_manager.assembly import build_catalog
    from render_manager.domain.errors import UserError
    from render_manager.engines.preparing import prepare
    from render_manager.services.scene_desk import SceneDesk
    from render_manager.system.settings import Settings
    from render_manager.ui.pools import Errands, QtPool
    from render_manager.ui.state_looks import Icons
    from render_manager.ui.submit_draft import Lookout
    from render_manager.ui.submit_panel import SubmitPanel
    from render_manager.ui.theme import DARK

    paths, settings = app_paths(folder / "data"), Settings()
    paths.make()
    catalog = build_catalog(paths, settings)
    catalog.refresh()
    desk = SceneDesk(catalog)
    reading, edge = QtPool(name="reading", max_threads=2), QtPool(name="edge", max_threads=EDGE_THREADS)
    errands = Errands(edge)

    def prepare_one(request: Any, then: Any) -> None:
        def work() -> Any:
            try:
                return prepare(request, catalog=catalog, settings=settings)
            except UserError as error:
                return error

        errands.run(work, then)

    panel = SubmitPanel(theme=DARK, errands=Errands(reading))
    panel.prepare_with(prepare_one, desk.fields_of)
    panel.learn_from(desk.fields_of, Lookout(desk.outlook, desk.preview))
    shown(panel)
    # As in the program, whose toolbar has icons long before anything is dropped.
    Icons(DARK).plain("mdi6.check")
    scenes = copies(folder, count)
    settle()
    ticker = Ticker()
    ticker.start()
    settle()
    start = time.perf_counter()
    panel.add(scenes)
    end = wait_until(lambda: all(draft.result is not None for draft in panel.drafts))
    ticker.stop()
    panel.close()
    for pool in (edge, reading):
        pool.finish()
    settle()
    return ticker.gaps_ms, end - start


def measure(options: Options) -> Iterator[Figure]:
    """Drop scenes, several times."""
    require_qt()
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    count = options.size(SCENES, 5)
    worst, seconds = [], []
    for _turn in range(options.repeat):
        with tempfile.TemporaryDirectory(prefix="analysis-") as name:
            gaps_ms, taken_s = drop(Path(name), count)
        worst.append(max(gaps_ms))
        seconds.append(taken_s)
    yield Figure(
        name=f"worst gap of the GUI thread while {count} dropped scenes are looked at",
        unit="ms",
        runs=worst,
        budget=GAP_BUDGET_MS,
        budget_is="value",
    )
    yield Figure(name=f"{count} dropped scenes until all are looked at", unit="s", runs=seconds)
    del app


if __name__ == "__main__":
    run(__doc__, measure, repeat=3)
