"""Opening the database file: strange paths, damage of every kind, other versions, other owners."""

import os
import random
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from support.disks import make_read_only
from support.jobs import make_spec

from render_manager.domain import events
from render_manager.domain.errors import (
    DamagedDatabaseError,
    NewerDatabaseError,
    StorageError,
    StorageUnavailableError,
)
from render_manager.storage import database, migrate, schema
from render_manager.storage.database import open_database, open_for_reading
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

REVISION_3 = '''
"""Adds a colour."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("jobs", sa.Column("colour", sa.String(), nullable=False, server_default="red"))
'''


def filled(path: Path, *, jobs: int = 3, properly: bool = True) -> Path:
    """Make a database with something in it; `properly=False` leaves it as a kill does."""
    opened = open_database(path)
    store = Store(opened)
    for number in range(jobs):
        job = store.add_job(make_spec("1-500", name=f"job {number}"), f"uuid-{number}", 1.0)
        step = job.apply(events.FramesSkipped(None, "Left out. " * 20), 2.0)
        store.commit(job_snapshots=[job.snapshot()], frame_changes=step.frames)
    if properly:
        store.close()
    else:
        opened.abandon()
    return path


def names(path: Path) -> list[str]:
    store = Store(open_database(path))
    found = [job.spec.name for job in store.load_jobs()]
    store.close()
    return found


@pytest.mark.parametrize(
    "name",
    [
        "plain.db",
        "with space.db",
        "a?b#c%d&e=f.db",
        "a'b#c%d&e=f.db",
        "影 渲染.db",
        "a'b\"c.db",
        "file:x.db",
        ":memory:",
        "%20+.db",
    ],
)
def test_any_path_can_be_the_database(tmp_path: Path, name: str) -> None:
    folder = "folder ?#%41 影"
    if sys.platform == "win32":
        folder = folder.replace("?", "")
        if set(name) & set('?:"'):
            pytest.skip("Windows has no files of such names")
    path = filled(tmp_path / folder / name)
    assert path.is_file()
    assert path.stat().st_size > 4096
    assert names(path) == ["job 0", "job 1", "job 2"]
    reader = StoreReader(path)
    assert len(reader.jobs()) == 3
    reader.close()
    assert sorted(entry.name for entry in path.parent.iterdir()) == [name]


def test_a_new_database_has_no_notices_and_is_closed_properly(tmp_path: Path) -> None:
    opened = open_database(tmp_path / "a" / "b" / "new.db")
    assert opened.notices == ()
    opened.close()
    assert [path.name for path in opened.path.parent.iterdir()] == ["new.db"]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    opened = open_database(path)
    assert opened.notices == ()
    opened.close()
    assert names(path) == []


def test_a_foreign_database_is_not_touched_but_used_beside(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.execute("INSERT INTO recipes VALUES ('soup')")
    other.close()
    assert names(path) == []
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM recipes").fetchall() == [("soup",)]
    other.close()


def damage(path: Path, kind: str) -> None:
    data = bytearray(path.read_bytes())
    dice = random.Random(7)
    if kind == "random":
        data = bytearray(dice.randbytes(20_000))
    elif kind == "text":
        data = bytearray(b"this is no database\n" * 100)
    elif kind == "truncated":
        del data[len(data) // 2 :]
    elif kind == "one-page":
        del data[4096:]
    elif kind == "stub":
        del data[50:]
    elif kind == "zeroed-middle":
        data[4096 : len(data) - 4096] = bytes(len(data) - 8192)
    elif kind == "zeroed":
        data = bytearray(len(data))
    elif kind == "scrambled-header":
        data[16:100] = dice.randbytes(84)
    else:
        raise ValueError(kind)
    path.write_bytes(data)


DAMAGES = ["random", "text", "truncated", "one-page", "stub", "zeroed-middle", "zeroed", "scrambled-header"]


@pytest.mark.parametrize("properly", [True, False])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_put_aside(tmp_path: Path, kind: str, properly: bool) -> None:
    path = filled(tmp_path / "store.db", properly=properly)
    damage(path, kind)
    broken = path.read_bytes()
    opened = open_database(path)
    (notice,) = opened.notices
    (aside,) = tmp_path.glob("store.damaged-*.db")
    assert str(aside) in notice
    assert "damaged" in notice
    assert aside.read_bytes() == broken
    store = Store(opened)
    assert store.load_jobs() == []
    store.add_job(make_spec(), "uuid", 1.0)
    store.close()
    assert names(path) == ["shot"]


@pytest.mark.parametrize("kind", ["deleted", "empty"])
def test_a_journal_without_its_file_is_put_aside(tmp_path: Path, kind: str) -> None:
    path = filled(tmp_path / "store.db")
    opened = open_database(path)
    Store(opened).add_job(make_spec(name="late"), "late", 1.0)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tmp_path.glob("store.db*"):
        shutil.copy(file, copy / file.name)
    opened.close()
    journal = (copy / "store.db-wal").read_bytes()
    assert journal
    (copy / "store.db").unlink() if kind == "deleted" else os.truncate(copy / "store.db", 0)
    again = open_database(copy / "store.db")
    assert "The database was damaged. It was kept as" in again.notices[0]
    again.close()
    (aside,) = copy.glob("store.damaged-*.db-wal")
    assert aside.read_bytes() == journal


def test_two_damaged_files_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for _time in range(3):
        filled(path)
        damage(path, "random")
        open_database(path).close()
    assert len(list(tmp_path.glob("store.damaged-*.db"))) == 3


def test_a_killed_program_leaves_a_whole_database(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    opened = open_database(path)
    store = Store(opened)
    store.add_job(make_spec(name="late"), "late", 1.0)
    # As a kill leaves it: the write-ahead log is there, nothing was closed.
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tmp_path.glob("store.db*"):
        shutil.copy(file, copy / file.name)
    store.close()
    again = open_database(copy / "store.db")
    assert again.notices == ()
    assert len(Store(again).load_jobs()) == 4
    again.close()


def test_a_torn_write_ahead_log_loses_only_its_end(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    store = Store(open_database(path))
    store.add_job(make_spec(name="late"), "late", 1.0)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tmp_path.glob("store.db*"):
        shutil.copy(file, copy / file.name)
    store.close()
    log = copy / "store.db-wal"
    log.write_bytes(log.read_bytes()[:-1000])
    again = open_database(copy / "store.db")
    assert again.notices == ()
    assert len(Store(again).load_jobs()) >= 3
    again.close()


@pytest.mark.parametrize("revision", ["0003", "9999"])
def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path, revision: str) -> None:
    path = filled(tmp_path / "store.db")
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    other.close()
    before = path.read_bytes()
    for opener in (open_database, open_for_reading):
        with pytest.raises(NewerDatabaseError, match=rf"newer version of Render Manager \(schema {revision}"):
            opener(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["store.db"]


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this program one schema version newer."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "rev_0003.py").write_text(REVISION_3, "utf-8")
    monkeypatch.setattr(migrate, "_MIGRATIONS", folder)
    monkeypatch.setattr(schema, "HEAD_REVISION", "0003")


@pytest.mark.parametrize("properly", [True, False])
def test_an_older_database_is_copied_and_upgraded(
    tmp_path: Path, request: pytest.FixtureRequest, properly: bool
) -> None:
    path = filled(tmp_path / "data %41 影" / "store.db", properly=properly)
    request.getfixturevalue("next_version")
    with pytest.raises(StorageError, match="older version"):
        open_for_reading(path)
    opened = open_database(path)
    backup = path.with_name("store.from-0002.db")
    assert opened.notices == (f"The database was upgraded; a copy of the old one is {backup}.",)
    assert len(Store(opened).load_jobs()) == 3
    with opened.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT colour FROM jobs").fetchall() == [("red",)]
    opened.close()
    old = sqlite3.connect(backup)
    assert old.execute("SELECT count(*) FROM jobs").fetchone() == (3,)
    assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
    old.close()
    again = open_database(path)
    assert again.notices == ()
    again.close()


def test_a_failing_upgrade_leaves_the_old_database(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "store.db")
    request.getfixturevalue("next_version")
    broken = REVISION_3 + '    op.execute("INSERT INTO nowhere VALUES (1)")\n'
    (tmp_path / "migrations" / "versions" / "rev_0003.py").write_text(broken, "utf-8")
    with pytest.raises(StorageError, match="nowhere"):
        open_database(path)
    monkeypatch.undo()
    assert len(names(path)) == 3


def test_a_locked_database_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "store.db")
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageUnavailableError, match="another program is using it"):
        open_database(path)
    locker.execute("ROLLBACK")
    locker.close()
    assert len(names(path)) == 3


def test_a_read_only_disk_is_said_to_be_one(small_disk: Path) -> None:
    path = filled(small_disk / "store.db", jobs=1)
    make_read_only(small_disk)
    with pytest.raises(StorageUnavailableError, match=r"read-only|cannot be opened"):
        open_database(path)
    assert path.is_file()


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_file_is_said_to_be_one(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    path.chmod(0o400)
    with pytest.raises(StorageUnavailableError, match="read-only"):
        open_database(path)


@pytest.mark.parametrize("kind", ["folder", "below-file", "kernel"])
def test_a_place_where_no_file_can_be(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        path = tmp_path / "store.db"
        path.mkdir()
    elif kind == "below-file":
        (tmp_path / "file").write_text("x")
        path = tmp_path / "file" / "sub" / "store.db"
    else:
        if not Path("/proc").is_dir():
            pytest.skip("there is no /proc")
        path = Path("/proc/render-manager/store.db")
    with pytest.raises(StorageUnavailableError, match=r"cannot be (opened|made|used)"):
        open_database(path)


def test_reading_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailableError, match=r"no database at .*missing"):
        open_for_reading(tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    engine = open_for_reading(path)
    with engine.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("DELETE FROM jobs")
    engine.dispose()


def test_a_damaged_file_is_said_to_be_damaged_by_a_reader(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    damage(path, "random")
    with pytest.raises(DamagedDatabaseError, match="is damaged"):
        open_for_reading(path)


@pytest.mark.skipif(os.name != "posix", reason="Windows does not let open files be deleted")
def test_a_file_deleted_under_us_does_not_end_the_night(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    store = Store(open_database(path))
    path.unlink()
    job = store.add_job(make_spec(), "late", 1.0)
    assert job.id == 4
    store.close()
    assert len(names(path)) == 4


@pytest.mark.parametrize("kind", ["deleted", "empty", "without its journal"])
def test_a_database_that_is_gone_since_the_last_run_is_missed(tmp_path: Path, kind: str) -> None:
    path, logs = tmp_path / "store.db", tmp_path / "logs" / "workers"
    first = open_database(path, traces=logs)
    assert first.notices == ()
    first.close()
    (logs / "0123").mkdir(parents=True)
    if kind == "deleted":
        path.unlink()
    elif kind == "empty":
        os.truncate(path, 0)
    else:
        path.unlink()
        with sqlite3.connect(path) as bare:
            bare.execute("PRAGMA journal_mode = WAL")
        bare.close()
    opened = open_database(path, traces=logs)
    (notice,) = opened.notices
    assert str(path) in notice
    assert "rendered here before" in notice
    opened.close()
    again = open_database(path, traces=logs)
    assert again.notices == ()
    again.close()
