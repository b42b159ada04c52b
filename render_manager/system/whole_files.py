"""Writing a file so that it is there whole, or as it was before."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_MAY_BE_HELD = sys.platform == "win32"
"""Whether a file that is denied may only be held by another program; Windows often says no more."""
_PATIENCE_S = (0.01,) * 20 + (0.05,) * 20
"""Waits between tries at such a file: many, for readers and virus scanners hold it for moments only."""


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
        patiently(lambda: new.replace(path))
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def patiently(action: Callable[[], T]) -> T:
    """Do something with a small file; while another holds it, try again for a second. Raises OSError."""
    for delay_s in _PATIENCE_S:
        try:
            return action()
        except PermissionError:
            if not _MAY_BE_HELD:
                raise
        time.sleep(delay_s)  # nobody tells when another program closes a file
    return action()
