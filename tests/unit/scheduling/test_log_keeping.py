"""The folder of logs stays within its bounds, and what explains a failure stays longest."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.log_watch import LogWatch

from render_manager.domain.outcome import ProcessOutcome
from render_manager.scheduling.log_keeping import KeepingFactory, LogKeeper
from render_manager.scheduling.messages import WorkerEnded


def write(path: Path, size: int, age: int) -> Path:
    """Write a log; the higher its age the longer ago it was changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (10_000 - age, 10_000 - age))
    return path


def keeper_of(folder: Path, *failed: Path, limit: int = 1000) -> LogKeeper:
    return LogKeeper(folder, last_of_failed=lambda: {str(path) for path in failed}, limit_bytes=limit)


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.rglob("*.log"))


def test_what_fits_is_left_alone(tmp_path: Path) -> None:
    for number in range(10):
        write(tmp_path / "job" / f"{number}.log", 100, number)

    def ask() -> set[str]:
        raise AssertionError("nobody has to know as long as all of it fits")

    LogKeeper(tmp_path, last_of_failed=ask, limit_bytes=1000).tidy(())
    assert len(names(tmp_path)) == 10


def test_the_oldest_go_first_and_those_of_failures_last(tmp_path: Path) -> None:
    failed = [write(tmp_path / "old" / f"failed{number}.log", 100, 900 + number) for number in range(2)]
    for number in range(12):
        write(tmp_path / ("one", "two")[number % 2] / f"{number:02d}.log", 100, number)
    keeper_of(tmp_path, *failed).tidy(())
    assert names(tmp_path) == [*(f"{number:02d}" for number in range(7)), "failed0", "failed1"]


def test_even_those_of_failures_go_when_there_is_nothing_else(tmp_path: Path) -> None:
    failed = [write(tmp_path / "job" / f"{number:02d}.log", 100, number) for number in range(15)]
    keeper_of(tmp_path, *failed).tidy(())
    assert names(tmp_path) == [f"{number:02d}" for number in range(9)]


def test_running_ones_and_other_files_are_not_touched(tmp_path: Path) -> None:
    running = write(tmp_path / "job" / "running.log", 5000, 99)
    other = write(tmp_path / "job" / "notes.txt", 5000, 99)
    write(tmp_path / "job" / "a.log", 600, 2)
    write(tmp_path / "job" / "b.log", 600, 1)
    keeper_of(tmp_path).tidy([running])
    assert names(tmp_path) == ["b", "running"]
    assert other.exists()


def test_a_store_that_cannot_answer_costs_no_log(tmp_path: Path, expected_logs: LogWatch) -> None:
    expected_logs.expect("are not tidied")
    write(tmp_path / "job" / "a.log", 2000, 1)

    def ask() -> set[str]:
        raise OSError("the disk is gone")

    LogKeeper(tmp_path, last_of_failed=ask, limit_bytes=1000).tidy(())
    assert names(tmp_path) == ["a"]


def test_the_folder_is_not_gone_through_at_every_end_of_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night of one process a frame leaves thousands of logs."""
    searches: list[Path] = []
    keeper, logs = keeper_of(tmp_path), LogKeeper._logs
    monkeypatch.setattr(LogKeeper, "_logs", lambda self: searches.append(tmp_path) or logs(self))
    for number in range(25):
        keeper.tidy((), ended=write(tmp_path / "job" / f"{number:02d}.log", 100, 99 - number))
    assert 1000 * 0.9 <= 100 * len(names(tmp_path)) <= 1000
    assert names(tmp_path)[-1] == "24", "the newest stay"
    assert len(searches) < 25 / 2


@dataclass
class Order:
    """As much of an order as is looked at."""

    worker_id: int
    log_path: Path


@dataclass
class Factory:
    """Starts nothing, and lets a test say when a worker ends."""

    posts: dict[int, Callable[[object], None]] = field(default_factory=dict)
    is_broken: bool = False

    def start(self, order: Order, post: Callable[[object], None]) -> object:
        if self.is_broken:
            raise OSError("no more threads")
        self.posts[order.worker_id] = post
        return object()


def test_the_end_of_a_worker_is_told_first_and_then_tidied_after(tmp_path: Path) -> None:
    told: list[object] = []
    factory = Factory()
    keeping = KeepingFactory(factory, keeper_of(tmp_path))  # type: ignore[arg-type]
    paths = [write(tmp_path / "job" / f"{number}.log", 900, 9 - number) for number in range(3)]
    for number, path in enumerate(paths[:2]):
        keeping.start(Order(number, path), told.append)  # type: ignore[arg-type]
    end = WorkerEnded(0, ProcessOutcome(exit_code=0), 0)
    factory.posts[0]("a word")
    assert names(tmp_path) == ["0", "1", "2"]
    factory.posts[0](end)
    assert told == ["a word", end]
    assert names(tmp_path) == ["1", "2"], "the second still runs, the third is alone within the limit"


def test_a_worker_that_never_began_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    factory = Factory(is_broken=True)
    keeping = KeepingFactory(factory, keeper_of(tmp_path))  # type: ignore[arg-type]
    path = write(tmp_path / "job" / "0.log", 900, 1)
    with pytest.raises(OSError, match="threads"):
        keeping.start(Order(0, path), lambda _message: None)  # type: ignore[arg-type]
    assert keeping._running == {}
