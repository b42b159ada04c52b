"""Names, reasons and notes that look like HTML are shown as they are, wherever the window shows them."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from qt.drafts import draft_of
from qt.support import FakeReader, make_job, with_counts
from render_manager.domain.changes import ChangeSet, FrameRow
from render_manager.domain.facts import EngineWarned
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.closing import ask_how_to_close
from render_manager.ui.drafts_model import DraftsModel
from render_manager.ui.main_window import MainWindow
from render_manager.ui.own_settings import open_to_write
from render_manager.ui.plain_label import LinkLabel, PlainLabel, plain_notice, plain_tip
from render_manager.ui.tray import Tray

EVIL = "<img src='file://evil/share/x.png'><b>&amp;\x1b[31m\n\u202e</b>"
ESCAPED = "&lt;img src='file://evil/share/x.png'&gt;&lt;b&gt;&amp;amp;"


def assert_plain_tip(tip: str) -> None:
    if QtGui.Qt.mightBeRichText(tip):
        assert tip.startswith("<span>")
        assert tip.endswith("</span>")
        inner = tip.removeprefix("<span>").removesuffix("</span>").replace("<br>", "")
        assert "<" not in inner
        assert ">" not in inner


def assert_shows_texts_as_they_are(widget: QWidget) -> int:
    labels = widget.findChildren(QLabel)
    for label in labels:
        assert label.textFormat() is Qt.TextFormat.PlainText or isinstance(label, LinkLabel), label.text()
    for child in [widget, *widget.findChildren(QWidget)]:
        assert_plain_tip(child.toolTip())
        for action in child.actions():
            assert_plain_tip(action.toolTip())
    return len(labels)


def assert_model_is_plain(model: QAbstractItemModel) -> None:
    tips = 0
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
            if tip:
                tips += 1
                assert_plain_tip(tip)
    assert tips


def test_the_window(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    job = replace(
        with_counts(make_job(1, "1-3"), failed=1),
        name=EVIL,
        project_file=Path("/show") / EVIL.replace("/", "|"),
        reason=EVIL,
        state=JobState.RUNNING,
        output_dir=Path("/show") / EVIL.replace("/", "|"),
    )
    reader.put(job, FrameState.FAILED)
    reader.rows[1, 1] = FrameRow(1, 1, FrameState.FAILED, reason=EVIL, attempts=1, outputs=(EVIL,))
    with qtbot.waitSignal(window.frames.model.states_changed):
        window.apply(ChangeSet(jobs={1: job}, facts=(EngineWarned(1, 1, EVIL, EVIL),)))
    qtbot.waitUntil(lambda: window.frames.model.cell(0).row is not None)

    assert assert_shows_texts_as_they_are(window) > 20
    assert_model_is_plain(window.jobs.model)
    assert_model_is_plain(window.frames.model)
    shown = window.jobs.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert ESCAPED in shown


def test_scenes_on_the_analysis_page() -> None:
    model = DraftsModel()
    model.add([draft_of(Path("/show") / f"{EVIL.replace('/', '|')}.blend", renderer=EVIL, scene=EVIL)])
    assert_model_is_plain(model)


def test_labels_and_tips(qtbot: QtBot) -> None:
    label = PlainLabel(EVIL)
    qtbot.addWidget(label)
    assert (label.text(), label.textFormat()) == (EVIL, Qt.TextFormat.PlainText)
    for text in (EVIL, "a < b", "&lt;b&gt;", "x\n<b>", "plain & simple", "", "<?xml?>"):
        assert_plain_tip(plain_tip(text))
    assert plain_tip("a & b\nc") == "a & b\nc"


def test_boxes(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    box = ask_how_to_close(widget, rendering=2, has_tray=True, then=lambda _answer: None)
    assert isinstance(box, QMessageBox)
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()


def test_notifications(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, *words: told.append(words))
    widget = QWidget()
    qtbot.addWidget(widget)
    Tray(widget).tell("Render Manager", EVIL, None)
    assert "<" not in str(told[0][1])
    assert plain_notice("3 frames & more") == "3 frames & more"


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_what_the_window_remembers_is_private(tmp_path: Path, umask: int) -> None:
    file = tmp_path / "window.ini"
    before = os.umask(umask)
    try:
        settings = open_to_write(file)
        settings.setValue("place", 3)
        settings.sync()
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o077 == 0
