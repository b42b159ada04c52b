"""A worker's log on a disk that fills up: it goes on when there is room again, and says what it lost."""

from pathlib import Path

import pytest
from support.disks import fill
from support.jobs import make_spec

from render_manager.engines.protocols import Installation, InstallationKind, RunMode
from render_manager.scheduling.log_file import LogFile
from render_manager.scheduling.ports import WorkerOrder


def log_in(folder: Path) -> LogFile:
    installation = Installation(
        engine="blender",
        key="blender:/opt/blender",
        version=(4, 2, 0),
        version_text="4.2.0",
        executable=Path("/opt/blender"),
        kind=InstallationKind.PROGRAM,
        found_by="test",
    )
    return LogFile(
        WorkerOrder(1, "uuid", make_spec(), installation, RunMode.RESIDENT, (), folder / "a" / "w.log")
    )


def path_of(folder: Path) -> Path:
    return folder / "a" / "w.log"


def test_nothing_is_missing_where_there_is_room(tmp_path: Path) -> None:
    with log_in(tmp_path) as log:
        log.head(("blender", "-b"))
        head = log.given
        log.write(b"one\n")
        log.write(b"two\n")
        assert (log.size, log.lost, log.trouble) == (head + 8, 0, "")
        assert log.place_of(head + 4) == head + 4
    assert path_of(tmp_path).read_bytes()[head:] == b"one\ntwo\n"


def test_a_log_goes_on_when_there_is_room_again(small_disk: Path) -> None:
    with log_in(small_disk) as log:
        log.head(("blender", "-b"))
        plug = fill(small_disk)
        for number in range(300):
            log.write(b"lost %7d " % number * 8 + b"\n")
        assert log.lost
        assert log.trouble
        assert log.size == path_of(small_disk).stat().st_size, "a write that came half is counted as half"
        place_in_gap = log.place_of(log.given)
        assert place_in_gap == log.size
        plug.unlink()
        log.write(b"found again\n")
        before = log.given
        log.write(b"the end\n")
        data = path_of(small_disk).read_bytes()
        assert data.endswith(b"found again\nthe end\n")
        assert f"{log.lost} bytes of output are missing here".encode() in data
        assert log.size == len(data)
        assert data[log.place_of(before) : log.place_of(log.given)] == b"the end\n"


def test_a_log_begins_late_where_no_file_could_be_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")
    with log_in(tmp_path) as log:
        log.head(("blender", "-b"))
        log.write(b"lost\n")
        assert log.trouble
        (tmp_path / "a").unlink()
        before = log.given
        log.write(b"found\n")
        data = path_of(tmp_path).read_bytes()
        assert data[log.place_of(before) : log.place_of(log.given)] == b"found\n"


@pytest.mark.parametrize("limit", [400, 5_000])
def test_the_limit_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr("render_manager.scheduling.log_file.LOG_LIMIT_BYTES", limit)
    with log_in(tmp_path) as log:
        log.head(("blender", "-b"))
        for _line in range(200):
            log.write(b"x" * 99 + b"\n")
    data = path_of(tmp_path).read_bytes()
    assert data.count(b"reached its largest size") == 1
    assert len(data) < limit + 100
    assert log.trouble == "", "that is no fault of the disk"
