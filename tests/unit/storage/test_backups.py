"""A lost or damaged database is replaced by its copy, which is taken while the program writes."""

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.disks import fill
from support.jobs import make_spec
from support.processes import wait_until

from render_manager.storage.backups import BackupKeeper, back_up, backup_path, put_back
from render_manager.storage.database import open_database
from render_manager.storage.store import Store

Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "deleted": Path.unlink,
    "empty": lambda path: os.truncate(path, 0),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "garbage": lambda path: path.write_bytes(os.urandom(40_000)),
}


def filled(path: Path, *names: str) -> None:
    store = Store(open_database(path))
    for name in names:
        store.add_job(make_spec(name=name), f"uuid-of-{name}", 1.0)
    store.close()


def names(path: Path, traces: Path | None = None) -> tuple[list[str], tuple[str, ...]]:
    database = open_database(path, traces=traces)
    store = Store(database)
    found = [job.spec.name for job in store.load_jobs()]
    store.close()
    return found, database.notices


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_copy_takes_its_place(tmp_path: Path, kind: str) -> None:
    path, traces = tmp_path / "影 store.db", tmp_path / "logs"
    (traces / "job").mkdir(parents=True)
    filled(path, "one", "two")
    assert back_up(path)
    DAMAGES[kind](path)
    found, (notice,) = names(path, traces)
    assert found == ["one", "two"]
    assert "the copy from" in notice
    assert names(path, traces) == (["one", "two"], ())


def test_the_copy_is_private_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path, "one")
    assert back_up(path)
    if os.name == "posix":
        assert stat.S_IMODE(backup_path(path).stat().st_mode) == 0o600
    filled(path, "two")
    assert back_up(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["store.backup.db", "store.db"]
    with sqlite3.connect(backup_path(path)) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (2,)
    connection.close()


def test_a_full_disk_costs_no_copy_that_is_there(small_disk: Path) -> None:
    path = small_disk / "store.db"
    filled(path, "one")
    assert back_up(path)
    before = backup_path(path).read_bytes()
    fill(small_disk)
    assert not back_up(path)
    assert backup_path(path).read_bytes() == before


def test_a_damaged_database_does_not_spoil_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path, *(f"job {number}" for number in range(50)))
    assert back_up(path)
    before = backup_path(path).read_bytes()
    data = bytearray(path.read_bytes())
    data[4096:20_000] = os.urandom(20_000 - 4096)
    path.write_bytes(data)
    assert not back_up(path)
    assert backup_path(path).read_bytes() == before


@pytest.mark.parametrize("kind", ["newer", "garbage", "foreign"])
def test_a_copy_that_is_of_no_use_is_kept_under_another_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "store.db"
    filled(path, "one")
    assert back_up(path)
    copy = backup_path(path)
    if kind == "garbage":
        copy.write_bytes(os.urandom(9000))
    else:
        connection = sqlite3.connect(copy)
        order = (
            "UPDATE alembic_version SET version_num = '9999'"
            if kind == "newer"
            else "DROP TABLE alembic_version"
        )
        connection.execute(order)
        connection.commit()
        connection.close()
    path.unlink()
    before = copy.read_bytes()
    assert put_back(path) is None
    assert not path.exists()
    filled(path, "another")
    assert back_up(path)
    (aside,) = tmp_path.glob("store.backup.unused-*.db")
    assert aside.read_bytes() == before


def test_a_copy_is_put_back_though_nothing_else_tells_that_there_was_a_database(tmp_path: Path) -> None:
    """Somebody cleared the logs as well; a copy of the empty database would take the good one's place."""
    path = tmp_path / "store.db"
    filled(path, "one")
    assert back_up(path)
    path.unlink()
    found, (notice,) = names(path, tmp_path / "logs")
    assert found == ["one"]
    assert "the copy from" in notice


def test_a_first_start_finds_nothing_to_put_back(tmp_path: Path) -> None:
    assert put_back(tmp_path / "store.db") is None
    assert names(tmp_path / "store.db") == ([], ())


def test_it_is_copied_while_it_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("render_manager.storage.backups.LEAST_PAUSE_S", 0.05)
    path = tmp_path / "store.db"
    store = Store(open_database(path))
    keeper = BackupKeeper(path)
    keeper.start()
    for number in range(20):
        store.add_job(make_spec(name=f"job {number}"), f"{number:08d}-uuid", 1.0)
        keeper.changed()
    wait_until(backup_path(path).exists, "a copy while the writer has it open")
    store.close()
    keeper.stop()
    with sqlite3.connect(backup_path(path)) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (20,)
    connection.close()
    assert not [one for one in threading.enumerate() if one.name == "backup"]


def test_nothing_is_copied_where_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path, "one")
    keeper = BackupKeeper(path)
    keeper.start()
    keeper.stop()
    assert not backup_path(path).exists()
