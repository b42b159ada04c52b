"""How Blender is started and fed, which installation is chosen, and what its failures are called."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_spec
from support.stand_in import installation_of, write_scene

from render_manager.domain.diagnosis import Scope
from render_manager.domain.errors import UserError
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FrameTask, Installation, InstallationKind, Invocation, RunMode

PROGRAM = installation_of(Path("/opt/blender 4.2/blender"))
SCENE = Path("/proj/a b 影.blend")
STAGING = Path("/out/.rm/run-1")
WHEEL = replace(
    PROGRAM,
    key="blender:/venv/bin/python",
    executable=Path("/venv/bin/python"),
    kind=InstallationKind.PYTHON_MODULE,
)


@pytest.fixture
def engine() -> BlenderEngine:
    return BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))


def tasks(*frames: int) -> list[FrameTask]:
    return [FrameTask(1, frame, 1, STAGING, f"shot_{frame:04d}") for frame in frames]


def invoke(
    engine: BlenderEngine,
    *frames: int,
    mode: RunMode = RunMode.RESIDENT,
    installation: Installation = PROGRAM,
    how: str = "",
    **options: Any,
) -> Invocation:
    if how:
        options["mode"] = how
    spec = make_spec("1-9", engine="blender", scene=SCENE, options=engine.check_options(options))
    return engine.invocation(spec, installation, tasks(*frames), mode=mode, token="t0ken")


def test_a_resident_program(engine: BlenderEngine) -> None:
    found = invoke(engine, 1)
    assert found.argv[:5] == (str(PROGRAM.executable), "-b", "-Y", "--python-exit-code", "47")
    assert found.argv[5] == "-P"
    assert Path(found.argv[6]).is_file()
    assert len(found.argv) == 7, "scene and frames come over standard input"
    (line,) = found.greeting
    settings = json.loads(line)
    assert (settings["token"], settings["scene_file"]) == ("t0ken", str(SCENE))
    assert line.isascii()
    assert found.env == {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def test_a_resident_wheel(engine: BlenderEngine) -> None:
    found = invoke(engine, 1, installation=WHEEL)
    assert found.argv[:2] == (str(WHEEL.executable), "-u")
    assert Path(found.argv[2]).name == "blender_driver.py"


def test_options_reach_the_driver(engine: BlenderEngine) -> None:
    options = {"camera": "Nah", "samples": "4", "view_layers": "a,b", "device": "cpu", "scene": "S"}
    settings = json.loads(invoke(engine, 1, **options).greeting[0])["options"]
    assert (settings["camera"], settings["samples"], settings["view_layers"]) == ("Nah", 4, ["a", "b"])
    assert (settings["device"], settings["scene"], settings["scripts"]) == ("CPU", "S", False)


def test_options_of_the_program(engine: BlenderEngine) -> None:
    argv = invoke(engine, 1, scripts="1", factory_startup="1", extra_arguments="--debug,-noaudio").argv
    assert argv[1:][:7] == (
        "-b",
        "--factory-startup",
        "-y",
        "--python-exit-code",
        "47",
        "--debug",
        "-noaudio",
    )


@pytest.mark.parametrize(
    ("frames", "arguments"),
    [
        ((5,), ["-s", "5", "-e", "5", "-j", "1", "-a"]),
        ((1, 2, 3), ["-s", "1", "-e", "3", "-j", "1", "-a"]),
        ((2, 4, 6), ["-s", "2", "-e", "6", "-j", "2", "-a"]),
        ((1, 2, 4), ["-f", "1,2,4"]),
        ((1, 9), ["-s", "1", "-e", "9", "-j", "8", "-a"]),
    ],
)
def test_a_batch(engine: BlenderEngine, frames: tuple[int, ...], arguments: list[str]) -> None:
    argv = list(invoke(engine, *frames, mode=RunMode.BATCH).argv)
    assert argv[-len(arguments) :] == arguments
    place = argv.index(str(SCENE))
    assert argv[place - 1] == "47"
    assert argv[argv.index("-o") + 1] == str(STAGING / "shot_####")
    assert argv.index("-o") < argv.index(arguments[0]), "options act in order, so the frames come last"
    assert invoke(engine, 1, mode=RunMode.BATCH).greeting == ()


def test_a_batch_with_options(engine: BlenderEngine) -> None:
    argv = list(
        invoke(
            engine,
            1,
            mode=RunMode.BATCH,
            how="batch",
            scene="Shot 2",
            threads="2",
            file_format="open_exr",
            camera="Nah",
            samples="4",
        ).argv
    )
    order = [argv.index(part) for part in ("-S", "-t", "-F", "-P", "-o", "-s", "-a", "--")]
    assert order == sorted(order)
    assert argv[argv.index("-S") + 1] == "Shot 2"
    assert argv[argv.index("-F") + 1] == "OPEN_EXR"
    told = json.loads(argv[-1])
    assert (told["token"], told["folder"]) == ("t0ken", str(STAGING))
    assert (told["options"]["camera"], told["options"]["samples"]) == ("Nah", 4)
    assert argv[-2] == "--render-manager-setup"


def test_the_fallback_does_without_the_script_or_says_what_is_lost(engine: BlenderEngine) -> None:
    assert "-P" not in invoke(engine, 1, mode=RunMode.BATCH).argv
    with pytest.raises(UserError, match="camera, samples cannot be set"):
        invoke(engine, 1, mode=RunMode.BATCH, camera="Nah", samples="4")


def test_a_batch_of_a_scene_that_makes_a_movie_writes_pictures(engine: BlenderEngine) -> None:
    """The job expects PNG files; left alone, Blender would write one movie."""
    argv = list(invoke(engine, 1, 2, mode=RunMode.BATCH).argv)
    assert argv[argv.index("-F") + 1] == "PNG"


def test_what_a_batch_cannot_do(engine: BlenderEngine) -> None:
    with pytest.raises(UserError, match="bpy wheel has no batch mode"):
        invoke(engine, 1, mode=RunMode.BATCH, installation=WHEEL)
    with pytest.raises(UserError, match="negative frames"):
        invoke(engine, -1, 0, mode=RunMode.BATCH)


def test_modes_and_sizes(engine: BlenderEngine) -> None:
    assert engine.run_mode(make_spec()) is RunMode.RESIDENT
    assert engine.run_mode(make_spec(options={"mode": "batch"})) is RunMode.BATCH
    assert engine.run_length(make_spec(), range(100), 25) == 50
    assert engine.run_length(make_spec(options={"batch_size": 7}), range(100), 25) == 7
    assert engine.run_length(make_spec(), range(3), 25) == 3


def test_what_the_driver_is_told(engine: BlenderEngine) -> None:
    task = FrameTask(1, -5, 1, Path("/out/影 {x}"), "shot_-0005")
    line = engine.frame_order(task)
    assert json.loads(line) == {
        "do": "render",
        "frame": -5,
        "folder": str(task.staging_dir),
        "name": "shot_-0005",
    }
    assert "\n" not in line
    assert line.isascii()
    assert json.loads(engine.farewell()) == {"do": "quit"}


def test_endings_of_files(engine: BlenderEngine, tmp_path: Path) -> None:
    scene = engine.inspect(write_scene(tmp_path / "a.blend"))
    assert engine.output_suffix(scene, {}) == ".png"
    assert engine.output_suffix(scene, {"file_format": "OPEN_EXR_MULTILAYER"}) == ".exr"
    assert engine.output_suffix(replace(scene, is_movie=True, file_format="FFMPEG"), {}) == ".png"
    assert engine.output_suffix(replace(scene, file_format="UNKNOWN_99"), {}) == ""


def of_version(version: tuple[int, ...], **values: Any) -> Installation:
    text = ".".join(map(str, version))
    path = Path(f"/opt/blender-{text}")
    return replace(
        PROGRAM, version=version, version_text=text, executable=path, key=f"blender:{path}", **values
    )


OLD, NEAR, NEW = of_version((2, 93, 0)), of_version((3, 6, 2)), of_version((5, 0, 1))
NEW_WHEEL = replace(NEW, kind=InstallationKind.PYTHON_MODULE, key="blender:/venv")


@pytest.mark.parametrize(
    ("scene_version", "here", "chosen"),
    [
        ((2, 93), [NEW, NEAR, OLD], OLD),
        ((3, 0), [NEW, NEAR, OLD], NEAR),
        ((3, 6), [NEW, OLD, NEAR], NEAR),
        ((4, 0), [OLD, NEAR, NEW_WHEEL, NEW], NEW),
        ((4, 0), [NEW_WHEEL], NEW_WHEEL),
        ((3, 0), [NEAR, replace(NEW, found_by="setting BLENDER_EXECUTABLE")], "setting"),
        ((3, 0), [replace(NEAR, problem="It is broken."), NEW], NEW),
    ],
)
def test_the_nearest_installation_that_is_not_older(
    engine: BlenderEngine,
    tmp_path: Path,
    scene_version: tuple[int, int],
    here: list[Installation],
    chosen: Installation | str,
) -> None:
    scene = replace(engine.inspect(write_scene(tmp_path / "a.blend")), engine_version=scene_version)
    found = engine.choose_installation(scene, here, {})
    assert "BLENDER_EXECUTABLE" in found.found_by if chosen == "setting" else found == chosen


@pytest.mark.parametrize("wish", ["3.6", "3.6.2", "/opt/blender-3.6.2", "blender:/opt/blender-3.6.2"])
def test_a_wished_installation(engine: BlenderEngine, tmp_path: Path, wish: str) -> None:
    scene = engine.inspect(write_scene(tmp_path / "a.blend"))
    assert engine.choose_installation(scene, [OLD, NEAR, NEW], {"installation": wish}) == NEAR


def test_installations_that_do_not_do(engine: BlenderEngine, tmp_path: Path) -> None:
    scene = replace(engine.inspect(write_scene(tmp_path / "a.blend")), engine_version=(5, 2))
    with pytest.raises(UserError, match=r"saved by Blender 5\.2, and the newest one here is 5\.0\.1"):
        engine.choose_installation(scene, [OLD, NEW], {})
    with pytest.raises(UserError, match=r"No Blender was found .* Install Blender 5\.2 or newer"):
        engine.choose_installation(scene, [], {})
    with pytest.raises(UserError, match=r"There is no Blender “4\.5” .* Found: 2\.93\.0"):
        engine.choose_installation(scene, [OLD], {"installation": "4.5"})
    with pytest.raises(UserError, match=r"There is no Blender “3” .*Found: none"):
        engine.choose_installation(scene, [], {"installation": "3"})


@pytest.mark.parametrize(
    "code", ["camera-missing", "layer-missing", "scene-missing", "format-unknown", "no-gpu"]
)
def test_what_the_driver_finds_wrong_stays_wrong(engine: BlenderEngine, code: str) -> None:
    fault = engine.explain(ProcessOutcome(1), [], "Camera 'x' is not in the scene", code)
    assert (fault.code, fault.permanent, fault.scope) == (code, True, Scope.JOB)
    assert fault.text.startswith("Camera 'x' is not in the scene.")


@pytest.mark.parametrize(
    ("installation", "code", "falls"),
    [
        (PROGRAM, "script-failed", True),
        (PROGRAM, "driver-error", True),
        (PROGRAM, "crashed", False),
        (WHEEL, "script-failed", False),
    ],
)
def test_when_batch_mode_may_help(
    engine: BlenderEngine, installation: Installation, code: str, falls: bool
) -> None:
    fault = replace(engine.explain(ProcessOutcome(1), [], "", ""), code=code)
    assert engine.should_fall_back(installation, fault) is falls


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
def test_a_scene_of_its_own_making(engine: BlenderEngine, tmp_path: Path) -> None:
    path = write_scene(tmp_path / "a.blend", start=3, end=60, r__pic="//renders/x_##")
    scene = engine.inspect(path)
    assert (scene.frame_start, scene.frame_end, scene.engine_version) == (3, 60, (2, 93))
    assert engine.output_of(scene, {}).folder == tmp_path / "renders"
    assert list(engine.check(scene, PROGRAM, {}, make_spec().frames)) == []
