"""The one writer against a real database file: what goes in comes out, whole batches or nothing."""

import dataclasses
import sqlite3
import threading
from pathlib import Path

import pytest
from support.disks import fill
from support.jobs import make_spec

from render_manager.domain import events
from render_manager.domain.changes import AttemptRecord, FrameChange, FrameResult, JobSnapshot
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.errors import StorageUnavailableError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.states import FRAME_CODES, AttemptOutcome, FrameState, JobState
from render_manager.storage import database
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import StateConflictError, Store

FULL_SPEC = JobSpec(
    name="Küche 影 “a”",
    scene=Path("/scenes/Küche 影.blend"),
    engine="blender",
    installation="blender:/opt/blender 4.5/blender",
    frames=FrameSet.parse("10-1x3,-5,20-22"),
    output_dir=Path("/out/ä b/%04d {x}"),
    output_name="bild_####_{}",
    output_suffix=".exr",
    existing=Existing.VERSION,
    priority=9,
    max_retries=7,
    retry_delay_s=12.5,
    project="Film 影",
    options={"camera": "Nah", "view_layers": ["a", "b"], "samples": 16, "nested": {"x": [1, None, True]}},
    width=1920,
    height=1080,
    fps=23.976,
)
UUID = "11111111-2222-3333-4444-555555555555"
FAULT = Diagnosis("crashed", "It crashed.", "Try again.", crashed=True)


def path_of(store: Store) -> Path:
    return store._database.path


def read(store: Store) -> StoreReader:
    return StoreReader(path_of(store))


def commit(store: Store, job: Job, *event_list: events.JobEvent, now: float = 50.0) -> list[FrameChange]:
    changes = [change for event in event_list for change in job.apply(event, now).frames]
    store.commit(job_snapshots=[job.snapshot()], frame_changes=changes)
    return changes


def stored(store: Store, job_id: int) -> JobSnapshot:
    reader = read(store)
    try:
        snapshot = reader.job(job_id)
    finally:
        reader.close()
    assert snapshot is not None
    return snapshot


def test_every_field_of_a_job_comes_back(store: Store) -> None:
    job = store.add_job(FULL_SPEC, UUID, 40.0)
    assert stored(store, job.id) == job.snapshot()
    commit(
        store,
        job,
        events.AttemptStarted(-5),
        events.AttemptFailed(-5, FAULT, 99.5),
        events.AttemptStarted(4),
        events.AttemptCompleted(4, FrameResult(("/out/4.exr", "/out/4 b.exr"), "/t/4.jpg", 3.25)),
        events.FramesSkipped(FrameSet.parse("7"), "Left out."),
        events.FramesCancelled(FrameSet.parse("10"), "Cancelled."),
        events.AttemptStarted(1),
        events.JobHeld(),
        events.PriorityChanged(2),
    )
    expected = job.snapshot()
    assert expected.retry_count == 1
    assert expected.error_log
    assert expected.started_at == 50.0
    assert stored(store, job.id) == expected
    (loaded,) = store.load_jobs()
    assert loaded.snapshot() == expected
    spec = dataclasses.replace(FULL_SPEC, priority=2)
    assert loaded.spec == spec
    assert loaded.spec.frames.order == FULL_SPEC.frames.order


def test_every_field_of_frames_comes_back(store: Store) -> None:
    job = store.add_job(FULL_SPEC, UUID, 40.0)
    result = FrameResult(("/out/4.exr", "/out/4 b.exr"), "/t/4.jpg", 3.25)
    commit(
        store,
        job,
        events.AttemptStarted(-5),
        events.AttemptFailed(-5, FAULT, 99.5),
        events.AttemptStarted(4),
        events.AttemptCompleted(4, result),
        events.AttemptStarted(7),
        events.AttemptCompleted(7, result),
        events.FramesRetried(FrameSet.parse("7"), failed_only=False, reason="Again."),
        events.AttemptStarted(1),
    )
    reader = read(store)
    rows = {row.number: row for row in reader.frames(job.id)}
    reader.close()
    assert list(rows) == [-5, 1, 4, 7, 10, 20, 21, 22]
    failed, done = rows[-5], rows[4]
    assert (failed.state, failed.reason) == (FrameState.PENDING, "It crashed. Try again.")
    assert (failed.attempts, failed.failures, failed.retry_at) == (1, 1, 99.5)
    assert (done.outputs, done.thumbnail, done.seconds) == (result.outputs, result.thumbnail, result.seconds)
    assert (rows[1].state, rows[22].attempts) == (FrameState.RENDERING, 0)
    memory = store.load_frames(job)
    assert memory.states.codes == job.frames.states.codes
    assert memory.attempts == job.frames.attempts
    assert memory.failures == job.frames.failures == {-5: 1}
    assert memory.retry_at == job.frames.retry_at == {-5: 99.5}
    assert memory.forced == job.frames.forced == {7}
    assert store.frame_outputs(job.id) == {4: result.outputs}


def test_every_field_of_an_attempt_comes_back(store: Store) -> None:
    job = store.add_job(FULL_SPEC, UUID, 40.0)
    begun = AttemptRecord(job.id, 4, 1, AttemptOutcome.RUNNING, 41.0)
    ended = AttemptRecord(
        job_id=job.id,
        frame=4,
        number=1,
        outcome=AttemptOutcome.CRASHED,
        started_at=41.0,
        ended_at=43.5,
        reason="It crashed.",
        advice="Try again.",
        code="crashed",
        seconds=2.5,
        peak_memory_bytes=5_000_000_000,
        log_path="/logs/影.log",
        log_start=17,
        log_end=4_000_000_000,
        installation="blender:/usr/bin/blender",
    )
    second = dataclasses.replace(begun, number=2)
    store.commit(attempt_records=[begun])
    assert store.running_attempts(job.id) == [begun]
    store.commit(attempt_records=[ended, second])
    reader = read(store)
    assert reader.attempts(job.id) == reader.attempts(job.id, 4) == [ended, second]
    assert reader.attempts(job.id, 5) == []
    reader.close()
    assert store.running_attempts(job.id) == [second]


def test_frames_can_be_read_in_parts(store: Store) -> None:
    job = store.add_job(make_spec("1-20"), UUID, 1.0)
    commit(store, job, events.FramesSkipped(FrameSet.parse("5-8"), "Left out."))
    reader = read(store)
    assert [row.number for row in reader.frames(job.id, first=4, last=6)] == [4, 5, 6]
    assert [row.number for row in reader.frames(job.id, state=FrameState.SKIPPED)] == [5, 6, 7, 8]
    assert reader.frame_states(job.id) == bytes(job.frames.states.codes)
    assert reader.frame_states(99) == b""
    assert reader.job(99) is None
    reader.close()


def test_jobs_come_in_queue_order(store: Store) -> None:
    for number, priority in enumerate((5, 9, 5, 0)):
        store.add_job(make_spec(priority=priority, name=str(number)), f"uuid-{number}", 1.0)
    reader = read(store)
    assert [job.name for job in reader.jobs()] == ["1", "0", "2", "3"]
    assert [job.spec.name for job in store.load_jobs()] == ["1", "0", "2", "3"]
    reader.close()


@pytest.mark.parametrize("state", [state for state in FrameState if state is not FrameState.PENDING])
def test_a_change_from_another_state_is_refused(store: Store, state: FrameState) -> None:
    job = store.add_job(make_spec("1-4"), UUID, 1.0)
    before = stored(store, job.id)
    change = FrameChange(job.id, ((1, 4),), 4, state, FrameState.PENDING)
    with pytest.raises(StateConflictError, match="0 of 4"):
        store.commit(frame_changes=[change])
    assert stored(store, job.id) == before


def test_one_conflict_undoes_the_whole_batch(store: Store) -> None:
    job = store.add_job(make_spec("1-4", project="film"), UUID, 1.0)
    other = store.add_job(make_spec("1-4", project="film"), "other", 1.0)
    with sqlite3.connect(path_of(store)) as intruder:
        intruder.execute("UPDATE frames SET state = 'skipped' WHERE job_id = ? AND number = 3", (job.id,))
    intruder.close()
    before = stored(store, job.id), stored(store, other.id)
    snapshots = []
    changes: list[FrameChange] = []
    for one in (other, job):
        changes += one.apply(events.FramesCancelled(None, "By you."), 2.0).frames
        snapshots.append(one.snapshot())
    attempt = AttemptRecord(job.id, 1, 1, AttemptOutcome.RUNNING, 1.0)
    with pytest.raises(StateConflictError, match="7 of 8"):
        store.commit(job_snapshots=snapshots, frame_changes=changes, attempt_records=[attempt])
    assert (stored(store, job.id), stored(store, other.id)) == before
    assert store.running_attempts(job.id) == []
    reader = read(store)
    assert set(reader.frame_states(other.id)) == {FRAME_CODES[FrameState.PENDING]}
    reader.close()


def test_a_change_to_a_frame_that_is_not_there_is_refused(store: Store) -> None:
    job = store.add_job(make_spec("1-4"), UUID, 1.0)
    change = FrameChange(job.id, ((4, 5),), 2, FrameState.PENDING, FrameState.SKIPPED)
    with pytest.raises(StateConflictError):
        store.commit(frame_changes=[change])


def test_runs_of_frames_with_gaps_touch_only_the_job(store: Store) -> None:
    job = store.add_job(make_spec("1-21x4"), UUID, 1.0)
    other = store.add_job(make_spec("1-21"), "other", 1.0)
    changes = commit(store, job, events.FramesCancelled(FrameSet.parse("5-13"), "By you."))
    assert changes[0].count == 3
    reader = read(store)
    cancelled = [row.number for row in reader.frames(job.id, state=FrameState.CANCELLED)]
    assert cancelled == [5, 9, 13]
    assert set(reader.frame_states(other.id)) == {FRAME_CODES[FrameState.PENDING]}
    reader.close()


def test_removing_a_job_removes_everything_of_it(store: Store) -> None:
    job = store.add_job(make_spec("1-4"), UUID, 1.0)
    kept = store.add_job(make_spec("1-4"), "other", 1.0)
    store.commit(attempt_records=[AttemptRecord(job.id, 1, 1, AttemptOutcome.RUNNING, 1.0)])
    store.commit(removed_jobs=[job.id])
    reader = read(store)
    assert reader.job(job.id) is None
    assert reader.frames(job.id) == []
    assert reader.attempts(job.id) == []
    assert len(reader.frames(kept.id)) == 4
    reader.close()


def project_row(store: Store, name: str) -> dict[str, object]:
    connection = sqlite3.connect(path_of(store))
    connection.row_factory = sqlite3.Row
    row = connection.execute("SELECT * FROM projects WHERE name = ?", (name,)).fetchone()
    connection.close()
    return dict(row)


def test_projects_are_rolled_up_from_their_jobs(store: Store) -> None:
    one = store.add_job(make_spec("1", project="film"), "one", 10.0)
    two = store.add_job(make_spec("1", project="film"), "two", 11.0)
    store.add_job(make_spec("1", project="other"), "three", 12.0)
    row = project_row(store, "film")
    assert (row["state"], row["created_at"], row["final_movie"]) == ("pending", 10.0, "")
    steps = [
        (one, events.AttemptStarted(1), "running"),
        (one, events.AttemptFailed(1, FAULT, None), "pending"),
        (two, events.FramesCancelled(None, "By you."), "failed"),
        (one, events.FramesSkipped(None, "Left out."), "cancelled"),
        (two, events.FramesSkipped(None, "Left out."), "completed"),
    ]
    for job, event, state in steps:
        commit(store, job, event)
        assert project_row(store, "film")["state"] == state
    assert project_row(store, "other")["state"] == "pending"
    assert stored(store, one.id).project == "film"


def test_a_project_is_rolled_up_when_one_of_its_jobs_is_removed(store: Store) -> None:
    bad = store.add_job(make_spec("1", project="film"), "bad", 10.0)
    good = store.add_job(make_spec("1", project="film"), "good", 10.0)
    commit(store, bad, events.FramesBlocked(FAULT))
    commit(store, good, events.FramesSkipped(None, "Left out."))
    assert project_row(store, "film")["state"] == "failed"
    store.commit(removed_jobs=[bad.id])
    assert project_row(store, "film")["state"] == "completed"
    assert commit(store, good, events.FramesRetried(None, failed_only=False, reason="Again."))
    assert project_row(store, "film")["state"] == "pending"
    store.commit(removed_jobs=[good.id])
    assert project_row(store, "film")["state"] == "completed"


def test_job_numbers_and_uuids(store: Store) -> None:
    first = store.add_job(make_spec(), "one", 1.0)
    second = store.add_job(make_spec(), "two", 1.0)
    assert second.id > first.id
    assert second.record.position > first.record.position
    with pytest.raises(Exception, match="UNIQUE"):
        store.add_job(make_spec(), "two", 1.0)
    assert len(store.load_jobs()) == 2


def test_a_locked_database_is_trouble_that_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    store = Store(open_database(tmp_path / "store.db"))
    job = store.add_job(make_spec("1-3"), UUID, 1.0)
    step = job.apply(events.FramesCancelled(None, "By you."), 2.0)
    locker = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailableError, match="another program is using it"):
        store.commit(job_snapshots=[job.snapshot()], frame_changes=step.frames)
    with pytest.raises(StorageUnavailableError, match="another program is using it"):
        store.add_job(make_spec(), "other", 1.0)
    locker.execute("ROLLBACK")
    locker.close()
    assert stored(store, job.id).state is JobState.PENDING
    store.commit(job_snapshots=[job.snapshot()], frame_changes=step.frames)
    assert stored(store, job.id).state is JobState.CANCELLED
    store.close()


def test_a_full_disk_is_trouble_that_passes(small_disk: Path) -> None:
    store = Store(open_database(small_disk / "store.db"))
    job = store.add_job(make_spec("1-200"), UUID, 1.0)
    plug = fill(small_disk)
    results = [
        event
        for frame in range(1, 201)
        for event in (
            events.AttemptStarted(frame),
            events.AttemptCompleted(frame, FrameResult(("/out/" + "x" * 4000,), "", 1.0)),
        )
    ]
    changes = [change for event in results for change in job.apply(event, 2.0).frames]
    with pytest.raises(StorageUnavailableError, match="the disk is full"):
        store.commit(job_snapshots=[job.snapshot()], frame_changes=changes)
    plug.unlink()
    assert stored(store, job.id).state is JobState.PENDING
    store.commit(job_snapshots=[job.snapshot()], frame_changes=changes)
    assert stored(store, job.id) == job.snapshot()
    store.close()


def test_a_limited_file_is_trouble_too(store: Store) -> None:
    """The same without a small disk: SQLite's own limit gives the same error as a full one."""
    with store._database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 30")
    with pytest.raises(StorageUnavailableError, match="the disk is full"):
        store.add_job(make_spec("1-100000"), UUID, 1.0)
    assert store.load_jobs() == []
    store.add_job(make_spec("1-3"), UUID, 1.0)


def test_a_million_frames(store: Store) -> None:
    job = store.add_job(make_spec("1-1000000"), UUID, 1.0)
    memory = store.load_frames(job)
    assert len(memory.states) == 1_000_000
    assert memory.states.counts()[FrameState.PENDING] == 1_000_000


def test_readers_see_whole_commits_while_the_writer_writes(store: Store) -> None:
    job = store.add_job(make_spec("1-500"), UUID, 1.0)
    reader = read(store)
    stop = threading.Event()
    mixtures: list[set[int]] = []
    problems: list[BaseException] = []
    reads = [0] * 3

    def look(number: int) -> None:
        try:
            while not stop.is_set():
                codes = set(reader.frame_states(job.id))
                if len(codes) != 1:
                    mixtures.append(codes)
                snapshot = reader.job(job.id)
                assert snapshot is not None
                assert sum(snapshot.counts.values()) == 500
                assert max(snapshot.counts.values()) == 500
                reads[number] += 1
        except BaseException as error:  # noqa: BLE001 - asserted on in the main thread
            problems.append(error)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    rounds = 0
    while rounds < 30 or min(reads) < 5:
        commit(store, job, events.FramesCancelled(None, "By you."))
        commit(store, job, events.FramesRetried(None, failed_only=True, reason="Again."))
        rounds += 1
        if problems:
            break
    stop.set()
    for thread in threads:
        thread.join()
    reader.close()
    assert not problems
    assert not mixtures


def test_the_number_of_a_deleted_job_is_not_given_again(store: Store) -> None:
    """Messages about the old one may still be under way."""
    first, second = (store.add_job(make_spec(), f"uuid-{number}", 1.0) for number in (1, 2))
    store.commit(removed_jobs=[second.id])
    third = store.add_job(make_spec(), "uuid-3", 1.0)
    assert [first.id, second.id, third.id] == [1, 2, 3]
    store.commit(removed_jobs=[third.id])
    assert [job.id for job in store.load_jobs()] == [1]
    assert store.add_job(make_spec(), "uuid-4", 1.0).id == 4
