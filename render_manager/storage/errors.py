"""Telling what the environment did to the database from what we did."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from render_manager.domain.errors import DamagedDatabaseError, StorageError, StorageUnavailableError
from render_manager.domain.texts import gettext as _

N_ = str
"""Marks a text that is translated where it is shown."""
_ENVIRONMENT = {
    sqlite3.SQLITE_FULL: N_("the disk is full"),
    sqlite3.SQLITE_READONLY: N_("it is read-only"),
    sqlite3.SQLITE_IOERR: N_("the disk reports an error"),
    sqlite3.SQLITE_CANTOPEN: N_("it cannot be opened"),
    sqlite3.SQLITE_BUSY: N_("another program is using it"),
    sqlite3.SQLITE_LOCKED: N_("another program is using it"),
    sqlite3.SQLITE_PERM: N_("this user may not use it"),
    sqlite3.SQLITE_AUTH: N_("this user may not use it"),
    sqlite3.SQLITE_NOMEM: N_("there is not enough memory"),
}
DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""SQLite's primary codes for a file that is not a whole database."""


def primary_code(error: BaseException | None) -> int:
    """Return SQLite's primary result code of an error, 0 when it has none."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn database errors into sentences.

    Raises StorageUnavailableError (may pass by itself), DamagedDatabaseError, or StorageError (a bug).
    """
    try:
        yield
    except DBAPIError as error:
        raise _translation(path, error.orig) from error
    except sqlite3.Error as error:
        raise _translation(path, error) from error
    except OSError as error:
        text = _("The database {path} cannot be used: {why}.")
        raise StorageUnavailableError(text.format(path=path, why=error.strerror)) from error


def damaged(path: Path) -> str:
    """Return the sentence about a file that is no whole database any more."""
    text = _(
        "The database {path} is damaged. Start Render Manager again: it keeps the damaged file under "
        "another name and goes on with its copy, or with an empty one where there is none. Frames that were "
        "rendered are still in their folders."
    )
    return text.format(path=path)


def _translation(path: Path, error: BaseException | None) -> StorageError:
    code = primary_code(error)
    if code in DAMAGE:
        return DamagedDatabaseError(damaged(path))
    if code in _ENVIRONMENT:
        return StorageUnavailableError(
            _("The database {path} cannot be used: {why}.").format(path=path, why=_(_ENVIRONMENT[code]))
        )
    return StorageError(f"{path}: {error}")
