"""The database's files deleted, replaced, cut and overwritten while the program has them open."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.jobs import make_spec

from render_manager.domain.changes import Notice
from render_manager.domain.errors import DamagedDatabaseError, StorageUnavailableError
from render_manager.scheduling.ledger import KEPT_NOTICE, Ledger
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows does not let go of open files")
GARBAGE = bytes(range(256)) * 40


def delete(*endings: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        for ending in endings:
            path.with_name(path.name + ending).unlink()

    return act


def put_in_place(content: bytes) -> Callable[[Path], None]:
    """Replace the file by another one, as a sync program does."""

    def act(path: Path) -> None:
        other = path.with_name("other")
        other.write_bytes(content)
        other.replace(path)

    return act


def another_database(path: Path) -> None:
    other = path.with_name("other.db")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    other.replace(path)


def overwrite(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


DELETED = {
    "the file": delete(""),
    "its journal": delete("-wal"),
    "its index": delete("-shm"),
    "all": delete("", "-wal", "-shm"),
}
CHANGED = {
    "garbage in its place": put_in_place(GARBAGE),
    "nothing in its place": put_in_place(b""),
    "another database": another_database,
    "overwritten": overwrite(GARBAGE),
    "cut to nothing": lambda path: os.truncate(path, 0),
    "cut": cut,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "render-manager.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(open_database(path))
    for number in range(3):
        store.add_job(make_spec("1-500", name=f"job {number}"), f"uuid-{number}", 1.0)
    yield store
    store.close()


def as_a_kill_leaves_it(path: Path, folder: Path) -> list[str]:
    """Return the names of the jobs that the files at the path have, without anything being closed."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder / file.name)
    again = Store(open_database(folder / path.name))
    names = [job.spec.name for job in again.load_jobs()]
    again.close()
    return names


ALL = ["job 0", "job 1", "job 2"]


@pytest.mark.parametrize("kind", DELETED)
def test_what_was_deleted_is_written_again(path: Path, store: Store, tmp_path: Path, kind: str) -> None:
    reader = StoreReader(path)
    assert len(reader.jobs()) == 3
    DELETED[kind](path)
    sentence = store.keep_in_place()
    assert "was deleted while Render Manager ran" in sentence
    assert str(path) in sentence
    assert as_a_kill_leaves_it(path, tmp_path / "1") == ALL
    store.add_job(make_spec(name="late"), "late", 2.0)
    assert store.keep_in_place() == ""
    assert [job.name for job in reader.jobs()] == [*ALL, "late"], "readers go over to the new file"
    reader.close()
    assert as_a_kill_leaves_it(path, tmp_path / "2") == [*ALL, "late"]
    assert not list(path.parent.glob("*.replaced-*"))


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("kind", CHANGED)
def test_what_was_changed_is_written_again_and_the_change_kept(
    path: Path, store: Store, tmp_path: Path, kind: str, is_new: bool
) -> None:
    if not is_new:
        # Everything is in the file itself, nothing in its journal.
        with store._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store._database.was_written()
    CHANGED[kind](path)
    changed = path.read_bytes()
    sentence = store.keep_in_place()
    (aside,) = path.parent.glob("*.replaced-*.db")
    assert str(aside) in sentence
    assert "changed by another program" in sentence
    assert aside.read_bytes() == changed
    store.add_job(make_spec(name="late"), "late", 2.0)
    assert store.keep_in_place() == ""
    assert as_a_kill_leaves_it(path, tmp_path / "copy") == [*ALL, "late"]


def test_readers_put_nothing_in_the_place_of_a_deleted_file(path: Path, store: Store) -> None:
    known, new = StoreReader(path), StoreReader(path)
    assert len(known.jobs()) == 3
    new.close()
    path.unlink()
    assert len(known.jobs()) == 3, "what is open is still there"
    with pytest.raises(StorageUnavailableError, match="cannot be opened"):
        new.jobs()
    assert not path.exists()
    store.keep_in_place()
    assert (len(known.jobs()), len(new.jobs())) == (3, 3)
    known.close()
    new.close()


def test_what_is_not_whole_any_more_is_not_written_again(path: Path, store: Store) -> None:
    """Nothing of it is in memory, and a page of it is gone."""
    with store._database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store._database.engine.dispose()
    store._database.was_written()
    cut(path)
    broken = path.read_bytes()
    with pytest.raises(DamagedDatabaseError, match="keeps the damaged file"):
        store.keep_in_place()
    assert path.read_bytes() == broken
    assert not path.with_name("render-manager.restoring.db").exists()
    store._database.close = lambda: None  # type: ignore[method-assign]


def test_the_file_is_there_again_after_the_end(path: Path, tmp_path: Path) -> None:
    store = Store(open_database(path))
    store.add_job(make_spec(name="only"), "uuid", 1.0)
    path.unlink()
    store.close()
    assert as_a_kill_leaves_it(path, tmp_path / "copy") == ["only"]


def test_an_undisturbed_file_is_left_alone(path: Path, store: Store) -> None:
    before = path.stat().st_ino
    for number in range(60):
        # Beyond what the journal holds before it goes into the file.
        store.add_job(make_spec("1-2000", name=f"more {number}"), f"more-{number}", 1.0)
        assert store.keep_in_place() == ""
    assert path.stat().st_ino == before


READER = """
import sys
from pathlib import Path
from render_manager.storage.reader import StoreReader
reader = StoreReader(Path(sys.argv[1]))
print(len(reader.jobs()))
reader.close()
"""


def test_another_program_that_read_it_leaves_the_journal_in_place(path: Path, store: Store) -> None:
    """Closing a file that SQLite has open lets go of its locks, and the reader would clear up after us."""
    for number in range(3):
        store.add_job(make_spec(name=f"more {number}"), f"more-{number}", 1.0)
        assert store.keep_in_place() == ""
        done = subprocess.run(
            [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [str(4 + number)]
        assert path.with_name(f"{path.name}-wal").exists()
        assert store.keep_in_place() == ""


def test_the_viewers_are_told(path: Path, store: Store) -> None:
    told: list[Notice] = []
    ledger = Ledger(store=store, subscribers=[lambda changes: told.extend(changes.notices)])
    path.unlink()
    ledger.notify(Notice("any", "Something."))
    assert ledger.flush()
    assert [notice.code for notice in told] == ["any", KEPT_NOTICE]
    assert path.exists()
