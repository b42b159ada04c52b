"""What is in the staging folders of batch workers, looked up once for many frames; media threads.

A worker that tells of thousands of frames at its end would otherwise have its folder walked once for each.
"""

import threading
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from render_manager.scheduling.collecting import StagedFile, staged_files

MOST_LISTINGS = 8
"""Folders that are remembered; there is one for each running worker."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """The files of one folder by frame."""

    looked_at_s: float
    files: Mapping[int, Sequence[StagedFile]]


class Listings:
    """Finds the files of frames; any number of threads."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._listings: dict[Path, _Listing] = {}

    def files(
        self, folder: Path, frame: int, *, frames: Container[int], pattern: str, since_s: float
    ) -> Sequence[StagedFile]:
        """Return the files of a frame that were all there at `since_s`, monotonic seconds.

        `frames` are all of the job: whether `-0004` is frame -4 depends on whether there is one. Raises
        OSError when the folder cannot be read.
        """
        with self._lock:
            listing = self._listings.get(folder)
        if listing is None or listing.looked_at_s < since_s:
            listing = self._look(folder, frames, pattern)
        return listing.files.get(frame, ())

    def _look(self, folder: Path, frames: Container[int], pattern: str) -> _Listing:
        looked_at_s = self._now_s()
        files: dict[int, list[StagedFile]] = {}
        for file in staged_files(folder, frames, pattern):
            files.setdefault(file.frame, []).append(file)
        listing = _Listing(looked_at_s, files)
        with self._lock:
            self._listings.pop(folder, None)
            self._listings[folder] = listing
            while len(self._listings) > MOST_LISTINGS:
                del self._listings[next(iter(self._listings))]
        return listing
