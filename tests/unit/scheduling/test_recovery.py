"""The start after anything: what is concluded from folders, and above all what is not."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import FakeWorld

from render_manager.domain.changes import WAITING_NOTICE
from render_manager.domain.commands import HoldQueue
from render_manager.domain.facts import FramesInterrupted
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling.recovery import lost_frames

NewWorld = Callable[..., FakeWorld]


def half_done(new_world: NewWorld) -> Path:
    """Render two of four frames, and return the folder."""
    world = new_world(slots=1)
    job = world.submit("1-4")
    world.settle()
    world.render_on()
    world.render_on()
    return job.spec.output_dir


def completed(world: FakeWorld) -> int:
    return next(iter(world.jobs)).counts[FrameState.COMPLETED]


def test_a_drive_that_is_away_costs_no_frame(new_world: NewWorld) -> None:
    folder = half_done(new_world)
    folder.rename(folder.with_name("away"))
    again = new_world(slots=0)
    again.settle()
    assert completed(again) == 2
    folder.with_name("away").rename(folder)
    again = new_world(slots=1)
    again.settle()
    again.render_all()
    assert completed(again) == 4
    assert len([worker for worker in again.workers for _task in [worker]]) == 1


def test_frames_are_not_compared_where_stored_jobs_are_not_served(new_world: NewWorld) -> None:
    folder = half_done(new_world)
    (folder / "shot_0001.png").unlink()
    again = new_world(slots=0, serves_stored_jobs=False)
    again.settle()
    assert completed(again) == 2


@pytest.mark.parametrize("code", [errno.ENOTCONN, errno.EACCES, errno.ESTALE])
def test_a_share_that_raises_does_not_end_the_start(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    world = new_world(slots=1)
    folder = world.submit("1-4", priority=9).spec.output_dir
    world.submit("1", token="other")
    world.settle()
    world.render_on()
    world.render_on()
    stat = Path.stat

    def refuse(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if folder in self.parents:
            raise OSError(code, "not connected", str(self))
        return stat(self, follow_symlinks=follow_symlinks)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        again = new_world(slots=0)
    again.settle()
    job = next(iter(again.jobs))
    assert (job.state, completed(again), job.counts[FrameState.RENDERING]) == (JobState.PENDING, 2, 0)
    reader = again.reader()
    assert "not connected" in reader.frames(job.id)[2].reason
    reader.close()
    again = new_world(slots=1)
    again.settle()
    again.render_all()
    assert all(job.state is JobState.COMPLETED for job in again.jobs)


def test_each_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {}
    for frame in range(50):
        path = tmp_path / f"{frame}.png"
        path.touch()
        outputs[frame] = (str(path), str(tmp_path / "away" / f"{frame}.exr"))
    (tmp_path / "7.png").unlink()
    listed = []
    listdir = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: (listed.append(folder), listdir(folder))[1])
    assert lost_frames(tmp_path, {**outputs, 99: ()}) == (7, 99)
    assert listed == [tmp_path, tmp_path / "away"]
    assert lost_frames(tmp_path / "away", outputs) == ()


def interruptions(world: FakeWorld) -> list[FramesInterrupted]:
    return [
        fact for changes in world.published for fact in changes.facts if isinstance(fact, FramesInterrupted)
    ]


def test_what_was_interrupted_is_told_with_the_last_sign_of_it(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    job = world.submit("1-4")
    world.settle()
    started = world.clock.now()
    log_path = world.workers[0].order.log_path
    log_path.parent.mkdir(parents=True, exist_ok=True)
    log_path.write_text("Fra:1")
    os.utime(log_path, (started + 300, started + 300))
    world.clock.advance(3600)
    again = new_world(slots=0)
    assert interruptions(again) == [FramesInterrupted(job.id, (1,), started + 300)]


def test_a_clock_that_was_set_back_makes_no_future_of_it(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    world.submit("1-4")
    world.settle()
    log_path = world.workers[0].order.log_path
    log_path.parent.mkdir(parents=True, exist_ok=True)
    log_path.write_text("Fra:1")
    now = world.clock.now()
    os.utime(log_path, (now + 90000, now + 90000))
    (told,) = interruptions(new_world(slots=0))
    assert told.last_seen_at == now


def test_an_interrupted_queue_waits_for_an_answer_where_that_is_wanted(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    world.submit("1-4")
    world.settle()
    again = new_world(slots=1, waits_after_interruption=True)
    again.settle()
    assert not again.workers
    again.send(HoldQueue(False))
    again.settle()
    assert again.workers
    again.render_all()
    assert completed(again) == 4


def test_what_was_interrupted_and_the_wait_are_told_together_even_late(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    world.submit("1-4")
    world.settle()
    again = new_world(slots=1, waits_after_interruption=True)
    (told,) = [changes for changes in again.published if changes.facts]
    assert [notice.code for notice in told.notices] == [WAITING_NOTICE]
    assert isinstance(told.facts[0], FramesInterrupted)


def test_a_queue_that_was_closed_well_goes_on_without_asking(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    world.submit("1-4")
    again = new_world(slots=1, waits_after_interruption=True)
    again.settle()
    assert not interruptions(again)
    assert again.workers


def test_without_anybody_to_ask_an_interrupted_queue_goes_on(new_world: NewWorld) -> None:
    world = new_world(slots=1)
    world.submit("1-4")
    world.settle()
    again = new_world(slots=1)
    again.settle()
    assert interruptions(again)
    assert again.workers
