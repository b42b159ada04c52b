"""Whole Maya jobs on the command line, with a stand-in for `Render` that behaves, or not, as Maya does."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Answer, CommandLine, wait_event
from support.maya import install, wishes, write_scene
from support.processes import pids_in, wait_gone

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


class Studio(CommandLine):
    """A command line with a Maya project and the stand-in for Maya 2024."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = install(folder / "autodesk")
        self.env = {"MAYA_EXECUTABLE": str(self.program)}
        self.project = folder / "Küche 影 'a'"
        self.images = self.project / "images"
        self.scene = write_scene(self.project / "scenes" / "shot.ma", end=6)
        (self.project / "workspace.mel").write_text('workspace -fr "images" "images";\n', "utf-8")
        (folder / "once").mkdir()

    def wish(self, **values: Any) -> None:
        marks = {"once": self.folder / "once", "pids": self.folder / "pids"}
        self.env.update(wishes(**{**marks, **values}))

    def render(self, *arguments: object, scene: Path | None = None, **options: Any) -> Answer:
        return self.run("render", scene or self.scene, "--retry-delay", 0, *arguments, "--json", **options)

    def names(self) -> list[str]:
        return sorted(
            path.relative_to(self.images).as_posix() for path in self.images.rglob("*") if path.is_file()
        )

    def nothing_left(self) -> None:
        pids = self.folder / "pids"
        wait_gone(int(pid) for pid in pids.read_text().split())
        assert not (self.images / ".render-manager").exists()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def files(*numbers: int, folder: str = "", name: str = "shot", suffix: str = "exr") -> list[str]:
    return [f"{folder}{name}.{number:04d}.{suffix}" for number in numbers]


@pytest.mark.parametrize("renderer", ["arnold", "redshift", "vray", "renderman", "mayaSoftware"])
def test_frames_of_each_renderer_with_progress(studio: Studio, renderer: str) -> None:
    write_scene(studio.scene, renderer=renderer, end=3)
    studio.wish(delay=0.15, steps=3)
    answer = studio.render()
    assert answer.code == 0, answer.err
    suffix = "iff" if renderer == "mayaSoftware" else "exr"
    outputs = [Path(output).name for event in answer.events("frame_completed") for output in event["outputs"]]
    assert len(outputs) == 3
    assert all(name.endswith(f"{number:04d}.{suffix}") for number, name in enumerate(sorted(outputs), 1))
    phases = [event["phase"] for event in answer.events("frame_progress")]
    assert phases[0].startswith("starting Maya 2024")
    percents = [event["percent"] for event in answer.events("frame_progress") if event["percent"]]
    if renderer != "mayaSoftware":
        assert any(0 < percent < 100 for percent in percents), "its progress is read"
    studio.nothing_left()


def test_passes_and_layers_keep_their_folders_and_are_kept_next_time(studio: Studio) -> None:
    write_scene(studio.scene, end=4, layers=("beauty", "rs_fog"))
    studio.wish(aovs=["Z"], delay=0)
    answer = studio.render("--set", "layers=beauty,rs_fog")
    assert answer.code == 0, answer.err
    for layer in ("beauty", "rs_fog"):
        for part in ("", "Z/"):
            expected = files(1, 2, 3, 4, folder=f"{layer}/{part}", name="shot_beauty-rs_fog")
            assert set(expected) <= set(studio.names())
    assert len(studio.names()) == 16
    again = studio.render("--set", "layers=beauty,rs_fog")
    assert again.events("job_finished")[0]["skipped"] == 4
    studio.nothing_left()


@pytest.mark.parametrize(
    ("scene", "choices"),
    [
        ({"layers": ("rs_bg", "rs_fg")}, ("layers=rs_bg", "layers=rs_fg", "layers=rs_bg,rs_fg")),
        ({"cameras": ("camA", "camB")}, ("camera=camA", "camera=camB")),
        ({}, ("camera=persp", "renderer=vray", "renderer=redshift")),
    ],
)
def test_jobs_of_one_scene_keep_out_of_each_others_files(
    studio: Studio, scene: dict[str, Any], choices: tuple[str, ...]
) -> None:
    write_scene(studio.scene, end=2, **scene)
    studio.wish(delay=0)
    folder = studio.folder / "out"
    for choice in choices:
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.exr")}
        answer = studio.render("--set", choice, "--output", folder)
        assert answer.code == 0, answer.err
        (end,) = answer.events("job_finished")
        assert (end["completed"], end["skipped"]) == (2, 0), "it renders pictures of its own"
        assert all(path.stat().st_mtime_ns == stamp for path, stamp in before.items())
    for choice in choices:
        (end,) = studio.render("--set", choice, "--output", folder).events("job_finished")
        assert end["skipped"] == 2, "and finds them next time"


def test_shots_with_folders_of_their_own_keep_them(studio: Studio) -> None:
    studio.wish(delay=0)
    for shot in ("010", "020"):
        scene = studio.scene.with_name(f"sh{shot}.ma")
        write_scene(scene, end=1, prefix=f"{studio.folder.as_posix()}/show/{shot}/beauty")
        assert studio.render(scene=scene).code == 0
        assert (studio.folder / "show" / shot / "beauty.0001.exr").is_file()
        write_scene(scene, end=1, prefix="D:/renders/foo")
        answer = studio.run("render", scene)
        assert answer.code == 0
        assert "leads to D:/renders/, which is not used here" in answer.words
        assert (studio.images / f"sh{shot}" / "foo.0001.exr").is_file()


def test_a_crash_in_a_job_of_two_layers_keeps_no_half_frame(studio: Studio) -> None:
    write_scene(studio.scene, end=3, layers=("beauty", "rs_fog"))
    studio.wish(crash_at=[2], delay=0)
    answer = studio.render("--set", "layers=beauty,rs_fog")
    assert answer.code == 0, answer.err
    for event in answer.events("frame_completed"):
        assert len(event["outputs"]) == 2, "one file of each layer"
    assert len(studio.names()) == 6
    studio.nothing_left()


@pytest.mark.parametrize(
    ("renderer", "fault", "code"),
    [
        ("arnold", {"licence": True}, "no-licence"),
        ("redshift", {"licence": True}, "no-licence"),
        ("arnold", {"plugin_missing": True}, "plugin-missing"),
        ("arnold", {"unreadable": True}, "scene-unreadable"),
    ],
)
def test_what_no_retry_can_mend_fails_at_once(
    studio: Studio, renderer: str, fault: dict[str, Any], code: str
) -> None:
    write_scene(studio.scene, renderer=renderer, end=6)
    studio.wish(**fault)
    answer = studio.render()
    assert answer.code == 1
    (failure,) = answer.events("frame_failed")
    assert (failure["code"], failure["will_retry"]) == (code, False), failure
    assert failure["advice"]
    (end,) = answer.events("job_finished")
    assert (end["completed"], end["failed"]) == (0, 6)
    studio.nothing_left()


def test_a_camera_that_was_not_rendered_is_thought_of(studio: Studio) -> None:
    write_scene(studio.scene, end=1, cameras=("camA", "camB"))
    studio.wish(cameras=["camA"], delay=0)
    answer = studio.render("--retries", 0)
    assert answer.code == 1
    (failure,) = answer.events("frame_failed")
    assert failure["code"] == "no-frame"
    assert "one of its layers or cameras" in failure["reason"]
    assert "renderable cameras" in failure["advice"]


def test_a_watermark_is_told_with_every_frame(studio: Studio) -> None:
    studio.wish(watermark=True, delay=0)
    answer = studio.render("--frames", "1-3")
    assert answer.code == 0
    notes = {event["frame"]: event["note"] for event in answer.events("frame_completed")}
    assert "watermark" in notes[3]
    (warning,) = [event for event in answer.events("engine_warned") if "watermark" in event["text"]]
    assert warning["advice"]


def test_a_maya_that_hangs_after_its_last_frame(studio: Studio) -> None:
    studio.wish(hang_after=True, delay=0)
    answer = studio.render("--frames", "1-2", "--set", "leave_timeout_s=1")
    assert answer.code == 0
    assert studio.names() == files(1, 2)
    studio.nothing_left()


def test_a_crash_after_the_last_frame_is_success_with_a_warning(studio: Studio) -> None:
    studio.wish(crash_after=True, delay=0)
    answer = studio.render("--frames", "1-2")
    assert answer.code == 0
    assert studio.names() == files(1, 2)
    studio.nothing_left()


def test_frames_that_go_wrong_once_are_rendered_again(studio: Studio) -> None:
    faults = {"truncate_at": 2, "empty_at": 4, "no_file_at": 6, "error_at": 8, "oom_at": 10}
    faults["missing_aov_at"] = 12
    studio.wish(aovs=["Z"], delay=0, **{kind: [frame] for kind, frame in faults.items()})
    answer = studio.render("--frames", "1-14")
    assert answer.code == 0, answer.out
    assert studio.names() == sorted([*files(*range(1, 15)), *files(*range(1, 15), folder="Z/")])
    reasons = {event["frame"]: event["code"] for event in answer.events("frame_failed")}
    assert set(reasons) == {2, 4, 8, 10}
    assert (reasons[2], reasons[4], reasons[10]) == ("bad-file", "bad-file", "out-of-memory")
    lacking = {event["frame"]: event["text"] for event in answer.events("engine_warned")}
    assert "It lacks shot.####.exr" in lacking[6], "found by its neighbours"
    assert "It lacks Z/shot.####.exr" in lacking[12]
    attempts = {row["frame"]: row["attempts"] for row in studio.run("frames", 1, "--json").objects}
    assert [frame for frame, count in attempts.items() if count == 2] == sorted(faults.values())
    studio.nothing_left()


def test_odd_output_and_odd_names(studio: Studio) -> None:
    studio.wish(
        padding=2,
        invalid_utf8=True,
        no_newline=True,
        noise=True,
        flood=200_000,
        prefix="12:00 STDOUT: ",
        delay=0,
    )
    answer = studio.render("--frames", "1-3")
    assert answer.code == 0, answer.out
    assert studio.names() == files(1, 2, 3)


def test_cancel_and_retry(studio: Studio) -> None:
    gate = studio.folder / "gate"
    studio.wish(gate=gate, delay=0)
    with studio.start("render", studio.scene, "--json") as process:
        wait_event(process, "frame_started")
        pids_in(studio.folder / "pids", 2)
        assert studio.run("cancel", 1).code == 0
        end = wait_event(process, "job_finished")
        assert (end["state"], end["cancelled"]) == ("cancelled", 6)
        process.communicate(timeout=60)
    studio.nothing_left()
    assert studio.names() == []
    gate.touch()
    assert studio.run("retry", 1, "--frames", "2-4").code == 0
    studio.run("resume")
    assert studio.names() == files(2, 3, 4)


def test_killed_in_mid_run_and_gone_on_with(studio: Studio) -> None:
    gate = studio.folder / "gate"
    studio.wish(delay=0.05, gate=gate)
    with studio.start("render", studio.scene, "--json") as process:
        pids = pids_in(studio.folder / "pids", 2)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    wait_gone(pids)
    gate.touch()
    assert studio.run("resume").code == 0
    assert studio.names() == files(*range(1, 7))
    studio.nothing_left()


def test_only_what_is_missing_is_rendered(studio: Studio) -> None:
    studio.wish(delay=0)
    assert studio.render().code == 0
    for number in (2, 5):
        (studio.images / files(number)[0]).unlink()
    log = studio.folder / "frames.log"
    studio.wish(delay=0, log=log)
    answer = studio.render()
    assert answer.events("job_finished")[0]["skipped"] == 4
    assert [int(line.split()[0]) for line in log.read_text().splitlines()] == [2, 5]


class TestVersions:
    def test_an_older_maya_is_refused(self, studio: Studio) -> None:
        write_scene(studio.scene, version="2025")
        answer = studio.run("render", studio.scene)
        assert answer.code == 2
        assert "2025" in answer.words
        assert "2024" in answer.words

    def test_a_newer_maya_is_taken_with_a_warning(self, studio: Studio) -> None:
        write_scene(studio.scene, version="2022", end=2)
        studio.wish(delay=0)
        answer = studio.run("render", studio.scene)
        assert answer.code == 0
        assert "2022" in answer.words
        assert "2024" in answer.words

    def test_a_program_anywhere(self, studio: Studio) -> None:
        other = install(studio.folder / "elsewhere", version="2026")
        studio.wish(delay=0)
        answer = studio.render("--frames", "1", "--set", f"executable={other}")
        assert answer.code == 0, answer.err
        (log,) = (studio.base / "logs" / "workers").rglob("*.log")
        assert str(other) in log.read_text("utf-8", "replace")


def test_inspect_and_engines(studio: Studio) -> None:
    (scene,) = studio.run("inspect", studio.scene, "--json").objects
    assert (scene["engine"], scene["engine_version"], scene["renderer"]) == ("maya", "2024", "arnold")
    assert (scene["frame_start"], scene["frame_end"], scene["width"], scene["height"]) == (1, 6, 64, 36)
    found = [row for row in studio.run("engines", "--json").objects if row.get("key")]
    assert str(studio.program) in {row["path"] for row in found}


def test_a_worm_is_warned_of(studio: Studio) -> None:
    text = studio.scene.read_text("utf-8")
    script = 'createNode script -n "breed_gene";\n\tsetAttr ".b" -type "string" "python(\\"exec(1)\\")";\n'
    studio.scene.write_text(
        text.replace("select -ne :defaultRenderGlobals;", f"{script}select -ne :defaultRenderGlobals;"),
        "utf-8",
    )
    (scene,) = studio.run("inspect", studio.scene, "--json").objects
    problem = next(problem for problem in scene["problems"] if problem["code"] == "worm")
    assert "breed_gene" in problem["text"]
    assert json.dumps(scene)
