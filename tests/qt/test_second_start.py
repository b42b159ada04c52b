"""A second start hands its files to the running window, which comes to the front."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from render_manager.domain.errors import UserError
from render_manager.services.control import ControlServer
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths, app_paths
from render_manager.window import Opened, open_painted, program_behind, run_window


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = app_paths(tmp_path / "base")
    paths.make()
    return paths


class FirstStart:
    """The program that runs already, without a window."""

    def __init__(self, paths: AppPaths) -> None:
        self.ownership = Ownership(paths.lock)
        assert self.ownership.take()
        self.server = ControlServer()
        self.shown: list[list[Path]] = []

    def listen(self, *, has_window: bool = True) -> None:
        show = (lambda files: self.shown.append(list(files))) if has_window else None
        self.server.start(self.ownership, post=lambda _command: None, show=show)


@pytest.fixture
def first(paths: AppPaths) -> Iterator[FirstStart]:
    first = FirstStart(paths)
    yield first
    first.server.stop()
    first.ownership.release()


def test_it_hands_over_whole_paths_and_ends(
    paths: AppPaths, first: FirstStart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first.listen()
    monkeypatch.chdir(tmp_path)
    assert run_window(paths.data_dir, [Path("shot ü.blend")], is_demo=False) == 0
    assert first.shown == [[tmp_path / "shot ü.blend"]]


def test_one_that_is_just_starting_is_waited_for(paths: AppPaths, first: FirstStart) -> None:
    timer = threading.Timer(0.3, first.listen)
    timer.start()
    assert run_window(paths.data_dir, [Path("/a.blend")], is_demo=False) == 0
    timer.join()
    assert first.shown == [[Path("/a.blend")]]


def test_a_command_has_no_window_to_show(paths: AppPaths, first: FirstStart) -> None:
    first.listen(has_window=False)
    with pytest.raises(UserError, match="is rendering"):
        run_window(paths.data_dir, [Path("/a.blend")], is_demo=False)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    opened = open_painted(None)
    yield opened
    opened.window.let_close()
    opened.reading_pool.finish()


@pytest.mark.qt_log_ignore(
    "raise", "propagateSizeHints", extend=True
)  # the offscreen platform has no stack of windows
def test_the_window_comes_back_and_shows_the_scene(
    qtbot: QtBot, opened: Opened, paths: AppPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = tmp_path / "shot.blend"
    scene.touch()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    program = program_behind(opened, paths, ownership)
    dropped: list[list[Path]] = []
    monkeypatch.setattr(program.intake, "take", dropped.append)
    window = opened.window
    window.showMaximized()
    window.showMinimized()
    program._doorbell.rang.emit([scene])
    qtbot.waitUntil(lambda: bool(dropped))
    assert dropped == [[scene]]
    assert window.isVisible()
    assert not window.isMinimized()
    assert window.windowState() & Qt.WindowState.WindowMaximized, "it is as large as it was"
    program._loop.close()
    ownership.release()
