"""Measures the job table with 5,000 jobs: filling it, a stream of changes, filtering, sorting, painting.

A change set is what the owner publishes thirty times a second while many engines work: some jobs with new
counts, the frames they finished.

    python benchmarks/job_table.py [--json]
"""

import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from common import Figure, Options, require_qt, run, timed_ms
from stored_data import StoredJob, fill

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.states import FrameState
from render_manager.storage.reader import StoreReader
from render_manager.system.paths import app_paths

JOBS = 5000
FRAMES = 200
TURNS = 120
CHANGED_AT_ONCE = 40
"""Jobs that change in one change set: more than a workstation has engines."""
TURN_BUDGET_MS = 33.0
"""Between two change sets of the owner."""


def stored(folder: Path, count: int) -> list[JobSnapshot]:
    """Return jobs as the database gives them at the start."""
    paths = app_paths(folder)
    paths.make()
    jobs = [
        StoredJob(number, FRAMES, number % FRAMES, FrameState.PENDING, paused=False)
        for number in range(1, count + 1)
    ]
    fill(paths, jobs, output_dir=folder / "frames")
    reader = StoreReader(paths.database)
    try:
        return reader.jobs()
    finally:
        reader.close()


def changes_of(jobs: dict[int, JobSnapshot], chosen: list[int]) -> ChangeSet:
    """Return a change set in which each of the jobs finished a frame."""
    changed = {}
    for number in chosen:
        counts = dict(jobs[number].counts)
        if counts[FrameState.PENDING]:
            counts[FrameState.PENDING] -= 1
            counts[FrameState.COMPLETED] += 1
        done = counts[FrameState.COMPLETED]
        changed[number] = replace(jobs[number], counts=counts, progress=100.0 * done / FRAMES)
    jobs.update(changed)
    return ChangeSet(jobs=changed)


def measure(options: Options) -> Iterator[Figure]:
    """Fill the table, and let a stream of changes run over it."""
    require_qt()
    from painting import PaintLog, scroll_paints_ms, settle, shown
    from PySide6.QtWidgets import QApplication

    from render_manager.ui.job_table import JobTable
    from render_manager.ui.jobs_pane import JobsPane
    from render_manager.ui.models.job_order import JobColumn, JobView, words_of
    from render_manager.ui.pools import Errands, QtPool
    from render_manager.ui.state_looks import Icons
    from render_manager.ui.theme import DARK

    app = QApplication.instance() or QApplication([])
    count, turns = options.size(JOBS, 200), options.size(TURNS, 5)
    taken: dict[str, list[float]] = {
        name: [] for name in ("fill", "take", "paint", "filter", "sort", "settle", "scroll", "all", "chosen")
    }
    pool = QtPool(name="reading", max_threads=2)
    with tempfile.TemporaryDirectory(prefix="job-table-") as name, PaintLog(JobTable) as log:
        snapshots = stored(Path(name), count)
        for _run in range(options.repeat):
            pane = JobsPane(theme=DARK, icons=Icons(DARK), errands=Errands(pool))
            pane.load_icons()
            shown(pane)
            jobs = {job.id: job for job in snapshots}
            taken["fill"].append(timed_ms(lambda: pane.apply(ChangeSet(jobs=jobs)))())  # noqa: B023 - called at once
            settle()
            dice = random.Random(1)
            log.paints.clear()
            for _turn in range(turns):
                changes = changes_of(jobs, dice.sample(sorted(jobs), CHANGED_AT_ONCE))
                taken["take"].append(timed_ms(lambda: pane.apply(changes))())  # noqa: B023 - as above
                app.processEvents()
            taken["paint"] += [1000.0 * (end - start) for start, end in log.paints]
            by_name, some = JobView(column=JobColumn.NAME), JobView(words=words_of("1"))
            taken["sort"].append(timed_ms(lambda: pane.model.look(by_name))())  # noqa: B023 - as above
            taken["filter"].append(timed_ms(lambda: pane.model.look(some))())  # noqa: B023 - as above
            taken["settle"].append(timed_ms(pane.model.settle)())
            pane.model.look(JobView())
            settle()
            taken["scroll"] += scroll_paints_ms(pane.table, log, options.size(40, 4))
            taken["all"].append(timed_ms(pane.table.selectAll)())
            taken["chosen"].append(timed_ms(pane.selected_jobs)())
            pane.close()
    pool.finish()
    texts = {
        "fill": (f"filling the table with {count:,} jobs", None),
        "take": (f"taking in {CHANGED_AT_ONCE} changed jobs of {count:,}", TURN_BUDGET_MS),
        "paint": (f"painting the table of {count:,} jobs under a stream of changes", None),
        "sort": (f"sorting {count:,} jobs by name", None),
        "filter": (f"filtering {count:,} jobs", None),
        "settle": (f"looking whether any of {count:,} jobs has to move", None),
        "all": (f"selecting all of {count:,} jobs", None),
        "chosen": (f"asking for the selected jobs, all of {count:,}", None),
        "scroll": (f"a whole paint of the table of {count:,} jobs at places all over", None),
    }
    for key, (text, budget) in texts.items():
        yield Figure(
            name=text,
            unit="ms",
            runs=taken[key],
            budget=budget,
            budget_is=None if budget is None else "value",
        )
    del app


if __name__ == "__main__":
    run(__doc__, measure, repeat=3)
