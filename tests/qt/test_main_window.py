import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, change, make_job, with_counts
from render_manager.domain import commands
from render_manager.domain.changes import ChangeSet, FrameResult, FrameRow, Notice
from render_manager.domain.facts import EngineWarned, FrameCompleted
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.models.jobs_model import WARNINGS_ROLE
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

P, R, C, F = FrameState.PENDING, FrameState.RENDERING, FrameState.COMPLETED, FrameState.FAILED


def with_jobs(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    """Two jobs; the second, selected one has frames in every finished and unfinished way."""
    reader.put(make_job(1))
    reader.put(make_job(2, "1-6"), C, F, R)
    reader.rows[2, 1] = FrameRow(2, 1, C, outputs=("/show/out/frame_0001.png",), attempts=1, seconds=1.0)
    second = replace(
        with_counts(make_job(2, "1-6"), completed=1, failed=1, rendering=1), state=JobState.RUNNING
    )
    with qtbot.waitSignal(window.frames.model.states_changed):
        window.apply(ChangeSet(jobs={1: make_job(1), 2: second}))
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == 6)


def choose(window: MainWindow, *frames: int) -> None:
    window.frames.grid.clearSelection()
    for number in frames:
        place = window.frames.model.place_of(number)
        assert place is not None
        index = window.frames.model.index(place)
        flags = window.frames.grid.selectionModel().SelectionFlag
        window.frames.grid.selectionModel().setCurrentIndex(index, flags.Select)


def test_the_newest_job_is_shown_by_itself(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    with_jobs(qtbot, window, reader)
    job = window.jobs.current_job()
    assert job is not None
    assert job.id == 2
    assert [window.frames.model.cell(place).state for place in range(4)] == [C, F, R, P]


def test_a_selection_stays_on_its_job_when_others_come_and_go(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    window.jobs.select_job(1)
    reader.put(make_job(3))
    window.apply(ChangeSet(jobs={3: make_job(3)}))
    current = window.jobs.current_job()
    assert current is not None
    assert current.id == 1
    window.apply(ChangeSet(removed_jobs=(3,)))
    assert [job.id for job in window.jobs.selected_jobs()] == [1]


def test_dropped_files_are_taken_anywhere_on_the_window(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/show/a b.blend"), QUrl.fromLocalFile("/show/灯.blend")])
    enter = QDragEnterEvent(
        QPoint(400, 500),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(
        QPointF(400, 500),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(window.files_dropped) as signal:
        QApplication.sendEvent(window, drop)
    assert signal.args[0] == [Path("/show/a b.blend"), Path("/show/灯.blend")]


def test_the_window_fits_on_a_small_screen(window: MainWindow) -> None:
    room = window.screen().availableSize()
    assert window.width() < room.width()
    assert window.height() < room.height() - 40, "there is a title bar, too"


def test_text_and_web_addresses_are_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.blend")])
    enter = QDragEnterEvent(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_cancel_and_retry_go_to_the_selected_frames(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, posts: Posts
) -> None:
    with_jobs(qtbot, window, reader)
    choose(window, 3, 4)
    assert window.actions_by_name["cancel"].isEnabled()
    window.actions_by_name["cancel"].trigger()
    assert posts.plain == [commands.CancelFrames(2, FrameSet.parse("3-4"))]
    choose(window, 1, 2)
    assert window.actions_by_name["retry"].isEnabled()
    window.actions_by_name["retry"].trigger()
    assert posts.plain[-1] == commands.RetryFrames(2, FrameSet.parse("2")), "frame 1 is good"
    window.actions_by_name["frame_retry"].trigger()
    assert posts.plain[-1] == commands.RetryFrames(2, FrameSet.parse("1-2")), "the menu means all"


def test_a_good_frame_that_is_looked_at_does_not_take_the_jobs_buttons(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, posts: Posts
) -> None:
    with_jobs(qtbot, window, reader)
    choose(window, 1)
    assert window.actions_by_name["cancel"].isEnabled()
    window.actions_by_name["cancel"].trigger()
    assert window.actions_by_name["retry"].isEnabled()
    window.actions_by_name["retry"].trigger()
    assert posts.plain == [commands.CancelJobs((2,)), commands.RetryFrames(2, failed_only=True)]


def test_escape_lets_go_of_the_frames(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    with_jobs(qtbot, window, reader)
    window.frames.select_frame(3)
    qtbot.keyClick(window.frames.grid, Qt.Key.Key_Escape)
    assert not window.frames.selection.frames()
    assert window.frames.current_frame() is None
    assert window.inspector.shown is None


def test_keys_act_where_they_are_pressed(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("render_manager.ui.frame_orders.open_file", opened.append)
    with_jobs(qtbot, window, reader)
    qtbot.waitUntil(lambda: window.frames.model.cell(0).row is not None)
    choose(window, 1)
    window.add_scenes([Path("/a.blend")])
    submit = window.submit
    for widget in (submit.list, submit.form.frames, submit.form.existing, window.jobs.table):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert not opened
    submit.close_panel()
    window.frames.grid.setFocus()
    qtbot.keyClick(window.frames.grid, Qt.Key.Key_Delete)
    assert len(window.jobs.model.shown()) == 2
    qtbot.keyClick(window.frames.grid, Qt.Key.Key_Return)
    assert opened == [Path("/show/out/frame_0001.png")]
    window.jobs.table.setFocus()
    qtbot.keyClick(window.jobs.table, Qt.Key.Key_Delete)
    assert len(window.jobs.model.shown()) == 1


def select_scattered(window: MainWindow, reader: FakeReader, qtbot: QtBot, count: int) -> None:
    job = make_job(9, f"1-{2 * count}")
    reader.put(job, C, F)
    with qtbot.waitSignal(window.frames.model.states_changed):
        window.apply(ChangeSet(jobs={9: job}))
        window.jobs.select_job(9)
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == 2 * count)
    selection = QItemSelection()
    for place in range(0, 2 * count, 2):
        index = window.frames.model.index(place)
        selection.select(index, index)
    flags = QItemSelectionModel.SelectionFlag
    window.frames.grid.selectionModel().select(selection, flags.ClearAndSelect)


def test_a_large_scattered_selection_costs_nothing_while_frames_are_rendered(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    select_scattered(window, reader, qtbot, 1000)
    read: list[int] = []
    monkeypatch.setattr(window.frames.selection, "_read", lambda: read.append(1))
    monkeypatch.setattr(window.frames.model, "numbers", lambda _places: read.append(2))
    window.apply(ChangeSet(frames=(change(2, P, R, job_id=9),)))
    window.apply(ChangeSet(frames=(change(2, R, C, job_id=9),)))
    assert read == []
    assert window.actions_by_name["frame_next"].isEnabled()
    updated: list[int] = []
    monkeypatch.setattr(window.orders.frames, "update_actions", lambda: updated.append(1))
    window.apply(ChangeSet(frames=(change(2, P, R, job_id=1),)))
    assert updated == [], "another job's frames"


def test_all_selected_paths_are_copied(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    select_scattered(window, reader, qtbot, 700)
    for number in range(1, 1401):
        reader.rows[9, number] = FrameRow(9, number, C, outputs=(f"/o/{number}.png",))
    window.frames.model.details.rows.clear()
    window.actions_by_name["frame_copy"].trigger()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.text().count("\n") == 699)
    assert clipboard.text().splitlines()[:2] == ["/o/1.png", "/o/3.png"]


def test_without_frames_they_go_to_the_selected_jobs(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, posts: Posts
) -> None:
    with_jobs(qtbot, window, reader)
    window.frames.grid.clearSelection()
    window.actions_by_name["cancel"].trigger()
    window.actions_by_name["retry"].trigger()
    assert posts.plain == [commands.CancelJobs((2,)), commands.RetryFrames(2, failed_only=True)]


def test_the_frames_menu_offers_what_is_possible(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    qtbot.waitUntil(lambda: window.frames.model.cell(0).row is not None)
    menu = window.orders.frames.menu()
    texts = [action.text().replace("&", "") for action in menu.actions() if action.text()]
    assert texts == [
        "Retry",
        "Cancel",
        "Skip",
        "Render next",
        "View picture",
        "Open image",
        "Show in folder",
        "Copy path",
        "Show log of attempt",
        "Select",
    ]
    for frames, possible in (
        ((1,), {"frame_retry", "frame_open", "frame_show", "frame_copy", "frame_log"}),
        ((2,), {"frame_retry", "frame_skip", "frame_log"}),
        ((3,), {"frame_cancel", "frame_skip", "frame_log"}),
        ((4,), {"frame_cancel", "frame_skip", "frame_next", "frame_log"}),
    ):
        choose(window, *frames)
        window.orders.frames.update_actions()
        names = ["retry", "cancel", "skip", "next", "open", "show", "copy", "log"]
        enabled = {f"frame_{name}" for name in names if window.actions_by_name[f"frame_{name}"].isEnabled()}
        assert enabled == possible, frames


def test_every_frame_action_gives_its_command(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, posts: Posts
) -> None:
    with_jobs(qtbot, window, reader)
    choose(window, 4, 5)
    chosen = FrameSet.parse("4-5")
    window.actions_by_name["frame_skip"].trigger()
    window.actions_by_name["frame_next"].trigger()
    window.actions_by_name["frame_cancel"].trigger()
    assert posts.plain == [
        commands.SkipFrames(2, chosen),
        commands.RenderNext(2, chosen),
        commands.CancelFrames(2, chosen),
    ]


def test_copying_paths_and_showing_the_log(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    with_jobs(qtbot, window, reader)
    qtbot.waitUntil(lambda: window.frames.model.cell(0).row is not None)
    choose(window, 1)
    window.orders.frames.update_actions()
    window.actions_by_name["frame_copy"].trigger()
    assert QGuiApplication.clipboard().text() == "/show/out/frame_0001.png"
    window.actions_by_name["frame_log"].trigger()
    assert window.inspector.shown == (2, 1)


def test_the_jobs_menu_gives_its_commands(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, posts: Posts
) -> None:
    with_jobs(qtbot, window, reader)
    menu = window.orders.jobs.menu()
    texts = [action.text().replace("&", "") for action in menu.actions() if action.text()]
    moves = ["Move to the top", "Move up", "Move down", "Move to the bottom"]
    orders = ["Pause", "Resume", "Cancel", "Retry failed", "Fix and retry"]
    orders += ["Render frames of an older scene again", "Priority"]
    assert texts == [*orders, *moves, "Open output folder", "Delete"]
    for name in ("job_pause", "job_cancel", "job_retry"):
        window.actions_by_name[name].trigger()
    window.orders.jobs.set_priority(9)
    assert posts.plain == [
        commands.PauseJobs((2,)),
        commands.CancelJobs((2,)),
        commands.RetryFrames(2, failed_only=True),
        commands.SetPriority((2,), 9),
    ]
    assert not window.actions_by_name["job_resume"].isEnabled()
    paused = replace(make_job(1), state=JobState.PAUSED, paused=True)
    window.apply(ChangeSet(jobs={1: paused}))
    window.jobs.select_job(1)
    window.actions_by_name["job_resume"].trigger()
    assert posts.plain[-1] == commands.ResumeJobs((1,))


def test_the_output_folder_is_looked_for_on_a_pool_thread(
    qtbot: QtBot, window: MainWindow, reader: FakeReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("render_manager.ui.job_orders.open_file", opened.append)
    with_jobs(qtbot, window, reader)
    window.apply(ChangeSet(jobs={2: make_job(2, "1-6", output_dir=tmp_path / "not" / "there")}))
    window.actions_by_name["job_folder"].trigger()
    assert opened == [], "the disk may take its time"
    qtbot.waitUntil(lambda: opened == [tmp_path])


def test_pausing_everything_can_be_undone(window: MainWindow, posts: Posts) -> None:
    window.actions_by_name["hold"].trigger()
    assert "paused" in window.banner.text()
    hold = window.actions_by_name["hold"]
    assert hold.text() == "&Go on"
    assert hold.icon().cacheKey() == window.actions_by_name._icons.plain("mdi6.play").cacheKey()
    window.actions_by_name["hold"].trigger()
    assert posts.plain == [commands.HoldQueue(True), commands.HoldQueue(False)]
    assert not window.banner.isVisible()


def test_chips_count_states_and_select_them(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    with_jobs(qtbot, window, reader)
    texts = {chip.text() for chip in window.frames.chips.buttons.values() if chip.isVisible()}
    assert texts == {"pending 3", "rendering 1", "completed 1", "failed 1"}
    qtbot.mouseClick(window.frames.chips.buttons[P], Qt.MouseButton.LeftButton)
    assert list(window.frames.selection.frames()) == [4, 5, 6]


def test_notices_are_shown_on_top_and_go_away(window: MainWindow) -> None:
    window.apply(
        ChangeSet(notices=(Notice("store", "The disk is full."), Notice("x", "Something <b>else</b>.")))
    )
    assert window.banner.isVisible()
    assert window.banner.text() == "The disk is full.\nSomething <b>else</b>."
    window.apply(ChangeSet(notices=(Notice("store", ""),)))
    assert window.banner.text() == "Something <b>else</b>."
    window.apply(ChangeSet(notices=(Notice("x", ""),)))
    assert not window.banner.isVisible()


def test_the_newest_frame_is_shown_while_none_is_selected(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    window.frames.grid.setCurrentIndex(window.frames.model.index(-1))
    done = change(3, R, C, job_id=2, result=FrameResult(("/o.png",), "", 1.0))
    fact = FrameCompleted(2, 3, 1, ("/o.png",), 1.0)
    window.apply(ChangeSet(frames=(done,), facts=(fact,)))
    assert window.inspector.shown == (2, 3)
    window.frames.select_frame(1)
    window.apply(ChangeSet(facts=(FrameCompleted(2, 4, 1, ("/o.png",), 1.0),)))
    assert window.inspector.shown == (2, 1)


def test_closing_asks_the_program_first(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.close_wanted):
        window.close()
    assert window.isVisible()
    window.let_close()
    assert not window.isVisible()


def test_the_window_remembers_its_panes(
    qtbot: QtBot, window: MainWindow, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    window.frames.grid.set_cell_width(200)
    window.resize(780, 640)
    window.let_close()
    again = MainWindow(
        theme=theme,
        bridge=Bridge(),
        errands=errands,
        state_file=tmp_path / "window.ini",
        suffixes=(".blend",),
    )
    qtbot.addWidget(again)
    assert again.frames.grid.cell_width == 200
    assert again.size().height() == 640
    again._may_close = True


def test_hidden_panes_stay_hidden_and_the_menu_knows(
    qtbot: QtBot, window: MainWindow, theme: Theme, errands: Errands, reader: FakeReader, tmp_path: Path
) -> None:
    with_jobs(qtbot, window, reader)
    toggles = window.view_menu.toggles
    toggles["inspector"].trigger()
    toggles["jobs"].trigger()
    choose(window, 1)
    window.actions_by_name["frame_log"].trigger()
    assert window.inspector.isVisible()
    assert toggles["inspector"].isChecked()
    window.let_close()
    again = MainWindow(
        theme=theme,
        bridge=Bridge(),
        errands=errands,
        state_file=tmp_path / "window.ini",
        suffixes=(".blend",),
    )
    qtbot.addWidget(again)
    again.show()
    assert not again.jobs.isVisible()
    assert not again.view_menu.toggles["jobs"].isChecked()
    assert again.inspector.isVisible()
    assert again.view_menu.toggles["inspector"].isChecked()
    again._may_close = True


def test_a_spoiled_memory_is_no_reason_not_to_open(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    (tmp_path / "window.ini").write_bytes(
        b"\x00\xff[General]\ngeometry=@ByteArray(nonsense)\ncell_width_px=x\n"
    )
    window = MainWindow(
        theme=theme,
        bridge=Bridge(),
        errands=errands,
        state_file=tmp_path / "window.ini",
        suffixes=(".blend",),
    )
    qtbot.addWidget(window)
    window._may_close = True
    assert window.frames.grid.cell_width > 0


def test_panes_can_be_hidden_and_found_again(window: MainWindow) -> None:
    toggles = window.view_menu.toggles.values()
    for toggle, pane in zip(toggles, (window.jobs, window.frames, window.inspector), strict=True):
        toggle.trigger()
        assert not pane.isVisible()
        toggle.trigger()
        assert pane.isVisible()


def test_with_frames_and_picture_hidden_the_table_has_the_room(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    toggles = window.view_menu.toggles
    toggles["frames"].trigger()
    toggles["inspector"].trigger()
    qtbot.waitUntil(lambda: window.jobs.height() > window.centralWidget().height() - 20)
    window.add_scenes([Path("/show/a.blend")])
    assert window.submit.isVisible()
    window.submit.close_panel()
    assert not window._lower.isVisible()
    toggles["inspector"].trigger()
    qtbot.waitUntil(lambda: window.inspector.height() > 100)
    toggles["inspector"].trigger()
    window.let_close()


def test_waits_are_counted_down_only_while_they_can_be_seen(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    pane = window.frames
    qtbot.waitUntil(lambda: pane.model.cell(5).row is not None)
    assert not pane.refresh.countdown.isActive()
    waiting = replace(change(6, R, P, job_id=2), attempts=1, retry_at=time.time() + 60)
    window.apply(ChangeSet(frames=(waiting,)))
    qtbot.waitUntil(pane.refresh.countdown.isActive)
    pane.refresh.countdown.setInterval(1)
    for _second in range(3):
        with qtbot.waitSignal(pane.refresh.countdown.timeout):
            pass
    window.apply(ChangeSet(frames=(change(6, P, R, job_id=2),)))
    qtbot.waitUntil(lambda: not pane.refresh.countdown.isActive())


def test_long_names_do_not_widen_the_window(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    long = "x" * 250
    with_jobs(qtbot, window, reader)
    job = make_job(5, "1-6", name=long, output_dir=Path("/", *[long] * 5), project_file=Path("/", long, long))
    reader.put(job, *FrameState)
    outputs = (f"/show/{long}/{long}.png",)
    reader.rows[5, 3] = FrameRow(5, 3, C, outputs=outputs, attempts=12, seconds=1.0, reason=long * 4)
    window.say("long", f"/{long}/{long} is {long}.")
    window.apply(ChangeSet(jobs={5: job}, facts=(EngineWarned(5, None, long * 3, long),)))
    window.jobs.select_job(5)
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == 6)
    window.frames.select_frame(3)
    qtbot.waitUntil(lambda: long in window.inspector.caption.text())
    qtbot.waitUntil(lambda: long in window.disk.text())
    assert window.minimumSizeHint().width() <= 640
    window.resize(640, 720)
    assert (window.width(), window.height()) == (640, 720)
    assert window.frames.width() <= 640
    assert window.jobs.table.columnWidth(JobColumn.NAME) >= 200
    qtbot.waitUntil(lambda: window.jobs.table.horizontalScrollBar().maximum() == 0)
    assert window.frames.header.title.width() >= 100
    assert window.inspector.geometry().top() > window.frames.geometry().top(), "folded under the grid"
    window.add_scenes([Path("/", long, f"{long}.blend")])
    assert window.minimumSizeHint().width() <= 640
    window.submit.close_panel()
    window.resize(1280, 720)
    assert not window.jobs.table.isColumnHidden(JobColumn.ENGINE)
    assert window.inspector.geometry().left() > window.frames.geometry().left()


def test_warnings_of_an_engine_are_shown_where_its_job_is(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    with_jobs(qtbot, window, reader)
    assert not window.frames.warning.isVisible()
    textures = EngineWarned(2, 3, "2 textures are missing.", "Pack them.")
    window.apply(ChangeSet(facts=(EngineWarned(2, None, "No GPU.", "Rendered on the CPU."), textures)))
    window.apply(ChangeSet(facts=(replace(textures, frame=4), EngineWarned(1, None, "Other.", ""))))
    assert window.frames.warning.isVisible()
    assert "2 textures are missing. Pack them." in window.frames.warning.text()
    assert "No GPU. Rendered on the CPU." in window.frames.warning.toolTip()
    assert window.frames.warning.toolTip().count("textures") == 1
    row = window.jobs.model.row_of(2)
    assert row is not None
    tip = window.jobs.model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "No GPU. Rendered on the CPU." in tip
    assert window.jobs.model.index(row, 0).data(WARNINGS_ROLE) == (
        "No GPU. Rendered on the CPU.",
        "2 textures are missing. Pack them.",
    )
    window.jobs.select_job(1)
    assert "Other." in window.frames.warning.text()
    window.apply(ChangeSet(removed_jobs=(1,)))
    assert window.jobs.model.warnings(1) == ()


def test_every_action_has_words_and_a_tip(window: MainWindow) -> None:
    for name, action in window.actions_by_name._actions.items():
        assert action.text(), name
        assert action.toolTip(), name
    keys = [
        action.shortcut().toString()
        for name, action in window.actions_by_name._actions.items()
        # Within the log, Ctrl+F looks there, and the key never comes to the window (test_log_orders).
        if not action.shortcut().isEmpty() and name != "log_find"
    ]
    assert len(keys) == len(set(keys)), "two actions on one key"
