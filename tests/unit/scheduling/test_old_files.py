"""Files of somebody else in a frame's final place are never lost, whatever finds them too late."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import GOOD, FakeWorld
from support.log_watch import LogWatch

from render_manager.domain import commands, facts
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import FrameState
from render_manager.scheduling import finishing

NewWorld = Callable[..., FakeWorld]


def old_file(job: Job, frame: int = 1, content: bytes = b"old") -> Path:
    """Put a file where a frame belongs that the look through the folder did not find."""
    path = job.spec.output_dir / f"shot_{frame:04d}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1000.0, 1000.0))
    return path


def kept_folder(job: Job) -> Path:
    return job.spec.output_dir / f"replaced-{job.record.uuid[:8]}"


@pytest.mark.parametrize("existing", [Existing.SKIP, Existing.VERSION])
def test_old_files_give_way_and_are_kept(world: FakeWorld, existing: Existing) -> None:
    job = world.submit("1-3", existing=existing)
    world.settle()
    paths = [old_file(job, frame) for frame in (1, 2)]
    world.render_all()
    assert [path.read_bytes() for path in paths] == [GOOD, GOOD]
    assert [(kept_folder(job) / path.name).read_bytes() for path in paths] == [b"old", b"old"]
    warnings = [f for changes in world.published for f in changes.facts if isinstance(f, facts.EngineWarned)]
    assert len(warnings) == 1, "said once a job"
    assert str(kept_folder(job)) in warnings[0].text


def test_overwrite_means_overwrite(world: FakeWorld) -> None:
    job = world.submit("1", existing=Existing.OVERWRITE)
    world.settle()
    path = old_file(job)
    world.render_all()
    assert path.read_bytes() == GOOD
    assert not kept_folder(job).exists()


def test_an_order_to_render_again_means_it(world: FakeWorld) -> None:
    job = world.submit("1-2")
    path = old_file(job, content=GOOD)
    world.render_all()
    assert world.frames_in(job, FrameState.SKIPPED) == [1]
    world.order(commands.RetryFrames(job.id, FrameSet.parse("1")))
    world.render_all()
    assert path.stat().st_mtime > 1000.0
    assert [kept.name for kept in kept_folder(job).iterdir()] == [f"previous-{path.name}"]


def test_of_a_frame_rendered_again_the_last_picture_is_kept_and_nothing_said(world: FakeWorld) -> None:
    """Only one: frames are ordered again and again while a scene is worked on."""
    job = world.submit("1", existing=Existing.OVERWRITE)
    world.render_all()
    path = job.spec.output_dir / "shot_0001.png"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        world.order(commands.RetryFrames(job.id, FrameSet.parse("1")))
        world.render_all()
        kept = list(kept_folder(job).iterdir())
        assert [(one.name, one.read_bytes()) for one in kept] == [("previous-shot_0001.png", content)]
    assert not [f for changes in world.published for f in changes.facts if isinstance(f, facts.EngineWarned)]


@pytest.mark.parametrize("steps", ["noted", "kept", "moved"])
def test_a_kill_in_the_middle_keeps_the_old_file(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch, expected_logs: LogWatch, steps: str
) -> None:
    expected_logs.allow("finishing frame")
    world = new_world(slots=1)
    job = world.submit("1-2")
    world.settle()
    path = old_file(job)
    world.working()[0].finish()
    world.turn()

    def die(moves: object, *, sleep: object) -> None:
        move = moves[0]  # type: ignore[index]
        if steps != "noted":
            Path(move.kept_as).parent.mkdir()
            Path(move.target).rename(move.kept_as)
        if steps == "moved":
            Path(move.source).replace(move.target)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(finishing, "move_all", die)
        world.pool.run_all()
    again = new_world(slots=1)
    job = next(iter(again.jobs))
    assert job.frame_state(1) is FrameState.COMPLETED
    again.render_all()
    assert path.read_bytes() == GOOD
    assert [one.read_bytes() for one in kept_folder(job).iterdir()] == [b"old"]


def test_a_file_from_the_future_is_not_this_jobs(world: FakeWorld) -> None:
    job = world.submit("1")
    world.settle()
    path = old_file(job)
    ahead = time.time() + 86_400
    os.utime(path, (ahead, ahead))
    world.render_all()
    assert path.read_bytes() == GOOD
    assert (kept_folder(job) / path.name).read_bytes() == b"old"


def test_without_a_clock_no_file_is_taken_for_this_jobs(world: FakeWorld) -> None:
    """It begins in 1970 and is right again before the frame is done."""
    world.clock.jump(-world.clock.now())
    job = world.submit("1")
    world.settle()
    world.clock.jump(1_700_000_000)
    path = old_file(job)
    os.utime(path, (1_650_000_000.0, 1_650_000_000.0))
    world.render_all()
    assert path.read_bytes() == GOOD
    assert (kept_folder(job) / path.name).read_bytes() == b"old"
