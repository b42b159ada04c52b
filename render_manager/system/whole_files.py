"""Writing a file so that it is there whole, or as it was before."""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_HELD_OPEN = frozenset({5, 32, 33})
"""Windows: access denied, sharing violation, lock violation; said of a file that another program holds."""
_PATIENCE_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Waits between tries at such a file: readers and virus scanners hold it for a moment only."""


def write_whole(path: Path, text: str) -> None:
    """Put a text, as UTF-8, in a file's place in one step; waits for the disk, so not for the GUI's thread.

    A link stays one: what it leads to is replaced. Raises OSError; the file is then as it was.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _replace(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _replace(new: Path, path: Path) -> None:
    for delay_s in _PATIENCE_S:
        try:
            new.replace(path)
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD_OPEN:
                raise
        else:
            return
        time.sleep(delay_s)  # nobody tells when another program closes a file
    new.replace(path)
