import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.log_watch import LogWatch

from qt.support import FakeReader, change, make_job
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameProgress, FrameResult, FrameRow
from render_manager.domain.states import FRAME_CODES, AttemptOutcome, FrameState
from render_manager.ui.frame_words import tool_tip
from render_manager.ui.models.frame_cell import FrameCell
from render_manager.ui.models.frame_codes import MARKED_CODE, RETRY_CODE, UNREAD_CODE
from render_manager.ui.models.frame_details import changed_row
from render_manager.ui.models.frames_model import CELL_ROLE, FIRST_FRAMES, FramesModel
from render_manager.ui.pools import Errands

P, R, C, F, X = (
    FrameState.PENDING,
    FrameState.RENDERING,
    FrameState.COMPLETED,
    FrameState.FAILED,
    FrameState.CANCELLED,
)


@pytest.fixture
def model(errands: Errands, reader: FakeReader) -> FramesModel:
    model = FramesModel(errands)
    model.read_from(reader)
    return model


def shown(qtbot: QtBot, model: FramesModel, reader: FakeReader, frames: str, *states: FrameState) -> None:
    job = make_job(1, frames)
    reader.put(job, *states)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(job)


def test_the_model_keeps_qts_rules(
    qtbot: QtBot, qtmodeltester: ModelTester, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-20", C, C, R)
    qtmodeltester.check(model)
    model.apply(ChangeSet(frames=(change(3, R, C), change(4, P, R))))
    qtmodeltester.check(model)


def test_states_come_from_the_reader_and_change_with_change_sets(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-5", C, R)
    assert [model.cell(place).state for place in range(5)] == [C, R, P, P, P]
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: announced.append((first.row(), last.row())))
    model.apply(ChangeSet(frames=(change(2, R, C), change(3, P, X, last=5))))
    assert [model.cell(place).state for place in range(5)] == [C, C, X, X, X]
    assert announced == [(1, 1), (2, 4)]


def test_changes_of_other_jobs_are_passed_over(qtbot: QtBot, model: FramesModel, reader: FakeReader) -> None:
    shown(qtbot, model, reader, "1-5")
    model.apply(ChangeSet(frames=(change(2, P, R, job_id=7),)))
    assert model.states.of(2) is P


def test_changes_that_arrive_while_states_are_read_are_not_lost(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    job = make_job(1, "1-5")
    reader.put(job, C)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(job)
        # The read is under way: its result must not undo these.
        model.apply(ChangeSet(frames=(change(2, P, R),)))
        model.apply(ChangeSet(frames=(change(2, R, C),)))
    assert [model.states.of(frame) for frame in (1, 2, 3)] == [C, C, P]


def test_details_are_read_when_a_cell_is_looked_at(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-1000", C, C)
    reader.rows[1, 2] = FrameRow(1, 2, C, attempts=2, thumbnail="/t/2.jpg", seconds=1.5)
    reader.asked.clear()
    assert model.cell(1).row is None
    qtbot.waitUntil(lambda: model.cell(1).row is not None)
    row = model.cell(1).row
    assert row is not None
    assert (row.attempts, row.thumbnail) == (2, "/t/2.jpg")
    (asked,) = reader.asked
    assert asked[2] is not None
    assert asked[2] < 200, "only the neighbourhood is read"


def test_a_detail_read_does_not_overtake_a_later_change(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-10", R)
    model.cell(0)
    model.details._timer.stop()
    model.details.fetch()
    result = FrameResult(("/out/1.png",), "/t/1.jpg", 2.0)
    model.apply(ChangeSet(frames=(change(1, R, C, result=result),)))
    qtbot.waitUntil(lambda: not model.details.reading)
    row = model.cell(0).row
    assert row is not None
    assert row.state is C
    assert row.outputs == ("/out/1.png",)
    assert model.cell(0).state is C


def test_progress_is_shown_and_goes_with_the_attempt(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-5", R)
    progress = FrameProgress(1, 1, 42.0, "Sample 4/10", 0.0)
    model.apply(ChangeSet(progress={(1, 1): progress}))
    assert model.index(0).data(CELL_ROLE).progress is progress
    model.apply(ChangeSet(progress={(1, 1): None}))
    assert model.index(0).data(CELL_ROLE).progress is None


def test_progress_survives_a_look_at_another_job(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-5", R)
    model.apply(ChangeSet(progress={(1, 1): FrameProgress(1, 1, 42.0, "", 0.0)}))
    other = make_job(2, "1-3")
    reader.put(other)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(other)
    assert model.rowCount() == 3
    with qtbot.waitSignal(model.states_changed):
        model.show_job(make_job(1, "1-5"))
    cell = model.cell(0)
    assert cell.progress is not None
    assert cell.progress.percent == 42.0


def test_showing_no_job_empties_the_grid(qtbot: QtBot, model: FramesModel, reader: FakeReader) -> None:
    shown(qtbot, model, reader, "1-5")
    model.show_job(None)
    assert model.rowCount() == 0
    assert model.job_id is None


def test_a_stepped_job_maps_places_to_frames(qtbot: QtBot, model: FramesModel, reader: FakeReader) -> None:
    shown(qtbot, model, reader, "1-19x2,100")
    assert model.place_of(3) == 1
    assert model.place_of(2) is None
    assert model.place_of(100) == 10
    assert list(model.numbers([1, 2, 10])) == [3, 5, 100]
    model.apply(ChangeSet(frames=(change(3, P, C, last=7),)))
    assert [model.states.of(frame) for frame in (1, 3, 5, 7, 9)] == [P, C, C, C, P]


def test_a_million_frames_take_a_megabyte_and_no_rows(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-1000000")
    assert model.rowCount() == 1_000_000
    assert len(model.states.codes) == 1_000_000
    assert not model.details.rows
    model.apply(ChangeSet(frames=(change(1, P, X, last=1_000_000),)))
    assert model.states.counts()[X] == 1_000_000


def test_the_nearest_picture_is_found_for_a_cell_without_one(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-10", C, C, R)
    result = FrameResult(("/out/2.png",), "/t/2.jpg", 2.0)
    model.apply(ChangeSet(frames=(change(2, R, C, result=result),)))
    assert model.neighbour_thumbnail(2) == "/t/2.jpg"
    assert model.neighbour_thumbnail(1) == ""


def test_a_changed_row_keeps_what_the_change_does_not_say() -> None:
    row = FrameRow(1, 1, C, attempts=2, outputs=("/a.png",), thumbnail="/a.jpg", seconds=3.0)
    after = changed_row(row, change(1, C, P, reason="again"))
    assert after == replace(row, state=P, reason="again")


@pytest.fixture
def whole(reader: FakeReader, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """All states of a job can be read when this is set, and not before."""
    may_read, answer = threading.Event(), reader.frame_states

    def frame_states(job_id: int, *, up_to: int | None = None) -> bytes:
        codes = answer(job_id, up_to=up_to)
        assert up_to is not None or may_read.wait(30)
        return codes

    monkeypatch.setattr(reader, "frame_states", frame_states)
    yield may_read
    may_read.set()


def test_a_large_job_is_there_before_all_its_states_are(
    qtbot: QtBot, model: FramesModel, reader: FakeReader, whole: threading.Event
) -> None:
    count = FIRST_FRAMES + 1000
    job = make_job(1, f"1-{count}")
    reader.put(job, *[C] * count)
    seen: list[tuple[int, int, bool]] = []
    model.states_changed.connect(
        lambda: seen.append((model.rowCount(), model.codes[count - 1], model.is_loading))
    )
    model.show_job(job)
    qtbot.waitUntil(lambda: len(seen) == 1)
    whole.set()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[0] == (count, UNREAD_CODE, True)
    assert seen[1] == (count, 2, False)
    assert model.states.counts()[C] == count


def test_changes_between_the_first_states_and_the_others_are_not_lost(
    qtbot: QtBot, model: FramesModel, reader: FakeReader, whole: threading.Event
) -> None:
    count = FIRST_FRAMES + 1000
    job = make_job(1, f"1-{count}")
    reader.put(job, *[C] * count)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(job)
    # The reader's answer for all frames is under way: it is older than this.
    model.apply(ChangeSet(frames=(change(count, C, P), change(1, C, P))))
    whole.set()
    qtbot.waitUntil(lambda: not model.is_loading)
    assert (model.states.of(count), model.states.of(1), model.states.of(2)) == (P, P, C)
    assert not model.cell(0).progress


def test_frames_that_wait_or_are_marked_look_different_from_the_start(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    reader.rows[1, 2] = FrameRow(1, 2, C, reason="A watermark.")
    reader.rows[1, 4] = FrameRow(1, 4, P, retry_at=9e9)
    shown(qtbot, model, reader, "1-5", C, C)
    qtbot.waitUntil(lambda: model.codes[3] == RETRY_CODE)
    assert list(model.codes) == [2, MARKED_CODE, 0, RETRY_CODE, 0]
    model.apply(ChangeSet(frames=(change(4, P, R), change(2, C, P))))
    assert list(model.codes) == [2, 0, 0, 1, 0]


def test_the_last_attempt_comes_with_the_details_and_with_changes(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    tries = [AttemptRecord(1, 2, number, AttemptOutcome.FAILED, 10.0 * number) for number in (1, 2)]
    reader.tries[1, 2] = tries
    shown(qtbot, model, reader, "1-5", C, C)
    model.cell(1)
    qtbot.waitUntil(lambda: model.cell(1).attempt is not None)
    assert model.cell(1).attempt == tries[1]
    third = replace(tries[0], number=3, outcome=AttemptOutcome.RUNNING)
    with qtbot.waitSignal(model.dataChanged):
        model.apply(ChangeSet(attempts=(third,)))
    assert model.cell(1).attempt == third
    model.apply(ChangeSet(attempts=(tries[0],)))
    assert model.cell(1).attempt == third, "an older one is not the last"


def test_a_look_at_both_ends_of_a_large_job_does_not_read_what_is_between(
    qtbot: QtBot, model: FramesModel, reader: FakeReader
) -> None:
    shown(qtbot, model, reader, "1-100000")
    reader.asked.clear()
    model.cell(0)
    model.cell(99_999)
    qtbot.waitUntil(lambda: model.cell(99_999).row is not None)
    assert reader.asked[0] == (1, 100_000 - 64, 100_000)


def test_a_cell_can_be_heard(qtbot: QtBot, model: FramesModel, reader: FakeReader) -> None:
    shown(qtbot, model, reader, "7-9", F, R)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0).data(role) == "frame 7, failed"
    model.apply(ChangeSet(progress={(1, 8): FrameProgress(1, 8, 41.6, "", 0.0)}))
    assert model.index(1).data(role) == "frame 8, rendering, 42 percent"


def test_states_that_could_not_be_read_are_asked_for_again_by_themselves(
    qtbot: QtBot,
    model: FramesModel,
    reader: FakeReader,
    expected_logs: LogWatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected_logs.expect("an errand failed")
    job = make_job(1, "1-30000")
    reader.put(job, C, C)
    codes = reader.codes[1]
    # A file whose rows are too few is no better than one that cannot be read.
    reader.codes[1] = codes[:25_000]
    monkeypatch.setattr("render_manager.ui.models.frames_model.MOST_READ_AGAIN_MS", 5)
    model._again_ms = 1
    model.show_job(job)
    qtbot.waitUntil(lambda: model.is_unreadable)
    # The first ones are known; which of the two reads is done first is not.
    qtbot.waitUntil(lambda: model.rowCount() == 30_000)
    assert model.codes[25_000] == UNREAD_CODE
    assert not model.cell(25_000).is_read
    del reader.codes[1]
    qtbot.waitUntil(lambda: "an errand failed" in expected_logs.messages)
    model.apply(ChangeSet(frames=(change(3, P, R),)))
    codes[2] = FRAME_CODES[R]
    reader.codes[1] = codes
    qtbot.waitUntil(lambda: not model.is_unreadable)
    assert [model.states.of(frame) for frame in (1, 2, 3, 4)] == [C, C, R, P]
    assert model.cell(25_000).is_read
    assert not model.is_loading


def test_a_frame_is_told_in_whole_sentences() -> None:
    row = FrameRow(1, 8, P, attempts=2, retry_at=time.time() + 3600.0)
    lines = tool_tip(FrameCell(8, P, row, None, None, None)).split("<br>")
    assert "2 attempts so far" in "".join(lines)
    assert "tries again in" in "".join(lines)
    assert "so far," not in "".join(lines)
