"""Orders that are undone, and jobs that get another place in the queue."""

from itertools import pairwise

from support.fake_world import GOOD, FakeWorld

from render_manager.domain import commands
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling.policy import places_between


def queue(world: FakeWorld) -> list[str]:
    return [job.spec.name for job in world.jobs.queue_order()]


def test_a_cancel_that_is_undone_goes_on(world: FakeWorld) -> None:
    job = world.submit("1-4")
    world.settle()
    world.render_on()
    world.order(commands.CancelJobs((job.id,), "a"))
    assert job.state is JobState.CANCELLED
    world.order(commands.UndoOrder("a"))
    assert world.frames_in(job, FrameState.COMPLETED) == [1], "what is done stays done"
    world.settle()
    world.render_all()
    assert job.state is JobState.COMPLETED
    reader = world.reader()
    assert [one.frame for one in reader.attempts(job.id)].count(1) == 1
    reader.close()


def test_frames_left_out_fail_again_with_their_reasons(world: FakeWorld) -> None:
    job = world.submit("1-3", max_retries=0)
    world.settle()
    world.working()[0].get_ready()
    world.working()[0].err("The lamp broke.")
    world.settle()
    world.render_all()
    assert job.state is JobState.FAILED
    world.order(commands.SkipFrames(job.id, FrameSet.parse("1"), "a"))
    assert job.state is JobState.COMPLETED
    world.order(commands.UndoOrder("a"))
    assert job.state is JobState.FAILED
    world.settle()
    reader = world.reader()
    (row,) = reader.frames(job.id, state=FrameState.FAILED)
    assert "The lamp broke." in row.reason
    reader.close()


def test_only_frames_that_are_still_so_are_taken_back(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    world.order(commands.SkipFrames(job.id, FrameSet.parse("2-3"), "a"))
    world.order(commands.RetryFrames(job.id, FrameSet.parse("3")))
    world.order(commands.UndoOrder("a"))
    world.order(commands.UndoOrder("a"))
    world.order(commands.UndoOrder("never given"))
    assert world.frames_in(job, FrameState.SKIPPED) == []
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_only_what_the_order_did_is_undone(world: FakeWorld) -> None:
    job = world.submit("1-4")
    world.settle()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("4")))
    world.order(commands.CancelFrames(job.id, FrameSet.parse("3-4"), "a"))
    world.order(commands.UndoOrder("a"))
    assert world.frames_in(job, FrameState.CANCELLED) == [4], "it was cancelled by an earlier order"


def test_a_paused_job_is_paused_again(world: FakeWorld) -> None:
    job = world.submit("1-2")
    world.order(commands.PauseJobs((job.id,)))
    world.settle()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("1-2"), "a"))
    assert job.state is JobState.CANCELLED
    world.order(commands.UndoOrder("a"))
    world.settle()
    assert job.state is JobState.PAUSED
    assert not world.working()


def test_a_frame_that_waited_for_its_retry_waits_on(world: FakeWorld) -> None:
    job = world.submit("1-2", max_retries=3, retry_delay_s=600.0)
    world.settle()
    world.working()[0].get_ready()
    world.working()[0].err("The lamp broke.")
    world.settle()
    world.render_on()
    at = dict(job.frames.retry_at)
    assert list(at) == [1]
    world.order(commands.CancelJobs((job.id,), "a"))
    world.order(commands.UndoOrder("a"))
    world.settle()
    assert job.frames.retry_at == at
    assert not world.working()
    reader = world.reader()
    assert [row.retry_at for row in reader.frames(job.id, state=FrameState.PENDING)] == [at[1]]
    reader.close()
    world.render_on()
    world.clock.advance(601)
    world.settle()
    assert world.working()


def test_a_frame_that_was_just_being_moved_is_tried_again_after_an_undo(world: FakeWorld) -> None:
    job = world.submit("1")
    world.settle()
    worker = world.working()[0]
    worker.get_ready()
    worker.finish()
    world.turn()
    attempt = world.attempts.running[job.id, 1]
    assert attempt.claim.take(), "the mover has it"
    world.order(commands.CancelJobs((job.id,), "a"))
    assert attempt.stop is not None
    world.order(commands.UndoOrder("a"))
    assert attempt.stop is None


def test_a_file_that_was_being_looked_at_when_all_was_cancelled(world: FakeWorld) -> None:
    folder = world.output / "job"
    folder.mkdir(parents=True)
    (folder / "shot_0001.png").write_bytes(GOOD)
    job = world.submit("1-2", existing=Existing.SKIP)
    for _turn in range(10):
        world.turn()
        if world.existing._checking:
            break
        world.pool.run_one()
    assert world.existing._checking
    world.order(commands.CancelJobs((job.id,), "a"))
    world.settle()
    world.order(commands.UndoOrder("a"))
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert world.frames_in(job, FrameState.SKIPPED) == [1], "its file is whole"


def test_jobs_are_moved_before_another(world: FakeWorld) -> None:
    one, two, three = (world.submit("1-2", token=name, name=name) for name in ("one", "two", "three"))
    world.order(commands.MoveJobs((three.id,), 5, before=one.id))
    assert queue(world) == ["three", "one", "two"]
    world.order(commands.MoveJobs((three.id, one.id), 5))
    assert queue(world) == ["two", "three", "one"]
    world.order(commands.MoveJobs((one.id,), 7, before=two.id))
    assert queue(world) == ["one", "two", "three"]
    assert one.record.priority == 7


def test_there_is_always_room_between_two_jobs(world: FakeWorld) -> None:
    jobs = [world.submit("1", token=str(number), name=str(number)) for number in range(4)]
    for turn in range(80):
        moved = jobs[2 + turn % 2]
        other = jobs[3 - turn % 2]
        world.order(commands.MoveJobs((moved.id,), 5, before=other.id))
        names = queue(world)
        assert names.index(moved.spec.name) + 1 == names.index(other.spec.name)
    positions = sorted(job.record.position for job in jobs)
    assert all(low < high for low, high in pairwise(positions))


def test_places_between() -> None:
    assert places_between(None, None, 2) == [1.0, 2.0]
    assert places_between(4.0, None, 2) == [5.0, 6.0]
    assert places_between(1.0, 2.0, 1) == [1.5]
    assert places_between(None, 1.0, 2) == [-1.0, 0.0]
    assert places_between(1.0, 1.0 + 2**-52, 1) is None
