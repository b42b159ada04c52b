"""Jobs that write the same files: one after the other; the second looks at what the first wrote."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import GOOD, FakeWorld
from support.jobs import make_job, make_spec

from render_manager.domain import commands
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling.same_files import SameFiles, place_of, write_same_files

NewWorld = Callable[..., FakeWorld]


def two_jobs(world: FakeWorld, frames: str = "1-2", **values: object) -> list[Job]:
    folder = world.output / "same"
    return [
        world.submit("1-2", output_dir=folder, token="first"),
        world.submit(frames, output_dir=folder, token="second", **values),
    ]


@pytest.mark.parametrize("priority", [5, 9])
def test_the_later_job_waits_and_keeps_what_the_first_wrote(world: FakeWorld, priority: int) -> None:
    first, second = two_jobs(world, priority=priority)
    world.settle()
    assert second.snapshot().reason == f"Waits for job {first.id}, which writes the same files."
    assert not second.snapshot().needs_help
    assert second.memory is None or not world.jobs.frames_of(second).was_compared
    world.render_all()
    assert first.counts[FrameState.COMPLETED] == 2
    assert second.counts[FrameState.SKIPPED] == 2


def test_free_slots_do_not_help(new_world: NewWorld) -> None:
    world = new_world(slots=4)
    first, second = two_jobs(world, existing=Existing.OVERWRITE)
    world.settle()
    assert {worker.order.job_uuid for worker in world.working()} == {"first"}
    world.order(commands.CancelJobs((first.id,)))
    world.render_all()
    assert (first.state, second.state) == (JobState.CANCELLED, JobState.COMPLETED)


def test_other_frames_do_not_wait(new_world: NewWorld) -> None:
    world = new_world(slots=4)
    two_jobs(world, "3-4")
    world.settle()
    assert len({worker.order.job_uuid for worker in world.working()}) == 2
    world.render_all()


def test_who_waits_for_a_paused_job_says_that_it_needs_help(world: FakeWorld) -> None:
    first, second = two_jobs(world)
    world.settle()
    world.order(commands.PauseJobs((first.id,)))
    world.render_on()
    world.settle()
    assert "Waits for job" in second.snapshot().reason
    assert second.snapshot().needs_help
    world.order(commands.DeleteJobs((first.id,)))
    world.render_all()
    assert second.state is JobState.COMPLETED


def test_a_first_job_that_is_retried_waits_for_the_frames_under_way(new_world: NewWorld) -> None:
    world = new_world(slots=4)
    first, second = two_jobs(world, existing=Existing.OVERWRITE)
    world.settle()
    while first.state is not JobState.COMPLETED:
        world.render_on()
    world.settle()
    assert second.counts[FrameState.RENDERING]
    world.order(commands.RetryFrames(first.id))
    world.settle()
    assert not first.counts[FrameState.RENDERING]
    assert first.snapshot().reason == f"Waits for job {second.id}, which writes the same files."
    (frame,) = world.frames_in(second, FrameState.RENDERING)[:1]
    assert frame in (1, 2)
    world.render_all()
    assert (first.state, second.state) == (JobState.COMPLETED, JobState.COMPLETED)


def test_a_second_job_keeps_old_files_of_the_first_where_it_does_not_look(world: FakeWorld) -> None:
    """Both asked for a new version when there was no file yet: they got the same folder."""
    first, second = two_jobs(world, existing=Existing.VERSION)
    world.clock.jump(time.time() - world.clock.now())
    world.settle()
    while first.state is not JobState.COMPLETED:
        world.render_on()
    for path in first.spec.output_dir.glob("*.png"):
        assert path.read_bytes() == GOOD
    world.clock.advance(100.0)
    world.render_all()
    kept = second.spec.output_dir / f"replaced-{second.record.uuid[:8]}"
    assert sorted(path.name for path in kept.iterdir()) == ["shot_0001.png", "shot_0002.png"]
    warnings = [fact.text for changes in world.published for fact in changes.facts if hasattr(fact, "advice")]
    assert [str(kept) in text for text in warnings] == [True], "once a job"


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({}, True),
        ({"output_suffix": ".exr"}, False),
        ({"output_suffix": ""}, True),
        ({"output_suffix": ".PNG"}, True),
        ({"frames": FrameSet.parse("11-20")}, False),
        ({"frames": FrameSet.parse("10")}, True),
    ],
)
def test_what_counts_as_the_same_files(values: dict[str, object], same: bool) -> None:
    assert write_same_files(make_spec("1-10"), make_spec(**{"frames": "1-10", **values})) == same


def test_a_name_without_digits_gets_some() -> None:
    assert place_of(make_spec(output_name="shot_")) == place_of(make_spec(output_name="shot_####"))
    assert place_of(make_spec(output_dir=Path("/a"))) != place_of(make_spec(output_dir=Path("/b")))


@pytest.mark.timeout(30)
def test_five_thousand_jobs_are_cheap() -> None:
    jobs = [make_job("1-10", job_id=number) for number in range(1, 5001)]
    apart = [make_job("1-10", job_id=n, output_dir=Path(f"/out/{n}")) for n in range(5001, 10001)]
    files = SameFiles()
    files.take_stock([*jobs, *apart])
    for _turn in range(10):
        rivals = [files.rival_of(job, frozenset()) for job in jobs]
        assert not any(files.rival_of(job, frozenset()) for job in apart)
    assert rivals == [None, *[jobs[0]] * 4999]
    files.forget(1)
    files.take_stock(jobs[1:])
    assert files.rival_of(jobs[7], frozenset()) is jobs[1]
