"""What the window's tests share: Qt without a screen, hand-made jobs, a reader that answers from memory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_theme
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import Errands, QtPool
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme, apply_theme

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            # The offscreen platform says so of every window; it says nothing about ours.
            ignored = ("propagateSizeHints", r"does not support raise\(\)", "systemTrayWindowChanged")
            item.add_marker(pytest.mark.qt_log_ignore(*ignored, extend=True))


@pytest.fixture(autouse=True)
def _no_key_held(qapp: QApplication) -> None:
    """Let go of Ctrl, Shift or Alt: after a click of theirs Qt holds them down for the tests that follow."""
    QTest.keyRelease(QWidget(), Qt.Key.Key_Control)
    assert qapp.keyboardModifiers() == Qt.KeyboardModifier.NoModifier


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = make_theme()
    apply_theme(qapp, theme)
    return theme


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)


@pytest.fixture
def errands(qapp: QApplication) -> Iterator[Errands]:
    pool = QtPool(name="reading", max_threads=2)
    yield Errands(pool)
    # An answer may ask for more.
    for _round in range(5):
        pool.finish()
        qapp.processEvents()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def make_window(
    qtbot: QtBot,
    theme: Theme,
    errands: Errands,
    reader: FakeReader,
    posts: Posts,
    tmp_path: Path,
) -> Iterator[Callable[[], MainWindow]]:
    """Windows one after another, with one memory."""

    made_windows: list[MainWindow] = []

    def make() -> MainWindow:
        bridge = Bridge()
        bridge.connect_to(posts)
        window = MainWindow(
            theme=theme,
            bridge=bridge,
            errands=errands,
            state_file=tmp_path / "window.ini",
            suffixes=(".blend",),
        )
        made_windows.append(window)
        window.read_from(reader)
        window.load_icons()
        window.show()
        qtbot.waitUntil(lambda: window.was_painted)
        return window

    yield make
    for window in made_windows:
        window.let_close()


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()
