"""Files that are there already: decoded a few at a time, and no longer than anybody wants to know."""

import os
from pathlib import Path

from support.fake_world import BAD, GOOD, FakeWorld
from support.log_watch import LogWatch

from render_manager.domain import commands, facts
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling import messages
from render_manager.scheduling.policy import MAX_CHECKS_AT_ONCE


def folder_with(world: FakeWorld, count: int, content: bytes = GOOD) -> Path:
    folder = world.output / "there"
    folder.mkdir()
    for frame in range(1, count + 1):
        (folder / f"shot_{frame:04d}.png").write_bytes(content)
    return folder


def looked_at(world: FakeWorld) -> None:
    """Let the folder be listed, and the first checks be given out."""
    world.pool.run_one()
    world.turn()


def test_a_rendered_frame_waits_for_a_few_checks_only(world: FakeWorld) -> None:
    job = world.submit("1-203", output_dir=folder_with(world, 200))
    looked_at(world)
    assert len(world.pool.waiting) == MAX_CHECKS_AT_ONCE
    (worker,) = world.working()
    worker.finish()
    world.turn()
    assert len(world.pool.waiting) == MAX_CHECKS_AT_ONCE + 1
    world.pool.run_all()
    world.turn()
    assert job.counts[FrameState.COMPLETED] == 1
    world.render_all()
    assert (job.counts[FrameState.SKIPPED], job.counts[FrameState.COMPLETED]) == (200, 3)
    skipped = [
        fact for changes in world.published for fact in changes.facts if isinstance(fact, facts.FramesSkipped)
    ]
    assert len(skipped) < 50, "told together"


def test_a_job_that_was_overtaken_does_not_say_that_it_still_looks(world: FakeWorld) -> None:
    job = world.submit("1-5", token="slow", output_dir=folder_with(world, 2))
    world.turn()
    assert job.snapshot().reason == "Looks at the files that are there already."
    world.submit("1-3", token="first", priority=9)
    world.settle()
    assert world.alive()[0].order.spec.priority == 9
    assert job.snapshot().reason == "Waits for a free slot."


def test_checks_that_nobody_wants_any_more_are_dropped(world: FakeWorld) -> None:
    job = world.submit("1-200", output_dir=folder_with(world, 200))
    looked_at(world)
    world.order(commands.CancelJobs((job.id,)))
    world.pool.run_all()
    world.turn()
    assert world.pool.waiting == []
    world.settle()
    world.order(commands.RetryFrames(job.id))
    world.render_all()
    assert job.counts[FrameState.SKIPPED] == 200, "they are looked at again"


def test_a_cancel_and_a_retry_at_once_find_the_files_again(world: FakeWorld) -> None:
    job = world.submit("1-20", output_dir=folder_with(world, 20))
    looked_at(world)
    world.order(commands.CancelJobs((job.id,)))
    world.order(commands.RetryFrames(job.id))
    world.render_all()
    assert job.counts[FrameState.SKIPPED] == 20


def test_a_deleted_job_takes_its_checks_along(world: FakeWorld) -> None:
    job = world.submit("1-200", output_dir=folder_with(world, 200))
    looked_at(world)
    world.order(commands.DeleteJobs((job.id,)))
    world.settle()
    other = world.submit("1-4", output_dir=job.spec.output_dir, token="other")
    world.render_all()
    assert other.counts[FrameState.SKIPPED] == 4


def test_shutdown_asks_for_no_further_check(world: FakeWorld) -> None:
    world.submit("1-200", output_dir=folder_with(world, 200))
    looked_at(world)
    world.order(commands.Shutdown())
    for _round in range(3):
        world.pool.run_all()
        world.turn()
    assert world.dispatcher.is_stopped
    assert world.pool.waiting == []


def test_a_frame_the_user_wants_is_not_checked(world: FakeWorld) -> None:
    job = world.submit("1-20", output_dir=folder_with(world, 20))
    looked_at(world)
    world.order(commands.SkipFrames(job.id, FrameSet.parse("11-20")))
    world.order(commands.RetryFrames(job.id, FrameSet.parse("11-20")))
    world.render_all()
    assert job.counts[FrameState.COMPLETED] == 10


def test_a_paused_job_is_looked_at_when_it_goes_on(world: FakeWorld) -> None:
    job = world.submit("1-20", output_dir=folder_with(world, 20))
    looked_at(world)
    world.order(commands.PauseJobs((job.id,)))
    world.settle()
    assert job.state is JobState.PAUSED
    world.order(commands.ResumeJobs((job.id,)))
    world.render_all()
    assert job.counts[FrameState.SKIPPED] == 20


def test_a_file_that_is_not_whole_is_replaced_without_a_word(world: FakeWorld) -> None:
    folder = folder_with(world, 2, BAD)
    for path in folder.iterdir():
        os.utime(path, (1000.0, 1000.0))
    job = world.submit("1-2", output_dir=folder)
    world.render_all()
    assert job.counts[FrameState.COMPLETED] == 2
    assert sorted(path.name for path in folder.iterdir()) == ["shot_0001.png", "shot_0002.png"]


def test_a_look_always_ends(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("looking through")

    def fail(*_values: object) -> dict[int, Path]:
        raise RuntimeError("a bug")

    world.existing._list_existing = fail
    job = world.submit("1-2")
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_answers_to_nobody_are_passed_over(world: FakeWorld) -> None:
    job = world.submit("1-2")
    world.settle()
    world.send(messages.ExistingListed(job.id, {1: (Path("/x.png"),)}, 99))
    world.send(messages.ExistingChecked(job.id, 2, None))
    world.send(messages.ExistingListed(77, {}, 1))
    world.render_all()
    assert job.counts[FrameState.COMPLETED] == 2
