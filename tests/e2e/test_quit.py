"""`quit`: the program that runs ends in good order, without a question, and is gone when the command is."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from support.command_line import CommandLine, wait_event
from support.processes import pids_in, wait_gone, wait_until
from support.stand_in import install, wishes, write_scene

from render_manager.services.control import ControlServer
from render_manager.system.ownership import WINDOW, Ownership, read_owner
from render_manager.system.start_time import REPORT_VARIABLE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


@pytest.fixture
def desk(tmp_path: Path) -> CommandLine:
    program = install(tmp_path / "bin")
    write_scene(tmp_path / "scene.blend", end=3)
    return CommandLine(
        tmp_path,
        {
            "BLENDER_EXECUTABLE": str(program),
            "QT_QPA_PLATFORM": "offscreen",
            **wishes(pids=tmp_path / "pids", gate=tmp_path / "gate"),
        },
    )


def lock_of(desk: CommandLine) -> Path:
    return desk.base / "render-manager.lock"


def open_window(desk: CommandLine, *arguments: object) -> "subprocess.Popen[str]":
    window = desk.start(*arguments)

    def is_open() -> bool:
        assert window.poll() is None, window.communicate()
        owner = read_owner(lock_of(desk))
        return owner is not None and owner.kind == WINDOW

    wait_until(is_open, "the window", timeout_s=60)
    return window


def test_a_window_ends_and_says_nothing(desk: CommandLine) -> None:
    window = open_window(desk)
    answer = desk.run("quit", "--timeout", 60)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"Render Manager (process {window.pid}) has ended.\n"
    out, err = window.communicate()
    assert (window.returncode, out, err) == (0, "", "")
    assert not Ownership(lock_of(desk)).is_taken()


def test_a_window_in_mid_frame_asks_nothing_and_its_frames_are_pending_again(desk: CommandLine) -> None:
    window = open_window(desk)
    render = desk.start("render", desk.folder / "scene.blend", "--json")
    wait_event(render, "frame_started")
    answer = desk.run("quit", "--json")
    assert (answer.code, answer.objects) == (0, [{"event": "program_ended", "pid": window.pid}])
    window.communicate()
    render.communicate()
    assert (window.returncode, render.returncode) == (0, 130)
    assert set(desk.states().values()) == {"pending"}
    wait_gone(pids_in(desk.folder / "pids", 1))


def test_a_render_in_a_terminal_ends_as_with_an_interrupt(desk: CommandLine) -> None:
    render = desk.start("render", desk.folder / "scene.blend", "--json")
    wait_event(render, "frame_started")
    assert desk.run("quit").code == 0
    render.communicate()
    assert render.returncode == 130
    assert set(desk.states().values()) == {"pending"}


def test_a_window_that_could_not_start_what_is_behind_it(desk: CommandLine) -> None:
    """It holds the data all the same, and an installer has to be able to replace the program."""
    desk.base.mkdir()
    (desk.base / "settings.toml").write_text("max_retries = 'many'\n")
    window = open_window(desk)
    (desk.base / "settings.toml").unlink()
    refused = desk.run("render", desk.folder / "scene.blend")
    assert refused.code == 2
    assert "max_retries" in refused.words.lower()
    assert desk.run("quit").code == 0
    window.communicate()
    assert window.returncode == 0


def test_nothing_runs_and_nothing_is_made(desk: CommandLine) -> None:
    answer = desk.run("quit")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"No Render Manager is running with {desk.base}.\n"
    assert not desk.base.exists()
    assert desk.run("quit", "--json").objects == [{"event": "program_ended", "pid": None}]


def test_one_that_does_not_answer_is_told_of(desk: CommandLine) -> None:
    window = open_window(desk)
    window.send_signal(signal.SIGSTOP)
    try:
        answer = desk.run("quit", "--timeout", 1)
    finally:
        window.send_signal(signal.SIGCONT)
    assert answer.code == 1
    assert "has not ended in time" in answer.words
    assert desk.run("quit").code == 0
    window.communicate()
    assert window.returncode == 0


def test_an_owner_that_hears_nothing_is_told_of(desk: CommandLine) -> None:
    desk.base.mkdir()
    ownership = Ownership(lock_of(desk))
    assert ownership.take()
    try:
        answer = desk.run("quit", "--timeout", 0.3)
    finally:
        ownership.release()
    assert answer.code == 1
    assert f"(process {os.getpid()}) is using {desk.base}" in answer.words


def test_one_that_hangs_up_instead_of_an_answer_is_waited_for(desk: CommandLine) -> None:
    """It has let go of its data, and its process, which holds the program's files, is still there."""
    desk.base.mkdir()
    ownership, channel = Ownership(lock_of(desk)), ControlServer()
    assert ownership.take()

    def leave() -> None:
        ownership.release()
        raise OSError

    channel.start(ownership, post=lambda _command: None, leave=leave)
    try:
        answer = desk.run("quit", "--timeout", 1)
    finally:
        channel.stop()
    assert answer.code == 1
    assert "has not ended in time" in answer.words


def test_the_start_is_measured(desk: CommandLine) -> None:
    report = desk.folder / "painted 启动.json"
    desk.env[REPORT_VARIABLE] = str(report)
    window = open_window(desk)
    assert 0 < json.loads(report.read_text("utf-8"))["painted_s"] < 120
    assert desk.run("quit").code == 0
    window.communicate()
