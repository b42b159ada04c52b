"""Maya as an engine: choosing an installation, checking a scene, and what a worker's parser knows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_spec
from support.maya import installation_of, scene_info
from support.maya_lines import codes, parse, steps

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.protocols import (
    Engine,
    FieldKind,
    FrameTask,
    Installation,
    Patience,
    RunMode,
)

MARK = "t0ken"
AT = "00:00:09   514MB         | "


class Reader:
    """Reads scenes that a test has made up."""

    def __init__(self) -> None:
        self.scene: SceneInfo | None = None
        self.count = 0

    def __call__(self, path: Path, scene: str) -> SceneInfo:
        self.count += 1
        if self.scene is None:
            raise UserError("It is not a scene.")
        return replace(self.scene, path=path)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def engine(reader: Reader) -> Engine:
    return MayaEngine(finder=MayaFinder(None, places=list), read_scene=reader)


def of_version(*version: int, found_by: str = "folder") -> Installation:
    text = ".".join(map(str, version)) or "unknown"
    return replace(installation_of(Path(f"/usr/autodesk/maya{text}/bin/Render"), version), found_by=found_by)


OLD, HALF, SAME, NEWER, NEWEST = (of_version(*v) for v in ((2016,), (2016, 5), (2023,), (2024,), (2027,)))
UNKNOWN = of_version()


@pytest.mark.parametrize(
    ("scene", "here", "chosen"),
    [
        ((2023,), [OLD, NEWEST, SAME, NEWER], SAME),
        ((2022,), [OLD, NEWEST, NEWER], NEWER),
        ((2016,), [HALF, NEWEST], HALF),
        ((2016, 5), [OLD, HALF], HALF),
        ((), [OLD, NEWEST, NEWER], NEWEST),
        ((2023,), [UNKNOWN, NEWEST], NEWEST),
        ((2023,), [UNKNOWN], UNKNOWN),
        ((2023,), [SAME, of_version(2024, found_by="setting MAYA_EXECUTABLE")], "named"),
        ((2025,), [NEWEST, of_version(2024, found_by="setting MAYA_EXECUTABLE")], NEWEST),
        ((2023,), [replace(SAME, problem="It is broken."), NEWER], NEWER),
    ],
)
def test_the_scenes_version_or_the_next_newer(
    engine: Engine, scene: tuple[int, ...], here: list[Installation], chosen: Installation | str
) -> None:
    found = engine.choose_installation(scene_info(engine_version=scene), here, {})
    assert "MAYA_EXECUTABLE" in found.found_by if chosen == "named" else found == chosen


def test_never_an_older_one(engine: Engine) -> None:
    with pytest.raises(UserError, match=r"saved by Maya 2025, and the newest one here is 2023"):
        engine.choose_installation(scene_info(engine_version=(2025,)), [OLD, SAME], {})
    with pytest.raises(UserError, match=r"No Maya was found on this computer\. Install Maya 2025, or name"):
        engine.choose_installation(scene_info(engine_version=(2025,)), [], {})


@pytest.mark.parametrize(
    "wish", ["2024", "maya:/usr/autodesk/maya2024/bin/Render", "/usr/autodesk/maya2024/bin/Render"]
)
def test_a_wished_installation(engine: Engine, wish: str) -> None:
    assert engine.choose_installation(scene_info(), [SAME, NEWER], {"installation": wish}) == NEWER


def test_a_wish_that_cannot_be_had(engine: Engine) -> None:
    with pytest.raises(UserError, match=r"There is no Maya “2019” .* Found: 2023"):
        engine.choose_installation(scene_info(), [SAME], {"installation": "2019"})


def test_any_program_that_is_named(engine: Engine, tmp_path: Path) -> None:
    program = tmp_path / "maya2022" / "bin" / "Render"
    program.parent.mkdir(parents=True)
    program.touch()
    found = engine.choose_installation(scene_info(), [SAME], {"executable": str(program.with_name("Render"))})
    assert (found.executable, found.version) == (program, (2022,))
    assert engine.installation_at(program.parent) == replace(found, found_by="named by the user")
    with pytest.raises(UserError, match="cannot be used as Maya: there is no such program"):
        engine.choose_installation(scene_info(), [SAME], {"executable": str(tmp_path / "gone")})


def check(
    engine: Engine, scene: SceneInfo, maya: Installation = SAME, frames: str = "1-10", **options: Any
) -> dict[str, Severity]:
    problems = engine.check(scene, maya, engine.check_options(options), FrameSet.parse(frames))
    for problem in problems:
        assert problem.text.endswith(".")
        assert not problem.advice or problem.advice.endswith(".")
    return {problem.code: problem.severity for problem in problems}


@pytest.fixture
def scene(tmp_path: Path) -> SceneInfo:
    return scene_info(extra={"project": str(tmp_path)})


E, W = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    ("maya", "theirs", "expected"),
    [
        (SAME, (2023,), {}),
        (NEWER, (2023,), {"older-scene": W}),
        (OLD, (2023,), {"newer-scene": E}),
        (UNKNOWN, (2023,), {"version-unknown": W}),
        (SAME, (), {"version-unknown": W}),
    ],
)
def test_versions_that_differ_are_told(
    engine: Engine,
    scene: SceneInfo,
    maya: Installation,
    theirs: tuple[int, ...],
    expected: dict[str, Severity],
) -> None:
    assert check(engine, replace(scene, engine_version=theirs), maya) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"camera": "shotCam"}, {}),
        ({"camera": "|group|shotCam"}, {}),
        ({"camera": "shotCamShape"}, {}),
        ({"camera": "nobody"}, {"camera-missing": E}),
        ({"layers": "rs_fog"}, {}),
        ({"layers": "fog"}, {}),
        ({"layers": "rs_fog,rs_nobody"}, {"layer-missing": E}),
        ({"project": "/not/there"}, {"project-missing": E}),
        ({"gpus": "0"}, {"option-lost": W}),
        ({"renderer": "redshift", "gpus": "0"}, {}),
        ({"renderer": "redshift", "threads": 4}, {"option-lost": W}),
        ({"renderer": "vray", "device": "GPU"}, {"option-lost": W}),
        ({"renderer": "renderman"}, {"own-names": W}),
        ({"renderer": "3delight"}, {"renderer-unfit": E}),
        ({"renderer": "octane", "width": 100}, {"size-kept": W}),
        ({"renderer": "vray", "width": 100}, {}),
        ({"frames": "0-10"}, {"outside-range": W}),
        ({"frames": "1-11"}, {"outside-range": W}),
    ],
)
def test_what_does_not_fit_the_scene(
    engine: Engine, scene: SceneInfo, options: dict[str, Any], expected: dict[str, Severity]
) -> None:
    frames = str(options.pop("frames", "1-10"))
    with_layers = replace(scene, layers=("rs_fog",), choices={"layers": ("rs_fog", "rs_off")})
    assert check(engine, with_layers, frames=frames, **options) == expected


def test_a_size_that_nobody_knows(engine: Engine, scene: SceneInfo) -> None:
    unknown = replace(scene, width=0, height=0, renderer="vray")
    assert check(engine, unknown, width=100) == {"size-unknown": E}
    assert check(engine, unknown, width=100, height=50) == {}


def test_the_project_folder(engine: Engine) -> None:
    assert check(engine, scene_info(extra={"project": ""})) == {"no-project": W}
    assert check(engine, scene_info(extra={"project": "/not/there"})) == {"project-missing": W}


def test_a_range_that_the_file_does_not_say(engine: Engine, scene: SceneInfo) -> None:
    assert check(engine, replace(scene, has_frame_range=False), frames="900-901") == {}


def test_problems_of_the_scene_as_far_as_the_options_leave_them(engine: Engine, scene: SceneInfo) -> None:
    own = {
        "no-camera": E,
        "several-cameras": W,
        "no-layers": E,
        "empty-range": E,
        "movie-output": W,
        "worm": W,
    }
    problems = tuple(Problem(code, severity, "It is so.") for code, severity in own.items())
    found = replace(scene, problems=problems, layers=())
    del own["empty-range"]
    assert check(engine, found) == own
    assert check(engine, found, camera="shotCam", layers="rs_a", image_format="exr") == {"worm": W}


def test_a_renderer_that_is_not_installed(engine: Engine, scene: SceneInfo, tmp_path: Path) -> None:
    described = tmp_path / "maya2023" / "bin" / "rendererDesc"
    described.mkdir(parents=True)
    (described / "swRenderer.xml").touch()
    maya = replace(SAME, executable=described.parent / "Render")
    assert check(engine, scene, maya) == {"renderer-missing": W}
    assert check(engine, scene, maya, renderer="mayaSoftware") == {}


@pytest.mark.parametrize(
    ("options", "suffix"),
    [
        ({}, ".exr"),
        ({"image_format": "png"}, ".png"),
        ({"image_format": "jpg"}, ""),
        ({"image_format": "tif"}, ""),
    ],
)
def test_endings_of_files(engine: Engine, options: dict[str, Any], suffix: str) -> None:
    assert engine.output_suffix(scene_info(), options) == suffix
    assert engine.output_suffix(scene_info(extra={"image_suffix": ""}), {}) == ""
    assert engine.output_suffix(scene_info(), {"renderer": "mtoa"}) == ".exr"
    assert engine.output_suffix(scene_info(), {"renderer": "sw"}) == ""
    assert engine.output_suffix(scene_info(extra={"image_suffix": ".iff"}), {}) == ".iff"


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, (1920, 1080)),
        ({"width": 640}, (640, 1080)),
        ({"resolution_percent": 50}, (960, 540)),
        ({"resolution_percent": 33}, (0, 0)),
        ({"resolution_percent": 33, "renderer": "vray"}, (633, 356)),
        ({"resolution_percent": 50, "renderer": "octane"}, (1920, 1080)),
        ({"extra_arguments": ("-reg", "0", "9", "0", "9")}, (0, 0)),
    ],
)
def test_sizes_of_pictures(engine: Engine, options: dict[str, Any], size: tuple[int, int]) -> None:
    assert engine.image_size_px(scene_info(), options) == size
    assert engine.image_size_px(scene_info(width=0), {}) == (0, 0)


def test_fields_offer_what_the_scene_has(engine: Engine) -> None:
    fields = {field.name: field for field in engine.fields(scene_info(choices={"layers": ("rs_a",)}))}
    assert [value for value, _text in fields["camera"].choices] == ["persp", "shotCam"]
    assert fields["layers"].choices == (("rs_a", "rs_a"),)
    assert ("arnold", "Arnold") in fields["renderer"].choices
    assert fields["project"].kind is FieldKind.TEXT
    assert [field.name for field in engine.fields(None)] == list(fields)
    assert set(fields) <= set(engine.option_help())


def test_how_maya_is_driven(engine: Engine) -> None:
    spec = make_spec()
    assert engine.run_mode(spec) is RunMode.BATCH
    assert engine.run_length(spec, range(1, 100), 25) == 25
    assert engine.run_length(make_spec(options={"batch_size": 7}), range(1, 100), 25) == 7
    assert engine.run_length(spec, [1, 3, 4, 5], 25) == 1
    assert engine.patience(spec) == Patience(stall_s=900.0, leave_s=60.0)
    loose = make_spec(options={"stall_timeout_s": 0, "leave_timeout_s": 5})
    assert engine.patience(loose) == Patience(stall_s=None, leave_s=5.0)
    assert engine.suffixes == (".ma", ".mb")
    assert not engine.should_fall_back(SAME, engine.explain(ProcessOutcome(1), [], ""))


def started(engine: Engine, spec: JobSpec, frames: Sequence[int], token: str = MARK) -> list[str]:
    tasks = [FrameTask(1, frame, 1, Path("/out/run-1"), "x", owns_staging=False) for frame in frames]
    return list(engine.invocation(spec, SAME, tasks, mode=RunMode.BATCH, token=token).argv)


def test_a_workers_parser_knows_its_run(engine: Engine, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.ma"
    path.write_text("x")
    reader.scene = scene_info(layers=("rs_a", "rs_b"))
    spec = make_spec("1-9", engine="maya", scene=path)
    started(engine, spec, [5, 6])
    parser = engine.parser("t0ken", spec, [5, 6])
    lines = [f"{AT}  50% done - 3 rays/pixel", f"{AT}render done", f"{AT}  50% done - 3 rays/pixel"]
    assert steps(parse(lines, parser)) == ["+5", "5:25", "+6", "6:25"]  # type: ignore[arg-type]


def test_a_scene_is_read_once_while_it_stays_the_same(engine: Engine, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.ma"
    path.write_text("x")
    reader.scene = scene_info(renderer="mayaSoftware")
    spec = make_spec("1-9", engine="maya", scene=path)
    assert engine.inspect(path).renderer == "mayaSoftware"
    for token in ("a", "b", "c"):
        assert "sw" in started(engine, spec, [1], token)
        engine.parser(token, spec)
    assert reader.count == 1
    reader.scene = scene_info(renderer="arnold")
    path.write_text("changed")
    assert "arnold" in started(engine, spec, [1])
    assert reader.count == 2


def test_a_scene_that_cannot_be_read_is_left_to_maya(engine: Engine, tmp_path: Path) -> None:
    spec = make_spec("1-9", engine="maya", scene=tmp_path / "gone.ma")
    assert "file" in started(engine, spec, [1])
    line = 'Error: Plug-in, "mtoa", was not found on MAYA_PLUG_IN_PATH.'
    assert codes(parse([line], engine.parser("t0ken", spec))) == ["plugin-missing"]  # type: ignore[arg-type]
    with pytest.raises(UserError):
        engine.inspect(tmp_path / "gone.ma")


def test_options_are_kept_as_json_without_defaults(engine: Engine) -> None:
    assert engine.check_options({}) == {}
    assert engine.check_options({"layers": "a,b", "device": "gpu", "gpus": "1"}) == {
        "layers": ["a", "b"],
        "device": "GPU",
        "gpus": [1],
    }
