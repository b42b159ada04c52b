"""Every command of the command line as a process of its own: what it says, what it leaves, how it ends."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.command_line import ROOT, Answer, CommandLine, wait_event
from support.disks import fill, make_read_only
from support.processes import is_alive, pids_in, wait_gone, wait_until, with_mark
from support.real import RealBlender, pictures
from support.stand_in import install, wishes, write_scene

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


class Desk(CommandLine):
    """A command line with the stand-in for Blender and a scene of five frames."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = install(folder / "bin")
        self.env = {"BLENDER_EXECUTABLE": str(self.program)}
        self.scene = write_scene(folder / "scene.blend", end=5)
        self.out = folder / "out"

    def wish(self, **values: Any) -> None:
        self.env.update(wishes(pids=self.folder / "pids", log=self.folder / "log", **values))

    def render(self, *arguments: object, **options: Any) -> Answer:
        return self.run("render", self.scene, *arguments, **options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def nothing_stored(desk: CommandLine) -> bool:
    if not desk.database.exists():
        return True
    connection = sqlite3.connect(desk.database)
    count = connection.execute("SELECT count(*) FROM jobs").fetchone()
    connection.close()
    return bool(count == (0,))


class TestRender:
    def test_events_of_a_good_job(self, desk: Desk) -> None:
        desk.wish(delay=0.06)
        answer = desk.render("--json", "--frames", "1-3")
        assert (answer.code, answer.err) == (0, "")
        (submitted,) = answer.events("job_submitted")
        assert submitted == {"event": "job_submitted", "job": 1, "frames": 3}
        assert answer.events("frame_started") == [
            {"event": "frame_started", "job": 1, "frame": frame, "attempt": 1} for frame in (1, 2, 3)
        ]
        for frame, event in enumerate(answer.events("frame_completed"), 1):
            assert {"job", "frame", "attempt", "outputs", "seconds"} <= set(event)
            assert (event["frame"], event["attempt"]) == (frame, 1)
            assert event["outputs"] == [str(desk.out / f"f_000{frame}.png")]
        progress = answer.events("frame_progress")
        assert all({"job", "frame", "percent"} <= set(event) for event in progress)
        assert 50.0 in [event["percent"] for event in progress]
        (finished,) = answer.events("job_finished")
        assert finished == {
            "event": "job_finished",
            "job": 1,
            "state": "completed",
            "completed": 3,
            "failed": 0,
            "cancelled": 0,
            "skipped": 0,
        }
        assert answer.objects[-1] == finished or answer.objects[-1]["event"] == "frame_progress"
        assert len(pictures(desk.out)) == 3

    def test_events_of_a_bad_frame(self, desk: Desk) -> None:
        desk.wish(error_at=[2])
        answer = desk.render("--json", "--frames", "1-3", "--retries", 1, "--retry-delay", 0.2)
        assert answer.code == 1
        first, second = answer.events("frame_failed")
        for event in (first, second):
            assert {"job", "frame", "attempt", "reason", "will_retry"} <= set(event)
        assert (first["frame"], first["attempt"], first["will_retry"]) == (2, 1, True)
        assert (second["frame"], second["attempt"], second["will_retry"]) == (2, 2, False)
        assert "The stand-in does not like frame 2." in first["reason"]
        (finished,) = answer.events("job_finished")
        assert (finished["state"], finished["completed"], finished["failed"]) == ("failed", 2, 1)

    def test_words_in_a_pipe(self, desk: Desk) -> None:
        desk.wish(error_at=[2])
        answer = desk.render("--frames", "1-2", "--retries", 0)
        assert (answer.code, answer.err) == (1, "")
        lines = answer.out.splitlines()
        assert lines[0] == "scene: 2 frames queued as job 1."
        # A finished frame is looked at while the next one is rendered, so either may be told first.
        completed, failed = sorted(lines[1:3])
        assert re.fullmatch(r"scene: frame 1 completed in \d+\.\d s: .*out/f_0001\.png", completed)
        assert failed.startswith("scene: frame 2, attempt 1 failed: ")
        assert lines[-1] == "scene: failed. 1 completed, 1 failed, 0 cancelled, 0 skipped."
        assert "\x1b" not in answer.out

    def test_a_bar_in_a_terminal_and_the_cursor_back(self, desk: Desk) -> None:
        desk.wish(delay=0.1)
        text, code = in_terminal(desk, "render", desk.scene, "--frames", "1-3")
        assert code == 0
        assert "3/3" in text
        assert "\x1b[?25h" in text.rpartition("\x1b[?25l")[2]
        assert "completed. 3 completed, 0 failed" in text

    def test_a_terminal_is_left_alone_by_bad_input(self, desk: Desk) -> None:
        text, code = in_terminal(desk, "render", desk.scene, "--frames", "abc")
        assert code == 2
        assert "\x1b[?25l" not in text

    def test_every_option(self, desk: Desk) -> None:
        answer = desk.render(
            "--engine",
            "blender",
            "--frames",
            "3-1x2",
            "--output",
            desk.folder / "my out",
            "--slots",
            2,
            "--retries",
            7,
            "--retry-delay",
            2.5,
            "--priority",
            9,
            "--existing",
            "overwrite",
            "--set",
            "samples=4",
            "--set",
            "view-layers=a,b",
            "--project",
            "Film 影",
            "--json",
        )
        # The scene has no such layers, which is said before anything is stored.
        assert answer.code == 2
        assert "no view layer “a”" in answer.words
        answer = desk.render(
            *("--frames", "3-1x2", "--output", "my out", "--slots", 2, "--retries", 7, "--retry-delay", 2.5),
            *("--priority", 9, "--existing", "overwrite", "--set", "samples=4", "--project", "Film 影"),
        )
        assert answer.code == 0
        (job,) = desk.jobs()
        assert (job["frames"], job["output_dir"]) == ("3-1x2", str(desk.folder / "my out"))
        assert (job["max_retries"], job["retry_delay_s"], job["priority"]) == (7, 2.5, 9)
        assert (job["existing"], job["options"], job["project"]) == ("overwrite", {"samples": 4}, "Film 影")
        assert desk.states() == {1: "completed", 3: "completed"}

    def test_many_scenes_in_one_command(self, desk: Desk) -> None:
        other = write_scene(desk.folder / "b" / "other 影.blend", end=2)
        answer = desk.render(other, "--json", "--slots", 2)
        assert answer.code == 0
        assert [event["completed"] for event in answer.events("job_finished")] in ([5, 2], [2, 5])
        assert [job["name"] for job in desk.jobs()] == ["scene", "other 影"]

    def test_one_bad_scene_and_nothing_is_rendered(self, desk: Desk) -> None:
        answer = desk.render(desk.folder / "missing.blend")
        assert answer.code == 2
        assert "missing.blend" in answer.err
        assert nothing_stored(desk)
        assert not desk.out.exists()

    def test_existing_files_are_skipped_and_said(self, desk: Desk) -> None:
        assert desk.render("--frames", "1-2").code == 0
        answer = desk.render("--json")
        assert answer.code == 0
        assert "2 frames are in" in answer.words
        skipped = answer.events("frames_skipped")
        assert sum(event["count"] for event in skipped) == 2
        assert all(event["reason"] for event in skipped)
        (finished,) = answer.events("job_finished")
        assert (finished["completed"], finished["skipped"]) == (3, 2)

    def test_a_new_version(self, desk: Desk) -> None:
        for folder in ("out", "out_v002", "out_v003"):
            assert desk.render("--frames", "1", "--existing", "version").code == 0
            assert pictures(desk.folder / folder) == ["f_0001.png"]

    def test_jobs_of_before_are_left_alone(self, desk: Desk) -> None:
        desk.wish(hang_at=[1])
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "frame_started")
        process.kill()
        process.communicate()
        desk.wish()
        assert desk.render("--frames", "2", "--output", desk.folder / "two").code == 0
        assert [job["state"] for job in desk.jobs()] == ["pending", "completed"]

    def test_a_pipe_that_is_closed_early_does_not_stop_the_render(self, desk: Desk) -> None:
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "job_submitted")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
        assert process.wait() == 0, errors
        process.stderr.close()
        assert errors == ""
        assert len(pictures(desk.out)) == 5

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
    def test_a_terminal_that_cannot_show_a_name(self, desk: Desk, encoding: str) -> None:
        desk.env["PYTHONIOENCODING"] = encoding
        scene = write_scene(desk.folder / "Küche 影.blend", end=1)
        for arguments in ([], ["--json"]):
            assert desk.run("render", scene, *arguments, "--existing", "overwrite").code == 0


class TestStops:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_an_interrupt_stops_and_resume_goes_on(self, desk: Desk, number: signal.Signals) -> None:
        desk.wish(delay=0.1, hang_at=[4])
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "frame_completed", frame=2)
        process.send_signal(number)
        _out, err = process.communicate()
        assert (process.returncode, err) == (130, "")
        assert not with_mark(str(desk.program))
        states = desk.states()
        assert (states[1], states[2]) == ("completed", "completed")
        assert set(states.values()) == {"completed", "pending"}
        assert not (desk.out / ".render-manager").exists()
        desk.wish(delay=0.1)
        answer = desk.run("resume", "--json")
        assert answer.code == 0
        assert {event["attempt"] for event in answer.events("frame_completed")} <= {1, 2}
        assert set(desk.states().values()) == {"completed"}
        assert len(pictures(desk.out)) == 5

    def test_an_interrupt_while_an_engine_hangs(self, desk: Desk) -> None:
        desk.wish(hang_at=[1], child=True)
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "frame_progress", percent=50.0)
        pids = pids_in(desk.folder / "pids", 2)
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
        assert not [pid for pid in pids if is_alive(pid)]

    def test_an_interrupt_before_anything_began(self, desk: Desk) -> None:
        slow = desk.program.with_name("slow-blender")
        slow.write_text("#!/bin/sh\nsleep 30\n")
        slow.chmod(0o755)
        desk.env["BLENDER_EXECUTABLE"] = str(slow)
        process = desk.start("render", desk.scene)
        wait_until(lambda: with_mark(str(slow)), "the search for engines")
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate()
        assert process.returncode == 130
        assert "Traceback" not in err
        assert nothing_stored(desk)

    def test_resume_with_nothing_to_do(self, desk: Desk) -> None:
        answer = desk.run("resume", "--json")
        assert (answer.code, answer.out, answer.err) == (0, "", "")

    def test_resume_leaves_paused_jobs_and_says_so(self, desk: Desk) -> None:
        desk.wish(hang_at=[1])
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "frame_started")
        process.kill()
        process.communicate()
        connection = sqlite3.connect(desk.database)
        connection.execute("UPDATE jobs SET paused = 1")
        connection.commit()
        connection.close()
        answer = desk.run("resume", timeout_s=40)
        assert answer.code == 0
        assert "Job 1 (scene) is paused and stays so." in answer.err

    def test_failed_frames_do_not_count_twice_after_resume(self, desk: Desk) -> None:
        desk.wish(error_at=[1])
        assert desk.render("--retries", 0).code == 1
        desk.wish()
        assert desk.run("resume").code == 0, "a finished job is not unfinished"
        assert desk.states()[1] == "failed"


class TestQueue:
    def test_looking_before_there_is_anything(self, desk: Desk) -> None:
        assert desk.run("jobs").out == "There are no jobs.\n"
        assert desk.run("jobs", "--json").out == ""
        for command in (["frames", "1"], ["retry", "1"], ["cancel", "1"]):
            answer = desk.run(*command)
            assert answer.code == 2
            assert "There is no database at" in answer.words

    def test_jobs_and_frames_in_words_and_json(self, desk: Desk) -> None:
        desk.wish(error_at=[2])
        desk.render("--retries", 0, "--frames", "1-3")
        text = desk.run("jobs").out
        assert "scene" in text
        assert "failed" in text
        assert "2/3" in text
        (job,) = desk.jobs()
        assert {
            "job",
            "uuid",
            "project",
            "project_file",
            "engine",
            "state",
            "priority",
            "total_frames",
            "completed_frames",
            "failed_frames",
            "progress",
            "retry_count",
            "max_retries",
            "error_log",
            "created_at",
            "updated_at",
        } <= set(job)
        assert (job["state"], job["completed_frames"], job["failed_frames"]) == ("failed", 2, 1)
        assert "does not like frame 2" in job["error_log"]
        frames = desk.frames()
        assert {"frame", "state", "outputs", "thumbnail", "seconds", "reason", "attempts"} <= set(frames[1])
        assert Path(frames[1]["thumbnail"]).is_file()
        assert frames[2]["reason"]
        table = desk.run("frames", 1).out
        assert "f_0001.png" in table
        assert "failed" in table

    @pytest.mark.parametrize("job", ["99", "0", "-1"])
    def test_jobs_that_are_not_there(self, desk: Desk, job: str) -> None:
        desk.render("--frames", "1")
        for command in ("frames", "retry", "cancel"):
            answer = desk.run(command, "--", job)
            assert answer.code == 2
            assert f"There is no job {job}." in answer.words

    def test_retry_and_resume(self, desk: Desk) -> None:
        desk.wish(error_at=[2, 3])
        desk.render("--retries", 0)
        desk.wish()
        answer = desk.run("retry", 1, "--frames", "2")
        assert (answer.code, answer.out) == (0, "Job 1: 1 frame is queued again.\n")
        assert desk.states() == {1: "completed", 2: "pending", 3: "failed", 4: "completed", 5: "completed"}
        assert desk.run("retry", 1, "--failed").code == 0
        assert desk.states()[3] == "pending"
        assert desk.run("resume").code == 0
        assert set(desk.states().values()) == {"completed"}
        frames = desk.frames()
        assert [frames[number]["attempts"] for number in range(1, 6)] == [1, 2, 2, 1, 1]

    def test_retry_of_good_frames_renders_them_again(self, desk: Desk) -> None:
        desk.wish()
        desk.render()
        before = (desk.out / "f_0002.png").stat().st_mtime_ns
        desk.run("retry", 1, "--frames", "2,4")
        assert desk.run("resume").code == 0
        assert (desk.out / "f_0002.png").stat().st_mtime_ns != before
        rendered = (desk.folder / "log").read_text().split()[::2]
        assert sorted(rendered) == ["1", "2", "2", "3", "4", "4", "5"]

    def test_retry_without_frames_is_about_failed_ones(self, desk: Desk) -> None:
        desk.render()
        assert desk.run("retry", 1).out == "Job 1: no frame is concerned.\n"
        assert set(desk.states().values()) == {"completed"}

    @pytest.mark.parametrize("command", ["retry", "cancel"])
    def test_frames_the_job_does_not_have(self, desk: Desk, command: str) -> None:
        desk.render("--frames", "1-3")
        answer = desk.run(command, 1, "--frames", "7-9")
        assert answer.code == 2
        assert "Job 1 has none of the frames 7-9; it has 1-3." in answer.words
        answer = desk.run(command, 1, "--frames", "abc")
        assert answer.code == 2

    def test_cancel_of_a_stored_job(self, desk: Desk) -> None:
        desk.wish(hang_at=[1])
        process = desk.start("render", desk.scene, "--json")
        wait_event(process, "frame_started")
        process.kill()
        process.communicate()
        assert desk.run("cancel", 1, "--frames", "5").out == "Job 1: 1 frame was cancelled.\n"
        assert desk.states()[5] == "cancelled"
        assert desk.run("cancel", 1, "--json").objects == [
            {"event": "frames_cancelled", "job": 1, "count": 4}
        ]
        assert desk.run("cancel", 1).out == "Job 1: no frame is concerned.\n"
        assert set(desk.states().values()) == {"cancelled"}
        assert [job["state"] for job in desk.jobs()] == ["cancelled"]
        assert desk.run("resume").code == 0


class TestTwoPrograms:
    """The first is held in mid-frame by a gate until the second has come."""

    def begin(self, desk: Desk, *arguments: object, **wishes: Any) -> "subprocess.Popen[str]":
        desk.wish(gate=desk.folder / "gate", **wishes)
        first = desk.start("render", desk.scene, "--json", *arguments)
        wait_event(first, "frame_started")
        return first

    def come(self, desk: Desk, *arguments: object) -> "subprocess.Popen[str]":
        second = desk.start(
            "render", desk.scene, "--json", "--output", desk.folder / "two", "--retries", 0, *arguments
        )
        wait_event(second, "job_submitted", job=2)
        return second

    def test_a_second_render_is_handed_to_the_first(self, desk: Desk) -> None:
        first = self.begin(desk)
        second = self.come(desk, "--frames", "1-2", "--priority", 9)
        (desk.folder / "gate").touch()
        theirs, err = second.communicate()
        assert (second.returncode, err) == (0, "")
        events = [json.loads(line) for line in theirs.splitlines()]
        assert {event["job"] for event in events if "job" in event} == {2}
        assert events[-1]["event"] == "job_finished"
        out, err = first.communicate()
        assert (first.returncode, err) == (0, "")
        finished = [json.loads(line) for line in out.splitlines() if "job_finished" in line]
        assert {event["job"] for event in finished} == {1, 2}
        assert len(pictures(desk.folder / "two")) == 2

    def test_the_second_says_that_the_first_renders(self, desk: Desk) -> None:
        first = self.begin(desk)
        second = desk.start("render", desk.scene, "--frames", "1", "--output", desk.folder / "two")
        assert second.stdout is not None
        assert "Render Manager is running already" in second.stdout.readline()
        (desk.folder / "gate").touch()
        assert second.communicate()[1] == ""
        assert second.returncode == 0
        first.communicate()

    def test_the_first_does_not_leave_before_the_second_is_served(self, desk: Desk) -> None:
        first = self.begin(desk, "--frames", "1")
        second = self.come(desk)
        (desk.folder / "gate").touch()
        _out, err = second.communicate()
        assert (second.returncode, err) == (0, "")
        assert len(pictures(desk.folder / "two")) == 5
        first.communicate()
        assert first.returncode == 0

    def test_failures_of_a_guest_are_the_guests(self, desk: Desk) -> None:
        first = self.begin(desk, "--frames", "1-3", error_at=[5])
        second = self.come(desk, "--frames", "5")
        (desk.folder / "gate").touch()
        second.communicate()
        assert second.returncode == 1
        first.communicate()
        assert first.returncode == 0

    def test_the_first_is_killed_and_the_second_says_so(self, desk: Desk) -> None:
        desk.wish(hang_at=[1])
        first = desk.start("render", desk.scene, "--json")
        wait_event(first, "frame_started")
        second = desk.start("render", desk.scene, "--frames", "2", "--json", "--output", desk.folder / "two")
        wait_event(second, "job_submitted")
        first.kill()
        first.communicate()
        _out, err = second.communicate(timeout=60)
        assert second.returncode == 130
        assert "was closed; “resume” goes on" in err
        desk.wish()
        assert desk.run("resume").code == 0
        assert [job["state"] for job in desk.jobs()] == ["completed", "completed"]

    def test_interrupting_the_guest_leaves_its_job_to_the_owner(self, desk: Desk) -> None:
        first = self.begin(desk)
        second = self.come(desk)
        second.send_signal(signal.SIGINT)
        second.communicate()
        assert second.returncode == 130
        (desk.folder / "gate").touch()
        first.communicate()
        assert first.returncode == 0
        assert [job["state"] for job in desk.jobs()] == ["completed", "completed"]

    def test_orders_reach_the_running_program(self, desk: Desk) -> None:
        desk.wish(delay=0.1, error_at=[1])
        first = desk.start("render", desk.scene, "--json", "--retries", 0, "--frames", "1-400")
        wait_event(first, "frame_completed", frame=2)
        (job,) = desk.jobs()
        assert job["state"] in ("running", "pending")
        assert desk.frames()[2]["state"] == "completed"
        desk.run("retry", 1, "--failed")
        wait_event(first, "frame_started", frame=1, attempt=2)
        desk.run("cancel", 1, "--frames", "390-400")
        wait_event(first, "frames_cancelled", count=11)
        desk.run("cancel", 1)
        out, _err = first.communicate()
        assert first.returncode == 1
        assert json.loads(out.splitlines()[-1])["event"] in ("job_finished", "frame_progress")
        assert [job["state"] for job in desk.jobs()] == ["failed"] or desk.jobs()[0]["state"] == "cancelled"

    def test_resume_while_another_runs(self, desk: Desk) -> None:
        desk.wish(hang_at=[1])
        first = desk.start("render", desk.scene, "--json")
        wait_event(first, "frame_started")
        answer = desk.run("resume")
        assert answer.code == 2
        assert "Another command" in answer.words
        first.send_signal(signal.SIGINT)
        first.communicate()

    def test_two_short_orders_at_once(self, desk: Desk) -> None:
        """Each is the owner of the data for a moment; none may fail because of the other."""
        desk.render("--frames", "1-5")
        running = [desk.start("retry", 1, "--frames", number) for number in range(1, 6)]
        for process in running:
            _out, err = process.communicate()
            assert process.returncode == 0, err
        assert set(desk.states().values()) == {"pending"}


class TestBadInput:
    """Each gets a sentence and exit code 2; nothing is stored, nothing is left behind."""

    def refused(self, desk: Desk, *arguments: object, words: str, command: str = "render") -> None:
        before = sorted(path.name for path in desk.folder.iterdir())
        answer = desk.run(command, *arguments)
        assert answer.code == 2, answer
        assert answer.out == ""
        assert re.search(words, answer.words), answer.words
        assert nothing_stored(desk)
        assert {path.name for path in desk.folder.iterdir()} <= {*before, "base"}

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("missing.blend", None, r"missing\.blend"),
            ("scene.txt", b"text", r"scene\.txt is not a scene file .* It opens: \.blend"),
            ("empty.blend", b"", r"empty\.blend"),
            ("text.blend", b"this is no scene" * 100, r"text\.blend"),
            ("stub.blend", b"BLENDER-v304REND", r"stub\.blend"),
            ("folder.blend", "folder", r"folder\.blend"),
        ],
    )
    @pytest.mark.parametrize("command", ["render", "inspect"])
    def test_what_is_no_scene(
        self, desk: Desk, name: str, content: bytes | str | None, words: str, command: str
    ) -> None:
        path = desk.folder / name
        if content == "folder":
            path.mkdir()
        elif isinstance(content, bytes):
            path.write_bytes(content)
        self.refused(desk, path, words=words, command=command)

    @pytest.mark.parametrize("command", ["render", "inspect"])
    def test_a_truncated_scene(self, desk: Desk, command: str) -> None:
        data = desk.scene.read_bytes()
        desk.scene.write_bytes(data[: len(data) // 2])
        self.refused(desk, desk.scene, words=r"scene\.blend", command=command)

    def test_a_scene_newer_than_the_blender_here(self, desk: Desk) -> None:
        newer = desk.folder / "newer.blend"
        newer.write_bytes(desk.scene.read_bytes().replace(b"BLENDER-v293", b"BLENDER-v999", 1))
        self.refused(desk, newer, words=r"saved by Blender 9\.99, and the newest one here is \d")

    @pytest.mark.parametrize(
        ("frames", "words"),
        [
            ("abc", "“abc” in the frame list"),
            ("10-1x0", "step of 0"),
            ("1-1000000000", "1,000,000"),
            ("1,,x", "“x” in the frame list"),
            ("1-", "is not a frame or a run"),
            ("9999999", "Blender has no frame 9999999"),
            (",", "frame list is empty"),
        ],
    )
    def test_nonsense_frames(self, desk: Desk, frames: str, words: str) -> None:
        self.refused(desk, desk.scene, f"--frames={frames}", words=words)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--priority", "11"], "priority"),
            (["--priority", "x"], "priority"),
            (["--retries", "-1"], "retries"),
            (["--retry-delay", "-1"], "retry-delay"),
            (["--retry-delay", "nan"], "retry-delay|retry delay"),
            (["--slots", "0"], "slots"),
            (["--memory-limit", "inf"], "memory-limit"),
            (["--memory-limit", "nan"], "memory-limit"),
            (["--existing", "maybe"], "existing"),
            (["--engine", "c4d"], "no engine “c4d”. Engines are: blender, maya, unreal, povray"),
            (["--set", "samples"], "is not KEY=VALUE"),
            (["--set", "=4"], "is not KEY=VALUE"),
            (["--set", "sampels=4"], "no option “sampels”. It has: scene, camera"),
            (["--set", "samples=many"], "samples cannot be “many”"),
            (["--set", "camera=Fern"], "no camera “Fern”. It has: Camera"),
            (["--set", "scene=Shot_999"], "Shot_999"),
            (["--set", "installation=1.0"], "no Blender “1.0” on this computer"),
            (["--set", "mode=batch", "--frames", "-5-1"], "cannot render negative frames"),
            (["--nonsense"], "nonsense"),
        ],
    )
    def test_options_that_cannot_be(self, desk: Desk, arguments: list[str], words: str) -> None:
        self.refused(desk, desk.scene, *arguments, words=words)

    def test_no_scene_at_all(self, desk: Desk) -> None:
        self.refused(desk, words="FILE")

    def test_output_in_places_that_cannot_be(self, desk: Desk) -> None:
        (desk.folder / "file").write_text("x")
        for place in (desk.folder / "file", desk.folder / "file" / "below", desk.folder / ("n" * 300)):
            self.refused(desk, desk.scene, "--output", place, words="cannot be used: .*Choose another")
        if Path("/proc").is_dir():
            self.refused(desk, desk.scene, "--output", "/proc/out", words="cannot be used")

    def test_output_on_a_full_disk(self, desk: Desk, small_disk: Path) -> None:
        fill(small_disk)
        self.refused(desk, desk.scene, "--output", small_disk / "out", words="disk .* is full")

    def test_output_on_a_read_only_disk(self, desk: Desk, small_disk: Path) -> None:
        make_read_only(small_disk)
        self.refused(desk, desk.scene, "--output", small_disk / "out", words="Read-only file system")

    def test_data_on_a_full_disk(self, desk: Desk, small_disk: Path) -> None:
        fill(small_disk)
        answer = desk.run("--base-dir", small_disk / "base", "render", desk.scene, base=False)
        assert answer.code == 2
        assert re.search("full|No space", answer.err)

    @pytest.mark.parametrize("command", [["jobs"], ["resume"], ["engines"]])
    def test_data_where_none_can_be(self, desk: Desk, command: list[str]) -> None:
        (desk.folder / "file").write_text("x")
        answer = desk.run("--base-dir", desk.folder / "file" / "base", *command, base=False)
        assert answer.code == 2
        assert "cannot be made: Not a directory. Choose another with --base-dir." in answer.words

    def test_no_blender_at_all(self, desk: Desk, tmp_path: Path) -> None:
        desk.env |= {"PATH": "/nowhere", "BLENDER_EXECUTABLE": "", "HOME": str(tmp_path)}
        answer = desk.run("engines", "--json")
        if any(row.get("version") for row in answer.objects):
            pytest.skip("this computer has a Blender in a place of its own")
        self.refused(desk, desk.scene, words="No Blender was found on this computer. Install Blender")

    def test_a_scene_whose_output_path_belongs_to_another_computer(self, desk: Desk) -> None:
        write_scene(desk.scene, end=1, r__pic="C:\\renders\\x_####")
        assert desk.render().code == 0
        assert pictures(desk.folder / "scene_render") == ["x_0001.png"]


class TestPaths:
    @pytest.mark.parametrize(
        "name",
        [
            "with space",
            "q'uo\"te",
            "影 渲染",
            "ä%41 #1 {x} $HOME `id` ; & | * ?",
            "-dash",
            "n" * 200,
            "a\\b",
            "tab\there",
            "[bold]:fire:[/bold]",
        ],
    )
    def test_any_name_can_be_rendered(self, desk: Desk, name: str) -> None:
        scene = write_scene(desk.folder / name / f"{name}.blend", end=2)
        answer = desk.run("render", "--json", "--", scene)
        assert answer.code == 0, answer.err
        out = scene.parent / "out"
        assert pictures(out) == ["f_0001.png", "f_0002.png"]
        assert answer.events("frame_completed")[0]["outputs"] == [str(out / "f_0001.png")]
        assert desk.run("render", "--existing", "overwrite", "--", scene).code == 0
        assert desk.run("jobs").code == 0

    def test_a_path_of_300_characters(self, desk: Desk) -> None:
        folder = desk.folder / ("x" * 150) / ("影" * 50)
        scene = write_scene(folder / "s.blend", end=1)
        assert desk.run("render", scene).code == 0
        assert pictures(folder / "out") == ["f_0001.png"]

    def test_a_path_that_is_too_long_for_blender(self, desk: Desk) -> None:
        folder = desk.folder
        for _level in range(6):
            folder = folder / ("y" * 190)
        scene = write_scene(folder / "s.blend", end=1)
        answer = desk.run("render", scene)
        assert answer.code == 2
        assert "bytes long; Blender reads 1023" in answer.words

    def test_bytes_that_are_no_text(self, desk: Desk) -> None:
        name = os.fsdecode(b"caf\xe9.blend")
        write_scene(desk.folder / name, end=1)
        answer = desk.run("render", desk.folder / name, timeout_s=40)
        assert answer.code == 2
        assert "caf\\udce9.blend is not valid text (UTF-8)" in answer.words
        assert nothing_stored(desk)

    def test_relative_paths(self, desk: Desk) -> None:
        assert desk.run("render", "scene.blend", "--output", "here").code == 0
        assert len(pictures(desk.folder / "here")) == 5


class TestLooking:
    def test_inspect(self, desk: Desk) -> None:
        answer = desk.run("inspect", desk.scene, "--json")
        (found,) = answer.objects
        assert answer.code == 0
        assert {
            "engine",
            "frame_start",
            "frame_end",
            "frame_step",
            "fps",
            "width",
            "height",
            "cameras",
            "layers",
            "renderer",
            "engine_version",
            "output",
            "problems",
        } <= set(found)
        assert (found["frame_start"], found["frame_end"], found["frame_step"]) == (1, 5, 1)
        assert (found["width"], found["height"], found["fps"]) == (64, 36, 24.0)
        assert (found["engine"], found["engine_version"], found["renderer"]) == ("blender", "2.93", "CYCLES")
        assert (found["cameras"], found["layers"], found["problems"]) == (["Camera"], ["ViewLayer"], [])
        text = desk.run("inspect", desk.scene).out
        assert "1-5x1" in text
        assert "64 x 36" in text
        assert nothing_stored(desk)

    def test_inspect_starts_no_engine(self, desk: Desk) -> None:
        desk.wish()
        desk.run("inspect", desk.scene)
        assert not (desk.folder / "pids").exists()

    def test_engines(self, desk: Desk) -> None:
        rows = desk.run("engines", "--json").objects
        found = [row for row in rows if row.get("path") == str(desk.program)]
        assert [(row["engine"], row["version"], row["kind"]) for row in found] == [
            ("blender", "4.2.0", "program")
        ]
        places = [row for row in rows if "searched" in row]
        assert any(not row["found"] for row in places)
        assert all({"engine", "searched", "found", "note"} <= set(row) for row in places)
        text = desk.run("engines").out
        assert f"Blender 4.2.0  {desk.program}" in text

    def test_explain(self, desk: Desk) -> None:
        log = ROOT / "tests" / "data" / "logs" / "blender" / "blender-3.4-disk-full.log"
        if not log.exists():
            log = next((ROOT / "tests" / "data" / "logs").rglob("blender-3.4-disk-full*"))
        answer = desk.run("explain", log, "--engine", "blender", "--json")
        (found,) = answer.objects
        assert answer.code == 0
        assert {
            "engine",
            "renderer",
            "frames_started",
            "frames_completed",
            "outputs",
            "errors",
            "warnings",
            "max_percent",
            "failed",
        } <= set(found)
        assert found["failed"]
        assert {"line", "text", "meaning", "advice"} <= set(found["errors"][0])
        assert any("full" in error["meaning"] for error in found["errors"])
        text = desk.run("explain", log, "--engine", "blender").out
        assert "The render failed." in text

    def test_explain_of_a_log_of_ours(self, desk: Desk) -> None:
        desk.wish(crash_at=[3])
        desk.render("--retries", 0)
        (log,) = [
            path
            for path in (desk.base / "logs" / "workers").rglob("*.log")
            if b'"frame": 3' in path.read_bytes()
        ]
        (found,) = desk.run("explain", log, "--engine", "blender", "--json").objects
        assert found["frames_completed"] == [1, 2]
        assert found["failed"]

    def test_explain_of_what_is_no_log(self, desk: Desk) -> None:
        for path in (desk.folder / "missing.log", desk.folder):
            answer = desk.run("explain", path, "--engine", "blender")
            assert answer.code == 2
            assert "cannot be read" in answer.words
        assert desk.run("explain", desk.scene, "--engine", "c4d").code == 2
        assert desk.run("explain", desk.scene, "--engine", "blender", "--json").code == 0

    def test_version_and_help(self, desk: Desk) -> None:
        from render_manager import __version__

        assert desk.run("--version").out == f"Render Manager {__version__}\n"
        text = desk.run("--help").out
        for command in (
            "render",
            "resume",
            "demo",
            "jobs",
            "frames",
            "retry",
            "cancel",
            "inspect",
            "engines",
        ):
            assert command in text
            assert "Usage:" in desk.run(command, "--help").out
        assert "self-test" in text
        assert "explain" in text
        assert desk.run("dance").code == 2


class TestSurroundings:
    def test_a_qt_that_cannot_be_loaded_is_told_in_a_sentence(self, desk: Desk) -> None:
        """As on a Windows that lacks a library: there the sentence stands in a box."""
        fake = desk.folder / "fake" / "PySide6"
        fake.mkdir(parents=True)
        (fake / "__init__.py").touch()
        for name in ("QtCore", "QtGui", "QtWidgets"):
            (fake / f"{name}.py").write_text("raise ImportError('a library is missing')\n", "utf-8")
        desk.env.update(PYTHONPATH=str(fake.parent), QT_QPA_PLATFORM="offscreen")
        answer = desk.run()
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == "No window can open, because Qt cannot be loaded: a library is missing.\n"

    def test_the_base_folder_before_behind_and_in_the_environment(self, desk: Desk) -> None:
        places = {name: desk.folder / name for name in ("before", "behind", "env")}
        before = desk.run("--base-dir", places["before"], "engines", base=False)
        behind = desk.run("engines", "--base-dir", places["behind"], base=False)
        desk.env["RENDER_MANAGER_BASE_DIR"] = str(places["env"])
        in_env = desk.run("engines", base=False)
        assert (before.code, behind.code, in_env.code) == (0, 0, 0)
        for place in places.values():
            assert (place / "cache" / "installations.json").is_file()
        wins = desk.folder / "wins"
        desk.run("engines", "--base-dir", wins, base=False)
        assert (wins / "cache").is_dir()

    def test_nothing_is_written_anywhere_else(self, desk: Desk) -> None:
        home = desk.folder / "home"
        home.mkdir()
        desk.env |= {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}
        desk.env |= {"XDG_STATE_HOME": ""}
        assert desk.render("--frames", "1").code == 0
        assert list(home.iterdir()) == []

    @pytest.mark.parametrize("place", ["env", "here", "base", "toml"])
    def test_settings_from_every_place(self, desk: Desk, place: str) -> None:
        desk.base.mkdir()
        values = {"MAX_RETRIES": "6", "DEFAULT_PRIORITY": "8"}
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        if place == "env":
            desk.env |= values
        elif place == "toml":
            (desk.base / "settings.toml").write_text("max_retries = 6\ndefault_priority = 8\n")
        else:
            ((desk.folder if place == "here" else desk.base) / ".env").write_text(lines)
        assert desk.render("--frames", "1").code == 0
        (job,) = desk.jobs()
        assert (job["max_retries"], job["priority"]) == (6, 8)

    def test_the_output_folder_of_the_settings(self, desk: Desk) -> None:
        desk.env["RENDER_OUTPUT_DIR"] = str(desk.folder / "renders")
        desk.env["THUMBNAIL_DIR"] = str(desk.folder / "thumbs")
        assert desk.render("--frames", "1").code == 0
        assert pictures(desk.folder / "renders" / "scene") == ["f_0001.png"]
        assert len(list((desk.folder / "thumbs").rglob("*.jpg"))) == 1

    @pytest.mark.parametrize(
        ("name", "value"), [("MAX_RETRIES", "many"), ("DEFAULT_PRIORITY", "11"), ("SLOTS", "0")]
    )
    def test_bad_settings_are_named(self, desk: Desk, name: str, value: str) -> None:
        desk.env[name] = value
        for command in (["render", desk.scene], ["jobs"], ["resume"]):
            answer = desk.run(*command)
            assert answer.code == 2
            assert f"The setting {name} is “{value}”, which it cannot be" in answer.words

    def test_a_settings_file_that_is_none(self, desk: Desk) -> None:
        desk.base.mkdir()
        (desk.base / "settings.toml").write_text("max_retries =")
        answer = desk.run("jobs")
        assert answer.code == 2
        assert "settings.toml" in answer.words

    def test_commands_do_not_import_qt(self, desk: Desk) -> None:
        code = (
            f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
            "from support.no_qt import block_qt; block_qt()\n"
            "from render_manager.app import main\n"
            "code = main(sys.argv[2:])\n"
            "unwanted = ('PySide6', 'qasync', 'numpy.f2py')\n"
            "assert not [name for name in sys.modules if name.startswith(unwanted)]\n"
            "sys.exit(code)\n"
        )
        desk.python = (sys.executable, "-c", code)
        for command in (["render", desk.scene], ["jobs"], ["engines"], ["resume"], ["inspect", desk.scene]):
            assert desk.run(*command).code == 0, command

    def test_a_talkative_run(self, desk: Desk) -> None:
        answer = desk.run("--verbose", "engines")
        assert answer.code == 0
        assert "INFO" in answer.err

    @pytest.mark.parametrize("kind", ["random", "newer"])
    def test_databases_that_cannot_be_used(self, desk: Desk, kind: str) -> None:
        desk.render("--frames", "1")
        if kind == "random":
            desk.database.write_bytes(os.urandom(5000))
            answer = desk.run("jobs")
            assert answer.code == 2
            assert "is damaged" in answer.words
            assert "goes on with its copy" in answer.words
            answer = desk.run("resume")
            assert answer.code == 0
            assert "The database was damaged. It was kept as" in answer.words
            assert "the copy from" in answer.words
            assert [job["state"] for job in desk.jobs()] == ["completed"]
        else:
            connection = sqlite3.connect(desk.database)
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
            connection.close()
            for command in (["jobs"], ["resume"], ["render", desk.scene, "--frames", "1"], ["cancel", "1"]):
                answer = desk.run(*command)
                assert answer.code == 2, command
                assert "newer version of Render Manager" in answer.words

    def test_a_database_that_is_gone_is_told_with_its_copy(self, desk: Desk) -> None:
        desk.render("--frames", "1")
        desk.database.unlink()
        answer = desk.run("jobs")
        assert "There is no database" in answer.out
        assert "render-manager.backup.db is put in its place" in answer.out
        assert desk.run("resume").code == 0
        assert [job["state"] for job in desk.jobs()] == ["completed"]

    def test_a_database_that_breaks_in_the_middle_does_not_hang(self, desk: Desk) -> None:
        """A page of it is rubbish, which shows only when it is read."""
        desk.run("render", desk.scene, "--frames", "1-2000", "--set", "camera=Camera", "--output", "o")
        connection = sqlite3.connect(desk.database)
        connection.execute("UPDATE frames SET state = 'pending'")
        connection.execute("UPDATE jobs SET state = 'pending', pending_frames = 2000, completed_frames = 0")
        connection.commit()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'frames'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        data = bytearray(desk.database.read_bytes())
        data[(root - 1) * size : root * size] = os.urandom(size)
        desk.database.write_bytes(data)
        answer = desk.run("resume", timeout_s=60)
        assert answer.code in (0, 2)
        assert "damaged" in answer.words


class TestDemoAndSelfTest:
    def test_the_demo_in_a_terminal(self, desk: Desk) -> None:
        if not (ROOT / "resources" / "sample" / "sample_scene.blend").is_file():
            pytest.skip("the sample scene has not been made")
        answer = desk.run("demo", "--headless", "--json")
        if answer.code == 2 and "saved by Blender" in answer.err:
            pytest.skip("the sample scene needs a newer Blender than the stand-in plays")
        assert answer.code == 0, answer.err
        (finished,) = answer.events("job_finished")
        assert finished["completed"] >= 24

    def test_self_test(self, desk: Desk) -> None:
        desk.env["TMPDIR"] = str(desk.folder / "temporary")
        (desk.folder / "temporary").mkdir()
        picture = desk.folder / "window.png"
        answer = desk.run("self-test", "--json", "--screenshot", picture, timeout_s=110)
        *rows, summary = answer.objects
        assert (answer.code, answer.err, summary["failed"]) == (0, "", []), answer.out
        assert {"stand-in", "window", "upgrade", "second start", "leftovers"} <= {
            row["check"] for row in rows
        }
        assert (summary["event"], summary["passed"]) == ("self_test_finished", True)
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert list((desk.folder / "temporary").iterdir()) == []
        assert not desk.base.exists()

    def test_a_self_test_that_fails(self, desk: Desk) -> None:
        picture = desk.folder / "nowhere" / "window.png"
        answer = desk.run("self-test", "--screenshot", picture, timeout_s=110)
        assert answer.code == 1
        assert f"The picture {picture} could not be written." in answer.out
        assert answer.out.endswith("These checks failed: window.\n")


@pytest.mark.bpy
class TestRealBlender:
    def test_the_whole_way_with_the_wheel(self, bpy_wheel: RealBlender, tmp_path: Path) -> None:
        commands = CommandLine(tmp_path)
        scene = bpy_wheel.scene("plain", tmp_path)
        answer = commands.run("render", scene, "--frames", "1-3", "--json", "--set", "samples=2")
        assert answer.code == 0, answer.err
        assert len(pictures(tmp_path / "out")) == 3
        frames = commands.frames()
        assert {row["state"] for row in frames.values()} == {"completed"}
        (found,) = commands.run("inspect", scene, "--json").objects
        assert found["engine_version"] == bpy_wheel.installation.version_text.rpartition(".")[0]

    def test_an_interrupt_ends_the_wheel(self, bpy_wheel: RealBlender, tmp_path: Path) -> None:
        commands = CommandLine(tmp_path)
        process = commands.start("render", bpy_wheel.scene("slow", tmp_path), "--json")
        wait_event(process, "frame_started")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
        wait_gone([child.pid for child in with_mark(str(tmp_path))])
        assert pictures(tmp_path / "out") == []


def in_terminal(desk: CommandLine, *arguments: object) -> tuple[str, int]:
    """Run a command in a terminal of its own and return what it wrote there."""
    import pty

    ours, theirs = pty.openpty()
    process = desk.start(*arguments, stdout=theirs, stderr=theirs)
    os.close(theirs)
    chunks = []
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(ours)
    assert isinstance(process, subprocess.Popen)
    return b"".join(chunks).decode("utf-8", "replace"), process.wait()


class TestNight:
    """`check` before a night, `report` after it."""

    def test_a_queue_without_jobs_has_nothing_that_would_stop_it(self, desk: Desk) -> None:
        answer = desk.run("check", "--json")
        assert answer.code == 0
        found = {line["check"]: line["weight"] for line in answer.objects}
        assert found["empty"] == "warns"
        assert "stops" not in found.values()

    def test_what_would_stop_the_night_is_the_exit_code(self, desk: Desk) -> None:
        desk.wish(error_at=[2])
        assert desk.render("--frames", "1-3", "--retries", 0).code == 1
        desk.run("retry", 1)
        assert desk.run("check").code == 0
        tested = desk.run("check", "--test-frame", "--json")
        assert tested.code == 1
        assert tested.objects[0]["check"] == "test-frame"
        assert "The stand-in does not like frame 2" in tested.objects[0]["text"]
        desk.wish()
        assert desk.run("check", "--test-frame").code == 0
        assert not (desk.out / "f_0002.png").exists()
        desk.scene.unlink()
        answer = desk.run("check")
        assert answer.code == 1
        assert answer.out.startswith("STOPS ")
        assert "1 thing would stop the night." in answer.out

    def test_the_report_tells_what_was_done(self, desk: Desk) -> None:
        assert "0 frames done." in desk.run("report").out
        desk.wish(error_at=[2])
        desk.render("--frames", "1-3", "--retries", 0)
        head, job = desk.run("report", "--json").objects
        assert (head["completed"], head["failed"]) == (2, 1)
        assert job["failures"][0]["frames"] == [2]
        words = desk.run("report", "--since", "1h").out
        assert "does not like frame 2" in words
        assert "␊" not in words
        assert words.splitlines()[0] == "Render report"
        assert f"  {desk.out}" in words.splitlines()
        page = desk.folder / "report.html"
        assert str(page) in desk.run("report", "--html", page).out
        assert "data:image/jpeg;base64," in page.read_text("utf-8")
        assert "0 frames done." in desk.run("report", "--since", "2099-01-01").out
        for since in ("yesterday-ish", "99999999999999999d", "²d"):
            answer = desk.run("report", "--since", since)
            assert answer.code == 2
            assert f"“{since}” is no time." in answer.words
