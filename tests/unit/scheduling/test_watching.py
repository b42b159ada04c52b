"""What is seen of a batch worker from outside: files, an events file, signs of life."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.log_watch import LogWatch
from support.watched import FakeProcess, batch_order, watcher_of

from render_manager.engines.protocols import FrameTask
from render_manager.scheduling import watcher, watching
from render_manager.scheduling.collecting import StagedFile
from render_manager.scheduling.vigil import Intervention
from render_manager.scheduling.watching import LONGEST_GAP_S, EventsFile, LifeSigns, StagingWatch


def watch(folder: Path, *frames: int) -> StagingWatch:
    tasks = [FrameTask(1, frame, 1, folder, f"shot.{frame:04d}", owns_staging=False) for frame in frames]
    return StagingWatch(folder=folder, tasks=tasks, frames=frames, pattern="shot.####")


def write(folder: Path, name: str, size: int = 10) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"x" * size)


def test_a_frame_is_done_when_it_is_steady_and_a_later_one_appeared(tmp_path: Path) -> None:
    staging = watch(tmp_path, 1, 2, 3)
    assert staging.look() == []
    write(tmp_path, "shot.0001.png")
    assert staging.look() == []
    assert staging.look() == [], "nothing tells that the engine is done with it"
    write(tmp_path, "shot.0002.png")
    assert staging.look() == [1]
    assert staging.look() == [], "each frame once"
    assert staging.left() == (1, 2)


def test_a_file_that_still_grows_is_waited_for(tmp_path: Path) -> None:
    staging = watch(tmp_path, 1, 2)
    write(tmp_path, "shot.0001.png", 5)
    write(tmp_path, "shot.0002.png", 0)
    assert staging.look() == []
    write(tmp_path, "shot.0001.png", 9)
    assert staging.look() == []
    assert staging.look() == [1]
    assert staging.look() == [], "an empty file is no frame yet"


def test_passes_that_come_late_are_waited_for(tmp_path: Path) -> None:
    staging = watch(tmp_path, 1, 2, 3)
    write(tmp_path, "shot.0001.png")
    write(tmp_path, "mask/shot.0001.png")
    write(tmp_path, "shot.0002.png")
    staging.look()
    assert staging.look() == [1]
    os.unlink(tmp_path / "shot.0001.png")
    os.unlink(tmp_path / "mask/shot.0001.png")
    write(tmp_path, "shot.0003.png")
    staging.look()
    assert staging.look() == [], "frame 2 has no mask yet, though that of frame 1 was moved away"
    write(tmp_path, "mask/shot.0002.png")
    staging.look()
    assert staging.look() == [2]


def test_a_folder_that_is_away_for_a_moment(tmp_path: Path) -> None:
    staging = watch(tmp_path / "none", 1)
    assert staging.look() == []
    waits: list[float] = []
    assert staging.left(waits.append) == ()
    assert 10.0 < sum(waits) < 20.0, "the slot is taken meanwhile"


def test_whole_lines_of_an_events_file_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = EventsFile(path)
    assert events.lines() == []
    with path.open("wb", buffering=0) as file:
        file.write(b"one\r\ntw")
        assert events.lines() == ["one"]
        file.write(b"o\n\xff three\n")
        assert events.lines() == ["two", "� three"]
    assert events.lines() == []
    assert events.bytes_read == path.stat().st_size


@pytest.mark.parametrize(
    ("cpu_s", "log_bytes", "staging_bytes", "is_silent"),
    [
        (10.0, 100, 100, True),
        (10.1, 100, 100, True),
        (15.0, 100, 100, False),
        (2.0, 100, 100, False),
        (10.0, 101, 100, False),
        (10.0, 100, 90, False),
        (None, 100, 100, True),
    ],
)
def test_signs_of_life(cpu_s: float | None, log_bytes: int, staging_bytes: int, is_silent: bool) -> None:
    now: list[float | None] = [10.0]
    life = LifeSigns(cpu_seconds=lambda: now[0], now_s=0.0)
    assert life.silent_s(log_bytes=100, staging_bytes=100, now_s=10.0) == 0.0
    now[0] = cpu_s
    silent_s = life.silent_s(log_bytes=log_bytes, staging_bytes=staging_bytes, now_s=20.0)
    # A process that is gone used 10 s and none now: that is a change, but no work.
    assert silent_s == (10.0 if is_silent else 0.0)


def test_time_in_which_nobody_looked_is_no_silence() -> None:
    """The computer slept, or a share that did not answer held up the look itself."""
    cpu_s = 10.0
    life = LifeSigns(cpu_seconds=lambda: cpu_s, now_s=0.0)
    life.silent_s(log_bytes=1, staging_bytes=1, now_s=1.0)
    assert life.silent_s(log_bytes=1, staging_bytes=1, now_s=4000.0) <= LONGEST_GAP_S
    silent_s = 0.0
    for now_s in range(4001, 5000):
        silent_s = life.silent_s(log_bytes=1, staging_bytes=1, now_s=float(now_s))
    assert silent_s > 900.0


def test_a_share_that_blinks_at_the_very_end_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = watch(tmp_path, 1, 2)
    write(tmp_path, "shot.0001.png")
    real, refusals, waits = watching.staged_files, [OSError(5, "away")] * 2, []

    def blinking(*parts: Any) -> Iterator[StagedFile]:
        if refusals:
            raise refusals.pop()
        return real(*parts)

    monkeypatch.setattr(watching, "staged_files", blinking)
    assert staging.left(waits.append) == (1,)
    assert len(waits) == 2


def test_a_watcher_survives_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: LogWatch
) -> None:
    """Without it nobody would end a process that is stuck."""
    expected_logs.expect("worker 1")
    monkeypatch.setattr(watcher, "LOOK_EVERY_S", 0.01)
    asked: list[int] = []

    def cpu_seconds() -> float:
        asked.append(1)
        if len(asked) == 1:
            raise RuntimeError("a mistake")
        return 0.0

    ended = threading.Event()
    looking = watcher_of(
        batch_order(tmp_path), process=FakeProcess(cpu_seconds), ended=lambda _reason: ended.set()
    )
    looking.start()
    assert ended.wait(5.0)
    looking.stop()


def test_what_only_the_events_file_says_is_a_sign_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is not in the log where it is in the file."""
    clock = iter(float(number) for number in range(10_000))
    monkeypatch.setattr(watcher, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    path, stalled, heard = tmp_path / "events", list[Intervention](), list[str]()
    looking = watcher_of(
        batch_order(tmp_path), events_file=path, log_bytes=100, heard=heard.extend, ended=stalled.append
    )
    looking._look()
    for number in range(5):
        with path.open("a", encoding="utf-8") as file:
            file.write(f"progress {number}\n")
        looking._look()
    assert (len(heard), stalled) == (5, [])
    looking._look()
    assert len(stalled) == 1
