"""What is said before the editor is started."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.unreal import LFS_POINTER, content_path, installation_of, make_film, make_project, write_asset

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, Severity
from render_manager.engines.unreal.checks import problems_with
from render_manager.engines.unreal.options import checked_options
from render_manager.engines.unreal.scene_reader import read_scene

PROGRAM = installation_of(Path("/opt/UE_5.4/Engine/Binaries/Linux/UnrealEditor-Cmd"))


def check(
    path: Path, *, version: str = "5.4.4", frames: str = "1-10", program: Path | None = None, **options: Any
) -> list[Problem]:
    options = {"preset": "/Game/Presets/Final", **options}
    installation = installation_of(program or PROGRAM.executable, version)
    checked = checked_options({name: value for name, value in options.items() if value is not None})
    parsed = FrameSet.parse(frames) if frames else FrameSet([])
    return problems_with(read_scene(path), installation, checked, parsed)


def errors(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems if problem.severity is Severity.ERROR]


def warnings(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems if problem.severity is Severity.WARNING]


def test_a_film_with_its_preset_has_none(tmp_path: Path) -> None:
    assert check(make_film(tmp_path)) == []


def test_without_a_preset(tmp_path: Path) -> None:
    (problem,) = check(make_film(tmp_path), preset=None, image_format="EXR")
    assert (problem.code, problem.severity) == ("no-preset", Severity.WARNING)
    assert "as EXR files" in problem.text


def test_several_sequences_and_none_chosen(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Shots/Second", "sequence")
    (problem,) = check(path)
    assert (problem.code, problem.severity) == ("sequence-not-chosen", Severity.ERROR)
    assert problem.advice == (
        "Choose which level sequence to render: /Game/Shots/Intro, /Game/Shots/Second. "
        "On the command line that is --set sequence=/Game/Shots/Intro."
    )
    assert check(path, sequence="/Game/Shots/Second") == []
    write_asset(tmp_path, "/Game/Queues/All", "queue")
    assert check(path, preset=None, queue="/Game/Queues/All") == [], "the queue says which"


def test_no_sequence_at_all(tmp_path: Path) -> None:
    path = make_project(tmp_path)
    found = check(path, preset=None)
    assert errors(found) == ["sequence-not-chosen"]
    assert any("--set sequence=/Game/" in problem.advice for problem in found)
    assert errors(check(path, preset=None, sequence="/Game/Shots/Typed")) == ["sequence-missing"]


@pytest.mark.parametrize("option", ["sequence", "map", "preset", "queue", "graph"])
def test_assets_that_are_not_there(tmp_path: Path, option: str) -> None:
    path = make_film(tmp_path)
    given = {"preset": None} if option in ("queue", "graph") else {}
    found = check(path, **{**given, option: "/Game/Nowhere/X"})
    assert f"{option}-missing" in errors(found)
    text = next(problem.text for problem in found if problem.code == f"{option}-missing")
    assert text.startswith("Film.uproject has no ")
    assert text.endswith(" /Game/Nowhere/X.")
    assert f"{option}-missing" not in errors(check(path, **{**given, option: "/Engine/Nowhere/X"}))


def test_an_asset_that_the_search_did_not_recognise_is_taken(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Presets/Odd", "other")
    assert check(path, preset="/Game/Presets/Odd") == []


@pytest.mark.parametrize(
    ("option", "path", "text"),
    [
        ("sequence", "/Game/Presets/Final", "/Game/Presets/Final is a preset, not a level sequence."),
        ("sequence", "/Game/Maps/Main", "/Game/Maps/Main is a map, not a level sequence."),
        ("preset", "/Game/Shots/Intro", "/Game/Shots/Intro is a level sequence, not a preset."),
        ("map", "/Game/Shots/Intro", "/Game/Shots/Intro is a level sequence, not a map."),
        ("queue", "/Game/Graphs/Main", "/Game/Graphs/Main is a render graph, not a queue."),
        ("graph", "/Game/Queues/All", "/Game/Queues/All is a queue, not a render graph."),
    ],
)
def test_assets_of_another_kind(tmp_path: Path, option: str, path: str, text: str) -> None:
    project = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Queues/All", "queue")
    write_asset(tmp_path, "/Game/Graphs/Main", "graph")
    given = {"preset": None} if option in ("queue", "graph") else {}
    found = {problem.code: problem for problem in check(project, **{**given, option: path})}
    problem = found[f"{option}-wrong"]
    assert (problem.severity, problem.text) == (Severity.ERROR, text)


def test_an_asset_that_only_looks_like_another_kind(tmp_path: Path) -> None:
    project = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Shots/Guess", "sequence", is_sure=False)
    (problem,) = check(project, sequence="/Game/Shots/Intro", preset="/Game/Shots/Guess")
    assert (problem.code, problem.severity) == ("preset-doubtful", Severity.WARNING)
    assert problem.text == "/Game/Shots/Guess looks like a level sequence, not like a preset."


def test_an_asset_that_was_not_downloaded(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    content_path(tmp_path, "/Game/Presets/Big", ".uasset").write_bytes(LFS_POINTER)
    found = check(path, preset="/Game/Presets/Big")
    assert errors(found) == ["not-downloaded"]
    assert warnings(found) == ["not-downloaded"]


def test_maps(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a", default_map="")
    assert check(path) == [], "the only one there is"
    write_asset(tmp_path / "a", "/Game/Maps/Other", "other").rename(
        tmp_path / "a" / "Content" / "Maps" / "Other.umap"
    )
    assert errors(check(path)) == ["map-not-chosen"]
    assert check(path, map="/Game/Maps/Main") == []
    path = make_film(tmp_path / "b", default_map="/Engine/Maps/Entry")
    assert warnings(check(path)) == ["engine-map"]
    path = make_film(tmp_path / "c", default_map="/Game/Maps/Gone")
    assert errors(check(path)) == ["map-missing"]


@pytest.mark.parametrize(
    ("version", "error", "warning"),
    [
        ("5.4.0", [], []),
        ("5.3.2", ["newer-project"], []),
        ("5.5.1", [], ["older-project"]),
        ("4.25.4", ["engine-too-old", "newer-project"], []),
    ],
)
def test_versions(tmp_path: Path, version: str, error: list[str], warning: list[str]) -> None:
    found = check(make_film(tmp_path), version=version)
    assert (errors(found), warnings(found)) == (error, warning)


def test_an_unknown_version_is_not_complained_about(tmp_path: Path) -> None:
    scene = read_scene(make_film(tmp_path))
    options = checked_options({"preset": "/Game/Presets/Final"})
    unknown = replace(PROGRAM, version=(), version_text="?")
    assert problems_with(scene, unknown, options, FrameSet.parse("1")) == []


@pytest.mark.parametrize(
    ("plugins", "python", "error", "warning"),
    [
        ({"MovieRenderPipeline": True, "PythonScriptPlugin": False}, "auto", [], ["plugins-off"]),
        ({"MovieRenderPipeline": True, "PythonScriptPlugin": False}, "on", ["without-python"], []),
        ({"MovieRenderPipeline": False, "PythonScriptPlugin": True}, "on", ["plugins-off"], []),
        ({}, "auto", [], []),
        ({}, "on", [], []),
        (None, "off", ["without-python"], []),
    ],
)
def test_plugins(
    tmp_path: Path, plugins: dict[str, bool] | None, python: str, error: list[str], warning: list[str]
) -> None:
    found = check(make_film(tmp_path, plugins=plugins), python=python)
    assert (errors(found), warnings(found)) == (error, warning)


def test_an_engine_without_the_plugin(tmp_path: Path) -> None:
    program = tmp_path / "UE_5.4/Engine/Binaries/Linux/UnrealEditor-Cmd"
    program.parent.mkdir(parents=True)
    program.touch()
    (tmp_path / "UE_5.4/Engine/Plugins/MovieScene/MovieRenderPipeline").mkdir(parents=True)
    (tmp_path / "UE_5.4/Engine/Plugins/MovieScene/MovieRenderPipeline/MovieRenderPipeline.uplugin").touch()
    (tmp_path / "UE_5.4/Engine/Build").mkdir()
    (tmp_path / "UE_5.4/Engine/Build/Build.version").touch()
    (problem,) = check(make_film(tmp_path / "Film"), program=program)
    assert problem.code == "without-python"
    assert "does not bring the plug-in PythonScriptPlugin" in problem.text


def test_graphs(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Graphs/Main", "graph")
    found = check(path, preset=None, graph="/Game/Graphs/Main")
    assert (errors(found), warnings(found)) == ([], ["graph-as-saved"])
    found = check(
        make_film(tmp_path, association="5.3"), preset=None, graph="/Game/Graphs/Main", version="5.3.2"
    )
    assert errors(found) == ["graph-too-new"]


def test_cut_shots_and_no_frames(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    assert warnings(check(path, cut_shots=True)) == ["cut-shots"]
    assert errors(check(path, frames="")) == ["no-frames"]


def test_each_text_is_a_sentence(tmp_path: Path) -> None:
    path = make_film(tmp_path, plugins={"PythonScriptPlugin": False}, Modules=[{"Name": "Film"}])
    write_asset(tmp_path, "/Game/Shots/Second", "sequence")
    found = check(path, preset=None, graph="/Game/No/Graph", version="5.3.0", cut_shots=True, frames="")
    assert len(found) >= 8
    for problem in found:
        assert problem.text.endswith("."), problem
        assert not problem.advice or problem.advice.endswith("."), problem
        assert "{" not in problem.text + problem.advice
