"""A night with the real window over real processes: killed and started again, stuck, and left alone."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest.importorskip("PySide6.QtCore", reason="Qt is not installed here")

from PySide6.QtWidgets import QApplication
from support.command_line import CommandLine, events_of, with_env
from support.stand_in import install, wishes, write_scene
from support.window import count, play, state_of, until

from render_manager.domain.states import FRAME_CODES, FrameState
from render_manager.system.ownership import Ownership
from render_manager.system.paths import app_paths
from render_manager.ui.resuming import ResumeBar
from render_manager.window import open_painted, program_behind

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.qt_log_ignore("propagateSizeHints", r"does not support raise", extend=True),
    pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a shebang line"),
]
FRAMES = 6


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("BLENDER_EXECUTABLE", str(install(tmp_path / "bin")))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return CommandLine(tmp_path)


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file without which no frame is finished."""
    gate = tmp_path / "gate"
    monkeypatch.setenv("STAND_IN", wishes(gate=gate)["STAND_IN"])
    return gate


@pytest.fixture
def program(qapp: QApplication, commands: CommandLine) -> "Iterator[WindowProgram]":
    paths = app_paths(commands.base)
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    yield program_behind(open_painted(paths.window_state), paths, ownership)
    ownership.release()


def kill_in_mid_render(commands: CommandLine) -> None:
    """Render a first frame and be killed in the second."""
    commands = with_env(commands, wishes(hang_at=[2]))
    scene = write_scene(commands.folder / "shot.blend", end=FRAMES)
    with commands.start(
        "render", scene, "--output", commands.folder / "out", "--json", stderr=subprocess.DEVNULL
    ) as process:
        seen: set[tuple[str, int]] = set()
        for event in events_of(process):
            seen.add((event["event"], event.get("frame", 0)))
            if {("frame_completed", 1), ("frame_started", 2)} <= seen:
                break
        process.send_signal(signal.SIGKILL)


def test_a_start_after_a_kill_asks_and_starts_nothing_until_it_is_answered(
    commands: CommandLine, request: pytest.FixtureRequest
) -> None:
    kill_in_mid_render(commands)
    finished = {path.name: path.stat().st_mtime_ns for path in (commands.folder / "out").glob("*.png")}
    program: WindowProgram = request.getfixturevalue("program")

    async def look(running: "WindowProgram") -> None:
        window = running.window
        bar = window.findChild(ResumeBar)
        assert bar is not None
        await until(lambda: not bar.isHidden(), "the question")
        assert "1 job was interrupted at" in bar.text.text()
        assert "frame 2 of shot" in bar.text.text()
        await running.intake.engines_known.wait()
        await until(lambda: window.frames.model.rowCount() == FRAMES, "the job")
        bar.buttons[1].click()
        # Time enough for an owner that would not hold it.
        await asyncio.sleep(0.5)
        assert count(running, FrameState.RENDERING) == 0
        assert count(running, FrameState.COMPLETED) == len(finished)
        assert "paused" in window.banner.text()
        window.actions_by_name["hold"].trigger()
        await until(lambda: count(running, FrameState.COMPLETED) == FRAMES, "all frames")

    play(program, look)
    after = {path.name: path.stat().st_mtime_ns for path in (commands.folder / "out").glob("*.png")}
    assert len(after) == FRAMES
    assert {name: after[name] for name in finished} == finished, "a frame was rendered twice"


def test_after_the_countdown_it_goes_on_by_itself(
    commands: CommandLine, request: pytest.FixtureRequest
) -> None:
    kill_in_mid_render(commands)
    program: WindowProgram = request.getfixturevalue("program")

    async def wait(running: "WindowProgram") -> None:
        await until(lambda: running.night.resuming.is_asking, "the question")
        assert running.night.resuming.seconds_left > 0
        running.night.resuming.seconds_left = 1
        await until(lambda: running.window.frames.model.rowCount() == FRAMES, "the job")
        await until(lambda: count(running, FrameState.COMPLETED) == FRAMES, "all frames")

    play(program, wait)


def stuck_for(seconds: float) -> None:
    """Be a window that does not answer: a native dialog, a driver, a long paint."""
    time.sleep(seconds)


async def render_while_stuck(
    running: "WindowProgram", scene: Path, gate: Path, log: Path, limit_s: float
) -> None:
    """Block the GUI's thread until the database says that all frames are done, at least `limit_s`."""
    window = running.window
    await running.intake.engines_known.wait()
    window.add_scenes([scene])
    await until(lambda: window.submit.drafts and window.submit.drafts[0].is_sound, "the scene to be read")
    window.submit.queue()
    await until(lambda: window.frames.model.rowCount() == FRAMES, "the job to be shown")
    await until(lambda: state_of(running, 1) is FrameState.RENDERING, "the first frame")
    assert count(running, FrameState.COMPLETED) == 0
    core = running._core
    assert core is not None
    gate.touch()
    since, give_up_at = time.monotonic(), time.monotonic() + limit_s + 60
    # Nothing below lets Qt or asyncio run: what is stored now is stored without the window.
    while time.monotonic() < give_up_at:
        stuck_for(0.05)
        done = core.reader.frame_states(1).count(FRAME_CODES[FrameState.COMPLETED])
        if done == FRAMES and time.monotonic() - since >= limit_s:
            break
    assert all(row.state is FrameState.COMPLETED for row in core.reader.frames(1))
    assert len(log.read_text().splitlines()) == FRAMES
    assert count(running, FrameState.COMPLETED) == 0, "the window was not stuck"
    await until(lambda: count(running, FrameState.COMPLETED) == FRAMES, "the window to catch up")
    job = window.jobs.current_job()
    assert job is not None
    assert job.counts[FrameState.COMPLETED] == FRAMES


@pytest.mark.parametrize("limit_s", [3.0, pytest.param(30.0, marks=pytest.mark.soak)])
def test_a_stuck_window_stops_no_rendering(
    program: "WindowProgram", gate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit_s: float
) -> None:
    log = tmp_path / "rendered"
    monkeypatch.setenv("STAND_IN", wishes(gate=gate, log=log)["STAND_IN"])
    scene = write_scene(tmp_path / "shot.blend", end=FRAMES)
    play(program, lambda running: render_while_stuck(running, scene, gate, log, limit_s))
