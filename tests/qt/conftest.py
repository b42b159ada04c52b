"""What the window's tests share: Qt without a screen, hand-made jobs, a reader that answers from memory."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from qt.support import FakeReader, make_theme
from render_manager.ui.pools import Errands, QtPool
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme, apply_theme

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            # The offscreen platform says so of every window; it says nothing about ours.
            unable = ("propagateSizeHints", r"does not support raise\(\)")
            item.add_marker(pytest.mark.qt_log_ignore(*unable, extend=True))


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
    pool.finish()
    qapp.processEvents()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()
