"""Only one program at a time may own a set of data; the system lets go of the lock if it dies.

The lock file also says who owns it and how to reach it, for those who come second.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import IO

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _

_LOCKED_BYTE = 1 << 20
"""The byte that is locked; far behind the text, since Windows does not let others read locked bytes."""

WINDOW = "window"
"""The owner has a window and goes on with every stored job."""
COMMAND = "command"
"""The owner is a command in a terminal; `render` serves only the jobs it was given."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the data."""

    pid: int
    address: str = ""
    """Address of its control channel, empty when it has none."""
    secret: str = ""
    """What the channel wants to hear first, in hexadecimal."""
    kind: str = ""
    """`WINDOW` or `COMMAND`; empty while it starts."""


class Ownership:
    """The lock on a set of data, held from `take` to `release` or to the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self.previous: Owner | None = None
        """Who held it before `take`, as far as that was written down."""

    @property
    def is_held(self) -> bool:
        """Return whether this object holds the lock."""
        return self._file is not None

    def take(self) -> bool:
        """Try to take the lock; return False when another program holds it.

        Raises UserError when the lock file cannot be opened or written.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise UserError(
                _("{path} cannot be opened: {why}. Choose another folder with --base-dir.").format(
                    path=self._path, why=error.strerror
                )
            ) from error
        # Without a buffer: what a full disk does not take would be tried again when it is closed.
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not _try_lock(file):
            file.close()
            return False
        self._file = file
        self.previous = read_owner(self._path)
        try:
            self.announce(Owner(os.getpid()))
        except OSError as error:
            self.release()
            raise UserError(
                _("{path} cannot be written: {why}. Make room there, or choose another --base-dir.").format(
                    path=self._path, why=error.strerror
                )
            ) from error
        return True

    def is_taken(self) -> bool:
        """Return whether some program holds the lock now; changes nothing."""
        try:
            with self._path.open("r+b") as file:
                return not _try_lock(file)
        except OSError:
            return False

    def announce(self, owner: Owner) -> None:
        """Write who owns the data into the lock file; raises OSError."""
        if self._file is None:
            raise RuntimeError("the lock is not held")
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(asdict(owner)).encode())

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_owner(path: Path) -> Owner | None:
    """Return who wrote the lock file last, None when nobody did."""
    try:
        values = json.loads(path.read_bytes() or b"null")
        owner = Owner(**values) if values else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return owner if owner is None or _is_one(owner) else None


def _is_one(owner: Owner) -> bool:
    """Return whether what was read is what we write."""
    texts = (owner.address, owner.secret, owner.kind)
    return isinstance(owner.pid, int) and all(isinstance(text, str) for text in texts)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # a module of the other system

            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # a module of the other system

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
