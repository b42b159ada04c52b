"""Limits of jobs, priority of engines, copies of scenes: with real processes of the stand-in for Blender."""

import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.desk import Desk
from support.processes import pids_in, wait_gone
from support.real import pictures

from render_manager.domain import commands, facts
from render_manager.domain.limits import Limits
from render_manager.domain.states import FrameState, JobState
from render_manager.scheduling import disk_watch, watcher

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")
MODES = pytest.mark.parametrize("mode", ["resident", "batch"])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(watcher, "LOOK_EVERY_S", 0.1)
    return Desk(tmp_path, monkeypatch)


def failures(program: Any) -> list[tuple[int, str]]:
    return [(fact.frame, fact.code) for fact in program.facts if isinstance(fact, facts.FrameFailed)]


@MODES
def test_a_frame_that_hangs_is_ended_and_the_others_go_on(desk: Desk, mode: str) -> None:
    desk.wish(hang_at=[3])
    with desk.open(max_retries=1) as program:
        job = program.render(desk.scene, options={"mode": mode}, limits=Limits(silence_s=1.0))
        assert job.counts[FrameState.COMPLETED] == 4
        assert failures(program) == [(3, "stalled")] * 2
        assert "was stuck and was ended" in program.rows(job)[3].reason
        assert job.failure_reasons["stalled"].count == 2
    wait_gone(pids_in(desk.folder / "pids", 2))


@MODES
def test_a_frame_that_takes_too_long(desk: Desk, mode: str) -> None:
    desk.wish(spin_at=[2])
    with desk.open(max_retries=0) as program:
        job = program.render(desk.scene, frames="1-3", options={"mode": mode}, limits=Limits(frame_s=1.5))
        assert failures(program) == [(2, "frame-too-long")]
        assert job.counts[FrameState.COMPLETED] == 2


def test_an_idle_engine_is_not_taken_for_a_stuck_one(desk: Desk) -> None:
    """Frames wait for their check while the engine has nothing to do."""
    desk.wish(delay=0.3)
    with desk.open() as program:
        job = program.render(desk.scene, limits=Limits(silence_s=0.8, start_s=20.0))
        assert job.state is JobState.COMPLETED
        assert failures(program) == []


def test_an_engine_that_never_gets_ready(desk: Desk) -> None:
    desk.wish(start_delay=60)
    with desk.open(max_retries=0) as program:
        job = program.render(desk.scene, frames="1", limits=Limits(start_s=1.0))
        assert failures(program) == [(1, "stalled-at-start")]
        assert job.state is JobState.FAILED


@MODES
def test_an_engine_that_eats_the_memory(desk: Desk, mode: str) -> None:
    desk.wish(eat_at=[2], eat_mb=300)
    with desk.open(max_retries=0) as program:
        job = program.render(
            desk.scene,
            frames="1-3",
            options={"mode": mode},
            limits=Limits(memory_bytes=200 * 2**20),
        )
        assert failures(program) == [(2, "memory-limit")]
        assert job.counts[FrameState.COMPLETED] == 2
        (attempt,) = program.core.reader.attempts(job.id, 2)
        assert "of memory, more than the limit" in attempt.reason
        assert (attempt.peak_memory_bytes or 0) > 200 * 2**20


@pytest.mark.parametrize(("priority", "niceness"), [("normal", 0), ("below_normal", 5), ("idle", 19)])
def test_engines_make_room_for_who_works_here(desk: Desk, priority: str, niceness: int) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    desk.wish(hang_at=[1], child=True)
    with desk.open(engine_priority=priority, engine_processors="0") as program:
        program.submit(desk.scene, frames="1")
        program.wait_for(lambda: any(one.percent for one in program.progress), "the first percent")
        for pid in pids_in(desk.folder / "pids", 2):
            assert psutil.Process(pid).nice() == min(before + niceness, 19)
            if hasattr(psutil.Process, "cpu_affinity"):
                assert psutil.Process(pid).cpu_affinity() == [0]
        assert psutil.Process().nice() == before


def test_a_job_is_rendered_from_a_copy_of_its_scene(desk: Desk) -> None:
    desk.wish(delay=0.1)
    before = desk.scene.read_bytes()
    with desk.open() as program:
        token = program.submit(desk.scene, keeps_copy=True)
        program.wait_for(lambda: any(one.percent for one in program.progress), "the first percent")
        (copy,) = desk.scene.parent.glob(f".{desk.scene.stem}-*{desk.scene.suffix}")
        assert copy.read_bytes() == before
        desk.scene.write_bytes(b"somebody saves something else")
        job = program.wait_finished(token)
        assert job.state is JobState.COMPLETED
        assert len(job.scene_versions) == 1
    assert len(pictures(desk.out)) == 5
    assert not copy.exists(), "when all is done the copy goes"


def test_the_scene_changes_between_two_engines(desk: Desk) -> None:
    desk.wish(crash_at=[3])
    with desk.open(max_retries=0) as program:
        job = program.render(desk.scene, frames="1-3")
        assert [row.scene_version for row in program.rows(job).values()] == [1, 1, 0]
        desk.wish()
        data = desk.scene.read_bytes()
        desk.scene.write_bytes(data + b"\0")
        program.post(commands.RetryFrames(job.id, failed_only=True))
        program.wait_fact(facts.JobFinished, 2)
        job = program.jobs[job.uuid]
        assert job.state is JobState.COMPLETED
        assert [row.scene_version for row in program.rows(job).values()] == [1, 1, 2]
        told = [fact for fact in program.facts if isinstance(fact, facts.SceneChanged)]
        assert told == [facts.SceneChanged(job.id, 2, 2)]


def test_a_job_that_waits_for_room_goes_on_when_less_is_to_be_left_free(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_watch, "LOOK_EVERY_S", 0.1)
    with desk.open(min_free_disk_gb=1e6) as program:
        token = program.submit(desk.scene, frames="1-3")
        program.wait_for(
            lambda: token in program.jobs and "goes on by itself" in program.jobs[token].reason,
            "the wait for room",
        )
        program.core.reserve_disk(0)
        assert program.wait_finished(token).state is JobState.COMPLETED
