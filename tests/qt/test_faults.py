"""Mistakes of ours: one dialog, a count, and none again for what was looked at."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from render_manager.ui.bars import BarStack
from render_manager.ui.crash_bar import CrashBar
from render_manager.ui.faults import FaultDialog, Faults
from render_manager.ui.main_window import MainWindow
from render_manager.ui.theme import Theme

TRACE = "Traceback (most recent call last):\nZeroDivisionError: slot\n"


@pytest.fixture
def faults(window: MainWindow, theme: Theme) -> Faults:
    return Faults(
        window=lambda: window,
        theme=lambda: theme,
        say=lambda text: window.say("internal", text),
        crash_file=Path("/logs/crash.txt"),
        program_log=Path("/logs/render-manager.log"),
    )


def dialogs(window: MainWindow) -> list[FaultDialog]:
    return [one for one in window.findChildren(FaultDialog) if one.isVisible()]


def test_many_mistakes_make_one_dialog_with_a_count(faults: Faults, window: MainWindow) -> None:
    for _time in range(50):
        faults.take(TRACE)
    faults.take("another")
    (dialog,) = dialogs(window)
    assert dialog.text.toPlainText() == "another"
    assert "51" in dialog.count.text()
    assert not dialog.isModal(), "nothing waits for it"


def test_its_text_can_be_copied_and_the_files_are_named(faults: Faults, window: MainWindow) -> None:
    faults.take(TRACE)
    (dialog,) = dialogs(window)
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == TRACE
    said = " ".join(label.text() for label in dialog.findChildren(type(dialog.count)))
    assert "/logs/crash.txt" in said
    assert "/logs/render-manager.log" in said


def test_what_was_looked_at_opens_no_dialog_again(faults: Faults, window: MainWindow, qtbot: QtBot) -> None:
    faults.take(TRACE)
    dialogs(window)[0].close_button.click()
    qtbot.waitUntil(lambda: faults.dialog is None)
    faults.take(TRACE)
    assert not dialogs(window)
    assert "the same mistake again (2 so far)" in window.banner.text()
    faults.take("another")
    assert len(dialogs(window)) == 1


def test_a_crash_of_the_last_run_can_be_copied_and_dismissed(theme: Theme, tmp_path: Path) -> None:
    left = tmp_path / "last-crash.txt"
    left.write_text("Fatal Python error: Segmentation fault\n", "utf-8")
    stack = BarStack()
    bar = CrashBar(theme=theme, stack=stack, path=left)
    assert str(left) in bar.text.text()
    bar.buttons[1].click()
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    bar.buttons[2].click()
    assert bar.isHidden()
    left.unlink()
    bar.buttons[1].click()
    assert "cannot be read" in QGuiApplication.clipboard().text()


def test_without_a_crash_there_is_no_bar(theme: Theme) -> None:
    stack = BarStack()
    assert CrashBar(theme=theme, stack=stack, path=None).isHidden()
