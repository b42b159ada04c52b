"""Filling a disk up, and making it read-only."""

import errno
import os
import subprocess
from pathlib import Path


def fill(folder: Path, *, leave_bytes: int = 0) -> Path:
    """Take all the room of a disk but `leave_bytes`; return the file that holds it."""
    plug = folder / "plug"
    with plug.open("wb", buffering=0) as file:
        for size in (65536, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
        file.truncate(max(file.seek(0, os.SEEK_END) - leave_bytes, 0))
    return plug


def make_read_only(mount_point: Path) -> None:
    """Turn a mounted disk read-only, as a share does."""
    subprocess.run(["mount", "-o", "remount,ro", str(mount_point)], check=True)
