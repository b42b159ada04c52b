"""A defined renderer as an engine: what it is started with, in which runs, and what its end means."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import make_spec
from support.own_engines import FRAME, TOY, engine_of, povray, write_definition

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import frame_name
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.commands.engine import MOST_LISTED_FRAMES, CommandEngine
from render_manager.engines.commands.finder import installation_of
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.protocols import FrameTask, Invocation, RunMode

# On Windows with the drive one is on.
SCENES = Path("/scenes/Küche 影").absolute()
STAGING = Path("/renders/shot/.render-manager/ab/run-1").absolute()
PROGRAM = Path("/opt/toy").absolute()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("definitions")


@pytest.fixture(scope="module")
def toy(folder: Path) -> CommandEngine:
    return defined(folder, TOY)


def defined(folder: Path, text: str) -> CommandEngine:
    return engine_of(read_definition(write_definition(folder, PROGRAM, text)))


def spec_of(frames: str = "1-10", **values: Any) -> JobSpec:
    given = {"scene": SCENES / "shot {a} %d.toy", "output_name": "shot {a} %d_####", "output_suffix": ".png"}
    return make_spec(frames, **{**given, **values})


def invoked(
    engine: CommandEngine, spec: JobSpec, frames: Sequence[int], staging: Path = STAGING
) -> Invocation:
    tasks = [
        FrameTask(1, frame, 1, staging, frame_name(spec.output_name, frame), owns_staging=False)
        for frame in frames
    ]
    program = installation_of(engine.id, PROGRAM, "test")
    return engine.invocation(spec, program, tasks, mode=RunMode.BATCH, token="")


def test_the_command_of_a_run(toy: CommandEngine) -> None:
    invocation = invoked(toy, spec_of(options={"size": "64x36", "extra_arguments": ["-q"]}), [3, 4, 5])
    assert invocation.argv == (
        *(str(PROGRAM), "-q", "--scene", str(SCENES / "shot {a} %d.toy")),
        *("--out", str(STAGING), "--name", "shot {a} %d_"),
        *("--from", "3", "--to", "5", "--step", "1", "--size", "64x36"),
    )
    assert (invocation.env, invocation.cwd, invocation.watches_files) == ({}, SCENES, True)
    assert "--size" not in invoked(toy, spec_of(), [3]).argv


def test_the_command_of_a_frame(folder: Path) -> None:
    invocation = invoked(defined(folder, FRAME), spec_of(), [-7])
    assert invocation.argv[1:] == (
        *("--scene", str(SCENES / "shot {a} %d.toy"), "--frame", "-7"),
        *("--file", f"{STAGING}/shot {{a}} %d_-0007.png"),
    )


EVERYTHING = """
[run.environment]
ALL = "{{frames}}|{{count}}|{{frame}}|{{step}}|{{padding}}|{{suffix}}|{{job_first}}|{{job_last}}"
LAST = "{{animation_last}}"
SCENE = "{{scene_file}}|{{scene_name}}|{{scene_folder}}|{{{{literal}}}}"
STAGING = "{{staging_relative}}"
"""


@pytest.mark.parametrize(
    ("folder_text", "cwd", "relative"),
    [
        ("{{scene_folder}}", SCENES, "../../renders/shot/.render-manager/ab/run-1"),
        ("{{staging}}", STAGING, "."),
        ("work", SCENES / "work", "../../../renders/shot/.render-manager/ab/run-1"),
        ("/", Path("/").absolute(), "renders/shot/.render-manager/ab/run-1"),
        ("", SCENES, "../../renders/shot/.render-manager/ab/run-1"),
    ],
)
def test_every_placeholder(folder: Path, folder_text: str, cwd: Path, relative: str) -> None:
    text = TOY.replace('mode = "batch"', f'mode = "batch"\nworking_folder = "{folder_text}"')
    engine = defined(folder, text.replace("[patterns]", EVERYTHING + "[patterns]"))
    invocation = invoked(engine, spec_of("1-9x2,20"), [3, 5, 7])
    assert invocation.cwd == cwd
    assert invocation.env == {
        "ALL": "3,5,7|3|3|2|4|.png|1|20",
        "LAST": "20",
        "SCENE": f"shot {{a}} %d.toy|shot {{a}} %d|{SCENES}|{{literal}}",
        "STAGING": relative.replace("/", os.sep),
    }


@pytest.mark.parametrize(
    ("name", "stem", "padding"),
    [("shot_####", "shot_", "4"), ("sh#t_##", "sh#t_", "2"), ("####", "", "4"), ("a b.#", "a b.", "1")],
)
def test_names_with_signs_in_them(folder: Path, name: str, stem: str, padding: str) -> None:
    engine = defined(folder, TOY.replace("[patterns]", EVERYTHING + "[patterns]"))
    invocation = invoked(engine, spec_of("3", output_name=name), [3])
    assert invocation.env["LAST"] == "4", "an animation has two frames"
    assert (invocation.argv[6], invocation.env["ALL"].split("|")[4]) == (stem, padding) or not stem


@pytest.mark.parametrize(
    ("frames", "share", "length"),
    [
        ([1, 2, 3, 4], 4, 4),
        ([1, 2, 3, 4], 2, 2),
        ([1, 2, 3, 4], 1, 1),
        ([7], 1, 1),
        ([1, 2, 5, 6], 4, 2),
        ([1, 4, 7, 8], 4, 3),
        ([-2, -1, 0, 1], 9, 4),
        ([1, 3, 4, 5], 4, 2),
    ],
)
def test_runs_of_frames_with_one_step(toy: CommandEngine, frames: list[int], share: int, length: int) -> None:
    assert toy.run_length(spec_of(), frames, share) == length


@pytest.mark.parametrize(
    ("frames", "length"), [([1, 2, 3], 3), ([1, 3, 5], 1), ([1, 2, 4], 2), ([5, 9], 1), ([7], 1)]
)
def test_a_program_that_knows_no_step_gets_frames_in_a_row(frames: list[int], length: int) -> None:
    """POV-Ray would render those in between as well."""
    assert povray().run_length(spec_of(), frames, len(frames)) == length


def test_other_runs(folder: Path, toy: CommandEngine) -> None:
    frames = list(range(1, 3001, 3))
    listed = TOY.replace('"--from", "{{first}}"', '"--frames", "{{frames}}", "--from", "{{first}}"')
    assert defined(folder, listed).run_length(spec_of(), [1, 5, 6, 90], 4) == 4
    assert defined(folder, listed).run_length(spec_of(), list(range(9000)), 9000) == MOST_LISTED_FRAMES
    escaped = TOY.replace('"--from", "{{first}}"', '"{{{{frames}}}}", "--from", "{{first}}"')
    assert defined(folder, escaped).run_length(spec_of(), [1, 2, 90], 3) == 2
    few = TOY.replace('mode = "batch"', 'mode = "batch"\nframes_per_run = 5')
    assert defined(folder, few).run_length(spec_of(), frames, 500) == 5
    assert defined(folder, few).run_length(spec_of(), frames, 2) == 2
    assert defined(folder, FRAME).run_length(spec_of(), frames, 500) == 1
    assert toy.run_mode(spec_of()) is RunMode.BATCH


@given(
    frames=st.lists(st.integers(-50, 50), min_size=1, max_size=30, unique=True).map(sorted),
    share=st.integers(1, 40),
)
def test_a_run_is_what_its_command_says(toy: CommandEngine, frames: list[int], share: int) -> None:
    length = toy.run_length(spec_of(), frames, share)
    assert 1 <= length <= min(share, len(frames))
    argv = invoked(toy, spec_of(), frames[:length]).argv
    first, last, step = (int(argv[argv.index(name) + 1]) for name in ("--from", "--to", "--step"))
    assert list(range(first, last + 1, step)) == frames[:length]


def test_patience(folder: Path, toy: CommandEngine) -> None:
    assert (toy.patience(spec_of()).stall_s, toy.patience(spec_of()).leave_s) == (600, 1)
    for_ever = defined(folder, TOY.replace("stall_s = 600", "stall_s = 0"))
    assert for_ever.patience(spec_of()).stall_s is None


@pytest.mark.parametrize("name", ["toy.bat", "Toy.CMD"])
def test_a_script_of_the_command_prompt_gets_nothing_that_it_would_misread(
    toy: CommandEngine, name: str
) -> None:
    """A scene of this name would start another program, and with `%` show what is in the environment."""
    script = installation_of("toy", PROGRAM.with_name(name), "test")
    task = FrameTask(1, 1, 1, STAGING, "shot_0001", owns_staging=False)

    def argv(scene: str, **options: Any) -> tuple[str, ...]:
        spec = spec_of(scene=SCENES / scene, output_name="shot_####", options=options)
        return toy.invocation(spec, script, [task], mode=RunMode.BATCH, token="").argv

    assert argv("a b.toy")[:3] == (str(script.executable), "--scene", str(SCENES / "a b.toy"))
    for scene in ("a&calc.toy", "%PATH%.toy"):
        with pytest.raises(UserError) as caught:
            argv(scene)
        assert str(caught.value) == (
            f"{script.executable} is a script of the Windows command prompt and cannot be given "
            f"{SCENES / scene}. Name the program that the script starts, or rename what it is given."
        )
    with pytest.raises(UserError, match=r"cannot be given a\|b"):
        argv("a.toy", extra_arguments=["a|b"])


# What is said before anything is rendered.


def scene_file(folder: Path, name: str = "shot.pov") -> Path:
    path = folder / name
    path.write_text("sphere { 0, 1 }", "utf-8")
    return path


def problems(engine: CommandEngine, scene: Path, frames: str = "1-3", **options: Any) -> list[str]:
    program = installation_of(engine.id, PROGRAM, "test")
    found = engine.check(
        engine.inspect(scene), program, engine.check_options(options), FrameSet.parse(frames)
    )
    assert all(problem.severity is Severity.ERROR for problem in found)
    return [f"{problem.text} {problem.advice}" for problem in found]


@pytest.mark.parametrize(
    ("frames", "options", "sentence"),
    [
        ("0-3", {}, ""),
        (
            "-2-3",
            {},
            "POV-Ray renders no frames below 0 here, and the job has frame -2. Leave such frames out",
        ),
        ("5-9", {"initial_frame": "5"}, ""),
        ("0-3", {"initial_frame": "0"}, ""),
        ("9-4", {"initial_frame": "5"}, "renders no frames below 5 here, and the job has frame 4."),
        ("1-9", {"final_frame": "9"}, ""),
        ("1-10", {"final_frame": "9"}, "renders no frames above 9 here, and the job has frame 10."),
        ("-1", {"initial_frame": "5"}, "renders no frames below 5 here, and the job has frame -1."),
    ],
)
def test_frames_that_a_program_does_not_render(
    tmp_path: Path, frames: str, options: dict[str, Any], sentence: str
) -> None:
    said = problems(povray(), scene_file(tmp_path), frames, **options)
    assert [sentence in text for text in said] == ([True] if sentence else [])


def test_a_program_that_renders_any_frame(toy: CommandEngine, tmp_path: Path) -> None:
    assert problems(toy, scene_file(tmp_path, "d'q 影.toy"), "-99999-3x50") == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a b'c {x} %d +q; -r #1,(2)[3]=~.pov", ""),
        ("-lead.pov", ""),
        ('d"q.pov', '"'),
        ("Küche.pov", "ü"),
        ("影.pov", "影"),
        ("a\tb.pov", "\t"),
    ],
)
def test_names_that_a_program_cannot_open(tmp_path: Path, name: str, found: str) -> None:
    if sys.platform == "win32" and found in {'"', "\t"}:
        pytest.skip("Windows has no files with such names")
    folder = tmp_path / "Jürgen 影"
    folder.mkdir()
    scene = scene_file(folder, name)
    said = problems(povray(), scene)
    sentence = f"POV-Ray cannot open {scene}, since its name holds “{found}”. Rename the file or the folder."
    assert said == ([sentence] if found else []), "the folder is never named to it"


def test_a_folder_that_is_named_to_the_program_counts(folder: Path, tmp_path: Path) -> None:
    ascii_only = TOY.replace('mode = "batch"', "mode = \"batch\"\nrefused_in_paths = '[^ -~]'")
    (tmp_path / "Jürgen").mkdir()
    said = problems(defined(folder, ascii_only), scene_file(tmp_path / "Jürgen", "a.toy"))
    assert "its name holds “ü”" in said[0]


# Which program renders.


def test_the_program_that_is_chosen(toy: CommandEngine, tmp_path: Path) -> None:
    program = tmp_path / "toy"
    program.touch()
    new, old = (
        installation_of("toy", Path(f"/opt/{name}"), "test", version)
        for name, version in (("b", "2.0"), ("a", "1.0"))
    )
    scene = toy.inspect(scene_file(tmp_path))
    assert toy.choose_installation(scene, [new, old], {}) is new
    for wish in ("1.0", str(old.executable), old.executable.as_posix(), old.key):
        assert toy.choose_installation(scene, [new, old], {"installation": wish}) is old
    named = toy.choose_installation(scene, [], {"executable": str(program)})
    assert (named.executable, named.key) == (program, f"toy:{program}")
    assert toy.installation_at(program) == replace(named, found_by="named by you")
    for options, installations, sentence in (
        ({"executable": "/no/toy"}, [], "/no/toy is no program. Correct the option executable."),
        ({"executable": str(tmp_path)}, [], "is no program"),
        (
            {"installation": "3.0"},
            [new],
            f"ToyRender 3.0 was not found on this computer. There is: 2.0 {new.executable}.",
        ),
        (
            {},
            [],
            f"ToyRender was not found on this computer (looked for: {PROGRAM}). Install it, or name its",
        ),
        ({"installation": "3.0"}, [], "ToyRender was not found on this computer"),
    ):
        with pytest.raises(UserError) as caught:
            toy.choose_installation(scene, installations, options)
        assert sentence in str(caught.value)


# What it writes.


def test_names_sizes_and_endings(folder: Path, toy: CommandEngine, tmp_path: Path) -> None:
    scene = toy.inspect(scene_file(tmp_path, "a{b}#1.toy"))
    assert (toy.output_of(scene, {}).folder, toy.output_of(scene, {}).name) == (None, "a{b}#1_####")
    assert (toy.output_suffix(scene, {}), toy.image_size_px(scene, {})) == (".png", (0, 0))
    assert toy.image_size_px(replace(scene, width=5, height=6), {}) == (5, 6)
    ray = povray()
    assert ray.image_size_px(scene, {}) == (1920, 1080)
    assert ray.image_size_px(scene, {"width": 320, "height": 0}) == (0, 0)
    named = defined(
        folder, TOY + '\n[output]\nname = "{{scene_name}}_{{size}}_##"\nwidth = 64\nheight = 36\n'
    )
    assert named.output_of(scene, {"size": "a/b:*c"}).name == "a{b}#1_a_b__c_##"
    assert named.image_size_px(scene, {}) == (64, 36)


def test_what_no_defined_renderer_is_asked(toy: CommandEngine) -> None:
    program = installation_of("toy", PROGRAM, "test")
    assert not toy.should_fall_back(program, Diagnosis("x", "X."))
    assert toy.farewell() == ""
    assert toy.option_help()["size"]
    assert [field.name for field in toy.fields(None)] == ["size"]


# What its end means.


def explained(engine: CommandEngine, lines: str, exit_code: int | None, error: str = "") -> Diagnosis:
    parser = engine.parser("", None, [1])
    outcome = ProcessOutcome(exit_code)
    events = [event for line in lines.splitlines() for event in parser.feed(line)]
    remarks = [event for event in (*events, *parser.finish(outcome)) if hasattr(event, "meaning")]
    return engine.explain(outcome, remarks, error)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "exit_code", "code", "text"),
    [
        ("", 0, "no-frame", "ToyRender ended without an error and without writing the frame."),
        ("", 3, "exit-code", "ToyRender ended with exit code 3 before it wrote the frame."),
        ("", 7, "exit-code", "ToyRender has no licence."),
        ("", -11, "crashed", "ToyRender crashed in the middle of its work. It crashed with SIGSEGV."),
        ("", None, "not-started", "ToyRender could not be started."),
        ("ERROR: texture a is missing", 1, "missing-texture", "The texture a was not found."),
        ("ERROR: texture a is missing", 0, "missing-texture", "The texture a was not found."),
        ("ERROR: texture a is missing", 7, "missing-texture", "The texture a was not found."),
        (
            "ERROR: texture a is missing\nFATAL: frame 1 has no camera",
            1,
            "no-camera",
            "Frame 1 has no camera.",
        ),
        ("begin frame 1\nFATAL: frame 1 has no camera", -6, "no-camera", "Frame 1 has no camera."),
    ],
)
def test_reasons(toy: CommandEngine, lines: str, exit_code: int | None, code: str, text: str) -> None:
    diagnosis = explained(toy, lines, exit_code)
    assert (diagnosis.code, diagnosis.text) == (code, text)
    assert diagnosis.advice
    assert diagnosis.crashed is (exit_code in (-11, -6))


def test_exit_codes_below_0(folder: Path) -> None:
    """Windows has none, and tells -1 as the largest number of 32 bits."""
    negative = defined(folder, TOY.replace("[exit_codes.7]", "[exit_codes.-1]"))
    assert explained(negative, "", 0xFFFFFFFF).text == "ToyRender has no licence."
    assert explained(negative, "", 0xFFFFFFFE).text == (
        "ToyRender ended with exit code -2 before it wrote the frame."
    )


def test_how_far_a_reason_reaches(toy: CommandEngine) -> None:
    licence = explained(toy, "", 7)
    assert (licence.permanent, licence.scope) == (True, Scope.JOB)
    camera = explained(toy, "FATAL: frame 1 has no camera", 1)
    assert (camera.permanent, camera.scope) == (True, Scope.FRAME)
    texture = explained(toy, "ERROR: texture a is missing", 1)
    assert (texture.permanent, texture.scope) == (False, Scope.FRAME)


def test_the_reason_of_a_frame_that_was_lost_on_the_way(toy: CommandEngine) -> None:
    diagnosis = toy.explain(None, (), "FATAL: frame 9 has no camera")
    assert (diagnosis.code, diagnosis.text) == ("no-camera", "Frame 9 has no camera.")
