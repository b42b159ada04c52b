"""Cancel, skip and delete happen at once, and can be undone for a while."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job, with_counts
from render_manager.domain import commands
from render_manager.domain.changes import ChangeSet
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.main_window import MainWindow
from render_manager.ui.undo import UNDO_S

C, F, R, P = FrameState.COMPLETED, FrameState.FAILED, FrameState.RENDERING, FrameState.PENDING
X, S = FrameState.CANCELLED, FrameState.SKIPPED


@pytest.fixture
def running(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> MainWindow:
    job = replace(with_counts(make_job(1, "1-6"), completed=1, failed=1, rendering=1), state=JobState.RUNNING)
    reader.put(job, C, F, R)
    reader.put(make_job(2))
    with qtbot.waitSignal(window.frames.model.states_changed):
        window.apply(ChangeSet(jobs={1: job, 2: make_job(2)}))
        window.jobs.select_job(1)
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == 6)
    return window


def choose(window: MainWindow, *frames: int) -> None:
    for number in frames:
        place = window.frames.model.place_of(number)
        assert place is not None
        flags = window.frames.grid.selectionModel().SelectionFlag
        window.frames.grid.selectionModel().setCurrentIndex(window.frames.model.index(place), flags.Select)


def id_of(posts: Posts, place: int = -1) -> str:
    """Return the id under which an order was given."""
    order_id = posts.given[place].order_id
    assert isinstance(order_id, str)
    assert order_id
    return order_id


def test_a_cancelled_job_is_brought_back(qtbot: QtBot, running: MainWindow, posts: Posts) -> None:
    assert not running.actions_by_name["undo"].isEnabled()
    running.actions_by_name["job_cancel"].trigger()
    order_id = id_of(posts)
    assert posts.given == [commands.CancelJobs((1,), order_id)]
    assert running.orders.undo_bar.isVisible()
    assert "“shot_001” is cancelled." in running.orders.undo_bar.text.text()
    qtbot.keyClick(running, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert posts.given[1:] == [commands.UndoOrder(order_id)]
    assert not running.orders.undo_bar.isVisible()
    assert not running.actions_by_name["undo"].isEnabled()


def test_several_jobs_are_cancelled_and_counted(running: MainWindow, posts: Posts) -> None:
    running.jobs.table.selectAll()
    running.actions_by_name["job_cancel"].trigger()
    assert "2 jobs are cancelled." in running.orders.undo_bar.text.text()
    assert set(posts.given[0].job_ids) == {1, 2}


def test_frames_left_out_come_back(qtbot: QtBot, running: MainWindow, posts: Posts) -> None:
    choose(running, 2, 4, 5)
    running.actions_by_name["frame_skip"].trigger()
    order_id = id_of(posts)
    assert posts.given == [commands.SkipFrames(1, FrameSet.parse("2,4-5"), order_id)]
    assert "3 frames are left out." in running.orders.undo_bar.text.text()
    qtbot.mouseClick(running.orders.undo_bar.button, Qt.MouseButton.LeftButton)
    assert posts.given[1:] == [commands.UndoOrder(order_id)]


def test_orders_are_undone_one_by_one_newest_first(running: MainWindow, posts: Posts) -> None:
    choose(running, 4)
    running.actions_by_name["frame_cancel"].trigger()
    choose(running, 5)
    running.actions_by_name["frame_skip"].trigger()
    first, second = id_of(posts, 0), id_of(posts, 1)
    assert first != second
    posts.given.clear()
    for _time in range(3):
        running.orders.undo.undo()
    assert posts.given == [commands.UndoOrder(second), commands.UndoOrder(first)]


def test_a_deleted_job_is_out_of_sight_and_gone_after_a_while(running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    assert [job.id for job in running.jobs.model.shown()] == [2]
    assert posts.given == [commands.CancelJobs((1,), id_of(posts))]
    for _second in range(UNDO_S):
        running.orders.undo._tick()
    assert posts.given[1:] == [commands.DeleteJobs((1,))]
    running.apply(ChangeSet(removed_jobs=(1,)))
    assert running.jobs.model.job(1) is None


def test_a_deleted_job_comes_back(running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    order_id = id_of(posts)
    running.orders.undo.undo()
    assert posts.given[1:] == [commands.UndoOrder(order_id)]
    current = running.jobs.current_job()
    assert current is not None
    assert current.id == 1
    running.orders.undo.finish()
    assert commands.DeleteJobs((1,)) not in posts.given


def test_nothing_waits_when_the_window_closes(running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    running.orders.undo.finish()
    assert posts.given[-1] == commands.DeleteJobs((1,))
    assert not running.orders.undo_bar.isVisible()


def test_closing_the_bar_lets_the_order_stand(qtbot: QtBot, running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    qtbot.mouseClick(running.orders.undo_bar.close_button, Qt.MouseButton.LeftButton)
    assert posts.given[-1] == commands.DeleteJobs((1,))
    assert not running.orders.undo_bar.isVisible()


def test_keys_are_shown(qtbot: QtBot, running: MainWindow) -> None:
    from PySide6.QtWidgets import QLabel

    from render_manager.ui.keys_page import KeysPage

    qtbot.keyClick(running, Qt.Key.Key_F1)
    page = running.findChild(KeysPage)
    assert page is not None
    qtbot.waitUntil(page.isActiveWindow)
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "Undo" in texts
    assert "Ctrl+Z" in texts
    qtbot.keyClick(page, Qt.Key.Key_Question)
    qtbot.waitUntil(lambda: running.findChild(KeysPage) is None)


def all_actions(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        yield action
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            yield from all_actions(submenu)


def test_every_action_is_in_a_menu_and_has_a_key(running: MainWindow) -> None:
    in_menus = {id(action) for menu in running.menus.all() for action in all_actions(menu)}
    for name in running.actions_by_name.names():
        action = running.actions_by_name[name]
        assert id(action) in in_menus, name
        assert action.shortcuts(), name
        assert action.toolTip(), name


def test_what_is_off_says_why(window: MainWindow) -> None:
    for name in running_names(window):
        action = window.actions_by_name[name]
        if not action.isEnabled():
            assert action.toolTip().endswith("."), f"{name}: {action.toolTip()}"


def running_names(window: MainWindow) -> tuple[str, ...]:
    names = window.actions_by_name.names()
    assert any(not window.actions_by_name[name].isEnabled() for name in names)
    return names
