"""What is told of a project before anything is started."""

import sys
from pathlib import Path

import pytest
from support.unreal import LFS_POINTER, content_path, make_film, make_project, write_asset, write_map

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.unreal.content import ContentMemory
from render_manager.engines.unreal.scene_reader import read_scene


def codes(scene: SceneInfo) -> list[str]:
    return [problem.code for problem in scene.problems]


def test_a_film(tmp_path: Path) -> None:
    found = read_scene(make_film(tmp_path))
    assert (found.engine, found.engine_version, found.engine_version_text) == ("unreal", (5, 4), "5.4")
    assert (found.has_frame_range, found.fps, found.width, found.height) == (False, 0.0, 0, 0)
    assert found.scene == "/Game/Shots/Intro.Intro"
    assert found.scenes == (), "there are no scenes to choose by name, but what `choices` has"
    assert found.choices["sequence"] == ("/Game/Shots/Intro.Intro",)
    assert found.choices["map"] == ("/Game/Maps/Main.Main",)
    assert found.choices["preset"] == ("/Game/Presets/Final.Final",)
    assert found.choices["queue"] == found.choices["graph"] == ()
    assert found.extra["default map"] == "/Game/Maps/Main"
    assert found.extra["engine association"] == "5.4"
    assert found.extra["PythonScriptPlugin"] == "on"
    assert codes(found) == []


def test_several_sequences_and_one_that_is_chosen(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Shots/Second", "sequence")
    assert read_scene(path).scene == ""
    assert read_scene(path, "/Game/Shots/Second").scene == "/Game/Shots/Second.Second"


def test_no_sequence_is_said(tmp_path: Path) -> None:
    found = read_scene(make_project(tmp_path))
    assert (found.scene, codes(found)) == ("", ["no-sequence-found"])


@pytest.mark.parametrize(
    ("plugins", "state"),
    [({"PythonScriptPlugin": False}, "off"), ({}, "as the engine has it"), (None, "on")],
)
def test_plugins(tmp_path: Path, plugins: dict[str, bool] | None, state: str) -> None:
    assert read_scene(make_film(tmp_path, plugins=plugins)).extra["PythonScriptPlugin"] == state


def test_problems_of_files_scripts_and_code(tmp_path: Path) -> None:
    path = make_film(tmp_path, Modules=[{"Name": "Film"}])
    for number in range(7):
        content_path(tmp_path, f"/Game/Big/T{number}", ".uasset").write_bytes(LFS_POINTER)
    content_path(tmp_path, "/Game/Odd", ".uasset").write_bytes(b"text")
    content_path(tmp_path, "/Game/Python/init_unreal", ".py").touch()
    found = read_scene(path)
    assert codes(found) == ["not-downloaded", "foreign-files", "startup-scripts", "not-built"]
    texts = {problem.code: problem.text for problem in found.problems}
    assert texts["not-downloaded"].startswith("7 files of Film.uproject were not downloaded")
    assert "/Game/Big/T0.T0" in texts["not-downloaded"] and ", …" in texts["not-downloaded"]
    assert "Content/Python/init_unreal.py" in texts["startup-scripts"]
    assert "C++ code (Film)" in texts["not-built"]
    assert len(found.missing_files) == 7
    assert found.extra["C++ modules"] == "Film"


def test_built_code_is_no_problem(tmp_path: Path) -> None:
    path = make_film(tmp_path, Modules=[{"Name": "Film"}])
    folder = tmp_path / "Binaries" / {"win32": "Win64", "darwin": "Mac"}.get(sys.platform, "Linux")
    folder.mkdir(parents=True)
    (folder / "libUnrealEditor-Film.so").touch()
    assert codes(read_scene(path)) == []


def test_a_search_that_was_stopped_says_so(tmp_path: Path) -> None:
    found = read_scene(make_film(tmp_path), is_cancelled=lambda: True)
    assert codes(found) == ["scan-stopped"]


def test_the_memory_is_used(tmp_path: Path) -> None:
    path, memory = make_film(tmp_path), ContentMemory()
    assert read_scene(path, memory=memory) == read_scene(path, memory=memory)
    assert len(memory.known) == 2, "maps need not be read"
    write_map(tmp_path, "/Game/Maps/Other")
    assert len(read_scene(path, memory=memory).choices["map"]) == 2


def test_a_broken_project(tmp_path: Path) -> None:
    path = tmp_path / "x.uproject"
    path.write_text("{")
    with pytest.raises(UserError, match="It ends in line 1"):
        read_scene(path)
