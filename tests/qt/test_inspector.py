from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, change, make_job, save_picture
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameRow
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.ui.inspector_pane import InspectorPane
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme


@pytest.fixture
def inspector(qtbot: QtBot, theme: Theme, errands: Errands, reader: FakeReader) -> InspectorPane:
    pane = InspectorPane(theme=theme, errands=errands)
    pane.read_from(reader)
    qtbot.addWidget(pane)
    pane.resize(400, 600)
    pane.show()
    reader.put(make_job(1), FrameState.COMPLETED, FrameState.FAILED)
    return pane


def test_a_finished_frame_shows_its_picture_and_facts(
    qtbot: QtBot, inspector: InspectorPane, reader: FakeReader, tmp_path: Path
) -> None:
    picture = save_picture(tmp_path / "frame_0001.png", "#10a040")
    reader.rows[1, 1] = FrameRow(
        1, 1, FrameState.COMPLETED, attempts=2, outputs=(str(picture),), seconds=12.34
    )
    reader.tries[1, 1] = [
        AttemptRecord(1, 1, 2, AttemptOutcome.COMPLETED, 0.0, peak_memory_bytes=512 * 2**20)
    ]
    inspector.show_frame(1, 1)
    qtbot.waitUntil(lambda: inspector.picture.pixmap is not None)
    assert inspector.picture.pixmap is not None
    assert inspector.picture.pixmap.toImage().pixelColor(30, 18) == QColor("#10a040")
    for part in ("frame 1", "completed", "attempt 2", "512 MB", "12.3 s", "frame_0001.png"):
        assert part in inspector.caption.text()


def test_a_failed_frame_says_why(qtbot: QtBot, inspector: InspectorPane, reader: FakeReader) -> None:
    reader.rows[1, 2] = FrameRow(1, 2, FrameState.FAILED, reason="<b>No camera.</b> Add one.")
    inspector.show_frame(1, 2)
    qtbot.waitUntil(lambda: bool(inspector.reason.text()))
    assert inspector.reason.text() == "<b>No camera.</b> Add one."
    assert inspector.picture.pixmap is None


def test_a_frame_to_be_tried_again_says_when(
    qtbot: QtBot, inspector: InspectorPane, reader: FakeReader
) -> None:
    reader.rows[1, 3] = FrameRow(1, 3, FrameState.PENDING, reason="Out of memory.", attempts=1, retry_at=1e10)
    inspector.show_frame(1, 3)
    qtbot.waitUntil(lambda: bool(inspector.reason.text()))
    assert inspector.reason.text().startswith("Out of memory. Tries again at ")


def test_what_is_shown_changes_with_the_frame(
    qtbot: QtBot, inspector: InspectorPane, reader: FakeReader, tmp_path: Path
) -> None:
    inspector.show_frame(1, 3)
    qtbot.waitUntil(lambda: "pending" in inspector.caption.text())
    picture = save_picture(tmp_path / "3.png")
    reader.codes[1][2] = 2
    reader.rows[1, 3] = FrameRow(1, 3, FrameState.COMPLETED, outputs=(str(picture),), attempts=1)
    inspector.apply(ChangeSet(frames=(change(3, FrameState.RENDERING, FrameState.COMPLETED),)))
    qtbot.waitUntil(lambda: inspector.picture.pixmap is not None)
    assert "completed" in inspector.caption.text()


def test_a_picture_that_is_gone_is_said_to_be(
    qtbot: QtBot, inspector: InspectorPane, reader: FakeReader
) -> None:
    reader.rows[1, 1] = FrameRow(1, 1, FrameState.COMPLETED, outputs=("/gone/1.png",), attempts=1)
    inspector.show_frame(1, 1)
    qtbot.waitUntil(lambda: "/gone/1.png" in inspector.picture._words)


def test_deleting_the_job_empties_the_pane(qtbot: QtBot, inspector: InspectorPane) -> None:
    inspector.show_frame(1, 1)
    inspector.apply(ChangeSet(removed_jobs=(1,)))
    assert inspector.shown is None
    assert inspector.caption.text() == ""


def test_an_answer_about_another_frame_is_dropped(
    qtbot: QtBot, inspector: InspectorPane, reader: FakeReader
) -> None:
    reader.rows[1, 2] = FrameRow(1, 2, FrameState.FAILED, reason="No camera.")
    inspector.show_frame(1, 2)
    inspector.show_frame(1, 3)
    qtbot.waitUntil(lambda: "frame 3" in inspector.caption.text())
    qtbot.wait(50)
    assert "frame 3" in inspector.caption.text()
    assert inspector.reason.text() == ""
