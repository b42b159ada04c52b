"""The ledger: stored first, published then, cleaned up last; nothing lost while the database fails."""

import pytest
from support.jobs import make_job
from support.log_watch import LogWatch

from render_manager.domain import events, facts
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameProgress, Notice
from render_manager.domain.errors import StorageError, StorageUnavailableError
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.scheduling.ledger import STORE_NOTICE, Ledger


class Book:
    """A store that writes down in which order things happen, and can be made to fail."""

    def __init__(self) -> None:
        self.steps: list[object] = []
        self.problem: Exception | None = None
        self.batches: list[dict[str, object]] = []

    def commit(self, **parts: object) -> None:
        if self.problem is not None:
            raise self.problem
        self.steps.append("stored")
        self.batches.append(parts)

    def keep_in_place(self) -> str:
        return ""

    def publish(self, changes: ChangeSet) -> None:
        self.steps.append("published")
        self.published = changes


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def ledger(book: Book) -> Ledger:
    return Ledger(store=book, subscribers=[book.publish])  # type: ignore[arg-type]


def test_nothing_is_nothing(ledger: Ledger, book: Book) -> None:
    assert ledger.is_empty
    assert ledger.flush()
    assert book.steps == []


def test_stored_then_published_then_done(ledger: Ledger, book: Book) -> None:
    job = make_job("1-3")
    ledger.after_commit(lambda: book.steps.append("cleaned"))
    ledger.add(job, job.apply(events.AttemptStarted(1), 5.0))
    record = AttemptRecord(1, 1, 1, AttemptOutcome.RUNNING, 5.0)
    progress = FrameProgress(1, 1, 3.0, "sampling", 5.0)
    ledger.add_attempt(record)
    ledger.set_progress(1, 1, progress)
    ledger.add_fact(facts.EngineWarned(1, None, "Careful.", ""))
    assert not ledger.is_empty
    assert book.steps == []
    assert ledger.flush()
    assert book.steps == ["stored", "published", "cleaned"]
    changes = book.published
    assert changes.jobs == {1: job.snapshot()}
    assert [change.after for change in changes.frames] == [FrameState.RENDERING]
    assert changes.attempts == (record,)
    assert changes.progress == {(1, 1): progress}
    assert [type(fact) for fact in changes.facts] == [facts.FrameStarted, facts.EngineWarned]
    assert ledger.is_empty


def test_last_progress_wins_and_every_step_stays(ledger: Ledger, book: Book) -> None:
    job = make_job("1-3")
    for percent in (1.0, 2.0, 3.0):
        ledger.set_progress(1, 1, FrameProgress(1, 1, percent, "", 0.0))
    for event in (events.AttemptStarted(1), events.AttemptInterrupted(1, "Stopped.")):
        ledger.add(job, job.apply(event, 5.0))
    ledger.flush()
    assert [progress.percent for progress in book.published.progress.values() if progress] == [3.0]
    assert [change.after for change in book.published.frames] == [FrameState.RENDERING, FrameState.PENDING]
    assert len(book.published.jobs) == 1


def test_an_attempt_begun_and_ended_in_one_batch_is_stored_once(ledger: Ledger, book: Book) -> None:
    for outcome in (AttemptOutcome.RUNNING, AttemptOutcome.FAILED):
        ledger.add_attempt(AttemptRecord(1, 1, 1, outcome, 5.0))
    ledger.flush()
    assert [record.outcome for record in book.published.attempts] == [AttemptOutcome.FAILED]


def test_trouble_keeps_everything_for_the_next_time(
    ledger: Ledger, book: Book, expected_logs: LogWatch
) -> None:
    expected_logs.expect("The disk is full")
    job = make_job("1-3")
    ledger.add(job, job.apply(events.AttemptStarted(1), 5.0))
    ledger.after_commit(lambda: book.steps.append("cleaned"))
    book.problem = StorageUnavailableError("The disk is full.")
    for _time in range(3):
        assert not ledger.flush()
    assert ledger.is_in_trouble
    assert book.published == ChangeSet(notices=(Notice(STORE_NOTICE, "The disk is full."),))
    assert "cleaned" not in book.steps
    ledger.add(job, job.apply(events.AttemptStarted(2), 6.0))
    book.problem = None
    assert ledger.flush()
    assert not ledger.is_in_trouble
    assert [change.runs for change in book.published.frames] == [((1, 1),), ((2, 2),)]
    assert book.published.notices == (Notice(STORE_NOTICE, ""),)
    assert book.steps[-3:] == ["stored", "published", "cleaned"]


def test_trouble_told_from_elsewhere_passes_with_the_next_commit(
    ledger: Ledger, book: Book, expected_logs: LogWatch
) -> None:
    expected_logs.expect("locked")
    ledger.report_trouble("The database is locked.")
    assert ledger.is_in_trouble
    assert ledger.flush()
    assert not ledger.is_in_trouble
    assert book.published.notices == (Notice(STORE_NOTICE, ""),)


def test_disagreement_goes_to_the_owner(ledger: Ledger, book: Book) -> None:
    job = make_job("1-3")
    ledger.add(job, job.apply(events.AttemptStarted(1), 5.0))
    book.problem = StorageError("another state")
    with pytest.raises(StorageError, match="another state"):
        ledger.flush()
    ledger.drop()
    assert ledger.is_empty


def test_nothing_of_a_removed_job_is_stored(ledger: Ledger, book: Book) -> None:
    gone, kept = make_job("1-3", job_id=1), make_job("1-3", job_id=2)
    for job in (gone, kept):
        ledger.add(job, job.apply(events.AttemptStarted(1), 5.0))
        ledger.add_attempt(AttemptRecord(job.id, 1, 1, AttemptOutcome.RUNNING, 5.0))
        ledger.set_progress(job.id, 1, None)
    ledger.remove(gone)
    ledger.flush()
    changes = book.published
    assert set(changes.jobs) == {2}
    assert {change.job_id for change in changes.frames} == {2}
    assert {record.job_id for record in changes.attempts} == {2}
    assert set(changes.progress) == {(2, 1)}
    assert changes.removed_jobs == (1,)
    assert book.batches[0]["removed_jobs"] == [1]


def test_a_viewer_that_fails_harms_nobody_else(book: Book, expected_logs: LogWatch) -> None:
    expected_logs.expect("a subscriber failed")

    def fail(_changes: ChangeSet) -> None:
        raise RuntimeError("a bug of the window")

    ledger = Ledger(store=book, subscribers=[fail, book.publish])  # type: ignore[arg-type]
    ledger.notify(Notice("x", "Hello."))
    assert ledger.flush()
    assert book.published.notices == (Notice("x", "Hello."),)
