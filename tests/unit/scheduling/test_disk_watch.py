"""Jobs wait before their disk is full, and go on by themselves."""

import os
from pathlib import Path

from support.clock import FakeClock
from support.fake_world import FakeWorld
from support.jobs import make_job

from render_manager.domain.facts import EngineWarned, FrameFailed
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling.disk_watch import (
    LOOK_EVERY_S,
    DiskWatch,
    Space,
    measured_space,
)
from render_manager.scheduling.messages import DiskMeasured

GIGABYTE, MEGABYTE = 10**9, 10**6


def test_a_job_waits_for_room_and_goes_on_by_itself(world: FakeWorld) -> None:
    world.space = Space(1, 100 * MEGABYTE, 500 * GIGABYTE)
    job = world.submit("1-3")
    world.settle()
    world.settle()
    (worker,) = world.alive()
    worker.finish()
    world.settle()
    worker.end()
    world.settle()
    snapshot = job.snapshot()
    assert "has only 100 MB left" in snapshot.reason
    assert snapshot.needs_help
    assert job.counts[FrameState.PENDING] >= 2
    world.space = Space(1, 400 * GIGABYTE, 500 * GIGABYTE)
    world.clock.advance(world.dispatcher.time_to_next())
    world.turn()
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert not [fact for one in world.published for fact in one.facts if isinstance(fact, FrameFailed)]


def test_engines_are_stopped_when_the_disk_is_nearly_full(world: FakeWorld) -> None:
    job = world.submit("1-4", options={"mode": "batch", "batch_size": 4})
    world.settle()
    (worker,) = world.alive()
    worker.begin()
    world.space = Space(1, 10 * MEGABYTE, 500 * GIGABYTE)
    world.clock.advance(LOOK_EVERY_S)
    world.turn()
    world.turn()
    assert worker.is_killed
    worker.end(-9)
    world.settle()
    assert job.counts[FrameState.PENDING] == 4
    assert not job.frames.failures, "the frames bear no mark"
    world.space = Space(1, 400 * GIGABYTE, 500 * GIGABYTE)
    world.clock.advance(LOOK_EVERY_S)
    world.turn()
    world.render_all()
    assert job.state is JobState.COMPLETED


class Watched:
    """A disk of which a test says how much room it has."""

    def __init__(self, reserved_bytes: int | None = None) -> None:
        self.clock = FakeClock()
        self.space: Space | None = Space(1, 100 * GIGABYTE, 1000 * GIGABYTE)
        self.asked = 0
        self.answers: list[object] = []
        self.watch = DiskWatch(
            run=self._run,
            clock=self.clock,
            post=self.answers.append,
            reserved_bytes=reserved_bytes,
            space_of=lambda _folder: self.space,
        )
        self.job = make_job("1-100")

    def _run(self, function: object) -> None:
        self.asked += 1
        assert callable(function)
        function()

    def shortage(self) -> str:
        self.watch.shortage_of(self.job)
        self.clock.advance(LOOK_EVERY_S)
        self.watch.shortage_of(self.job)
        for answer in self.answers:
            assert isinstance(answer, DiskMeasured)
            self.watch.measured(answer)
        self.answers.clear()
        return self.watch.shortage_of(self.job)


def test_what_frames_need_is_learned_from_the_first_ones() -> None:
    watched = Watched()
    assert watched.shortage() == ""
    assert watched.watch.frame_done(watched.job, 1 * GIGABYTE) == (
        f"The disk of {Path('/out/shot')} has room for about 99 of the 100 frames that are left: "
        "1.0 GB are lacking. The job will wait when it comes to that."
    )
    assert watched.watch.frame_done(watched.job, 1 * GIGABYTE) == "", "once a job"
    watched.space = Space(1, int(2.5 * GIGABYTE), 1000 * GIGABYTE)
    assert watched.shortage() == ""
    watched.space = Space(1, int(1.5 * GIGABYTE), 1000 * GIGABYTE)
    assert "has only 1.5 GB left" in watched.shortage()
    watched.space = Space(1, int(2.1 * GIGABYTE), 1000 * GIGABYTE)
    assert watched.shortage(), "not back and forth with every frame"
    watched.space = Space(1, int(2.5 * GIGABYTE), 1000 * GIGABYTE)
    assert watched.shortage() == ""


def test_a_disk_may_be_let_run_full() -> None:
    watched = Watched(reserved_bytes=0)
    watched.space = Space(1, 1, 1000 * GIGABYTE)
    assert watched.shortage() == ""
    assert not watched.watch.is_critical(watched.job)


def test_a_disk_that_cannot_be_asked_stops_nothing() -> None:
    watched = Watched()
    watched.space = None
    assert watched.shortage() == ""
    asked = watched.asked
    assert watched.watch.shortage_of(watched.job) == ""
    assert watched.asked <= asked + 1


def test_a_share_that_does_not_answer_is_not_asked_again_and_again(fake_clock: FakeClock) -> None:
    waiting: list[object] = []
    watch = DiskWatch(run=waiting.append, clock=fake_clock, post=lambda _item: None)
    job = make_job("1-2")
    for _look in range(50):
        watch.shortage_of(job)
        fake_clock.advance(1.0)
    assert len(waiting) == 1


def test_the_room_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    space = measured_space(tmp_path / "not" / "yet")
    assert space is not None
    assert space.device == os.stat(tmp_path).st_dev
    assert 0 < space.free_bytes <= space.total_bytes


def test_the_forecast_is_told_once(world: FakeWorld) -> None:
    world.space = Space(1, 2 * GIGABYTE, 500 * GIGABYTE)
    job = world.submit("1-3")
    world.render_all()
    assert job.state is JobState.COMPLETED
    warned = [fact for one in world.published for fact in one.facts if isinstance(fact, EngineWarned)]
    assert warned == [], "15 bytes a frame fit"


def test_nothing_is_kept_of_a_job_that_is_done(world: FakeWorld) -> None:
    world.submit("1-3")
    world.render_all()
    world.settle()
    assert not world.disk._frame_bytes


def test_no_engine_is_started_for_each_folder_of_a_full_disk(world: FakeWorld) -> None:
    world.space = Space(1, 10 * MEGABYTE, 500 * GIGABYTE)
    jobs = [world.submit("1-3", token=f"{number:08x}-job") for number in range(6)]
    for _turn in range(20):
        world.settle()
        for worker in world.alive():
            if worker.is_killed:
                worker.end(-9)
    assert len(world.workers) == 1, "until the first folder was measured"
    assert all("has only" in job.record.reason for job in jobs)
    world.space = Space(1, 400 * GIGABYTE, 500 * GIGABYTE)
    world.clock.advance(LOOK_EVERY_S)
    world.render_all()
    assert {job.state for job in jobs} == {JobState.COMPLETED}
