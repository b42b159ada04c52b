"""Dropped folders are walked within limits; copies and caches are left out."""

from pathlib import Path

import pytest

from render_manager.ui import dropped_files
from render_manager.ui.dropped_files import Walk, scene_files

SUFFIXES = (".blend", ".ma", ".uproject")


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_copies_and_caches_of_programs_are_left_out(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "shot.blend",
        "shot.blend1",
        "shot_autosave.blend",
        "maya/scene.ma",
        "maya/incrementalSave/scene.ma/scene.001.ma",
        "maya/autosave/scene.0001.ma",
        "game/Game.uproject",
        "game/Saved/Backup.uproject",
        "game/Intermediate/x.uproject",
        "game/DerivedDataCache/x.uproject",
    )
    found = scene_files([tmp_path], SUFFIXES)
    assert [path.name for path in found.scenes] == ["shot.blend", "Game.uproject", "scene.ma"]
    assert [path.name for path in found.copies] == ["shot_autosave.blend"]
    assert not found.is_cut


def test_a_copy_that_is_dropped_itself_is_taken(tmp_path: Path) -> None:
    touch(tmp_path, "shot_autosave.blend")
    assert scene_files([tmp_path / "shot_autosave.blend"], SUFFIXES).scenes


def test_a_walk_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.blend", "b/2.blend", "c/3.blend")
    walk = Walk()
    assert len(scene_files([tmp_path], SUFFIXES, walk).scenes) == 3
    assert (walk.scenes, walk.entries, walk.is_over) == (3, 6, True)
    stopped = Walk(is_stopped=True)
    found = scene_files([tmp_path], SUFFIXES, stopped)
    assert found.is_cut
    assert len(found.scenes) < 3
    assert stopped.is_over


def test_folders_too_far_down_are_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped_files, "DEEPEST", 2)
    touch(tmp_path, "a/b/near.blend", "a/b/c/far.blend")
    assert [path.name for path in scene_files([tmp_path], SUFFIXES).scenes] == ["near.blend"]
