"""The scene of a job changes while it renders, or is rendered from a copy."""

import os
import stat
from pathlib import Path

import pytest
from support.fake_world import FakeWorld
from unit.scheduling.conftest import NewWorld

from render_manager.domain.facts import EngineWarned, SceneChanged
from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import JobState
from render_manager.scheduling import messages
from render_manager.scheduling.scene_files import copy_path, make_copy, remove_copy, version_of

UUID = "12345678-0000-4000-8000-000000000000"
OLD, NEW = SceneVersion(10, 1, "aa"), SceneVersion(12, 2, "bb")


def test_the_same_bytes_are_the_same_scene_whatever_their_time(tmp_path: Path) -> None:
    scene = tmp_path / "shot.blend"
    scene.write_bytes(b"BLENDER" * 100)
    first = version_of(scene)
    os.utime(scene, (1, 1))
    second = version_of(scene, first)
    assert second.digest == first.digest
    assert second != first
    assert second.is_same_file(version_of(scene))
    scene.write_bytes(b"BLENDER" * 99 + b"blender")
    assert version_of(scene, second).digest != first.digest


def test_bytes_are_not_read_again_where_size_and_time_are_known(tmp_path: Path) -> None:
    scene = tmp_path / "shot.blend"
    scene.write_bytes(b"x")
    status = scene.stat()
    known = SceneVersion(status.st_size, status.st_mtime_ns, "as it was")
    assert version_of(scene, known) is known


def test_a_copy_is_made_once_beside_the_scene(tmp_path: Path) -> None:
    scene = tmp_path / "影 shot.blend"
    scene.write_bytes(b"one")
    copy = make_copy(scene, UUID)
    assert copy == copy_path(scene, UUID)
    assert copy.parent == scene.parent, "textures are named from there"
    scene.write_bytes(b"two")
    assert make_copy(scene, UUID).read_bytes() == b"one"
    remove_copy(scene, UUID)
    remove_copy(scene, UUID)
    assert list(tmp_path.iterdir()) == [scene]


def test_a_copy_of_what_may_only_be_read_can_be_removed_and_is_as_old(tmp_path: Path) -> None:
    """Version control systems check scenes out like that; Windows deletes no such file."""
    scene = tmp_path / "shot.blend"
    scene.write_bytes(b"one")
    os.utime(scene, (1_000_000_000, 1_000_000_000))
    scene.chmod(0o444)
    copy = make_copy(scene, UUID)
    assert copy.stat().st_mode & stat.S_IWUSR
    assert copy.stat().st_mtime_ns == scene.stat().st_mtime_ns


def test_what_a_kill_left_of_a_copy_is_not_taken_for_one_and_goes_with_it(tmp_path: Path) -> None:
    scene = tmp_path / "shot.blend"
    scene.write_bytes(b"one")
    part = copy_path(scene, UUID).with_name(f"{copy_path(scene, UUID).name}.part")
    part.write_bytes(b"on")
    assert make_copy(scene, UUID).read_bytes() == b"one"
    part.write_bytes(b"on")
    remove_copy(scene, UUID)
    assert list(tmp_path.iterdir()) == [scene]


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = tmp_path / "shot.blend"
    scene.write_bytes(b"one")

    def refuse(*_paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("render_manager.scheduling.scene_files.shutil.copyfile", refuse)
    with pytest.raises(OSError, match="space"):
        make_copy(scene, UUID)
    assert list(tmp_path.iterdir()) == [scene]


def start(world: FakeWorld, version: SceneVersion) -> None:
    world.settle()
    (worker,) = world.alive()
    world.send(messages.SceneRead(worker.id, version))
    world.settle()


def test_frames_know_which_scene_they_are_from(world: FakeWorld) -> None:
    job = world.submit("1-4")
    start(world, OLD)
    (worker,) = world.alive()
    for _frame in range(2):
        worker.finish()
        world.settle()
    worker.end(-11)
    world.settle()
    start(world, NEW)
    told = [fact for one in world.published for fact in one.facts if isinstance(fact, SceneChanged)]
    assert told == [SceneChanged(job.id, 2, 2)]
    world.clock.advance(3600)
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert [row.scene_version for row in world.reader().frames(job.id)] == [1, 1, 2, 2]
    assert world.reader().older_frames(job.id, 2) == FrameSet.parse("1-2")
    assert world.reader().older_frames(job.id, 1) == FrameSet(())
    assert job.snapshot().scene_versions == (OLD, NEW)
    attempts = world.reader().attempts(job.id)
    assert [one.scene_version for one in attempts if one.frame in (1, 4)] == [1, 2]


def test_once_one_engine_reads_another_scene_the_others_go_on_with_no_older_one(new_world: NewWorld) -> None:
    """Old and new pictures would take turns, and frames be rendered again from the older scene."""
    world = new_world(slots=2)
    job = world.submit("1-6")
    world.settle()
    first, second = world.alive()
    world.send(messages.SceneRead(first.id, OLD))
    world.send(messages.SceneRead(second.id, NEW))
    for worker in (first, second):
        worker.finish()
    world.settle()
    assert first.is_dismissed
    assert not second.is_dismissed
    first.end()
    world.settle()
    (third,) = [worker for worker in world.alive() if worker is not second]
    world.send(messages.SceneRead(third.id, NEW))
    world.render_all()
    assert job.state is JobState.COMPLETED
    versions = [row.scene_version for row in world.reader().frames(job.id)]
    assert sorted(versions) == [1, 2, 2, 2, 2, 2]


def test_a_scene_that_was_only_touched_is_no_other(world: FakeWorld) -> None:
    job = world.submit("1-2")
    start(world, OLD)
    start(world, SceneVersion(10, 99, "aa"))
    assert job.snapshot().scene_versions == (SceneVersion(10, 99, "aa"),)


def test_a_scene_that_is_saved_under_a_running_engine_is_told_once(world: FakeWorld) -> None:
    world.submit("1-2")
    start(world, OLD)
    (worker,) = world.alive()
    for _time in range(3):
        world.send(messages.SceneTouched(worker.id))
    world.settle()
    (warning,) = [fact for one in world.published for fact in one.facts if isinstance(fact, EngineWarned)]
    assert "was changed while it is rendered" in warning.text
