"""The dispatcher step by step: the named cases; test_dispatcher_stateful tries any order of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import BAD, GOOD, FakeWorld
from support.log_watch import LogWatch

from render_manager.domain import commands, facts
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from render_manager.engines import events as said
from render_manager.scheduling import messages
from render_manager.scheduling.dispatcher import SHUTDOWN_LIMIT_S
from render_manager.scheduling.policy import DISMISSED_GRACE_S
from render_manager.scheduling.staging import STAGING_NAME

NewWorld = Callable[..., FakeWorld]


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def told(world: FakeWorld, kind: type) -> list[object]:
    return [fact for changes in world.published for fact in changes.facts if isinstance(fact, kind)]


def test_a_job_from_start_to_end(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    (worker,) = world.alive()
    assert worker.order.spec == job.spec
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert len(world.workers) == 1
    assert names(job.spec.output_dir) == ["shot_0001.png", "shot_0002.png", "shot_0003.png"]
    assert [fact.frame for fact in told(world, facts.FrameCompleted)] == [1, 2, 3]
    assert told(world, facts.JobFinished) == [facts.JobFinished(job.id, JobState.COMPLETED, 3, 0, 0, 0)]
    reader = world.reader()
    attempts = reader.attempts(job.id)
    assert [(one.frame, one.number, one.outcome) for one in attempts] == [
        (frame, 1, AttemptOutcome.COMPLETED) for frame in (1, 2, 3)
    ]
    assert [(one.log_start, one.log_end) for one in attempts] == [(0, 200), (200, 300), (300, 400)]
    assert all(one.ended_at and one.seconds == 1.5 and one.installation for one in attempts)
    reader.close()


def test_frames_come_in_the_order_they_were_written(world: FakeWorld) -> None:
    world.submit("1-9x4,9-1")
    world.settle()
    rendered = []
    while world.working():
        rendered.append(world.working()[0].tasks[0].frame)
        world.render_on()
    assert rendered == [1, 5, 9, 8, 7, 6, 4, 3, 2]


def test_frames_put_first_come_first(world: FakeWorld) -> None:
    job = world.submit("1-9")
    world.settle()
    world.order(commands.RenderNext(job.id, FrameSet.parse("7,5,1")))
    rendered = []
    while world.working():
        rendered.append(world.working()[0].tasks[0].frame)
        world.render_on()
    assert rendered == [1, 5, 7, 2, 3, 4, 6, 8, 9]


def test_a_higher_priority_goes_first_at_the_next_frame(world: FakeWorld) -> None:
    low = world.submit("1-3", token="low", priority=2)
    world.settle()
    (worker,) = world.alive()
    worker.get_ready()
    high = world.submit("1-2", token="high", priority=8)
    world.settle()
    assert not worker.is_killed, "a running frame is not killed for it"
    assert high.snapshot().reason == "Waits for a free slot."
    worker.finish()
    world.settle()
    assert worker.is_dismissed
    assert len(world.alive()) == 1
    worker.end()
    world.settle()
    (other,) = world.alive()
    assert other.order.spec.priority == 8
    world.render_all()
    assert (low.state, high.state) == (JobState.COMPLETED, JobState.COMPLETED)
    order = [(fact.job_id, fact.frame) for fact in told(world, facts.FrameCompleted)]
    assert order == [(low.id, 1), (high.id, 1), (high.id, 2), (low.id, 2), (low.id, 3)]


def test_a_failed_frame_is_tried_again_after_a_doubling_delay(world: FakeWorld) -> None:
    job = world.submit("1", max_retries=2, retry_delay_s=10.0)
    for number, delay in ((1, 10.0), (2, 20.0)):
        world.settle()
        world.working()[0].err()
        world.settle()
        assert job.state is JobState.PENDING
        assert job.snapshot().reason == "Waits before it tries frame 1 again."
        for worker in world.alive():
            worker.end()
        world.turn()
        assert job.frames.failures[1] == number
        world.clock.advance(delay - 1.0)
        world.turn()
        assert not world.alive()
        world.clock.advance(max(world.dispatcher.time_to_next(), 0.0))
        world.turn()
    world.settle()
    world.working()[0].err()
    world.settle()
    assert job.state is JobState.FAILED
    failures = told(world, facts.FrameFailed)
    assert [fact.will_retry for fact in failures] == [True, True, False]
    assert [fact.retry_delay_s for fact in failures] == [10.0, 20.0, 0.0]


def test_a_frame_that_fails_never_stops_the_others(world: FakeWorld) -> None:
    job = world.submit("1-4", max_retries=0)
    for _frame in range(4):
        world.settle()
        worker = world.working()[0]
        if worker.tasks[0].frame == 2:
            worker.err()
        else:
            worker.finish()
    world.render_all()
    assert job.state is JobState.FAILED
    assert world.frames_in(job, FrameState.COMPLETED) == [1, 3, 4]
    assert world.frames_in(job, FrameState.FAILED) == [2]


def test_a_crash_costs_one_frame(world: FakeWorld) -> None:
    job = world.submit("1-4")
    world.settle()
    world.render_on()
    (worker,) = world.working()
    assert worker.tasks[0].frame == 2
    worker.end(-11)
    world.settle()
    assert job.frame_state(2) is FrameState.PENDING
    (other,) = world.working()
    assert other.tasks[0].frame == 3
    world.render_all()
    assert job.state is JobState.COMPLETED
    reader = world.reader()
    outcomes = {(one.frame, one.number): one.outcome for one in reader.attempts(job.id)}
    assert outcomes == {
        (1, 1): AttemptOutcome.COMPLETED,
        (2, 1): AttemptOutcome.CRASHED,
        (2, 2): AttemptOutcome.COMPLETED,
        (3, 1): AttemptOutcome.COMPLETED,
        (4, 1): AttemptOutcome.COMPLETED,
    }
    reader.close()


def test_a_row_of_crashing_frames_does_not_take_the_good_ones_along(world: FakeWorld) -> None:
    """A shot may have thirty frames in a row that crash; the ones after them are still wanted."""
    job = world.submit("1-12", max_retries=1, retry_delay_s=5.0)
    for _turn in range(60):
        world.settle()
        for worker in world.alive():
            if worker.tasks and worker.tasks[0].frame <= 8:
                worker.get_ready()
                worker.begin()
                worker.end(-11)
            elif worker.tasks:
                worker.finish()
            else:
                worker.end()
        if world.is_done():
            break
        if not world.alive():
            world.clock.advance(world.dispatcher.time_to_next())
            world.turn()
    assert world.frames_in(job, FrameState.COMPLETED) == [9, 10, 11, 12]
    assert world.frames_in(job, FrameState.FAILED) == list(range(1, 9))
    assert {world.memory(job).attempts_of(frame) for frame in range(1, 9)} == {2}


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_an_engine_that_never_gets_going_is_given_up(world: FakeWorld, mode: str) -> None:
    job = world.submit("1-50", max_retries=9, options={"mode": mode})
    for _start in range(5):
        world.settle()
        (worker,) = world.alive()
        worker.end(1)
    world.settle()
    assert not world.alive()
    assert job.state is JobState.FAILED
    assert "5 times in a row the engine ended without a finished frame." in job.snapshot().reason
    assert sum(world.memory(job).attempts) == 5


@pytest.mark.parametrize("mode", ["resident", "batch"])
@pytest.mark.parametrize("content", [BAD, None, b""])
def test_a_file_that_is_not_whole_fails_the_frame(world: FakeWorld, content: bytes | None, mode: str) -> None:
    job = world.submit("1", max_retries=0, options={"mode": mode})
    world.settle()
    world.render_on(content)
    world.render_on()
    assert job.state is JobState.FAILED
    assert not job.spec.output_dir.exists() or names(job.spec.output_dir) == []


def test_cancel_kills_the_worker_and_leaves_nothing(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    (worker,) = world.alive()
    worker.begin()
    worker.write(BAD)
    world.order(commands.CancelJobs((job.id,)))
    assert worker.is_killed
    assert job.state is JobState.CANCELLED
    world.settle()
    worker.end()
    world.settle()
    assert not list(job.spec.output_dir.iterdir())
    reader = world.reader()
    (attempt,) = reader.attempts(job.id)
    assert (attempt.outcome, attempt.reason) == (AttemptOutcome.CANCELLED, "Cancelled by you.")
    reader.close()


def test_cancel_of_one_frame_lets_the_others_go_on(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("1,3")))
    world.render_all()
    assert job.state is JobState.CANCELLED
    assert world.frames_in(job, FrameState.COMPLETED) == [2]


def test_a_cancel_that_comes_while_files_are_moved_spares_the_frame(world: FakeWorld) -> None:
    job = world.submit("1-2")
    world.settle()
    world.working()[0].finish()
    world.turn()
    assert world.attempts.in_check == 1
    claim = world.attempts.running[job.id, 1].claim
    assert claim.take(), "as the media thread does before it moves the files"
    world.order(commands.CancelJobs((job.id,)))
    assert job.frame_state(1) is FrameState.RENDERING
    assert job.frame_state(2) is FrameState.CANCELLED


def test_a_frame_that_is_cancelled_and_retried_at_once_has_one_worker(new_world: NewWorld) -> None:
    world = new_world(slots=2)
    job = world.submit("1")
    world.settle()
    (first,) = world.alive()
    world.order(commands.CancelFrames(job.id))
    world.order(commands.RetryFrames(job.id, FrameSet.parse("1")))
    world.settle()
    (second,) = world.working()
    assert first.is_killed
    assert not first.has_ended
    first.end()
    world.settle()
    assert job.frame_state(1) is FrameState.RENDERING
    assert world.working() == [second]
    second.finish()
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert world.memory(job).attempts_of(1) == 2


def test_late_words_of_a_killed_worker_do_not_end_the_next_attempt(new_world: NewWorld) -> None:
    world = new_world(slots=2)
    job = world.submit("1")
    world.settle()
    (first,) = world.alive()
    world.order(commands.CancelFrames(job.id))
    world.order(commands.RetryFrames(job.id, FrameSet.parse("1")))
    world.settle()
    first.finish(GOOD)
    world.settle()
    assert job.frame_state(1) is FrameState.RENDERING
    first.end()
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert world.memory(job).attempts_of(1) == 2


def test_a_frame_of_a_batch_that_was_cancelled_in_time_can_be_retried(world: FakeWorld) -> None:
    """The run renders it all the same, and nobody may take it for still being handed out."""
    job = world.submit("1-3", options={"mode": "batch", "batch_size": 3})
    world.settle()
    (worker,) = world.alive()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("2")))
    assert not worker.is_killed
    worker.finish()
    worker.finish()
    world.settle()
    assert job.frame_state(2) is FrameState.CANCELLED
    world.order(commands.RetryFrames(job.id, FrameSet.parse("2")))
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_retry_right_after_the_last_frame_finds_the_job_as_it_is(world: FakeWorld) -> None:
    """Before the last change is stored, frames must not be read from the store again."""
    job = world.submit("1-2")
    world.settle()
    world.render_on()
    world.working()[0].finish()
    world.turn()
    world.pool.run_all()
    world.turn()
    assert job.state is JobState.COMPLETED
    world.order(commands.RetryFrames(job.id, FrameSet.parse("2")))
    assert job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING] == 1
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert job.counts[FrameState.COMPLETED] == 2


def test_a_retry_while_the_database_is_in_trouble(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("The disk is full")
    job = world.submit("1-2")
    world.settle()
    world.store.is_broken = True
    world.order(commands.CancelJobs((job.id,)))
    for _turn in range(5):
        world.clock.advance(3.0)
        world.turn()
        for worker in world.alive():
            if worker.is_killed:
                worker.end()
    world.order(commands.RetryFrames(job.id))
    assert job.counts[FrameState.PENDING] == 2
    world.store.is_broken = False
    world.clock.advance(3.0)
    world.turn()
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_work_goes_on_at_once_when_the_trouble_is_over(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("The disk is full")
    world.submit("1-2")
    world.store.is_broken = True
    world.order(commands.HoldQueue(held=False))
    world.clock.advance(0.05)
    world.turn()
    assert world.ledger.is_in_trouble
    for worker in world.alive():
        worker.end(1)
    world.turn()
    world.store.is_broken = False
    before = world.clock.monotonic()
    while not world.alive():
        world.pool.run_all()
        world.clock.advance(world.dispatcher.time_to_next())
        world.turn()
    assert world.clock.monotonic() - before < 5.0, "the next frame waits for nothing"


def test_fewer_slots_send_idle_workers_home(new_world: NewWorld) -> None:
    world = new_world(slots=3)
    world.submit("1-30")
    world.settle()
    assert len(world.alive()) == 3
    world.order(commands.SetSlots(1))
    for _turn in range(4):
        world.render_on()
    assert len(world.alive()) == 1
    world.order(commands.SetSlots(2))
    world.render_on()
    assert len(world.alive()) == 2
    world.order(commands.SetSlots(0))
    world.render_on()
    world.render_on()
    assert world.alive() == []


def test_holding_the_queue_lets_running_frames_finish(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    world.order(commands.HoldQueue(held=True))
    world.render_on()
    world.render_on()
    assert job.counts[FrameState.COMPLETED] == 1
    assert world.alive() == []
    world.order(commands.HoldQueue(held=False))
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_pause_and_resume(world: FakeWorld) -> None:
    job = world.submit("1-3")
    other = world.submit("1", token="other")
    world.settle()
    world.order(commands.PauseJobs((job.id,)))
    assert job.state is JobState.PAUSED
    for _turn in range(5):
        world.render_on()
    assert (job.counts[FrameState.COMPLETED], other.state) == (1, JobState.COMPLETED)
    assert world.alive() == []
    world.order(commands.ResumeJobs((job.id,)))
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_worker_that_does_not_go_home_is_killed(world: FakeWorld) -> None:
    world.submit("1")
    world.settle()
    world.render_on()
    (worker,) = world.alive()
    assert worker.is_dismissed
    world.clock.advance(DISMISSED_GRACE_S - 1.0)
    world.turn()
    assert not worker.is_killed
    world.clock.advance(world.dispatcher.time_to_next())
    world.turn()
    assert worker.is_killed


def test_a_worker_that_never_said_it_is_ready_is_used_all_the_same(world: FakeWorld) -> None:
    job = world.submit("1-2")
    world.settle()
    (worker,) = world.alive()
    worker.is_ready = True
    worker.finish()
    world.settle()
    assert worker.tasks
    assert worker.tasks[0].frame == 2
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_deleting_a_job_that_renders(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    (worker,) = world.alive()
    worker.begin()
    worker.write(BAD)
    world.order(commands.DeleteJobs((job.id,)))
    assert worker.is_killed
    world.settle()
    # A process that is being killed may still write.
    worker.order.tasks[0].staging_dir.mkdir(parents=True, exist_ok=True)
    worker.end()
    world.settle()
    assert world.store.load_jobs() == []
    assert world.published[-1].removed_jobs == (job.id,) or any(
        changes.removed_jobs == (job.id,) for changes in world.published
    )
    assert not (job.spec.output_dir / STAGING_NAME).exists()


@pytest.mark.parametrize("news", ["another search", "time"])
def test_a_program_that_is_gone_costs_no_frame(world: FakeWorld, news: str) -> None:
    world.catalog.problem = "Fake at /opt/fake is not on this computer any more."
    job = world.submit("1-3")
    other = world.submit("1", output_dir=job.spec.output_dir, priority=9, token="other")
    world.settle()
    snapshot = job.snapshot()
    assert (snapshot.state, snapshot.reason) == (JobState.PENDING, world.catalog.problem)
    assert snapshot.needs_help
    assert other.snapshot().needs_help, "who waits for it needs the same help"
    world.turn()
    assert world.dispatcher.time_to_next() > 1.0
    world.catalog.problem = ""
    if news == "time":
        world.clock.advance(world.dispatcher.time_to_next())
        world.turn()
    else:
        world.send(messages.EnginesFound())
    world.render_all()
    assert (job.state, job.snapshot().needs_help) == (JobState.COMPLETED, False)
    assert other.state is JobState.COMPLETED


def test_a_program_that_is_gone_holds_up_no_other_job(world: FakeWorld) -> None:
    find = world.catalog.installation

    def only_one(key: str) -> object:
        if key == "fake:/gone":
            raise UserError("Fake at /gone is not there any more.")
        return find(key)

    world.catalog.installation = only_one  # type: ignore[method-assign, assignment]
    first = world.submit("1-2", installation="fake:/gone")
    second = world.submit("1-2", token="second")
    world.settle()
    for _round in range(4):
        world.render_on()
    assert (first.state, second.state) == (JobState.PENDING, JobState.COMPLETED)
    assert "not there any more" in first.snapshot().reason
    world.catalog.installation = find  # type: ignore[method-assign]
    world.send(messages.EnginesFound())
    world.render_all()


def test_an_engine_that_is_still_looked_for_is_waited_for(world: FakeWorld) -> None:
    world.catalog.found = None
    job = world.submit("1-3")
    world.settle()
    assert (job.state, job.snapshot().reason) == (JobState.PENDING, "Looks for Fake on this computer.")
    from support.fake_world import INSTALLATION

    world.catalog.found = INSTALLATION
    world.send(messages.EnginesFound())
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_job_for_an_unknown_engine_waits_for_help(world: FakeWorld) -> None:
    """It may be a user's own whose definition has a mistake just now."""
    job = world.submit("1-3", engine="maya")
    world.settle()
    assert job.state is JobState.PENDING
    assert "no engine maya" in job.snapshot().reason
    assert job.needs_help


def test_existing_files_are_kept_if_whole_and_rendered_if_not(world: FakeWorld) -> None:
    folder = world.output / "old"
    folder.mkdir()
    (folder / "shot_0001.png").write_bytes(GOOD)
    (folder / "shot_0002.png").write_bytes(BAD)
    (folder / "other_0003.png").write_bytes(GOOD)
    job = world.submit("1-3", output_dir=folder)
    world.settle()
    world.render_all()
    assert world.frames_in(job, FrameState.SKIPPED) == [1]
    assert job.state is JobState.COMPLETED
    assert (folder / "shot_0002.png").read_bytes() == GOOD
    reader = world.reader()
    assert reader.frames(job.id)[0].outputs == (str(folder / "shot_0001.png"),)
    reader.close()


def test_existing_files_are_overwritten_where_that_was_asked_for(world: FakeWorld) -> None:
    folder = world.output / "old"
    folder.mkdir()
    (folder / "shot_0001.png").write_bytes(BAD)
    job = world.submit("1", output_dir=folder, existing=Existing.OVERWRITE)
    world.settle()
    assert (folder / "shot_0001.png").read_bytes() == BAD
    world.render_all()
    assert (job.state, (folder / "shot_0001.png").read_bytes()) == (JobState.COMPLETED, GOOD)


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_kill_in_mid_frame_renders_it_again(new_world: NewWorld, mode: str) -> None:
    world = new_world()
    job = world.submit("1-4", options={"mode": mode})
    world.settle()
    for worker in world.working():
        worker.begin()
    world.settle()
    world.render_on()
    again = new_world()
    job = next(iter(again.jobs))
    assert job.counts[FrameState.RENDERING] == 0
    again.render_all()
    assert job.state is JobState.COMPLETED
    reader = again.reader()
    for row in reader.frames(job.id):
        numbers = [one.number for one in reader.attempts(job.id, row.number)]
        assert numbers == list(range(1, row.attempts + 1))
    assert AttemptOutcome.RUNNING not in {one.outcome for one in reader.attempts(job.id)}
    reader.close()


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_kill_after_the_files_were_moved_does_not_render_again(new_world: NewWorld, mode: str) -> None:
    world = new_world(slots=1)
    job = world.submit("1-2", options={"mode": mode})
    world.settle()
    world.working()[0].finish()
    world.turn()
    world.pool.run_all()  # moved, but the owner never hears of it
    again = new_world(slots=1)
    job = next(iter(again.jobs))
    assert job.frame_state(1) is FrameState.COMPLETED
    again.render_all()
    reader = again.reader()
    first = reader.attempts(job.id, 1)
    assert [(one.number, one.outcome, one.seconds) for one in first] == [(1, AttemptOutcome.COMPLETED, 1.5)]
    assert reader.frames(job.id)[0].outputs == (str(job.spec.output_dir / "shot_0001.png"),)
    reader.close()


def test_files_taken_away_while_the_program_was_closed_are_rendered_again(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    job = world.submit("1-4")
    world.settle()
    world.render_on()
    world.render_on()
    (job.spec.output_dir / "shot_0001.png").unlink()
    again = new_world(slots=1)
    again.settle()
    job = next(iter(again.jobs))
    again.render_all()
    assert job.state is JobState.COMPLETED
    assert (job.spec.output_dir / "shot_0001.png").read_bytes() == GOOD


def test_shutdown_stores_everything_and_ends(world: FakeWorld, new_world: NewWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    world.render_on()
    (worker,) = world.working()
    world.order(commands.Shutdown())
    assert worker.is_killed
    assert not world.dispatcher.is_stopped
    worker.end()
    world.settle()
    assert world.dispatcher.is_stopped
    reader = world.reader()
    rows = {row.number: row for row in reader.frames(job.id)}
    reader.close()
    assert [rows[frame].state for frame in (1, 2, 3)] == [
        FrameState.COMPLETED,
        FrameState.PENDING,
        FrameState.PENDING,
    ]
    assert rows[2].failures == 0
    assert "Render Manager was closed" in rows[2].reason


def test_shutdown_does_not_wait_for_ever(world: FakeWorld) -> None:
    world.submit("1-3")
    world.settle()
    world.order(commands.Shutdown())
    before = world.clock.monotonic()
    while not world.dispatcher.is_stopped:
        world.clock.advance(max(world.dispatcher.time_to_next(), 0.001))
        world.turn()
    assert world.clock.monotonic() - before < SHUTDOWN_LIMIT_S + 0.1


def test_another_program_that_changes_the_database_is_noticed(
    new_world: NewWorld, expected_logs: LogWatch
) -> None:
    import sqlite3

    expected_logs.expect("the store and the memory disagree")
    world = new_world(slots=2)
    job = world.submit("1-4")
    world.settle()
    before = world.working()
    with sqlite3.connect(world.folder / "store.db") as intruder:
        intruder.execute("UPDATE frames SET state = 'skipped' WHERE number = 1")
        intruder.execute("UPDATE jobs SET rendering_frames = 1, skipped_frames = 1")
    intruder.close()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("1")))
    world.clock.advance(0.05)
    world.turn()
    assert all(worker.is_killed for worker in before)
    assert any(notice.code == "reload" for changes in world.published for notice in changes.notices)
    world.pool.run_all()
    world.turn()
    after = world.working()
    for worker in before:
        worker.end()
    world.settle()
    assert [worker for worker in after if worker.is_killed] == []
    world.render_all()
    job = next(iter(world.jobs))
    assert world.frames_in(job, FrameState.SKIPPED) == [1]
    assert world.frames_in(job, FrameState.COMPLETED) == [2, 3, 4]


def test_a_mistake_of_ours_does_not_end_the_night(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("handling")
    job = world.submit("1-2")
    world.send(messages.FrameAccepted(job.id, 99, 1, None))  # type: ignore[arg-type]
    world.inbox.post(object())
    world.settle()
    assert any(notice.code == "internal" for changes in world.published for notice in changes.notices)
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_orders_about_jobs_that_are_not_there(world: FakeWorld) -> None:
    for command in (
        commands.CancelJobs((77,)),
        commands.PauseJobs((77,)),
        commands.ResumeJobs((77,)),
        commands.DeleteJobs((77,)),
        commands.SetPriority((77,), 3),
        commands.RetryFrames(77),
        commands.CancelFrames(77),
        commands.SkipFrames(77),
        commands.RenderNext(77, FrameSet.parse("1")),
    ):
        world.order(command)
    world.settle()
    assert world.published[1:] == []


def test_stored_jobs_wait_where_only_new_ones_are_served(new_world: NewWorld) -> None:
    world = new_world()
    old = world.submit("1-2", token="old")
    world.settle()
    again = new_world(serves_stored_jobs=False)
    again.settle()
    assert again.alive() == []
    new = again.submit("1", token="new")
    for _turn in range(4):
        again.render_on()
    jobs = {job.record.uuid: job for job in again.jobs}
    assert (jobs["new"].state, jobs["old"].state) == (JobState.COMPLETED, JobState.PENDING)
    assert new.id != old.id


def test_an_engine_that_cannot_be_driven_goes_on_in_batch_mode(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    (worker,) = world.alive()
    worker.say(said.EngineGaveUp("driver-error", "no json module"))
    worker.end(1)
    world.settle()
    (other,) = world.alive()
    assert other.is_batch
    assert [task.frame for task in other.tasks] == [1, 2, 3]
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert job.snapshot().retry_count == 0
    assert any("batch mode" in fact.text for fact in told(world, facts.EngineWarned))


def test_no_further_frame_is_started_while_too_many_wait_to_be_checked(new_world: NewWorld) -> None:
    world = new_world(slots=4)
    world.submit("1-60")
    world.settle()
    for _round in range(12):
        for worker in world.working():
            worker.finish()
        world.turn()
    assert 8 <= world.attempts.in_check <= 8 + 3
    assert len(world.working()) == 0
    world.render_all()


def test_progress_is_told_and_not_stored(world: FakeWorld) -> None:
    job = world.submit("1")
    world.settle()
    (worker,) = world.alive()
    worker.begin()
    worker.advance(42.0)
    commits = world.store.commits
    world.settle()
    progress = world.published[-1].progress[job.id, 1]
    assert progress is not None
    assert (progress.percent, progress.phase, progress.log_path) == (
        42.0,
        "sampling",
        str(worker.order.log_path),
    )
    assert world.store.commits >= commits
    assert job.frame_state(1) is FrameState.RENDERING


def test_stored_jobs_go_on_right_after_the_start(new_world: NewWorld) -> None:
    world = new_world()
    world.submit("1-2", existing=Existing.OVERWRITE)
    world.settle()
    again = new_world()
    again.clock.advance(min(again.dispatcher.time_to_next(), 1.0))
    again.turn()
    assert again.alive(), "nothing comes in that would wake it"
    assert again.dispatcher.time_to_next() < 60.0 or again.alive()


def test_jobs_that_wait_while_all_is_paused_say_so(world: FakeWorld) -> None:
    first = world.submit("1-2")
    world.settle()
    world.order(commands.HoldQueue(held=True))
    second = world.submit("1-2")
    world.turn()
    assert second.snapshot().reason == "Nothing starts: all is paused."
    world.alive()[0].finish()
    world.settle()
    world.turn()
    assert first.snapshot().reason == "Nothing starts: all is paused."
    world.order(commands.HoldQueue(held=False))
    world.turn()
    assert second.snapshot().reason == "Waits for a free slot."
    world.render_all()
    assert [first.state, second.state] == [JobState.COMPLETED] * 2
