"""Orders that are undone, and jobs that get another place in the queue."""

from itertools import pairwise

from support.fake_world import FakeWorld

from render_manager.domain import commands
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling.policy import places_between


def queue(world: FakeWorld) -> list[str]:
    return [job.spec.name for job in world.jobs.queue_order()]


def test_a_cancel_that_is_undone_goes_on(world: FakeWorld) -> None:
    job = world.submit("1-4")
    world.settle()
    world.render_on()
    world.order(commands.CancelJobs((job.id,)))
    assert job.state is JobState.CANCELLED
    world.order(commands.TakeBack(job.id, FrameSet.parse("1-4"), FrameState.CANCELLED, FrameState.PENDING))
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
    world.order(commands.SkipFrames(job.id, FrameSet.parse("1")))
    assert job.state is JobState.COMPLETED
    world.order(commands.TakeBack(job.id, FrameSet.parse("1"), FrameState.SKIPPED, FrameState.FAILED))
    assert job.state is JobState.FAILED
    world.settle()
    reader = world.reader()
    (row,) = reader.frames(job.id, state=FrameState.FAILED)
    assert "The lamp broke." in row.reason
    reader.close()


def test_only_frames_that_are_still_so_are_taken_back(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    world.order(commands.SkipFrames(job.id, FrameSet.parse("2-3")))
    world.order(commands.RetryFrames(job.id, FrameSet.parse("3")))
    world.order(commands.TakeBack(job.id, FrameSet.parse("2-3"), FrameState.SKIPPED, FrameState.PENDING))
    assert world.frames_in(job, FrameState.SKIPPED) == []
    world.render_all()
    assert job.state is JobState.COMPLETED


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
