"""How the editor is started: nothing of the artist is named by Unreal's own switches, nothing is changed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_spec
from support.unreal import installation_of, make_film, make_project, write_asset

from render_manager.domain.errors import UserError
from render_manager.engines.protocols import FrameTask, Invocation, RunMode
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder

PROGRAM = installation_of(Path("/opt/UE 5.4/Engine/Binaries/Linux/UnrealEditor-Cmd"))
TOKEN = "t0ken"  # noqa: S105


@pytest.fixture
def engine() -> UnrealEngine:
    return UnrealEngine(finder=UnrealFinder(setting=None))


def invoke(
    engine: UnrealEngine, path: Path, *frames: int, staging: str = "staging", **options: Any
) -> Invocation:
    folder = path.parent / "out" / staging
    folder.mkdir(parents=True, exist_ok=True)
    spec = make_spec(
        "1-9",
        engine="unreal",
        scene=path,
        options=engine.check_options(options),
        output_name="Intro.####",
    )
    tasks = [
        FrameTask(1, frame, 1, folder, f"Intro.{frame:04d}", owns_staging=False) for frame in frames or (1, 2)
    ]
    return engine.invocation(spec, PROGRAM, tasks, mode=RunMode.BATCH, token=TOKEN)


def manifest(found: Invocation) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(
        Path(str(found.env["RENDER_MANAGER_UNREAL_MANIFEST"])).read_text("utf-8")
    )
    return values


def test_the_command_line(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film")
    found = invoke(engine, path, preset="/Game/Presets/Final")
    argv = list(found.argv)
    assert argv[:3] == [
        str(PROGRAM.executable),
        str(path),
        "/Game/Maps/Main?game=/Script/MovieRenderPipelineCore.MoviePipelineGameMode",
    ]
    assert argv[3] == "-game"
    assert "-ExecutorPythonClass=/Engine/PythonTypes.RenderManagerUnrealExecutor" in argv
    assert {"-log", "-stdout", "-FullStdOutLogOutput", "-unattended", "-RenderOffscreen"} <= set(argv)
    assert not [word for word in argv if word.startswith(("-LevelSequence", "-MoviePipelineConfig"))]
    assert not [word for word in argv if word.startswith("-EnablePlugins")], "both are on in the project"
    assert found.spares == ("zenserver",)
    assert found.watches_files
    assert found.greeting == ()
    assert found.events_file == path.parent / "out/staging/render-manager-events.jsonl"


def test_the_manifest(engine: UnrealEngine, tmp_path: Path) -> None:
    found = invoke(
        engine, make_film(tmp_path / "Film"), 1, 2, 3, 7, preset="/Game/Presets/Final", width=64, height=36
    )
    told = manifest(found)
    assert told["token"] == TOKEN
    assert told["sequence"] == "/Game/Shots/Intro.Intro", "the only one there is"
    assert (told["map"], told["preset"]) == ("/Game/Maps/Main", "/Game/Presets/Final.Final")
    assert told["ranges"] == [{"start": 1, "end": 4, "step": 1}, {"start": 7, "end": 8, "step": 1}]
    assert told["events_file"] == str(found.events_file)
    assert told["output_folder"] == str(tmp_path / "Film/out/staging")


def test_the_environment(engine: UnrealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_film(tmp_path / "Film")
    monkeypatch.setenv("UE_PYTHONPATH", "/studio/tools")
    env = invoke(engine, path).env
    first, second = str(env["UE_PYTHONPATH"]).split(os.pathsep)
    assert (Path(first) / "init_unreal.py").is_file()
    assert second == "/studio/tools"
    assert (env["PYTHONPATH"], env["PYTHONHOME"]) == (None, None)
    assert env["PYTHONDONTWRITEBYTECODE"] == "1"
    monkeypatch.delenv("UE_PYTHONPATH")
    assert os.pathsep not in str(invoke(engine, path).env["UE_PYTHONPATH"])


def test_nothing_is_written_into_the_project(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film")
    before = {one: one.stat().st_mtime_ns for one in path.parent.rglob("*") if "out" not in one.parts}
    invoke(engine, path)
    after = {one: one.stat().st_mtime_ns for one in path.parent.rglob("*") if "out" not in one.parts}
    assert {name: time for name, time in after.items() if name != path.parent} == {
        name: time for name, time in before.items() if name != path.parent
    }


def test_a_path_with_spaces_goes_by_the_environment_only(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film")
    assert any(word.startswith("-RenderManagerManifest=") for word in invoke(engine, path).argv)
    found = invoke(engine, path, staging="a b")
    assert not any("RenderManagerManifest" in word for word in found.argv)
    assert manifest(found)["token"] == TOKEN


@pytest.mark.parametrize(
    ("plugins", "python", "switch"),
    [
        ({"MovieRenderPipeline": True, "PythonScriptPlugin": False}, "auto", "PythonScriptPlugin"),
        ({}, "auto", "MovieRenderPipeline,PythonScriptPlugin"),
        ({"PythonScriptPlugin": True}, "auto", "MovieRenderPipeline"),
        ({}, "on", ""),
    ],
)
def test_plugins_that_are_off_are_switched_on_for_the_run(
    engine: UnrealEngine, tmp_path: Path, plugins: dict[str, bool], python: str, switch: str
) -> None:
    found = invoke(engine, make_film(tmp_path / "Film", plugins=plugins), python=python)
    words = [word for word in found.argv if word.startswith("-EnablePlugins=")]
    assert words == ([f"-EnablePlugins={switch}"] if switch else [])


def test_options_of_the_program(engine: UnrealEngine, tmp_path: Path) -> None:
    found = invoke(engine, make_film(tmp_path / "Film"), show_window=True, extra_arguments="-dx12 -nosound")
    assert "-RenderOffscreen" not in found.argv
    assert found.argv[-2:] == ("-dx12", "-nosound")


def test_what_the_project_leaves_open_is_looked_for(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film", default_map="")
    assert invoke(engine, path).argv[2].startswith("/Game/Maps/Main?game=")
    write_asset(path.parent, "/Game/Shots/Second", "sequence")
    with pytest.raises(UserError, match="It is not chosen which level sequence"):
        invoke(engine, path)
    assert (
        manifest(invoke(engine, path, sequence="/Game/Shots/Second"))["sequence"]
        == "/Game/Shots/Second.Second"
    )
    told = manifest(invoke(engine, path, queue="/Game/Queues/All"))
    assert (told["sequence"], told["queue"]) == ("", "/Game/Queues/All.All")


def test_what_cannot_be_driven_is_refused_with_a_sentence(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film", plugins={"PythonScriptPlugin": False})
    with pytest.raises(UserError, match=r"takes neither frames nor an output folder.* Set python to auto"):
        invoke(engine, path, python="off")
    with pytest.raises(UserError, match="has the plug-in Python Editor Script Plugin off"):
        invoke(engine, path, python="on")
    bare = make_project(tmp_path / "Bare", default_map="")
    (bare.parent / "Content/Maps/Main.umap").unlink()
    with pytest.raises(UserError, match="names no default map"):
        invoke(engine, bare, sequence="/Game/A/B")


def test_a_staging_folder_that_is_gone(engine: UnrealEngine, tmp_path: Path) -> None:
    path = make_film(tmp_path / "Film")
    spec = make_spec("1", engine="unreal", scene=path, options={})
    task = FrameTask(1, 1, 1, tmp_path / "gone", "x")
    with pytest.raises(UserError, match=r"render-manager-manifest\.json cannot be written: No such file"):
        engine.invocation(spec, PROGRAM, [task], mode=RunMode.BATCH, token="t")
