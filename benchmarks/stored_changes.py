"""Measures frame state changes stored a second: by the store alone, and through the whole dispatcher.

The store is given what the dispatcher gives it: frames that start and frames that are done by turns, the
job's new counts, and the attempts. The reference is the same conditional update by plain `sqlite3`. Through
the dispatcher run workers that answer at once, and whose frames need no decoding.

    python benchmarks/stored_changes.py [--json]
"""

import gc
import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

from common import Figure, Options, by_turns, run
from headless import Headless
from stand_ins import FLOOD, StandInEngine, stand_in_spec

from render_manager import assembly
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameChange, FrameResult
from render_manager.domain.commands import CancelJobs, SubmitJob
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, FrameState
from render_manager.engines.events import EngineReady, FrameEnded
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.finishing import FinishOrder, FrameFinisher
from render_manager.scheduling.messages import FrameAccepted, WorkerEnded, WorkerSaid
from render_manager.scheduling.ports import WorkerOrder
from render_manager.storage.database import open_database
from render_manager.storage.store import Store

BATCH = 200
"""Changes in one commit: what some 6,000 a second bring about in the 33 ms between two commits."""
FRAMES = 40_000
DISPATCHED_FRAMES = 6_000
CANCELLED_FRAMES = 1_000_000
BUDGET = 50_000
SLOTS = 8


def result_of(frame: int) -> FrameResult:
    """Return what a rendered frame leaves behind."""
    return FrameResult((f"/out/shot/shot_{frame:05d}.png",), f"/thumbnails/0123abcd/{frame}-1.jpg", 1.25)


def steps(job_id: int, first: int, last: int) -> list[FrameChange]:
    """Return the two steps of each frame, a hundred starts before their hundred ends."""
    found = []
    for start in range(first, last + 1, BATCH // 2):
        frames = range(start, min(start + BATCH // 2, last + 1))
        pending, rendering, completed = FrameState.PENDING, FrameState.RENDERING, FrameState.COMPLETED
        found += [FrameChange(job_id, ((n, n),), 1, pending, rendering, attempts=1) for n in frames]
        found += [
            FrameChange(
                job_id, ((n, n),), 1, rendering, completed, attempts=1, forced=False, result=result_of(n)
            )
            for n in frames
        ]
    return found


def attempt_of(change: FrameChange) -> AttemptRecord:
    """Return what is stored of the attempt a change belongs to."""
    frame = change.runs[0][0]
    record = AttemptRecord(
        change.job_id, frame, 1, AttemptOutcome.RUNNING, 1.0e9, log_path="/logs/worker-1.log"
    )
    if change.after is FrameState.COMPLETED:
        return replace(
            record, outcome=AttemptOutcome.COMPLETED, ended_at=1.0e9 + 2, seconds=1.25, log_end=4000
        )
    return record


def by_store(folder: Path, frames: int, *, with_attempts: bool) -> float:
    """Return the state changes a second that `Store.commit` takes."""
    shutil.rmtree(folder, ignore_errors=True)
    store = Store(open_database(folder / "render-manager.db"))
    job = store.add_job(stand_in_spec(folder, frames), "benchmark", 1.0e9)
    changes = steps(job.id, 1, frames)
    snapshot = job.snapshot()
    batches = [changes[place : place + BATCH] for place in range(0, len(changes), BATCH)]
    attempts = [[attempt_of(change) for change in batch if with_attempts] for batch in batches]
    # What is prepared here is no garbage; the dispatcher would not have it all at once.
    gc.freeze()
    start = time.perf_counter()
    for batch, records in zip(batches, attempts, strict=True):
        store.commit(job_snapshots=[snapshot], frame_changes=batch, attempt_records=records)
    seconds = time.perf_counter() - start
    gc.unfreeze()
    store.close()
    return len(changes) / seconds


UPDATE = (
    "UPDATE frames SET state = ?, attempts = 1, outputs = coalesce(?, outputs), "
    "thumbnail = coalesce(?, thumbnail), render_seconds = coalesce(?, render_seconds) "
    "WHERE job_id = ? AND number = ? AND state = ?"
)


def by_sqlite(folder: Path, frames: int) -> float:
    """Return the state changes a second that plain sqlite3 takes, in the same file format and batches."""
    shutil.rmtree(folder, ignore_errors=True)
    store = Store(open_database(folder / "render-manager.db"))
    job = store.add_job(stand_in_spec(folder, frames), "benchmark", 1.0e9)
    store.close()
    connection = sqlite3.connect(folder / "render-manager.db")
    connection.execute("PRAGMA synchronous = NORMAL")
    changes = steps(job.id, 1, frames)
    start = time.perf_counter()
    for place in range(0, len(changes), BATCH):
        with connection:
            connection.executemany(UPDATE, [_plain(change) for change in changes[place : place + BATCH]])
    seconds = time.perf_counter() - start
    connection.close()
    return len(changes) / seconds


def _plain(change: FrameChange) -> tuple[object, ...]:
    result = change.result
    place = (change.job_id, change.runs[0][0], change.before.value)
    if result is None:
        return (change.after.value, None, None, None, *place)
    return (change.after.value, json.dumps(result.outputs), result.thumbnail, result.seconds, *place)


class InstantWorkers:
    """Starts workers without a process: each frame is done the moment it is handed over."""

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> "InstantWorker":
        """Start one; it is ready at once and done with its first frame."""
        post(WorkerSaid(order.worker_id, EngineReady("1.0"), 0))
        worker = InstantWorker(order.worker_id, post)
        for task in order.tasks:
            worker.assign(task)
        return worker


class InstantWorker:
    """Answers every order at once."""

    def __init__(self, worker_id: int, post: Callable[[object], None]) -> None:
        self._id = worker_id
        self._post = post

    def assign(self, task: FrameTask) -> None:
        """Be done with a frame."""
        self._post(WorkerSaid(self._id, FrameEnded(task.frame, (), 0.01), 0))

    def dismiss(self) -> None:
        """End."""
        self._post(WorkerEnded(self._id, ProcessOutcome(exit_code=0), 0))

    kill = dismiss


class InstantFinisher(FrameFinisher):
    """Accepts every frame without looking at it."""

    def finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        """Accept a frame."""
        task = order.task
        post(FrameAccepted(task.job_id, task.frame, task.attempt, result_of(task.frame)))

    def run(self, function: Callable[[], None]) -> None:
        """Leave out the tidying of staging folders that were never made."""


def by_dispatcher(folder: Path, frames: int) -> float:
    """Return the state changes a second from handing out frames to their commit."""
    shutil.rmtree(folder, ignore_errors=True)
    with mock.patch.object(assembly, "FrameFinisher", InstantFinisher):
        headless = Headless(folder, StandInEngine(FLOOD), slots=SLOTS, workers=InstantWorkers())
    with headless:
        seconds = headless.render(stand_in_spec(folder, frames))
    return 2 * frames / seconds


def by_cancelling(folder: Path, frames: int) -> float:
    """Return the state changes a second when a whole job is cancelled."""
    shutil.rmtree(folder, ignore_errors=True)
    with Headless(folder, StandInEngine(FLOOD), slots=0) as headless:
        headless.core.post(SubmitJob(stand_in_spec(folder, frames)))
        headless.watch.wait_for(lambda changes: bool(changes.jobs))
        start = time.perf_counter()
        headless.core.post(CancelJobs((next(iter(headless.watch.jobs)),)))
        end = headless.watch.wait_for(_is_any_finished)
    return frames / (end - start)


def _is_any_finished(changes: ChangeSet) -> bool:
    return any(job.state in FINISHED_JOBS for job in changes.jobs.values())


def measure(options: Options) -> Iterator[Figure]:
    """Store changes in every way."""
    frames = options.size(FRAMES, 1_000)
    with tempfile.TemporaryDirectory(prefix="stored-changes-") as name:
        folder = Path(name) / "store"
        plain, bare, whole = by_turns(
            options.repeat,
            lambda: by_sqlite(folder, frames),
            lambda: by_store(folder, frames, with_attempts=False),
            lambda: by_store(folder, frames, with_attempts=True),
        )
        dispatched, cancelled = by_turns(
            options.repeat,
            lambda: by_dispatcher(folder, options.size(DISPATCHED_FRAMES, 300)),
            lambda: by_cancelling(folder, options.size(CANCELLED_FRAMES, 10_000)),
        )
    figure = partial(Figure, unit="a second", budget=BUDGET, budget_is="value", at_least=True)
    same = partial(figure, reference_name="plain sqlite3", reference_runs=plain)
    yield same(name=f"state changes stored, {BATCH} in a commit", runs=bare)
    yield same(name=f"state changes stored with their attempts, {BATCH} in a commit", runs=whole)
    yield figure(
        name=f"state changes through the dispatcher, frame by frame, {SLOTS} workers that answer at once",
        runs=dispatched,
        note=f"{statistics.median(dispatched) / 2:,.0f} frames a second handed out, finished and stored",
    )
    yield figure(name="state changes through the dispatcher, a whole job cancelled", runs=cancelled)


if __name__ == "__main__":
    run(__doc__, measure)
