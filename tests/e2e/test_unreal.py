"""Whole Unreal jobs on the command line, with a stand-in for the editor that behaves, or not, as it does."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Answer, CommandLine
from support.processes import wait_gone, wait_until
from support.unreal import install, make_film, wishes, write_asset

import render_manager.assembly as assembly_module

WIRING = Path(assembly_module.__file__).read_text("utf-8")
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line"),
    pytest.mark.skipif("engines.unreal" not in WIRING, reason="the engine is not in the catalog yet"),
]


class Studio(CommandLine):
    """A command line with an Unreal project and the stand-in for Unreal 5.4."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = install(folder / "Epic" / "UE_5.4")
        self.env = {"UE_EXECUTABLE": str(self.program)}
        self.project = make_film(folder / "Kurz film 影" / "Film")
        self.renders = self.project.parent / "Saved" / "MovieRenders"
        self.images = self.renders / "Intro"
        (folder / "once").mkdir()

    def wish(self, **values: Any) -> None:
        marks = {"once": self.folder / "once", "pids": self.folder / "pids", "log": self.folder / "log"}
        self.env.update(wishes(**{**marks, **values}))

    def render(self, *arguments: object, frames: str = "1-6", **options: Any) -> Answer:
        return self.run(
            "render", self.project, "--frames", frames, "--retry-delay", 0, *arguments, "--json", **options
        )

    def names(self) -> list[str]:
        return sorted(
            path.relative_to(self.images).as_posix() for path in self.images.rglob("*") if path.is_file()
        )

    def rendered(self) -> list[int]:
        """Return the frames of all pictures the stand-in wrote, in its order."""
        return [int(line.split()[0]) for line in (self.folder / "log").read_text("utf-8").splitlines()]

    def editors(self) -> int:
        return sum(line.endswith("editor") for line in (self.folder / "pids").read_text("utf-8").splitlines())

    def processes(self) -> dict[str, int]:
        """Return the processes of the stand-in by their programs' names."""
        path = self.folder / "pids"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return {name: int(pid) for pid, name in (line.split() for line in lines)}

    def staged(self, name: str) -> bool:
        return any(self.images.glob(f".render-manager/*/*/{name}")) or (self.images / name).exists()

    def nothing_left(self) -> None:
        wait_gone(int(line.split()[0]) for line in (self.folder / "pids").read_text("utf-8").splitlines())
        assert not (self.images / ".render-manager").exists()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def files(*numbers: int, folder: str = "") -> list[str]:
    return [f"{folder}Intro.{number:04d}.png" for number in numbers]


def test_frames_with_progress_and_phases(studio: Studio) -> None:
    studio.wish(delay=0.15, shaders=900)
    answer = studio.render()
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    phases = [event["phase"] for event in answer.events("frame_progress")]
    assert any("compiling shaders" in phase for phase in phases)
    assert studio.editors() == 1
    studio.nothing_left()
    assert "No preset is chosen" in answer.err


def test_only_missing_frames_are_rendered_next_time(studio: Studio) -> None:
    studio.wish()
    assert studio.render(frames="2-3").code == 0
    answer = studio.render(frames="1-6")
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    assert sorted(studio.rendered()) == [1, 2, 3, 4, 5, 6], "each once, in the ranges that were missing"
    assert studio.editors() == 2


def test_another_preset_does_not_find_its_pictures_done(studio: Studio) -> None:
    studio.wish()
    assert studio.render(frames="1-2").code == 0
    for name in ("Draft", "Final"):
        write_asset(studio.project.parent, f"/Game/Presets/{name}", "preset")
        answer = studio.render("--set", f"preset=/Game/Presets/{name}", frames="1-2")
        assert answer.code == 0, answer.err
    assert studio.rendered() == [1, 2] * 3
    assert sorted(path.name for path in studio.renders.iterdir()) == ["Intro", "Intro.Draft", "Intro.Final"]


@pytest.mark.parametrize("wish", ["crash_at", "gpu_lost_at"])
def test_a_crash_costs_what_was_not_written_yet(studio: Studio, wish: str) -> None:
    studio.wish(delay=0.05, **{wish: [4]})
    answer = studio.render()
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    rendered = studio.rendered()
    assert rendered.count(1) == 1, "what was on disk and whole is kept"
    assert studio.editors() == 3, "the frame that fell is tried alone"
    failed = {event["code"] for event in answer.events("frame_failed")}
    assert failed == {{"crash_at": "crashed", "gpu_lost_at": "gpu-lost"}[wish]}
    studio.nothing_left()


@pytest.mark.parametrize("wish", ["crash_at", "fatal_at", "gpu_lost_at", "video_memory_at"])
def test_a_frame_that_always_crashes_costs_no_other(studio: Studio, wish: str) -> None:
    """The one before it is still on its way to the disk each time."""
    studio.wish(delay=0.01, once="", **{wish: [5]})
    answer = studio.render("--retries", 1)
    assert answer.code != 0
    assert studio.names() == files(1, 2, 3, 4, 6)
    assert {event["frame"] for event in answer.events("frame_failed")} == {5}


def test_what_a_frame_is_at_is_about_that_frame(studio: Studio) -> None:
    settings = {"MoviePipelineAntiAliasingSetting": {"temporal_sample_count": 6}}
    write_asset(studio.project.parent, "/Game/Presets/Slow", "preset", settings=settings)
    studio.wish(sample_delay=0.3)
    answer = studio.render("--set", "preset=/Game/Presets/Slow", frames="1-3")
    assert answer.code == 0, answer.err
    phases = {event["phase"] for event in answer.events("frame_progress")}
    assert any(phase.startswith("sample ") and phase.endswith(" of 6") for phase in phases), phases
    assert "being written" in phases
    assert not any("frames done" in phase for phase in phases)


def test_a_crash_at_the_very_end_is_a_warning(studio: Studio) -> None:
    studio.wish(crash_at_exit=True)
    answer = studio.render()
    assert answer.code == 0, answer.err
    assert answer.events("frame_failed") == []
    assert studio.names() == files(*range(1, 7))
    assert studio.editors() == 1


@pytest.mark.parametrize("wish", ["truncate_at", "no_file_at"])
def test_bad_pictures_are_rendered_again(studio: Studio, wish: str) -> None:
    studio.wish(**{wish: [3]})
    answer = studio.render()
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    assert {event["frame"] for event in answer.events("frame_failed")} == {3}
    assert studio.editors() == 2


def test_a_silent_pipe_is_no_obstacle(studio: Studio) -> None:
    studio.wish(silent=True, delay=0.1)
    answer = studio.render()
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    assert answer.events("frame_progress")


def test_passes_keep_their_folders(studio: Studio) -> None:
    write_asset(studio.project.parent, "/Game/Presets/Two", "preset", layers=["WorldDepth"])
    studio.images = studio.renders / "Intro.Two"
    studio.wish(missing_pass_at=[2])
    answer = studio.render("--set", "preset=/Game/Presets/Two", frames="1-4")
    assert answer.code == 0, answer.err
    expected = [
        f"{name}/Intro.Two.{number:04d}.png"
        for name in ("FinalImage", "WorldDepth")
        for number in range(1, 5)
    ]
    assert studio.names() == expected
    assert {event["frame"] for event in answer.events("frame_failed")} == {2}


def test_what_is_pointless_to_try_again_is_not(studio: Studio) -> None:
    studio.wish(zero_passes=True, once="")
    answer = studio.render()
    assert answer.code != 0
    assert studio.editors() == 1
    assert studio.names() == []
    assert {event["code"] for event in answer.events("frame_failed")} == {"no-passes"}


def test_frames_that_no_shot_covers_fail_without_a_retry(studio: Studio) -> None:
    write_asset(studio.project.parent, "/Game/Shots/Intro", "sequence", start=0, end=4, shots=[["A", 0, 4]])
    studio.wish()
    answer = studio.render(frames="1-6")
    assert answer.code != 0
    assert studio.names() == files(1, 2, 3)
    assert studio.editors() == 1


def test_a_hang_at_the_end_is_ended(studio: Studio) -> None:
    studio.wish(ignore_exit=True, ignore_terminate=True)
    answer = studio.render("--set", "leave_timeout_s=1")
    assert answer.code == 0, answer.err
    assert studio.names() == files(*range(1, 7))
    studio.nothing_left()


def test_cancelling_kills_the_tree_but_not_what_others_share(studio: Studio) -> None:
    studio.wish(children=True, hang_at=[3], ignore_terminate=True, once="")
    process = studio.start("render", studio.project, "--frames", "1-6", "--json")
    wait_until(lambda: len(studio.processes()) == 4 and studio.staged("Intro.0001.png"), "a first picture")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    pids = studio.processes()
    zen = pids.pop("zenserver")
    try:
        wait_gone(pids.values())
        os.kill(zen, 0)
    finally:
        os.kill(zen, signal.SIGKILL)


def test_a_project_with_python_off_stays_as_it_is(studio: Studio) -> None:
    make_film(studio.project.parent, plugins={"PythonScriptPlugin": False})
    before = studio.project.read_bytes()
    studio.wish()
    assert studio.render(frames="1-2").code == 0
    assert studio.project.read_bytes() == before
    assert studio.names() == files(1, 2)


def test_inspecting(studio: Studio) -> None:
    answer = studio.run("inspect", studio.project, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found["engine"] == "unreal"
    assert found["engine_version"] == "5.4"


def test_what_is_missing_is_said_before_anything_starts(studio: Studio) -> None:
    write_asset(studio.project.parent, "/Game/Shots/Second", "sequence")
    answer = studio.run("render", studio.project, "--frames", "1")
    assert answer.code != 0
    assert "Choose which level sequence to render" in answer.words
    assert "--set sequence=/Game/Shots/Intro" in answer.words
    answer = studio.run("render", studio.project, "--set", "sequence=/Game/Shots/Second")
    assert answer.code != 0
    assert "does not say which frames it has" in answer.words
    assert studio.processes() == {}


def test_an_asset_of_another_kind_is_not_queued(studio: Studio) -> None:
    studio.wish()
    answer = studio.render("--set", "sequence=/Game/Shots/Intro", "--set", "preset=/Game/Shots/Intro")
    assert answer.code != 0
    assert "/Game/Shots/Intro is a level sequence, not a preset." in answer.words
    assert studio.processes() == {}
