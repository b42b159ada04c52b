"""Opening the database file: pragmas, version, migrations, damage.

One `Database` belongs to the one writer. Readers open their own (`open_for_reading`).
"""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, insert, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from render_manager.domain.errors import NewerDatabaseError, StorageError, StorageUnavailableError
from render_manager.domain.texts import gettext as _
from render_manager.storage import schema
from render_manager.storage.backups import put_back
from render_manager.storage.errors import DAMAGE, primary_code, translated
from render_manager.storage.keeping import COMPANIONS, FileLook, place_beside, write_again
from render_manager.system.private_files import begin_private, make_private, make_private_folder

log = logging.getLogger(__name__)

BUSY_TIMEOUT_S = 5.0
WAL_LIMIT_BYTES = 64 * 1024 * 1024
_CLOSED_PROPERLY = "closed_properly"


class Database:
    """An open database of the current schema, with one connection for the thread that writes.

    `notices` holds sentences about what opening it had to do (a damaged file put aside, an upgrade).
    """

    def __init__(self, path: Path, engine: Engine, notices: tuple[str, ...]) -> None:
        self.path = path
        self.engine = engine
        self.notices = notices
        self._look = FileLook(path)
        self._marks = self._look.marks()

    def keep_in_place(self) -> str:
        """Write the file again if somebody deleted or replaced it; return a sentence then, else nothing.

        To be called before something is written; raises StorageError.
        """
        with translated(self.path):
            found = self._look.marks()
            if found.is_as_known(self._marks):
                return ""
            sentence = write_again(self.path, self.engine, self._marks, found)
            self._look.close()
            # The journal is there from the first write on.
            with self.engine.begin() as connection:
                _set_meta(connection, _CLOSED_PROPERLY, "0")
            self._marks = self._look.marks()
        return sentence

    def was_written(self) -> None:
        """Learn what the file looks like after a write of ours."""
        with translated(self.path):
            found = self._look.marks()
        if found.is_as_known(self._marks):
            self._marks = found

    def close(self) -> None:
        """Mark the file as closed properly and let go of it."""
        self.keep_in_place()
        with translated(self.path), self.engine.begin() as connection:
            _set_meta(connection, _CLOSED_PROPERLY, "1")
        self._let_go()

    def abandon(self) -> None:
        """Let go of the file without marking it, so that the next start looks at it closely."""
        self._let_go()

    def _let_go(self) -> None:
        self.engine.dispose()
        self._look.close()


def open_database(path: Path, *, traces: Path | None = None) -> Database:
    """Open or create the database and bring it to the current schema.

    A damaged file is put aside under another name, with a notice; so is said that there is none although a
    folder of `traces` tells that there was one. Raises NewerDatabaseError or
    StorageUnavailableError with a sentence. Call on the thread that will write.
    """
    notices: list[str] = []
    with translated(path):
        try:
            make_private_folder(path.parent)
        except OSError as error:
            raise StorageUnavailableError(
                _("The folder {path} cannot be made: {why}.").format(path=path.parent, why=error.strerror)
            ) from error
        aside = _put_damage_aside(path)
        # A copy that is there is a trace as well, and would be overwritten by one of an empty database.
        taken_at = put_back(path) if _is_empty(path) else None
        if taken_at is not None:
            notices.append(_restored_text(path, aside, taken_at))
        elif aside is not None:
            notices.append(
                _(
                    "The database was damaged. It was kept as {aside}, and an empty one was started. "
                    "Frames that were rendered are still in their folders."
                ).format(aside=aside)
            )
        # Its journals get the modes that it has.
        begin_private(path)
        make_private(path)
        engine = _writer(path)
        with _let_go_on_error(engine):
            is_missed = aside is None and _has_any(traces)
            notices += _bring_up_to_date(path, engine, is_missed=is_missed)
            with engine.begin() as connection:
                _set_meta(connection, _CLOSED_PROPERLY, "0")
    return Database(path, engine, tuple(notices))


def _has_any(traces: Path | None) -> bool:
    return traces is not None and traces.is_dir() and any(traces.iterdir())


def _restored_text(path: Path, aside: Path | None, taken_at: float) -> str:
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(taken_at))
    if aside is None:
        text = _(
            "There was no database at {path} any more; the copy from {clock} was put in its place. Frames "
            "that were rendered after that are found in their folders."
        )
        return text.format(path=path, clock=clock)
    text = _(
        "The database was damaged. It was kept as {aside}, and the copy from {clock} was put in its place. "
        "Frames that were rendered after that are found in their folders."
    )
    return text.format(aside=aside, clock=clock)


def open_for_reading(path: Path, *, keeps_open: bool = True) -> Engine:
    """Open an existing database for reading, from any thread; raises StorageError when it cannot be.

    Without `keeps_open` each read opens the file and closes it; otherwise the engine must be disposed of.
    """
    if not path.exists():
        raise StorageUnavailableError(_("There is no database at {path} yet.").format(path=path))
    engine = reading_engine(path, keeps_open=keeps_open)
    with translated(path), _let_go_on_error(engine):
        revision = _revision(engine)
        _refuse_newer(path, revision)
        if revision != schema.HEAD_REVISION:
            raise StorageError(
                _(
                    "The database {path} is from an older version. Start Render Manager once to upgrade it."
                ).format(path=path)
            )
    return engine


def reading_engine(path: Path, *, keeps_open: bool) -> Engine:
    """Return what reads a database, as `open_for_reading` does but without a look at what it is."""
    if keeps_open:
        engine = create_engine(
            _url(path), creator=lambda: _connected(path), poolclass=QueuePool, pool_size=4, max_overflow=4
        )
    else:
        engine = create_engine(_url(path), creator=lambda: _connected(path), poolclass=NullPool)
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "connect", lambda _connection, record: record.info.update(file=_file_of(path)))
    event.listen(
        engine, "checkout", lambda _connection, record, _proxy: _refuse_old(record.info["file"], path)
    )
    return engine


@contextmanager
def _let_go_on_error(engine: Engine) -> Iterator[None]:
    """Close the file again when opening it comes to nothing."""
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _writer(path: Path) -> Engine:
    # One connection that never goes back to a pool: there is one writer, on one thread.
    engine = create_engine(_url(path), poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_writer)
    return engine


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _prepare_writer(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"journal_size_limit = {WAL_LIMIT_BYTES}",
        "cache_size = -16384",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_reader(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _connected(path: Path) -> sqlite3.Connection:
    """Open a file that is there; by its name alone SQLite would make a new one."""
    name = quote(os.fsencode(path.absolute().as_posix()), safe="/:")
    # Not `Path.as_uri`: SQLite takes no server of a share before the path.
    root = "file://" if name.startswith("/") else "file:///"
    return sqlite3.connect(f"{root}{name}?mode=rw", uri=True, check_same_thread=False)


def _file_of(path: Path) -> object:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _refuse_old(file: object, path: Path) -> None:
    """Have a reader's connection made anew when another file is in the place of the one it reads."""
    now = _file_of(path)
    if now is not None and now != file:
        raise DisconnectionError(f"{path} was replaced")


def _revision(engine: Engine) -> str | None:
    """Return the schema revision of a file, None when it holds no tables of ours."""
    with engine.connect() as connection:
        tables = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        if "alembic_version" not in tables:
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def _bring_up_to_date(path: Path, engine: Engine, *, is_missed: bool) -> list[str]:
    revision = _revision(engine)
    if revision == schema.HEAD_REVISION:
        return []
    if revision is None:
        _create(engine)
        text = _(
            "There is no database at {path} any more, though Render Manager rendered here before; an empty "
            "one was started. Frames that were rendered are still in their folders."
        )
        return [text.format(path=path)] if is_missed else []
    _refuse_newer(path, revision)
    from render_manager.storage.migrate import upgrade  # Alembic is slow to import and rarely needed

    backup = upgrade(path, engine, revision)
    return [_("The database was upgraded; a copy of the old one is {backup}.").format(backup=backup)]


def _refuse_newer(path: Path, revision: str | None) -> None:
    if revision is not None and revision > schema.HEAD_REVISION:
        raise NewerDatabaseError(
            _(
                "The database {path} was written by a newer version of Render Manager (schema {theirs}, this "
                "program knows {ours}). Install the newer version again, or choose another folder with "
                "--base-dir."
            ).format(path=path, theirs=revision, ours=schema.HEAD_REVISION)
        )


def _create(engine: Engine) -> None:
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, "
                "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
        )
        connection.execute(
            text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": schema.HEAD_REVISION}
        )


def _set_meta(connection: Any, key: str, value: str) -> None:
    connection.execute(insert(schema.meta).prefix_with("OR REPLACE").values(key=key, value=value))


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _put_damage_aside(path: Path) -> Path | None:
    """Rename a file that is no whole database, with its journal; return its new name."""
    damage = _damage_of_empty(path) if _is_empty(path) else _damage(path)
    if damage is None:
        return None
    aside = place_beside(path, "damaged")
    log.info("the database %s is damaged (%s) and goes to %s", path, damage, aside)
    for ending in ("", *COMPANIONS):
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    return aside


def _damage_of_empty(path: Path) -> str | None:
    """Return what is wrong with a file that is empty or not there, None when it never was more.

    SQLite would throw away the journal that it left.
    """
    journal = path.with_name(f"{path.name}-wal")
    return "only its journal is left" if journal.exists() and journal.stat().st_size else None


def _damage(path: Path) -> str | None:
    """Return what is wrong with a database file, None when it is whole.

    Only a file that was not closed properly is read from end to end.
    """
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
    try:
        if _was_closed_properly(connection):
            return None
        findings = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in DAMAGE:
            raise
        return str(error)
    finally:
        connection.close()
    return None if findings == [("ok",)] else str(findings[0][0])


def _was_closed_properly(connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "meta" not in tables:
        return False
    rows = connection.execute("SELECT value FROM meta WHERE key = ?", (_CLOSED_PROPERLY,)).fetchall()
    return rows == [("1",)]
