"""Whole jobs on the real POV-Ray, by the definition that comes with the program."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from support.command_line import CommandLine
from support.log_watch import LogWatch
from support.own_engines import povray
from support.processes import is_alive, wait_gone, wait_until
from support.real import Program, no_staging_left, pictures

from render_manager.domain import commands, facts
from render_manager.domain.changes import JobSnapshot
from render_manager.domain.errors import UserError
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from render_manager.engines.log_report import explain_log
from render_manager.engines.preparing import JobRequest, prepare

pytestmark = [pytest.mark.povray, pytest.mark.usefixtures("povray_program")]

SCENE = """\
#version 3.7;
global_settings { assumed_gamma 1.0 }
camera { location <0, 1, -4> look_at 0 }
light_source { <2, 4, -3> rgb 1 }
sphere { <2 * clock - 1, 0, 0>, 0.7 pigment { rgb <1, 0.3, 0.1> } }
"""
SMALL = {"width": 64, "height": 36, "threads": 1}


@contextmanager
def program_in(folder: Path, **settings: Any) -> Iterator[Program]:
    with Program(folder, engines=[povray()], **{"max_retries": 0, **settings}) as program:
        yield program


def scene_in(folder: Path, text: str = SCENE, name: str = "turn.pov") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def render(folder: Path, scene: Path, frames: str, **wishes: Any) -> tuple[JobSnapshot, dict[int, str]]:
    """Return a job at its end, and the reason and advice of each frame that failed."""
    return render_all(folder, [(scene, frames, wishes)])[0]


def render_all(
    folder: Path, jobs: Sequence[tuple[Path, str, dict[str, Any]]]
) -> list[tuple[JobSnapshot, dict[int, str]]]:
    """Render several jobs side by side: POV-Ray takes half a second to start, most of it asleep."""
    found = []
    with program_in(folder, slots=1 if len(jobs) == 1 else 2 * len(jobs)) as program:
        tokens = [
            program.submit(
                scene, frames=frames, **{**wishes, "options": {**SMALL, **wishes.get("options", {})}}
            )
            for scene, frames, wishes in jobs
        ]
        for token in tokens:
            job = program.wait_finished(token)
            failed = [one for one in program.attempts(job) if one.outcome is not AttemptOutcome.COMPLETED]
            found.append((job, {one.frame: f"{one.reason} {one.advice}" for one in failed}))
    return found


def names(*frames: int, scene: str = "turn") -> list[str]:
    return sorted(f"{scene}_{frame:04d}.png" for frame in frames)


def pixels(path: Path) -> bytes:
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


def test_a_job_and_its_pictures(tmp_path: Path) -> None:
    scene = scene_in(tmp_path / "Jürgen 影")
    with program_in(tmp_path) as program:
        job = program.render(scene, frames="1-3", options={**SMALL, "antialias": True})
        assert (job.state, job.counts[FrameState.COMPLETED]) == (JobState.COMPLETED, 3)
        attempts = program.attempts(job)
        assert len({one.log_path for one in attempts}) == 1, "one process rendered all of them"
        for nth, one in enumerate(attempts, 1):
            assert f"/turn_{nth}.png, 24 bpp PNG" in program.log_of(one).replace("\n", "")
        assert max(one.percent or 0.0 for one in program.progress) == 100.0
        assert program.of(facts.EngineWarned) == []
        assert {row.outputs for row in program.rows(job).values()} == {
            (str(scene.parent / "turn_render" / name),) for name in names(1, 2, 3)
        }
    out = scene.parent / "turn_render"
    assert pictures(out) == names(1, 2, 3)
    assert no_staging_left(out)
    with Image.open(out / "turn_0001.png") as picture:
        assert (picture.size, picture.mode) == ((64, 36), "RGB")
    assert len({pixels(out / name) for name in names(1, 2, 3)}) == 3, "the ball moves"


def test_single_frames_steps_slots_and_the_clock(tmp_path: Path) -> None:
    """The clock is that of the whole animation, whichever of its frames are rendered, in whatever runs."""
    scene = scene_in(tmp_path)
    whole = {"options": {"initial_frame": "0", "final_frame": "8"}}
    found = render_all(
        tmp_path,
        [
            (scene, "0-8x4,5", {}),
            (scene, "4", {"output": tmp_path / "one", **whole}),
            (scene, "4", {"output": tmp_path / "alone"}),
        ],
    )
    assert {job.state for job, _failed in found} == {JobState.COMPLETED}
    out = tmp_path / "turn_render"
    assert pictures(out) == names(0, 4, 5, 8)
    fourth = names(4)[0]
    assert pixels(tmp_path / "one" / fourth) == pixels(out / fourth)
    assert pixels(tmp_path / "alone" / fourth) == pixels(out / names(0)[0]), "it is its own first frame"


def test_options_change_the_picture(tmp_path: Path) -> None:
    scene = scene_in(tmp_path)
    options = {"transparent": True, "deep": True, "quality": "0", "extra_arguments": "+AM2"}
    render_all(tmp_path, [(scene, "1", {"options": options}), (scene, "1", {"output": tmp_path / "plain"})])
    out = tmp_path / "turn_render" / names(1)[0]
    assert out.read_bytes()[24:26] == bytes([16, 6]), "16 bits, RGBA"
    assert pixels(out) != pixels(tmp_path / "plain" / names(1)[0])


def test_names_of_scenes(tmp_path: Path) -> None:
    folder = tmp_path / "sp ace"
    scenes = [
        scene_in(folder, name=f"{name}.pov")
        for name in ("a b'c {x} %d +q; -r #1,(2)[3]=~", "-lead", "+lead", "sh010", "shot.v002_12.png")
    ]
    found = render_all(tmp_path, [(scene, "9-10", {}) for scene in scenes])
    assert [failed for _job, failed in found] == [{}] * len(scenes)
    for scene in scenes:
        out = folder / f"{scene.stem}_render"
        assert pictures(out) == names(9, 10, scene=scene.stem)


@pytest.mark.parametrize(
    ("name", "frames", "options", "sentence"),
    [
        ('d"q', "1", {}, 'since its name holds “"”. Rename the file or the folder.'),
        ("影", "1", {}, "since its name holds “影”."),
        ("turn", "-2-1", {}, "POV-Ray renders no frames below 0 here, and the job has frame -2."),
        ("turn", "7-12", {"final_frame": "9"}, "renders no frames above 9 here, and the job has frame 12."),
        ("turn", "", {}, "does not say which frames it has. Type the frames to render, such as 1-100."),
    ],
)
def test_what_is_refused_before_it_renders(
    tmp_path: Path, name: str, frames: str, options: dict[str, str], sentence: str
) -> None:
    scene = scene_in(tmp_path, name=f"{name}.pov")
    with program_in(tmp_path) as program:
        try:
            request = JobRequest(scene, frames=frames, options=options)
            found = prepare(request, catalog=program.catalog, settings=program.settings)
            said = " ".join(f"{problem.text} {problem.advice}" for problem in found.errors)
        except UserError as error:
            said = str(error)
    assert sentence in said


MISTAKES = {
    "include": (
        '#include "studio_materials_of_the_year.inc"\n' + SCENE,
        "The file studio_materials_of_the_year.inc was not found, which include.pov includes in line 1. Put",
    ),
    "texture": (
        SCENE + 'plane { z, 1 pigment { image_map { png "wood.png" } } }\n',
        "The file wood.png was not found, which texture.pov needs in line 6. Put it beside the scene",
    ),
    "brace": (
        SCENE + "sphere { 0, 1\n",
        "There is a mistake in brace.pov, line 6: No matching } in 'sphere'",
    ),
    "error": (
        SCENE + '#if (frame_number = 2) #error "no cache, says somebody who wrote it" #end\n',
        "The scene itself stopped the render, in error.pov, line 6: no cache, says somebody who wrote it.",
    ),
}


def test_mistakes_in_the_scene_are_said_with_their_line(tmp_path: Path) -> None:
    scenes = [scene_in(tmp_path, text, f"{name}.pov") for name, (text, _said) in MISTAKES.items()]
    found = render_all(tmp_path, [(scene, "2", {}) for scene in scenes])
    for scene, (job, failed) in zip(scenes, found, strict=True):
        assert job.state is JobState.FAILED
        assert MISTAKES[scene.stem][1] in failed[2]
        assert pictures(tmp_path / f"{scene.stem}_render") == []


def test_a_mistake_in_one_frame_costs_that_frame(tmp_path: Path) -> None:
    text = SCENE + '#if (frame_number = 3) #error "no cache" #end\n'
    job, failed = render(tmp_path, scene_in(tmp_path, text), "1-5", retries=2)
    assert (job.state, list(failed)) == (JobState.FAILED, [3]), "trying it again would be no use"
    assert "line 6: no cache." in job.reason
    assert pictures(tmp_path / "turn_render") == names(1, 2, 4, 5)


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        (
            {"options": {"extra_arguments": "+ZZ9"}},
            "POV-Ray cannot read one of its arguments. Check the option",
        ),
        ({"output": "Ünal"}, "that the output folder has only letters of ASCII in its name."),
    ],
)
def test_what_costs_the_job_costs_one_attempt(tmp_path: Path, wishes: dict[str, Any], sentence: str) -> None:
    if "output" in wishes:
        wishes = {"output": tmp_path / wishes["output"]}
    job, failed = render(tmp_path, scene_in(tmp_path), "1-5", retries=2, **wishes)
    assert (job.counts[FrameState.FAILED], list(failed)) == (5, [1])
    assert sentence in failed[1]


def test_a_scene_that_is_gone(tmp_path: Path) -> None:
    scene = scene_in(tmp_path / "scenes")
    with program_in(tmp_path) as program:
        spec = program.spec(scene, frames="1-3", options=SMALL)
        scene.rename(scene.with_name("other.pov"))
        job = program.wait_finished(program.submit_spec(spec))
        assert job.counts[FrameState.FAILED] == 3
        assert "POV-Ray could not open the scene file. Look whether it was moved or renamed" in job.reason
        assert len(program.attempts(job)) == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path, expected_logs: LogWatch) -> None:
    # As long as test_a_staging_folder_that_never_was fails.
    expected_logs.allow("a function on a media thread failed")
    (tmp_path / "file").touch()
    scene = scene_in(tmp_path)
    with program_in(tmp_path) as program:
        spec = replace(program.spec(scene, frames="1", options=SMALL), output_dir=tmp_path / "file" / "out")
        job = program.wait_finished(program.submit_spec(spec))
    assert job.state is JobState.FAILED
    assert "cannot be written to: Not a directory" in job.reason


def test_a_disk_that_is_full(tmp_path: Path, small_disk: Path) -> None:
    scene = scene_in(tmp_path)
    large = {"width": 1600, "height": 900, "threads": 0}
    with program_in(tmp_path) as program:
        spec = program.spec(scene, frames="1", options=large)
        job = program.wait_finished(program.submit_spec(replace(spec, output_dir=small_disk / "out")))
    assert job.state is JobState.FAILED
    assert "POV-Ray could not go on writing or reading one of its files. Look whether the disk" in job.reason


LONG = {"width": 1600, "height": 900, "threads": 1, "extra_arguments": ["+R9", "+A0.0", "+AM1"]}
"""Takes minutes."""


def running_povray(program: Program, *, after: int = 0) -> psutil.Process:
    """Return the process of POV-Ray itself once it renders, another one than `after`."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        children = psutil.Process().children(recursive=True)
        found[:] = [child for child in children if child.pid != after and is_alive(child.pid)]
        found[:] = [child for child in found if child.name() == "povray"]
        return bool(found)

    wait_until(is_there, "a process of POV-Ray")
    program.wait_for(lambda: any("pixels" in one.phase for one in program.progress), "progress")
    return found[0]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (
            signal.SIGTERM,
            "POV-Ray was stopped by something other than Render Manager. Render the frame again.",
        ),
        (
            signal.SIGKILL,
            "The system ended POV-Ray without a word; most often it does so when memory runs out.",
        ),
    ],
)
def test_a_process_that_is_ended_from_outside_is_tried_again(
    tmp_path: Path, number: signal.Signals, reason: str
) -> None:
    with program_in(tmp_path, max_retries=1, retry_delay=0.05) as program:
        token = program.submit(scene_in(tmp_path), frames="1-2", options=LONG)
        first = running_povray(program)
        first.send_signal(number)
        (failure,) = program.wait_fact(facts.FrameFailed)
        assert (failure.frame, failure.will_retry) == (1, True)
        assert reason in f"{failure.reason} {failure.advice}"
        again = running_povray(program, after=first.pid)
        assert program.jobs[token].state is JobState.RUNNING
    wait_gone([again.pid])
    out = tmp_path / "turn_render"
    assert pictures(out) == [], "not even the file with the state of the render"
    assert no_staging_left(out)


def test_a_job_that_is_cancelled(tmp_path: Path) -> None:
    with program_in(tmp_path) as program:
        token = program.submit(scene_in(tmp_path), frames="1-2", options=LONG)
        process = running_povray(program)
        program.post(commands.CancelJobs((program.jobs[token].id,)))
        job = program.wait_finished(token)
        wait_gone([process.pid])
        assert (job.state, job.counts[FrameState.CANCELLED]) == (JobState.CANCELLED, 2)
    assert pictures(tmp_path / "turn_render") == []
    assert no_staging_left(tmp_path / "turn_render")


def test_existing_files(tmp_path: Path) -> None:
    scene = scene_in(tmp_path)
    out = tmp_path / "turn_render"
    with program_in(tmp_path) as program:
        program.render(scene, frames="1-2", options=SMALL)
        (out / names(2)[0]).write_bytes((out / names(2)[0]).read_bytes()[:200])
        before = (out / names(1)[0]).stat().st_mtime_ns
        job = program.render(scene, frames="1-3", options=SMALL)
        states = {1: FrameState.SKIPPED, 2: FrameState.COMPLETED, 3: FrameState.COMPLETED}
        assert program.states(job) == states
    assert (out / names(1)[0]).stat().st_mtime_ns == before
    assert pictures(out) == names(1, 2, 3)


def test_the_command_line(tmp_path: Path) -> None:
    scene = scene_in(tmp_path / "a b")
    program = CommandLine(tmp_path)
    size = ("--set", "width=32", "--set", "height=18")
    answer = program.run("render", scene, "--frames", "1-2", *size, "--json")
    assert answer.code == 0
    assert pictures(tmp_path / "a b" / "turn_render") == names(1, 2)
    (log,) = (program.base / "logs" / "workers").rglob("*.log")
    with log.open(encoding="utf-8", newline="\n") as lines:
        report = explain_log(povray(), lines)
    assert (report.renderer, report.frames_completed, report.failed) == ("POV-Ray", (1, 2), False)
