"""What was done in a night, summed up by a real database file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.jobs import make_spec

from render_manager.domain.changes import AttemptRecord, FrameChange, FrameResult
from render_manager.domain.morning import JobNight, SlowFrame
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

P, C, F = FrameState.PENDING, FrameState.COMPLETED, FrameState.FAILED
EVENING, NIGHT_END = 10_000.0, 50_000.0


def completed(frame: int, seconds: float, *, note: str = "") -> FrameChange:
    result = FrameResult((f"/out/{frame}.png",), f"/thumbs/{frame}.jpg", seconds)
    return FrameChange(1, ((frame, frame),), 1, P, C, reason=note, attempts=1, result=result)


def failed(frame: int, reason: str) -> FrameChange:
    return FrameChange(1, ((frame, frame),), 1, P, F, reason=reason, attempts=1, failures=1)


def attempt(frame: int, ended_at: float, **values: object) -> AttemptRecord:
    known = {"outcome": AttemptOutcome.COMPLETED, "started_at": ended_at - 9, "ended_at": ended_at, **values}
    return AttemptRecord(1, frame, 1, **known)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(open_database(tmp_path / "store.db"))
    yield store
    store.close()


@pytest.fixture
def night(store: Store, tmp_path: Path) -> Iterator[JobNight]:
    """Frame 1 was done before the evening; of the night are 2 to 8."""
    job = store.add_job(make_spec("1-8"), "11111111-2222-3333-4444-555555555555", 1.0)
    crash = {"outcome": AttemptOutcome.CRASHED, "code": "crashed", "advice": "Look at the log."}
    store.commit(
        frame_changes=[
            completed(1, 4.0),
            completed(2, 4.0, note="A watermark."),
            completed(3, 5.0),
            completed(4, 20.0),
            failed(5, "Blender crashed on frame 5."),
            failed(6, "Blender crashed on frame 6."),
            failed(7, "There is no camera."),
        ],
        attempt_records=[
            attempt(1, EVENING - 5, seconds=4.0),
            attempt(2, EVENING + 10, seconds=4.0, peak_memory_bytes=100),
            attempt(3, EVENING + 20, seconds=5.0, peak_memory_bytes=900),
            attempt(4, EVENING + 30, seconds=20.0),
            attempt(5, EVENING + 40, reason="Blender crashed on frame 5.", seconds=1.0, **crash),
            attempt(6, EVENING + 50, reason="Blender crashed on frame 6.", seconds=1.0, **crash),
            attempt(7, EVENING + 60, outcome=AttemptOutcome.FAILED, code="no-camera", seconds=1.0),
            attempt(8, EVENING + 70, outcome=AttemptOutcome.INTERRUPTED, seconds=2.0),
        ],
    )
    record = job.record
    record.updated_at = EVENING + 70
    record.counts.update({C: 4, F: 3, P: 1})
    store.commit(job_snapshots=[job.snapshot()])
    reader = StoreReader(tmp_path / "store.db")
    (found,) = reader.morning(EVENING, NIGHT_END).jobs
    yield found
    reader.close()


def test_frames_time_and_memory_of_the_night_are_counted(night: JobNight) -> None:
    assert (night.completed, night.failed, night.tries, night.interrupted) == (3, 3, 7, 1)
    assert night.seconds == pytest.approx(34.0)
    assert night.peak_memory_bytes == 900


def test_failures_are_grouped_by_reason(night: JobNight) -> None:
    crash, camera = night.failures
    assert crash.reason == "Blender crashed on frame 5."
    assert (crash.frames, crash.count, crash.advice) == ((5, 6), 2, "Look at the log.")
    assert (camera.frames, camera.code) == ((7,), "no-camera")


def test_slow_frames_are_told_against_the_median(night: JobNight) -> None:
    assert night.median_s == 5.0
    assert night.slowest == (SlowFrame(4, 20.0, 4.0),)


def test_notes_and_pictures_are_found(night: JobNight) -> None:
    assert night.notes == ((2, "A watermark."),)
    assert [(one.frame, one.is_failed) for one in night.pictures] == [(1, False), (3, False), (4, True)]


def test_a_night_in_which_nothing_happened_has_no_jobs(night: JobNight, tmp_path: Path) -> None:
    reader = StoreReader(tmp_path / "store.db")
    assert reader.morning(NIGHT_END, NIGHT_END + 1).jobs == ()
    reader.close()


def test_a_hundred_thousand_attempts_are_summed_up_by_the_database(store: Store, tmp_path: Path) -> None:
    frames = 100_000
    job = store.add_job(make_spec(f"1-{frames}"), "11111111-2222-3333-4444-555555555555", 1.0)
    store.commit(
        frame_changes=[FrameChange(1, ((1, frames),), frames, P, F, reason="No camera.", attempts=1)],
        attempt_records=[
            attempt(frame, EVENING + frame / 10, outcome=AttemptOutcome.FAILED, code="no-camera")
            for frame in range(1, frames + 1)
        ],
    )
    job.record.updated_at = EVENING + 9
    job.record.counts.update({F: frames, P: 0})
    store.commit(job_snapshots=[job.snapshot()])
    reader = StoreReader(tmp_path / "store.db")
    (night,) = reader.morning(EVENING, NIGHT_END).jobs
    reader.close()
    (group,) = night.failures
    assert group.count == frames
    assert len(group.frames) < 3000, "not every number is read"
