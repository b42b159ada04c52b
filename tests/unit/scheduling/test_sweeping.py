"""Staging folders of finished jobs are cleared away, but never from under a job that began again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import BAD, GOOD, FakeWorld

from render_manager.domain import commands
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import JobState
from render_manager.engines import events as said
from render_manager.scheduling import sweeping
from render_manager.scheduling.staging import job_staging, make_job_staging, remove_job_staging

NewWorld = Callable[..., FakeWorld]


def failed_job(world: FakeWorld) -> Job:
    """Bring a job to its end, with the removal of its folder still to come."""
    job = world.submit("1", max_retries=0, existing=Existing.OVERWRITE)
    world.settle()
    (worker,) = world.working()
    worker.finish(BAD)
    world.turn()
    world.pool.run_all()
    world.turn()
    worker.end()
    world.turn()
    world.clock.advance(0.05)
    world.turn()
    world.turn()
    assert job.state is JobState.FAILED
    assert world.pool.waiting
    return job


def test_a_retry_calls_the_removal_off(world: FakeWorld) -> None:
    job = failed_job(world)
    world.order(commands.RetryFrames(job.id))
    (worker,) = world.working()
    worker.get_ready()
    files = worker.write(GOOD)
    world.pool.run_all()
    assert Path(files[0].path).exists()
    task = worker.tasks.pop(0)
    worker.say(said.FrameEnded(task.frame, tuple(files), 1.5))
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert not job_staging(job.spec.output_dir, job.record.uuid).exists()


def test_a_retry_waits_for_a_removal_under_way(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = failed_job(world)

    def slow(folder: Path, uuid: str) -> None:
        world.order(commands.RetryFrames(job.id))
        assert world.working() == []
        assert "cleared away" in job.snapshot().reason
        remove_job_staging(folder, uuid)

    monkeypatch.setattr(sweeping, "remove_job_staging", slow)
    world.pool.run_all()
    monkeypatch.undo()
    world.turn()
    assert world.working()
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_leftovers_of_finished_jobs_go_at_the_next_start(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    job = failed_job(world)
    make_job_staging(job.spec.output_dir, job.record.uuid)
    again = new_world(slots=1)
    again.order(commands.RetryFrames(job.id))
    (worker,) = again.working()
    worker.write(GOOD)
    again.settle()
    assert worker.tasks[0].staging_dir.exists(), "called off"
    again.render_all()
    assert not job_staging(job.spec.output_dir, job.record.uuid).exists()
