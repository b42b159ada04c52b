"""Keeps the database's files where they belong while the program runs. The writer's thread only.

Somebody may delete or replace the file, its journal, or what is in them: a cleaner, a sync program, a
restored backup. On Linux and macOS SQLite would go on writing into files that nobody can find any more;
Windows does not let open files go.
"""

import contextlib
import logging
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from render_manager.domain.errors import DamagedDatabaseError
from render_manager.domain.texts import gettext as _
from render_manager.storage.errors import damaged

log = logging.getLogger(__name__)

COMPANIONS = ("-wal", "-shm")


_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Marks:
    """What files are known by: disk and number of each, None for one that is not there."""

    main: tuple[int, int] | None
    size_bytes: int
    """The database's own file only grows."""
    is_database: bool
    companions: tuple[tuple[int, int] | None, ...]

    def spoils(self, known: "Marks") -> bool:
        """Return whether the database's own file is another one now, or has lost something."""
        return self.main != known.main or self.size_bytes < known.size_bytes or not self.is_database

    def is_as_known(self, known: "Marks") -> bool:
        """Return whether everything is where it was."""
        return not self.spoils(known) and self.companions == known.companions


class FileLook:
    """Looks at a database's files, and keeps open what it opened until it is closed itself.

    On POSIX a process that closes any descriptor of a file loses all its locks on that file, SQLite's as
    well: the next reader to end would take the journal away under the writer.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: dict[tuple[int, int], int] = {}
        """The descriptor of each file that was in the database's place."""

    def marks(self) -> Marks:
        """Return how the files are now; raises OSError when they cannot be looked at."""
        main, size_bytes, is_database = None, 0, False
        with contextlib.suppress(FileNotFoundError):
            descriptor = self._descriptor()
            status = os.fstat(descriptor)
            main, size_bytes = (status.st_dev, status.st_ino), status.st_size
            os.lseek(descriptor, 0, os.SEEK_SET)
            is_database = os.read(descriptor, len(_MAGIC)) == _MAGIC
        companions = (self._path.with_name(self._path.name + ending) for ending in COMPANIONS)
        return Marks(main, size_bytes, is_database, tuple(map(_identity, companions)))

    def close(self) -> None:
        """Let go of all files; only while SQLite has none of them open."""
        while self._opened:
            os.close(self._opened.popitem()[1])

    def _descriptor(self) -> int:
        status = self._path.stat()
        file = (status.st_dev, status.st_ino)
        if file not in self._opened:
            self._opened[file] = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        return self._opened[file]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def place_beside(path: Path, word: str) -> Path:
    """Return a free name beside a database for one that is put aside, such as `<name>.damaged-<time>.db`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.{word}-{stamp}{path.suffix}")
    number = 1
    while any(aside.with_name(aside.name + ending).exists() for ending in ("", *COMPANIONS)):
        number += 1
        aside = path.with_name(f"{path.stem}.{word}-{stamp}-{number}{path.suffix}")
    return aside


def write_again(path: Path, engine: Engine, known: Marks, found: Marks) -> str:
    """Write what the open database holds to its place, put aside what is there, and return a sentence.

    Afterwards the engine's next connection is to the new file. Raises DamagedDatabaseError when what is open
    is not whole any more, OSError and the errors of SQLite.
    """
    copy = path.with_name(f"{path.stem}.restoring{path.suffix}")
    copy.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        assert isinstance(raw.driver_connection, sqlite3.Connection)
        with closing(sqlite3.connect(copy)) as target:
            raw.driver_connection.backup(target)
            findings = target.execute("PRAGMA quick_check(1)").fetchall()
    finally:
        raw.close()
    if findings != [("ok",)]:
        copy.unlink()
        raise DamagedDatabaseError(damaged(path))
    aside = _put_strangers_aside(path, known, found)
    for ending in COMPANIONS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    copy.replace(path)
    # Not before: until the copy is in its place, nothing else holds what is stored.
    engine.dispose()
    log.info("the database %s was written again: %s, %s", path, known, found)
    if aside is not None:
        text = _(
            "The database {path} was changed by another program while Render Manager ran; that file was kept "
            "as {aside}. The database was written again, nothing is lost."
        )
        return text.format(path=path, aside=aside)
    text = _(
        "The database {path}, or a file beside it, was deleted while Render Manager ran. It was written "
        "again, nothing is lost."
    )
    return text.format(path=path)


def _put_strangers_aside(path: Path, known: Marks, found: Marks) -> Path | None:
    if found.main is None or not found.spoils(known):
        return None
    aside = place_beside(path, "replaced")
    path.rename(aside)
    for ending, before, now in zip(COMPANIONS, known.companions, found.companions, strict=True):
        if now is not None and now != before:
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside
