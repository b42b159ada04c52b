"""The real window with the real engine: dropped on, cancelled, retried, closed, and looked at."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

QtCore = pytest.importorskip("PySide6.QtCore", reason="Qt is not installed here")

from PySide6.QtGui import QImage  # noqa: E402 - after the skip
from PySide6.QtWidgets import QApplication  # noqa: E402 - as above
from support.window import (  # noqa: E402 - as above
    cell_pixmap,
    count,
    drop,
    engines_of_this_program,
    mean_color,
    play,
    select,
    state_of,
    until,
)

from render_manager.domain.states import FrameState, JobState  # noqa: E402 - as above
from render_manager.system.ownership import Ownership  # noqa: E402 - as above
from render_manager.system.paths import app_paths  # noqa: E402 - as above
from render_manager.window import open_painted, program_behind  # noqa: E402 - as above

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

pytestmark = [
    pytest.mark.bpy,
    pytest.mark.timeout(300),
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]
FRAMES = 12

MAKE_SCENE = """
import bpy, sys
bpy.ops.wm.read_factory_settings()
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.render.resolution_x, scene.render.resolution_y = 160, 90
scene.render.resolution_percentage = 100
scene.cycles.samples, scene.cycles.use_denoising = 24, False
scene.frame_start, scene.frame_end = 1, {frames}
scene.render.filepath = '//frames/shot_####'
cube = bpy.data.objects['Cube']
material = bpy.data.materials['Material']
color = material.node_tree.nodes['Principled BSDF'].inputs['Base Color']
for frame, value in ((1, (1, 0, 0, 1)), ({frames}, (0, 0, 1, 1))):
    color.default_value = value
    color.keyframe_insert('default_value', frame=frame)
    cube.location.x = -2 if frame == 1 else 2
    cube.keyframe_insert('location', frame=frame)
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1], compress=True)
"""


@pytest.fixture(scope="module")
def scene(bpy_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import subprocess

    path = tmp_path_factory.mktemp("scene") / "shot 灯 'a'.blend"
    code = MAKE_SCENE.format(frames=FRAMES)
    subprocess.run([str(bpy_python), "-c", code, str(path)], check=True, capture_output=True, timeout=120)
    return path


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[WindowProgram]":
    # The bpy wheel of this Python, whatever else is installed.
    monkeypatch.setenv("BLENDER_EXECUTABLE", sys.executable)
    paths = app_paths(tmp_path / "base")
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    yield program_behind(open_painted(paths.window_state), paths, ownership)
    ownership.release()


async def queue(program: "WindowProgram", scene: Path, output: Path) -> None:
    window = program.window
    drop(program, scene)
    await until(lambda: window.submit.drafts and window.submit.drafts[0].is_sound, "the scene to be read")
    assert f"1-{FRAMES}" in window.submit.page.facts.text()
    assert "160" in window.submit.page.facts.text()
    window.submit.form.output.setText(str(output))
    window.submit.form.edited.emit()
    window.submit.queue()
    await until(lambda: window.frames.model.rowCount() == FRAMES, "the job to be shown")


async def cancel_retry_finish(program: "WindowProgram", scene: Path, output: Path) -> None:
    window = program.window
    await queue(program, scene, output)
    await until(lambda: count(program, FrameState.COMPLETED) >= 2, "two frames to be finished")
    last = FRAMES
    select(program, last - 1, last)
    window.actions_by_name["cancel"].trigger()
    await until(lambda: state_of(program, last) is FrameState.CANCELLED, "the frames to be cancelled")
    running = next(
        frame for frame in range(1, FRAMES + 1) if state_of(program, frame) is FrameState.RENDERING
    )
    select(program, running)
    window.actions_by_name["cancel"].trigger()
    await until(lambda: state_of(program, running) is not FrameState.RENDERING, "the running frame to stop")
    job = window.jobs.current_job
    await until(lambda: job() is not None and job().state is JobState.CANCELLED, "the job to end")
    on_disk = {int(path.stem[-4:]) for path in output.glob("*.png")}
    done = set(window.frames.model.states.numbers_in(FrameState.COMPLETED))
    assert on_disk == done, "a cancelled frame left a file, or a finished one has none"
    select(program, *window.frames.model.states.numbers_in(FrameState.CANCELLED))
    window.actions_by_name["retry"].trigger()
    await until(lambda: job().state is JobState.COMPLETED, "the job to be completed")
    await until(lambda: all(cell_pixmap(program, frame) for frame in range(1, FRAMES + 1)), "all pictures")
    for frame in range(1, FRAMES + 1):
        shown = mean_color(cell_pixmap(program, frame).toImage())
        stored = mean_color(QImage(str(output / f"shot_{frame:04d}.png")))
        assert max(abs(a - b) for a, b in zip(shown, stored, strict=True)) <= 4, frame
    first, final = (mean_color(QImage(str(output / f"shot_{frame:04d}.png"))) for frame in (1, FRAMES))
    assert first != final, "the animation does not move"
    await until(lambda: not (output / ".render-manager").exists(), "the staging folder to be cleared")


def test_drop_cancel_retry_and_every_picture_in_the_grid(
    program: "WindowProgram", scene: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out put"
    play(program, lambda running: cancel_retry_finish(running, scene, output))
    assert not engines_of_this_program()
    names = sorted(path.name for path in output.iterdir() if not path.name.startswith("."))
    assert names == [f"shot_{frame:04d}.png" for frame in range(1, FRAMES + 1)]


def test_closing_in_mid_render_stops_everything_and_the_next_start_goes_on(
    program: "WindowProgram", qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    output = tmp_path / "frames"

    async def begin(running: "WindowProgram") -> None:
        await queue(running, scene, output)
        await until(lambda: count(running, FrameState.COMPLETED) >= 1, "a first frame")

    play(program, begin)
    assert not engines_of_this_program()
    finished_before = {path.name: path.stat().st_mtime_ns for path in output.glob("*.png")}
    assert 1 <= len(finished_before) < FRAMES

    async def go_on(running: "WindowProgram") -> None:
        await until(lambda: running.window.frames.model.rowCount() == FRAMES, "the stored job to be shown")
        await until(lambda: count(running, FrameState.COMPLETED) == FRAMES, "the job to be completed")

    again = program_behind(open_painted(None), program._paths, program._ownership)
    play(again, go_on)
    after = {path.name: path.stat().st_mtime_ns for path in output.glob("*.png")}
    assert len(after) == FRAMES
    assert all(after[name] == stamp for name, stamp in finished_before.items()), "a frame was rendered twice"


def test_a_scene_that_cannot_be_rendered_says_why_in_the_panel(
    program: "WindowProgram", tmp_path: Path
) -> None:
    bad = tmp_path / "torn.blend"
    bad.write_bytes(b"BLENDER-v404" + bytes(100))
    other = tmp_path / "notes.txt"
    other.touch()

    async def look(running: "WindowProgram") -> None:
        drop(running, bad, other)
        window = running.window
        await until(lambda: window.submit.drafts and window.submit.drafts[0].result, "the answer")
        assert "torn.blend" in window.submit.page.problems.text()
        assert not window.submit.view.queue.isEnabled()
        assert "notes.txt" in window.submit.view.notes.text("others")

    play(program, look)


def test_without_any_engine_the_window_says_where_it_looked(
    program: "WindowProgram", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(
        "render_manager.engines.blender.installations._places", lambda: iter([("nowhere", iter(()))])
    )
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("BLENDER_EXECUTABLE", "")

    async def look(running: "WindowProgram") -> None:
        await until(lambda: "No engine was found" in running.window.banner.text(), "the sentence")

    play(program, look)
