"""Cancel, skip and delete happen at once, and can be undone for a while."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, change, make_job, with_counts
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


def test_a_cancelled_job_is_brought_back(qtbot: QtBot, running: MainWindow, posts: Posts) -> None:
    assert not running.actions_by_name["undo"].isEnabled()
    running.actions_by_name["job_cancel"].trigger()
    assert posts.given == [commands.CancelJobs((1,))]
    assert running.orders.undo_bar.isVisible()
    assert "“shot_001” is cancelled." in running.orders.undo_bar.text.text()
    steps = (change(3, R, X), change(4, P, X, last=6), change(1, P, X, job_id=2))
    running.apply(ChangeSet(frames=steps))
    qtbot.keyClick(running, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert posts.given[1:] == [commands.TakeBack(1, FrameSet.parse("3-6"), X, P)]
    assert not running.orders.undo_bar.isVisible()
    assert not running.actions_by_name["undo"].isEnabled()


def test_a_paused_job_is_paused_again(window: MainWindow, reader: FakeReader, posts: Posts) -> None:
    paused = replace(make_job(1), state=JobState.PAUSED, paused=True)
    reader.put(paused)
    window.apply(ChangeSet(jobs={1: paused}))
    window.actions_by_name["job_cancel"].trigger()
    window.apply(ChangeSet(frames=(change(1, P, X, last=10),)))
    window.orders.undo.undo()
    assert posts.given[1:] == [
        commands.TakeBack(1, FrameSet.parse("1-10"), X, P),
        commands.PauseJobs((1,)),
    ]


def test_frames_left_out_come_back_as_they_were(qtbot: QtBot, running: MainWindow, posts: Posts) -> None:
    choose(running, 2, 4, 5)
    running.actions_by_name["frame_skip"].trigger()
    assert "3 frames are left out." in running.orders.undo_bar.text.text()
    running.apply(ChangeSet(frames=(change(2, F, S), change(4, P, S, last=5))))
    qtbot.mouseClick(running.orders.undo_bar.button, Qt.MouseButton.LeftButton)
    assert posts.given[1:] == [
        commands.TakeBack(1, FrameSet.parse("2"), S, F),
        commands.TakeBack(1, FrameSet.parse("4-5"), S, P),
    ]


def test_orders_are_undone_one_by_one_newest_first(running: MainWindow, posts: Posts) -> None:
    choose(running, 4)
    running.actions_by_name["frame_cancel"].trigger()
    running.apply(ChangeSet(frames=(change(4, P, X),)))
    choose(running, 5)
    running.actions_by_name["frame_skip"].trigger()
    running.apply(ChangeSet(frames=(change(5, P, S),)))
    posts.given.clear()
    running.orders.undo.undo()
    running.orders.undo.undo()
    running.orders.undo.undo()
    assert posts.given == [
        commands.TakeBack(1, FrameSet.parse("5"), S, P),
        commands.TakeBack(1, FrameSet.parse("4"), X, P),
    ]


def test_a_deleted_job_is_out_of_sight_and_gone_after_a_while(running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    assert [job.id for job in running.jobs.model.shown()] == [2]
    assert posts.given == [commands.CancelJobs((1,))]
    running.apply(ChangeSet(frames=(change(3, R, X, last=6),)))
    for _second in range(UNDO_S):
        running.orders.undo._tick()
    assert posts.given[1:] == [commands.DeleteJobs((1,))]
    running.apply(ChangeSet(removed_jobs=(1,)))
    assert running.jobs.model.job(1) is None


def test_a_deleted_job_comes_back(running: MainWindow, posts: Posts) -> None:
    running.actions_by_name["job_delete"].trigger()
    running.apply(ChangeSet(frames=(change(3, R, X),)))
    running.orders.undo.undo()
    assert posts.given[1:] == [commands.TakeBack(1, FrameSet.parse("3"), X, P)]
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


def test_every_action_is_in_a_menu_and_has_a_key(running: MainWindow) -> None:
    menus = [*running.menus.all(), *(sub for menu in running.menus.all() for sub in menu.findChildren(QMenu))]
    in_menus = {id(action) for menu in menus for action in menu.actions()}
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
