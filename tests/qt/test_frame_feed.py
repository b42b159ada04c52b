"""What the viewer knows of frames: bounded, and never mixed up between two jobs."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, change, make_job
from render_manager.domain.changes import ChangeSet, FrameResult, FrameRow
from render_manager.domain.states import FrameState
from render_manager.ui.pools import Errands
from render_manager.ui.viewer.frame_feed import BLOCK, FrameFeed

P, C = FrameState.PENDING, FrameState.COMPLETED


class HeldErrands(Errands):
    """Does at once what is asked for and answers when the test says so."""

    def __init__(self) -> None:
        self.answers: list[Callable[[], None]] = []

    def run(self, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        result = function()
        self.answers.append(lambda: then(result))


class CountingRows(OrderedDict[int, FrameRow]):
    """Counts how often it is asked."""

    asked = 0

    def get(self, key: int, default: Any = None) -> Any:
        self.asked += 1
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked += 1
        return super().__contains__(key)

    def __getitem__(self, key: int) -> FrameRow:
        self.asked += 1
        return super().__getitem__(key)


@pytest.fixture
def feed(errands: Errands, reader: FakeReader) -> FrameFeed:
    feed = FrameFeed(errands)
    feed.read_from(reader)
    return feed


def test_a_change_of_a_million_frames_looks_only_at_those_that_are_kept(
    qtbot: QtBot, feed: FrameFeed, reader: FakeReader
) -> None:
    job = make_job(1, "1-1000000")
    reader.put(job)
    with qtbot.waitSignal(feed.rows_changed):
        feed.show_job(job, 1)
    feed._rows = CountingRows(feed._rows)
    touched: list[set[int]] = []
    feed.rows_changed.connect(touched.append)
    feed.apply(ChangeSet(frames=(change(1, P, C, last=1_000_000),)))
    assert feed.state_of(999_999) is C
    assert touched == [set(range(1, BLOCK + 1))]
    assert feed._rows.asked < 10 * BLOCK


def test_details_are_kept_of_the_frames_looked_at_last(
    qtbot: QtBot, feed: FrameFeed, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("render_manager.ui.viewer.frame_feed.MOST_ROWS", 2 * BLOCK)
    job = make_job(1, f"1-{4 * BLOCK}")
    reader.put(job)
    with qtbot.waitSignal(feed.rows_changed):
        feed.show_job(job, 1)
    for block in (1, 2, 3):
        assert feed.row(0) is not None
        with qtbot.waitSignal(feed.rows_changed):
            assert feed.row(block * BLOCK) is None
    assert len(feed._rows) == 2 * BLOCK
    assert feed.known_row(0) is not None
    assert feed.known_row(BLOCK) is None
    assert feed.known_row(4 * BLOCK - 1) is not None


def test_a_late_answer_for_another_job_does_not_undo_what_changed_in_this_one(reader: FakeReader) -> None:
    errands = HeldErrands()
    feed = FrameFeed(errands)
    feed.read_from(reader)
    first, second = make_job(1, "1-5"), make_job(2, "1-5")
    reader.put(first, C)
    reader.put(second)
    feed.show_job(first, 1)
    feed.show_job(second, 1)
    late, own = errands.answers
    result = FrameResult(("/out/1.png",), "", 1.0)
    late()
    feed.apply(ChangeSet(frames=(change(1, P, C, job_id=2, result=result),)))
    own()
    row = feed.row(0)
    assert row is not None
    assert row.state is C
    assert row.outputs == ("/out/1.png",)
    assert feed.state_of(0) is C
    assert feed.state_of(1) is P


def test_a_late_answer_for_the_same_job_shown_before_is_not_taken(reader: FakeReader) -> None:
    errands = HeldErrands()
    feed = FrameFeed(errands)
    feed.read_from(reader)
    job = make_job(1, "1-5")
    reader.put(job)
    feed.show_job(job, 1)
    feed.forget()
    feed.show_job(job, 1)
    feed.apply(ChangeSet(frames=(change(1, P, C),)))
    errands.answers[0]()
    assert feed.state_of(0) is C
    errands.answers[1]()
    assert feed.state_of(0) is C


def test_what_cannot_be_read_is_not_asked_for_at_every_turn(
    reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    errands = HeldErrands()
    feed = FrameFeed(errands)
    feed.read_from(reader)
    job = make_job(1, "1-5")
    reader.put(job, C)
    codes = reader.codes[1]
    reader.codes[1] = codes[:3]
    monkeypatch.setattr(reader, "frames", lambda *_values, **_more: [])
    feed.show_job(job, 1)
    errands.answers.pop()()
    assert not feed.knows_states
    for place in range(5):
        assert feed.row(place) is None
    assert not errands.answers
    reader.codes[1] = codes
    feed.read_again()
    assert feed.row(0) is None
    errands.answers.pop()()
    assert feed.knows_states
    assert feed.state_of(0) is C
