"""Dropped folders are walked within limits; copies and caches are left out."""

import errno
import os
from pathlib import Path
from typing import Any

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


def refuse(monkeypatch: pytest.MonkeyPatch, refused: Path, error: OSError) -> None:
    stat = Path.stat

    def refusing(self: Path, **values: Any) -> os.stat_result:
        if self == refused:
            raise error
        return stat(self, **values)

    monkeypatch.setattr(Path, "stat", refusing)


@pytest.mark.parametrize("name", ["away", "away.blend"])
def test_what_cannot_be_looked_at_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    touch(tmp_path, "near/shot.blend")
    away = tmp_path / name
    refuse(monkeypatch, away, OSError(errno.EHOSTDOWN, "Host is down"))
    walk = Walk()
    found = scene_files([away, tmp_path / "near"], SUFFIXES, walk)
    assert found.unreadable == [(away, "Host is down")]
    assert [path.name for path in found.scenes] == ["shot.blend"]
    assert not found.others
    assert walk.is_over


def test_folders_that_cannot_be_listed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "open/shot.blend", "closed/shot.blend")
    closed, scandir = tmp_path / "closed", os.scandir

    def refusing(path: Any) -> Any:
        if Path(path) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = scene_files([tmp_path], SUFFIXES)
    assert found.unreadable == [(closed, "Permission denied")]
    assert [path.parent.name for path in found.scenes] == ["open"]
    alone = scene_files([closed], SUFFIXES)
    assert (alone.unreadable, alone.others) == ([(closed, "Permission denied")], [])


def test_a_search_that_fails_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path) -> Path:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(dropped_files, "absolute", fail)
    walk = Walk()
    with pytest.raises(RuntimeError):
        scene_files([Path("x")], SUFFIXES, walk)
    assert walk.is_over
