"""How the viewer is opened from the window, and what the window does when it is closed."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, change, make_job, save_picture, with_counts
from render_manager.domain.changes import ChangeSet, FrameResult, FrameRow
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

C, P = FrameState.COMPLETED, FrameState.PENDING


@pytest.fixture
def bridge() -> Bridge:
    bridge = Bridge()
    bridge.connect_to(Posts())
    return bridge


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, errands: Errands, reader: FakeReader, bridge: Bridge, tmp_path: Path
) -> Iterator[MainWindow]:
    window = MainWindow(
        theme=theme,
        bridge=bridge,
        errands=errands,
        state_file=tmp_path / "window.ini",
        suffixes=(".blend",),
    )
    window.read_from(reader)
    window.show()
    job = replace(with_counts(make_job(1, "1-4"), completed=2), state=JobState.RUNNING)
    reader.put(job, C, C)
    for number, color in ((1, "#cc3333"), (2, "#33cc33")):
        path = save_picture(tmp_path / f"frame_{number:04d}.png", color)
        reader.rows[1, number] = FrameRow(1, number, C, attempts=1, outputs=(str(path),), seconds=1.0)
    window.apply(ChangeSet(jobs={1: job}))
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == 4)
    yield window
    window.let_close()


def is_shown(window: MainWindow, number: int) -> bool:
    viewer = window.viewer.window
    return viewer is not None and viewer.session.number == number and viewer.canvas.shown is not None


def test_space_opens_the_current_frame_and_escape_comes_back_to_the_last_one(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert window.viewer.window is None, "made when it is first wanted"
    window.frames.select_frame(1)
    window.frames.grid.setFocus()
    qtbot.keyClick(window.frames.grid, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: is_shown(window, 1))
    viewer = window.viewer.window
    assert viewer is not None
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: is_shown(window, 2))
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert window.frames.current_frame() == (1, 2)


def test_a_double_click_on_a_cell_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    grid = window.frames.grid
    at = grid.visualRect(window.frames.model.index(1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: is_shown(window, 2))


def test_a_double_click_on_the_picture_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    window.frames.select_frame(2)
    qtbot.waitUntil(lambda: window.inspector.picture.pixmap is not None)
    qtbot.mouseDClick(window.inspector.picture, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_shown(window, 2))


def test_the_viewer_hears_of_changes(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, tmp_path: Path
) -> None:
    window.frames.select_frame(3)
    window.frames.grid.setFocus()
    qtbot.keyClick(window.frames.grid, Qt.Key.Key_Space)
    viewer = window.viewer.window
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.canvas.words == "Frame 3 is not rendered yet.")
    path = save_picture(tmp_path / "frame_0003.png", "#3333cc")
    bridge.receive(ChangeSet(frames=(change(3, P, C, result=FrameResult((str(path),), "", 1.0)),)))
    qtbot.waitUntil(lambda: is_shown(window, 3))


def test_the_action_needs_a_frame(qtbot: QtBot, window: MainWindow) -> None:
    action = window.actions_by_name["frame_view"]
    window.orders.frames.update_actions()
    assert not action.isEnabled()
    window.frames.select_frame(1)
    window.orders.frames.update_actions()
    assert action.isEnabled()


def test_the_window_starts_without_the_viewer_and_its_libraries() -> None:
    code = (
        "import sys, render_manager.ui.main_window\n"
        "late = [name for name in sys.modules if name.startswith('render_manager.ui.viewer.')]\n"
        "late += [name for name in ('numpy', 'OpenImageIO', 'PIL') if name in sys.modules]\n"
        "sys.exit(repr(late) if late else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
