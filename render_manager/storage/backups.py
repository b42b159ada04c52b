"""A copy of the database, taken while it changes, and put in its place when that is lost or damaged.

What was rendered after the copy was taken lies in the output folders, and is found there.
"""

import contextlib
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from render_manager.storage import schema
from render_manager.storage.keeping import place_beside
from render_manager.system.private_files import begin_private

log = logging.getLogger(__name__)

LEAST_PAUSE_S = 5.0
PAUSE_S_PER_MB = 2.0
"""A large database takes long to copy, so it is copied less often…"""
LONGEST_PAUSE_S = 900.0
LARGEST_AT_END_BYTES = 64 << 20
"""… and not once more at the end, which somebody waits for."""


def backup_path(path: Path) -> Path:
    """Return where the copy of a database is."""
    return path.with_name(f"{path.stem}.backup{path.suffix}")


def back_up(path: Path) -> bool:
    """Copy a database that may be written to meanwhile; return whether that could be done. Any thread.

    The copy before stays until the new one is whole.
    """
    copy = backup_path(path)
    part = copy.with_suffix(".part")
    try:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        begin_private(part)
        with closing(_opened(path)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
            # The journal mode comes along; a copy nobody writes to needs no journal beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            is_whole = target.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        if is_whole:
            part.replace(copy)
        else:
            part.unlink()
    except (OSError, sqlite3.Error) as error:
        log.info("the database %s was not copied: %s", path, error)
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        return False
    return is_whole


def put_back(path: Path) -> float | None:
    """Put the copy where there is no database; return when it was taken, None when there is no good one.

    Seconds since the epoch. A copy that is damaged, or that a newer version wrote, is kept under another
    name, since a copy of the database that is begun now will take its place. Raises OSError.
    """
    copy = backup_path(path)
    try:
        taken_at = copy.stat().st_mtime
    except FileNotFoundError:
        return None
    if not _is_good(copy):
        aside = place_beside(copy, "unused")
        copy.replace(aside)
        log.info("the copy %s is not good and goes to %s", copy, aside)
        return None
    part = copy.with_suffix(".part")
    begin_private(part)
    shutil.copyfile(copy, part)
    part.replace(path)
    return taken_at


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file that is there; the last to close it takes its journal away, which a mere reader may not."""
    name = quote(os.fsencode(path.absolute().as_posix()), safe="/:")
    root = "file://" if name.startswith("/") else "file:///"
    return sqlite3.connect(f"{root}{name}?mode=rw", uri=True)


def _is_good(copy: Path) -> bool:
    try:
        with closing(_opened(copy)) as source:
            found = source.execute("SELECT version_num FROM alembic_version").fetchall()
            is_ours = len(found) == 1 and str(found[0][0]) <= schema.HEAD_REVISION
            return is_ours and source.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False


class BackupKeeper:
    """Copies a database soon after it changed, on a thread of its own."""

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._condition = threading.Condition()
        self._has_changed = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._keep, name="backup", daemon=True)

    def start(self) -> None:
        """Begin to copy."""
        self._thread.start()

    def changed(self, _changes: object = None) -> None:
        """Take note of a change; any thread, returns at once."""
        with self._condition:
            self._has_changed = True
            self._condition.notify()

    def stop(self) -> None:
        """Copy what changed last, if that does not take long, and end; the writer has to be gone by then."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()
        if self._has_changed and self._size_bytes() <= LARGEST_AT_END_BYTES:
            back_up(self._path)

    def _keep(self) -> None:
        not_before_s = self._monotonic()
        while self._wait(not_before_s):
            back_up(self._path)
            pause_s = self._size_bytes() / (1 << 20) * PAUSE_S_PER_MB
            not_before_s = self._monotonic() + min(max(pause_s, LEAST_PAUSE_S), LONGEST_PAUSE_S)

    def _wait(self, not_before_s: float) -> bool:
        """Wait for a change and for the end of the pause; return False when it is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._has_changed or self._is_stopping)
            pause_s = max(not_before_s - self._monotonic(), 0.0)
            self._condition.wait_for(lambda: self._is_stopping, timeout=pause_s)
            if self._is_stopping:
                return False
            self._has_changed = False
            return True

    def _size_bytes(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0
