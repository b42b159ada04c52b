"""Whole jobs on a renderer that only a user's definition knows, in batches and frame by frame."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.command_line import CommandLine
from support.own_engines import FRAME, TOY, install, povray, toy, write_definition, write_scene
from support.real import Program, no_staging_left, pictures

from render_manager.domain import facts
from render_manager.domain.changes import AttemptRecord, JobSnapshot
from render_manager.domain.facts import EngineWarned
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from render_manager.media import examine
from render_manager.scheduling.staging import forget_note

NAMED_BY_PROGRAM = TOY.replace('mode = "batch"', 'mode = "frame"')
"""One frame a process, which makes the name of its file itself."""


class Desk:
    """Renders scenes of the stand-in, each with a program of its own, and keeps what became of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "scenes" / "shot_render"
        self.states: dict[int, FrameState] = {}
        self.attempts: list[AttemptRecord] = []
        self.warnings: list[str] = []

    def render(self, definition: str, *wishes: str, frames: str = "1-4", **values: Any) -> JobSnapshot:
        engine = toy(self.folder / "bin", definition)
        scene = write_scene(self.folder / "scenes", *wishes)
        settings = {"max_retries": 0, **values.pop("settings", {})}
        with Program(self.folder, engines=[engine], **settings) as program:
            job = program.render(scene, frames=frames, **values)
            self.states = program.states(job)
            self.attempts = program.attempts(job)
            self.warnings = [fact.text for fact in program.of(EngineWarned)]
        return job

    def failed(self) -> dict[int, str]:
        """Return the code of each attempt that failed, by frame."""
        return {one.frame: one.code for one in self.attempts if one.outcome is not AttemptOutcome.COMPLETED}

    def logs(self) -> set[str]:
        """Return the logs, one of each process."""
        return {one.log_path for one in self.attempts}

    def files(self) -> list[str]:
        """Return all files of the output folder, decoded to their end."""
        found = sorted(path for path in self.out.rglob("*") if path.is_file())
        for path in found:
            examine(path)
        return [path.relative_to(self.out).as_posix() for path in found]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def names(*frames: int, folders: Sequence[str] = ("",)) -> list[str]:
    return sorted(f"{folder}shot_{frame:04d}.png" for folder in folders for frame in frames)


both = pytest.mark.parametrize("definition", [TOY, FRAME], ids=["batch", "frame"])


@both
def test_a_job(desk: Desk, definition: str) -> None:
    job = desk.render(definition, options={"size": "20x10"} if definition == TOY else {})
    assert job.state is JobState.COMPLETED
    assert desk.files() == names(1, 2, 3, 4)
    assert no_staging_left(desk.out)
    assert desk.warnings == []
    assert len(desk.logs()) == (1 if definition == TOY else 4)
    with Image.open(desk.out / "shot_0001.png") as picture:
        assert picture.size == ((20, 10) if definition == TOY else (32, 18))


@both
def test_layers_in_folders_and_another_padding(desk: Desk, definition: str) -> None:
    desk.render(definition, "layers = beauty,depth", "digits = 2", frames="8-11")
    assert desk.files() == names(8, 9, 10, 11, folders=("", "beauty/", "depth/"))


def test_a_layer_that_one_frame_lacks_is_rendered_again(desk: Desk) -> None:
    job = desk.render(TOY, "layers = beauty", "skip_layer_at = 2", frames="1-3")
    assert (job.state, desk.failed()) == (JobState.FAILED, {2: "file-missing"})


@both
def test_a_program_that_says_nothing(desk: Desk, definition: str) -> None:
    """Its files alone tell that the frames are done."""
    assert desk.render(definition, "silent", frames="1-2").state is JobState.COMPLETED
    assert desk.files() == names(1, 2)


HOW = "access violation (0xC0000005)" if sys.platform == "win32" else "SIGSEGV"
CRASHED = f"ToyRender crashed in the middle of its work. It crashed with {HOW}."


@pytest.mark.parametrize(
    ("definition", "wish", "code", "reason"),
    [
        (TOY, "crash_at", "crashed", CRASHED),
        (FRAME, "crash_at", "crashed", CRASHED),
        (TOY, "quit_at", "exit-code", "ToyRender ended with exit code 9 before it wrote the frame."),
        (TOY, "stop_at", "no-camera", "Frame 2 has no camera."),
        (TOY, "fatal_at", "no-camera", "Frame 2 has no camera."),
        (FRAME, "fatal_at", "no-camera", "Frame 2 has no camera."),
        (TOY, "half_at", "bad-file", "is cut off: the file ends before its picture does"),
        (TOY, "no_file_at", "no-file", "wrote no picture"),
        (FRAME, "no_file_at", "no-file", "wrote no picture"),
    ],
)
def test_what_goes_wrong_with_a_frame_costs_that_frame(
    desk: Desk, definition: str, wish: str, code: str, reason: str
) -> None:
    desk.render(definition, f"{wish} = 2", frames="1-3")
    assert desk.failed() == {2: code}
    assert reason in next(one.reason for one in desk.attempts if one.code)
    assert desk.files() == names(1, 3)
    assert no_staging_left(desk.out)


def test_a_program_that_hangs(desk: Desk) -> None:
    desk.render(TOY.replace("stall_s = 600", "stall_s = 1"), "hang_at = 2", frames="1-3")
    assert desk.failed() == {2: "stalled"}
    assert desk.files() == names(1, 3)


def test_an_error_after_which_the_frame_is_written_is_a_warning(desk: Desk) -> None:
    assert desk.render(TOY, "error_at = 2").state is JobState.COMPLETED
    assert desk.warnings == ["The texture wood_2.png was not found."]


def test_the_end_without_a_picture_and_without_an_error(desk: Desk) -> None:
    job = desk.render(TOY, "at_once", frames="1-2")
    assert job.state is JobState.FAILED
    assert desk.failed() == {1: "no-frame", 2: "no-frame"}


def test_an_exit_code_that_costs_the_job(desk: Desk) -> None:
    job = desk.render(TOY, "at_once", "exit = 7", frames="1-9")
    assert (job.counts[FrameState.FAILED], len(desk.attempts)) == (9, 1)
    assert "ToyRender has no licence. Start the licence server." in job.reason


def test_a_frame_that_cannot_be_is_not_tried_again_and_others_are(desk: Desk) -> None:
    patient = {"max_retries": 2, "retry_delay": 0.05}
    desk.render(TOY, "stop_at = 1", "quit_at = 3", frames="1-3", settings=patient)
    assert [one.frame for one in desk.attempts] == [1, 2, 3, 3, 3]


def test_a_program_that_does_not_leave(desk: Desk) -> None:
    """Its next run waits no longer for it than the definition says."""
    few = TOY.replace('mode = "batch"', 'mode = "batch"\nframes_per_run = 2')
    job = desk.render(few.replace("leave_s = 1", "leave_s = 0.2"), "hang_at_end", frames="1-3")
    assert job.state is JobState.COMPLETED
    assert desk.warnings == ["ToyRender did not end by itself after its last frame, and was ended."]


def test_steps_slots_and_negative_frames(desk: Desk) -> None:
    job = desk.render(TOY, frames="-4-8x4,9", settings={"slots": 2})
    assert job.state is JobState.COMPLETED
    assert pictures(desk.out) == sorted(["shot_-0004.png", *names(0, 4, 8, 9)])
    runs = [[one.frame for one in desk.attempts if one.log_path == path] for path in desk.logs()]
    assert [-4, 0, 4] in runs, "frames of one step"
    assert sorted(frame for run in runs for frame in run) == [-4, 0, 4, 8, 9]


def test_a_picture_without_a_number_that_the_program_names(desk: Desk) -> None:
    desk.render(NAMED_BY_PROGRAM, "unnumbered = out.png", "layers = a,b", frames="1-2")
    assert desk.files() == names(1, 2, folders=("", "a/", "b/"))


def test_a_pattern_without_an_end_does_not_hold_the_job_up(desk: Desk) -> None:
    endless = TOY.replace("recognised = '^ToyRender'", "recognised = '(x|xx)+$1'")
    assert desk.render(endless, "flood = 60", frames="1-3").state is JobState.COMPLETED
    assert len(desk.warnings) == 1
    assert "The pattern patterns.recognised in the definition of ToyRender takes too long" in desk.warnings[0]


def test_a_folder_to_work_in_that_is_not_there(desk: Desk) -> None:
    elsewhere = TOY.replace('mode = "batch"', 'mode = "batch"\nworking_folder = "nowhere"')
    job = desk.render(elsewhere, frames="1")
    assert job.state is JobState.FAILED
    assert "ToyRender could not be started." in job.reason


def test_existing_files_are_kept(desk: Desk) -> None:
    desk.render(TOY, frames="1-2")
    before = (desk.out / "shot_0001.png").stat().st_mtime_ns
    job = desk.render(TOY, frames="1-4")
    assert (job.counts[FrameState.SKIPPED], job.counts[FrameState.COMPLETED]) == (2, 2)
    assert (desk.out / "shot_0001.png").stat().st_mtime_ns == before


def interrupted(folder: Path) -> str:
    """Start a job and end its program while it renders; return the job's token."""
    scene = write_scene(folder / "scenes", "delay = 20")
    with Program(folder, engines=[toy(folder / "bin")]) as program:
        token = program.submit(scene, frames="1-2")
        program.wait_fact(facts.FrameStarted)
    write_scene(folder / "scenes")
    return token


def test_a_job_goes_on_with_the_definition_as_it_is_then(tmp_path: Path) -> None:
    token = interrupted(tmp_path)
    changed = toy(tmp_path / "bin", TOY.replace('"{{size}}"', '"16x9"'))
    with Program(tmp_path, engines=[changed]) as program:
        assert program.wait_finished(token).state is JobState.COMPLETED
    with Image.open(tmp_path / "scenes" / "shot_render" / names(1)[0]) as picture:
        assert picture.size == (16, 9)
    assert pictures(tmp_path / "scenes" / "shot_render") == names(1, 2)


def test_a_job_whose_definition_is_gone_waits_for_it(tmp_path: Path) -> None:
    """It may have been mistyped just now: nothing of the job should be lost, nor need help later."""
    token = interrupted(tmp_path)
    with Program(tmp_path, engines=[povray()]) as program:
        sentence = "There is no engine “toy”."
        program.wait_for(lambda: any(sentence in job.reason for job in program.jobs.values()), sentence)
        assert set(program.states(program.jobs[token]).values()) == {FrameState.PENDING}


def test_the_command_line_as_a_user_tries_a_definition(tmp_path: Path) -> None:
    commands = CommandLine(tmp_path)
    folder, program = commands.base / "engines", install(tmp_path / "bin")
    write_definition(folder, program)
    other = TOY.replace('id = "toy"', 'id = "zoo"').replace('name = "ToyRender"', 'name = "Zoo"')
    write_definition(folder, program, other, name="zoo")
    write_definition(folder, program, TOY.replace('id = "toy"', 'id = "bad"') + "x = 1\n", name="bad")
    scene = write_scene(tmp_path / "a b", "start = 1", "end = 3", "width = 32", "height = 18")
    line = TOY.count("\n") + 1
    wrong = f"bad.toml, line {line}: “limits.x” is not known here; known are stall_s, leave_s."

    engines = commands.run("engines")
    assert f"ToyRender 2.5.1  {program}" in engines.out
    assert wrong in engines.words
    rendered = commands.run("render", scene, "--engine", "zoo", "--set", "size=16x9", "--json")
    assert rendered.code == 0
    assert pictures(tmp_path / "a b" / "shot_render") == names(1, 2, 3)
    assert wrong in rendered.words
    (log,) = (commands.base / "logs" / "workers").rglob("*.log")
    explained = commands.run("explain", log, "--engine", "toy", "--json")
    (report,) = explained.objects
    assert (report["frames_completed"], report["failed"]) == ([1, 2, 3], False)
    assert len(report["outputs"]) == 3
    assert wrong in explained.words, "one who tries it out must not wonder whose rules were taken"


# What the scheduler could do better; each test says what.


def test_a_picture_without_a_number_that_nobody_names(desk: Desk) -> None:
    """Whatever is in the staging folder of a run of one frame belongs to that frame."""
    desk.render(NAMED_BY_PROGRAM, "unnumbered = out.png", "silent", frames="1")
    assert desk.files() == names(1)


def test_an_old_error_is_not_the_reason_of_a_later_frame(desk: Desk) -> None:
    desk.render(TOY, "error_at = 1", "quit_at = 3", frames="1-3")
    assert desk.failed() == {3: "exit-code"}


def test_a_bad_end_after_the_last_frame_is_said(desk: Desk) -> None:
    """Design, section 4: crashed at exit with every frame good is success with a warning."""
    few = TOY.replace('mode = "batch"', 'mode = "batch"\nframes_per_run = 2')
    job = desk.render(few, "exit = 5", frames="1-3")
    assert job.state is JobState.COMPLETED
    assert any("ended badly after its last frame" in text for text in desk.warnings)


def test_a_staging_folder_that_never_was(tmp_path: Path) -> None:
    """Where a job's folder cannot be made at all, each of its attempts logs an error after it was told."""
    (tmp_path / "file").touch()
    forget_note(tmp_path / "file" / "out" / "run-1", 1, 1)
