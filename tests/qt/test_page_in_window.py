"""The analysis page in the window: it covers jobs and frames, and their keys do nothing meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job
from render_manager.domain.changes import ChangeSet
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, errands: Errands, reader: FakeReader, posts: Posts
) -> Iterator[MainWindow]:
    bridge = Bridge()
    bridge.connect_to(posts)
    window = MainWindow(theme=theme, bridge=bridge, errands=errands, state_file=None, suffixes=(".blend",))
    reader.put(make_job(1))
    window.read_from(reader)
    window.show()
    qtbot.waitUntil(lambda: window.was_painted)
    window.apply(ChangeSet(jobs={1: make_job(1)}))
    yield window
    window.let_close()


@pytest.fixture
def posts() -> Posts:
    return Posts()


def files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    return mime


def test_keys_for_jobs_do_nothing_while_the_page_covers_them(
    qtbot: QtBot, window: MainWindow, posts: Posts
) -> None:
    actions = window.actions_by_name
    assert actions["cancel"].isEnabled()
    window.add_scenes([Path("/show/a.blend")])
    assert window.submit.isVisible()
    assert not window.jobs.isVisible()
    for name in ("cancel", "retry", "job_pause", "job_cancel", "job_delete"):
        assert not actions[name].isEnabled()
    qtbot.keyClick(window.submit.list, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    window.apply(ChangeSet(jobs={1: make_job(1)}))
    assert not actions["cancel"].isEnabled(), "news of jobs do not allow it again"
    assert not posts.given
    assert actions["open"].isEnabled()
    window.submit.close_panel()
    assert window.jobs.isVisible()
    assert actions["cancel"].isEnabled()


def test_dragging_files_over_the_window_says_what_dropping_does(qtbot: QtBot, window: MainWindow) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    overlay = window.drop_overlay
    mime = files("/a.blend", "/b.blend", "/c.blend")

    def enter() -> None:
        event = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, buttons, keys)
        QApplication.sendEvent(window, event)
        assert event.isAccepted()

    enter()
    assert overlay.isVisible()
    assert "3" in overlay.words
    assert overlay.geometry() == window.rect()
    assert not overlay.grab().isNull()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not overlay.isVisible()
    enter()
    with qtbot.waitSignal(window.files_dropped) as dropped:
        event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, buttons, keys)
        QApplication.sendEvent(window, event)
    assert dropped.args[0] == [Path("/a.blend"), Path("/b.blend"), Path("/c.blend")]
    assert not overlay.isVisible()


def test_text_that_is_dragged_shows_nothing(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("hello")
    event = QDragEnterEvent(
        QPoint(300, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, event)
    assert not window.drop_overlay.isVisible()


def test_files_over_the_job_table_are_for_the_window(window: MainWindow) -> None:
    mime = files("/a.blend")
    event = QDragEnterEvent(
        QPoint(20, 20),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window.jobs.table.viewport(), event)
    assert event.isAccepted()
    assert window.drop_overlay.isVisible()
