"""The whole core on an engine that lies, hangs, floods and crashes on request (the stand-in for Blender)."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.desk import Desk
from support.processes import is_alive, pids_in, wait_gone
from support.real import Program, frame_names, no_staging_left, pictures

from render_manager.domain import commands, facts
from render_manager.domain.changes import JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import AttemptOutcome, FrameState, JobState

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")
COMPLETED, FAILED, CANCELLED = FrameState.COMPLETED, FrameState.FAILED, FrameState.CANCELLED
Open = Callable[..., Program]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def attempts_of(program: Program, job: JobSnapshot) -> dict[int, int]:
    return {number: row.attempts for number, row in program.rows(job).items()}


MODES = pytest.mark.parametrize("mode", ["resident", "batch"])


@MODES
def test_all_is_well(desk: Desk, mode: str) -> None:
    desk.wish(delay=0.1)
    with desk.open() as program:
        job = program.render(desk.scene, options={"mode": mode})
        assert job.state is JobState.COMPLETED
        assert any(one.percent == 50.0 for one in program.progress)
    assert pictures(desk.out) == [f"f_000{number}.png" for number in range(1, 6)]
    assert no_staging_left(desk.out)
    assert desk.rendered() == [1, 2, 3, 4, 5]


@MODES
@pytest.mark.parametrize("kind", ["truncate_at", "empty_at", "no_file_at"])
def test_a_bad_file_is_never_taken_for_a_frame(desk: Desk, mode: str, kind: str) -> None:
    desk.wish(**{kind: [2, 4]})
    with desk.open(max_retries=1) as program:
        job = program.render(desk.scene, options={"mode": mode})
        assert job.state is JobState.FAILED
        assert program.states(job) == {1: COMPLETED, 2: FAILED, 3: COMPLETED, 4: FAILED, 5: COMPLETED}
        assert attempts_of(program, job) == {1: 1, 2: 2, 3: 1, 4: 2, 5: 1}
        assert "2 frames failed." in job.reason
    assert pictures(desk.out) == ["f_0001.png", "f_0003.png", "f_0005.png"]
    assert no_staging_left(desk.out)


@MODES
@pytest.mark.parametrize("kind", ["truncate_at", "error_at", "crash_at"])
def test_what_goes_wrong_once_is_mended_by_a_retry(desk: Desk, mode: str, kind: str) -> None:
    (desk.folder / "marks").mkdir()
    desk.wish(once=str(desk.folder / "marks"), **{kind: [1, 3, 5]})
    with desk.open() as program:
        job = program.render(desk.scene, options={"mode": mode})
        assert job.state is JobState.COMPLETED
        attempts = attempts_of(program, job)
        assert {frame: attempts[frame] for frame in (1, 3, 5)} == {1: 2, 3: 2, 5: 2}
        assert {attempts[2], attempts[4]} == {1}
        assert job.retry_count == 3
        numbers: dict[int, list[int]] = {}
        for one in program.attempts(job):
            numbers.setdefault(one.frame, []).append(one.number)
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert pictures(desk.out) == [f"f_000{number}.png" for number in range(1, 6)]


@MODES
def test_the_end_without_a_frame_and_without_an_error(desk: Desk, mode: str) -> None:
    desk.wish(exit_zero=True)
    with desk.open(retry_delay=0.0, max_retries=1) as program:
        job = program.render(desk.scene, options={"mode": mode})
        assert (job.state, job.counts[FAILED]) == (JobState.FAILED, 5)
        failure = program.of(facts.FrameFailed)[0]
        assert "ended without an error and without writing the frame" in failure.reason
        assert failure.advice
    assert pictures(desk.out) == []


def test_an_engine_that_cannot_be_driven_is_run_in_batch_mode(desk: Desk) -> None:
    desk.wish(no_driver=True)
    with desk.open() as program:
        job = program.render(desk.scene)
        assert job.state is JobState.COMPLETED
        assert attempts_of(program, job) == dict.fromkeys(range(1, 6), 1) | {1: 2}
        assert any("batch mode" in fact.text for fact in program.of(facts.EngineWarned))
        outcomes = [one.outcome for one in program.attempts(job) if one.frame == 1]
        assert outcomes == [AttemptOutcome.INTERRUPTED, AttemptOutcome.COMPLETED]
    assert len(pictures(desk.out)) == 5


def test_a_flood_of_output_loses_nothing(desk: Desk) -> None:
    desk.wish(flood=3_000_000)
    with desk.open(slots=2) as program:
        job = program.render(desk.scene)
        assert job.state is JobState.COMPLETED
        logs = {one.log_path for one in program.attempts(job)}
        assert sum(Path(path).stat().st_size for path in logs) > 5 * 2_900_000
        for one in program.attempts(job):
            assert f'"frame": {one.frame}' in program.log_of(one)[-400:]


def test_one_that_does_not_leave_does_not_keep_the_next_job_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("render_manager.scheduling.workforce.DISMISSED_GRACE_S", 0.2)
    desk.wish(ignore_quit=True)
    with desk.open() as program:
        first = program.submit(desk.scene, frames="1", output=desk.folder / "one")
        second = program.submit(desk.scene, frames="1", output=desk.folder / "two")
        assert program.wait_finished(first, second).state is JobState.COMPLETED


@pytest.mark.parametrize("kind", ["hang_at", "half_at"])
@pytest.mark.parametrize("what", ["frame", "job", "skip", "delete", "close"])
def test_stopping_a_frame_that_hangs(desk: Desk, kind: str, what: str) -> None:
    desk.wish(child=True, **{kind: [1]})
    with desk.open() as program:
        token = program.submit(desk.scene, frames="1-2")
        program.wait_for(lambda: any(one.percent == 50.0 for one in program.progress), "the frame")
        pids = pids_in(desk.folder / "pids", 2)
        job_id = program.jobs[token].id
        desk.wish()
        if what in ("frame", "skip"):
            kind_of_order = commands.CancelFrames if what == "frame" else commands.SkipFrames
            program.post(kind_of_order(job_id, FrameSet.parse("1")))
            job = program.wait_finished(token)
            expected = {"frame": CANCELLED, "skip": FrameState.SKIPPED}[what]
            assert program.states(job) == {1: expected, 2: COMPLETED}
        elif what == "job":
            program.post(commands.CancelJobs((job_id,)))
            assert program.wait_finished(token).state is JobState.CANCELLED
        elif what == "delete":
            program.post(commands.DeleteJobs((job_id,)))
        wait_gone(pids) if what != "close" else None
    wait_gone(pids)
    assert pictures(desk.out) == (["f_0002.png"] if what in ("frame", "skip") else [])
    assert no_staging_left(desk.out) or what == "close"
    if what == "delete":
        with desk.open() as program:
            assert program.core.reader.jobs() == []
        assert not list((desk.folder / "base" / "logs" / "workers").glob("*"))


def test_other_files_of_a_frame_go_where_they_belong(desk: Desk) -> None:
    desk.wish(extra=str(desk.folder / "masks" / "deep"))
    with desk.open() as program:
        job = program.render(desk.scene, frames="1-2")
        assert job.state is JobState.COMPLETED
        assert [len(row.outputs) for row in program.rows(job).values()] == [2, 2]
    assert pictures(desk.folder / "masks" / "deep") == frame_names([1, 2], "mask_{:04d}.png")


def test_other_files_on_a_disk_that_is_full(desk: Desk, small_disk: Path) -> None:
    """The frame is not done while one of its files could not be put in place."""
    from support.disks import fill

    plug = fill(small_disk)
    desk.wish(extra=str(small_disk / "masks"))
    with desk.open(max_retries=100) as program:
        token = program.submit(desk.scene, frames="1")
        program.wait_for(lambda: any("is full" in job.reason for job in program.jobs.values()), "a reason")
        assert not program.of(facts.FrameFailed), "the frame bears no mark"
        plug.unlink()
        job = program.wait_finished(token)
        assert job.state is JobState.COMPLETED
    assert pictures(small_disk / "masks") == ["mask_0001.png"]


def test_thousands_of_frames_of_a_job_with_files_there(desk: Desk) -> None:
    """Whole files are kept, broken ones rendered again, all in one job."""
    with desk.open() as program:
        program.render(desk.scene)
    whole = (desk.out / "f_0001.png").read_bytes()
    for number in range(1, 400):
        (desk.out / f"f_{number:04d}.png").write_bytes(whole if number % 100 else whole[:-5])
    desk.log.unlink()
    with desk.open() as program:
        job = program.render(desk.scene, frames="1-402")
        assert job.state is JobState.COMPLETED
        assert job.counts[FrameState.SKIPPED] == 396
    assert sorted(desk.rendered()) == [100, 200, 300, 400, 401, 402]
    assert len(pictures(desk.out)) == 402


def test_versions_do_not_touch_each_other(desk: Desk) -> None:
    with desk.open() as program:
        for number in range(1, 4):
            job = program.render(desk.scene, frames="1", existing=Existing.VERSION)
            assert job.output_dir.name == ("out" if number == 1 else f"out_v00{number}")
    assert all(pictures(desk.folder / name) == ["f_0001.png"] for name in ("out", "out_v002", "out_v003"))


def test_slots_and_many_jobs(desk: Desk) -> None:
    desk.wish(delay=0.02)
    with desk.open(slots=4) as program:
        tokens = [
            program.submit(desk.scene, frames="1-6", output=desk.folder / f"o{number}", priority=number % 3)
            for number in range(8)
        ]
        program.wait_finished(*tokens)
        assert {program.jobs[token].state for token in tokens} == {JobState.COMPLETED}
    assert all(len(pictures(desk.folder / f"o{number}")) == 6 for number in range(8))
    pids = [int(line) for line in (desk.folder / "pids").read_text().split()]
    assert not [pid for pid in pids if is_alive(pid)]


def test_raising_and_lowering_slots_while_it_runs(desk: Desk) -> None:
    desk.wish(delay=0.05)
    with desk.open(slots=1) as program:
        token = program.submit(desk.scene, frames="1-5000")
        program.wait_fact(facts.FrameCompleted, 2)
        program.post(commands.SetSlots(4))
        program.wait_for(lambda: program.jobs[token].counts[FrameState.RENDERING] == 4, "four frames at once")
        program.post(commands.SetSlots(1))
        program.wait_for(
            lambda: program.jobs[token].counts[FrameState.RENDERING] <= 1, "one frame at a time again"
        )
        done = len(program.of(facts.FrameCompleted))
        program.wait_fact(facts.FrameCompleted, done + 5)
        assert program.jobs[token].counts[FrameState.RENDERING] <= 1
        program.post(commands.CancelJobs((program.jobs[token].id,)))
        program.wait_finished(token)


def test_thumbnails_that_cannot_be_made_do_not_fail_a_frame(desk: Desk) -> None:
    (desk.folder / "thumbs").write_text("in the way")
    with desk.open(thumbnail_dir=desk.folder / "thumbs") as program:
        job = program.render(desk.scene, frames="1-2")
        assert job.state is JobState.COMPLETED
        assert program.rows(job)[1].thumbnail == ""
        (warning,) = program.of(facts.EngineWarned)
        assert warning.text == "Frame 1 is whole, but a thumbnail of it could not be made."
