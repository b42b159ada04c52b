from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from qt.log_support import NO_CAMERA, attempt, blender, ended, write_lines
from qt.support import FakeReader, make_job
from render_manager.domain.changes import ChangeSet
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.ui.log_pane import LogPane
from render_manager.ui.log_saving import save_part
from render_manager.ui.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pane(qtbot: QtBot, window: MainWindow, reader: FakeReader, tmp_path: Path) -> LogPane:
    """The log of a window, with a frame that failed twice, and a good one before it."""
    lines = [f"line {number}" for number in range(300)]
    lines[50] = NO_CAMERA
    path = write_lines(tmp_path / "a.log", "@RM-1 {}", *lines)
    good = write_lines(tmp_path / "good.log", *lines[:20])
    job = make_job(1)
    reader.put(job, FrameState.COMPLETED, FrameState.FAILED)
    reader.tries[1, 2] = [ended(path, 1, frame=2), ended(path, 2, frame=2, start=9)]
    reader.tries[1, 1] = [ended(good, 1, frame=1, outcome=AttemptOutcome.COMPLETED)]
    pane = window.inspector.log
    pane.explain_with(blender)
    window.apply(ChangeSet(jobs={1: job}))
    window.inspector.show_frame(1, 2)
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 300)
    qtbot.waitUntil(lambda: pane.view.cursor_line == 50)
    return pane


def test_keys_of_the_log_do_not_reach_the_window(qtbot: QtBot, window: MainWindow, pane: LogPane) -> None:
    window.activateWindow()
    pane.view.setFocus()
    qtbot.waitUntil(pane.view.hasFocus)
    qtbot.keyClick(pane.view, Qt.Key.Key_F, CTRL)
    assert pane.find_bar.isVisible()
    qtbot.waitUntil(pane.find_bar.field.hasFocus)
    assert not window.jobs.chips.filter.hasFocus()
    qtbot.keyClicks(pane.find_bar.field, "line 7")
    qtbot.waitUntil(lambda: pane.find_bar.count.text() == "2 of 11")
    qtbot.keyClick(pane.find_bar.field, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: pane.find_bar.count.text() == "3 of 11")
    qtbot.keyClick(pane.find_bar.field, Qt.Key.Key_F3, SHIFT)
    qtbot.waitUntil(lambda: pane.find_bar.count.text() == "2 of 11")
    qtbot.keyClick(pane.find_bar.field, Qt.Key.Key_Escape)
    window.jobs.table.setFocus()
    qtbot.keyClick(window.jobs.table, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(window.jobs.chips.filter.hasFocus)
    assert not pane.find_bar.isVisible()


def test_errors_are_gone_through_by_keys(qtbot: QtBot, window: MainWindow, pane: LogPane) -> None:
    pane.view.setFocus()
    qtbot.keyClick(pane.view, Qt.Key.Key_End)
    qtbot.keyClick(pane.view, Qt.Key.Key_F8)
    assert pane.view.cursor_line == 50
    qtbot.keyClick(pane.view, Qt.Key.Key_F8, SHIFT)
    assert pane.view.cursor_line == 50


def test_lines_are_chosen_and_copied_by_keys(qtbot: QtBot, window: MainWindow, pane: LogPane) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(pane.view, key, SHIFT)
    assert pane.view.selected_lines() == range(50, 54)
    with qtbot.waitSignal(pane.view.copied):
        qtbot.keyClick(pane.view, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == f"{NO_CAMERA}\nline 51\nline 52\nline 53"
    qtbot.keyClick(pane.view, Qt.Key.Key_Up)
    assert pane.view.selected_lines() == range(52, 53)
    qtbot.keyClick(pane.view, Qt.Key.Key_PageDown, SHIFT)
    assert len(pane.view.selected_lines()) > 3
    qtbot.keyClick(pane.view, Qt.Key.Key_A, CTRL)
    assert len(pane.view.selected_lines()) == 300
    with qtbot.waitSignal(pane.view.copied):
        window.actions_by_name["log_copy_all"].trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 299
    window.actions_by_name["log_copy_path"].trigger()
    assert QGuiApplication.clipboard().text() == str(pane.path)


def test_switches_do_and_show_what_they_say(qtbot: QtBot, window: MainWindow, pane: LogPane) -> None:
    actions = window.actions_by_name
    assert not actions["log_follow"].isChecked()
    actions["log_follow"].trigger()
    assert pane.view.is_following
    pane.view.verticalScrollBar().setValue(0)
    assert not actions["log_follow"].isChecked()
    actions["log_wrap"].trigger()
    assert pane.view.is_wrapped
    actions["log_everything"].trigger()
    assert pane.shows_everything
    actions["log_whole"].trigger()
    assert pane.shows_whole
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 301)
    assert not actions["log_whole"].isEnabled()
    pane.choose(2)
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 300)


def test_actions_need_a_log(window: MainWindow, pane: LogPane) -> None:
    assert window.actions_by_name["log_save"].isEnabled()
    window.inspector.show_frame(None, None)
    assert not window.actions_by_name["log_save"].isEnabled()
    assert "Select a frame" in window.actions_by_name["log_save"].toolTip()


def test_comparisons_are_offered(qtbot: QtBot, window: MainWindow, pane: LogPane) -> None:
    menu = window.log_orders.comparisons
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [
        "attempt 1: failed",
        "frame 1, attempt 1: completed",
    ]
    menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: pane.comparing.comparison is not None)


def test_the_letters_grow_with_the_wheel_and_all_is_remembered(
    qtbot: QtBot, window: MainWindow, pane: LogPane, tmp_path: Path
) -> None:
    usual = pane.view.font_px
    where = QPointF(40, 40)
    wheel = QWheelEvent(
        where,
        pane.view.viewport().mapToGlobal(where),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CTRL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane.view.viewport(), wheel)
    assert pane.view.font_px == usual + 1
    pane.set_wrapped(True)
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    pane.save(settings)
    pane.set_wrapped(False)
    window.actions_by_name["log_usual"].trigger()
    assert pane.view.font_px == usual
    settings.sync()
    pane.restore(QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat))
    assert (pane.view.font_px, pane.view.is_wrapped) == (usual + 1, True)
    settings.setValue("log/font_px", "rubbish")
    pane.restore(settings)
    assert pane.view.font_px == usual + 1


def test_what_is_shown_can_be_saved(qtbot: QtBot, window: MainWindow, pane: LogPane, tmp_path: Path) -> None:
    window.actions_by_name["log_save"].trigger()
    dialog = pane.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "saved.log"))
    dialog.reject()
    qtbot.waitUntil(lambda: "was saved" in pane.note.text())
    assert (tmp_path / "saved.log").read_bytes() == (tmp_path / "a.log").read_bytes()[9:]
    window.log_orders.save_to(tmp_path / "a.log")
    qtbot.waitUntil(lambda: "could not be saved" in pane.note.text())
    assert pane.path is not None
    assert pane.path.stat().st_size > 1000


def test_our_lines_are_saved_only_if_they_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"@RM-1 {}\r\none\r\n@RM-1 {}\r\n\xff\x00last")
    for shows_all, kept in ((True, path.read_bytes()), (False, b"one\r\n\xff\x00last")):
        assert save_part(path, 0, 99, tmp_path / "b.log", shows_all=shows_all) == len(kept)
        assert (tmp_path / "b.log").read_bytes() == kept


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    opened: list[Path] = []

    def open_file(path: Path) -> bool:
        opened.append(path)
        return len(opened) < 2

    monkeypatch.setattr("render_manager.ui.log_orders.open_file", open_file)
    monkeypatch.setattr("render_manager.ui.log_orders.show_in_folder", open_file)
    yield opened


def test_the_log_is_opened_in_other_programs(window: MainWindow, pane: LogPane, opened: list[Path]) -> None:
    window.actions_by_name["log_open"].trigger()
    assert opened == [pane.path]
    assert pane.note.text() == ""
    window.actions_by_name["log_open"].trigger()
    assert "no program" in pane.note.text()
    window.actions_by_name["log_show"].trigger()
    assert "cannot be shown" in pane.note.text()


def test_a_running_attempt_has_a_log(qtbot: QtBot, window: MainWindow, pane: LogPane, tmp_path: Path) -> None:
    pane.show_attempts([attempt(tmp_path / "not-yet.log", frame=3)])
    assert not pane.trouble.isVisible()
