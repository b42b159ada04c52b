"""What the table, the plots and the bars read, against a real database file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.jobs import make_spec

from render_manager.domain.changes import AttemptRecord, FrameChange, FrameResult
from render_manager.domain.figures import OUTCOMES, FrameOrder
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

P, C = FrameState.PENDING, FrameState.COMPLETED
MIB = 2**20


def completed(frame: int, seconds: float, *, note: str = "") -> FrameChange:
    result = FrameResult((f"/out/{frame}.png",), "", seconds)
    return FrameChange(1, ((frame, frame),), 1, P, C, reason=note, attempts=1, result=result)


def attempt(frame: int, number: int = 1, **values: object) -> AttemptRecord:
    defaults = {"started_at": 100.0 * frame, "ended_at": 100.0 * frame + 9.0}
    known = {"outcome": AttemptOutcome.COMPLETED, **defaults, **values}
    return AttemptRecord(1, frame, number, **known)  # type: ignore[arg-type]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[StoreReader]:
    """A job of six frames: three rendered, one to be tried again."""
    store = Store(open_database(tmp_path / "store.db"))
    store.add_job(make_spec("1-6"), "11111111-2222-3333-4444-555555555555", 1.0)
    waits = FrameChange(1, ((5, 5),), 1, P, P, reason="It crashed.", attempts=2, failures=2, retry_at=9e9)
    store.commit(
        frame_changes=[completed(1, 4.0), completed(2, 2.0, note="A watermark."), completed(3, 8.0), waits],
        attempt_records=[
            attempt(1, peak_memory_bytes=300 * MIB, seconds=4.0),
            attempt(2, peak_memory_bytes=100 * MIB, seconds=2.0),
            attempt(3, peak_memory_bytes=200 * MIB, seconds=8.0),
            attempt(5, 1, outcome=AttemptOutcome.CRASHED),
            attempt(5, 2, outcome=AttemptOutcome.RUNNING, started_at=700.0, ended_at=None),
        ],
    )
    reader = StoreReader(tmp_path / "store.db")
    yield reader
    reader.close()
    store.close()


@pytest.mark.parametrize(
    ("order", "descending", "expected"),
    [
        (FrameOrder.SECONDS, False, [2, 1, 3, 4, 5, 6]),
        (FrameOrder.SECONDS, True, [3, 1, 2, 4, 5, 6]),
        (FrameOrder.MEMORY, False, [2, 3, 1, 4, 5, 6]),
        (FrameOrder.MEMORY, True, [1, 3, 2, 4, 5, 6]),
        (FrameOrder.ATTEMPTS, True, [5, 1, 2, 3, 4, 6]),
        (FrameOrder.STARTED, False, [1, 2, 3, 5, 4, 6]),
        (FrameOrder.FINISHED, True, [3, 2, 1, 4, 5, 6]),
    ],
)
def test_frames_are_ordered_and_those_without_a_value_come_last(
    reader: StoreReader, order: FrameOrder, descending: bool, expected: list[int]
) -> None:
    assert list(reader.ordered_frames(1, order, descending=descending)) == expected


def test_frames_that_look_different_from_their_state_are_found(reader: StoreReader) -> None:
    assert reader.noted_frames(1) == ([5], [2])
    assert reader.noted_frames(99) == ([], [])


def test_figures_of_all_attempts_come_by_frame_and_number(reader: StoreReader) -> None:
    figures = reader.attempt_figures(1)
    assert list(zip(figures.frames, figures.numbers, strict=True)) == [(1, 1), (2, 1), (3, 1), (5, 1), (5, 2)]
    assert OUTCOMES[figures.outcomes[3]] is AttemptOutcome.CRASHED
    assert list(figures.seconds) == [4.0, 2.0, 8.0, 0.0, 0.0]
    assert list(figures.memory_bytes) == [300 * MIB, 100 * MIB, 200 * MIB, 0, 0]
    assert (figures.started[4], figures.ended[4]) == (700.0, 0.0)
    assert len(reader.attempt_figures(99)) == 0


def test_the_first_states_and_the_attempts_of_some_frames_can_be_read(reader: StoreReader) -> None:
    assert reader.frame_states(1, up_to=4) == reader.frame_states(1)[:4]
    assert [one.frame for one in reader.attempts(1, 2, last=5)] == [2, 3, 5, 5]
    assert [one.number for one in reader.attempts(1, 5)] == [1, 2]


def test_the_logs_that_explain_failures_are_those_of_the_last_attempts(tmp_path: Path) -> None:
    store = Store(open_database(tmp_path / "failed.db"))
    store.add_job(make_spec("1-3"), "11111111-2222-3333-4444-555555555555", 1.0)
    store.commit(
        frame_changes=[
            FrameChange(1, ((1, 1),), 1, P, FrameState.FAILED, reason="It crashed.", attempts=2, failures=2),
            completed(2, 4.0),
        ],
        attempt_records=[
            attempt(1, 1, outcome=AttemptOutcome.CRASHED, log_path="/logs/first.log"),
            attempt(1, 2, outcome=AttemptOutcome.CRASHED, log_path="/logs/last.log"),
            attempt(2, 1, log_path="/logs/good.log"),
        ],
    )
    reader = StoreReader(tmp_path / "failed.db")
    assert reader.last_logs_of_failed() == {"/logs/last.log"}
    reader.close()
    store.close()
