"""Small disks of their own, to be filled; in a private mount namespace, so that nobody else sees them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soak.tally import SkippedError

_INSIDE = "SOAK_IN_OWN_NAMESPACE"


def enter_own_namespace() -> None:
    """Start this program again where its mounts are seen by itself alone, if that is allowed."""
    if os.environ.get(_INSIDE) or not sys.platform.startswith("linux") or os.geteuid() != 0:
        return
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--mount", "--propagation", "private"]
    if unshare is None or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        return
    os.environ[_INSIDE] = "1"
    os.execv(unshare, [*alone, sys.executable, *sys.argv])  # noqa: S606 - no shell is meant


@contextmanager
def small_disk(folder: Path, megabytes: int = 64) -> Iterator[Path]:
    """Mount a disk of its own; raises SkippedError with the reason where that is not possible."""
    folder.mkdir(parents=True, exist_ok=True)
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise SkippedError("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SkippedError(f"a small disk could not be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
