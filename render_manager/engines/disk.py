"""Whether files are on this computer, for engines that look for what a scene names.

Asks the file system, so it belongs on a thread that may wait. Each folder is asked for once, from its root
down, so a share that is gone costs one time-out however many textures lie on it.
"""

import os
import re
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path

_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)")
_LONGEST_PATH = 4096
_LONGEST_NAME = 255
_MOST_NAMES = 200_000


class Disk:
    """Answers whether files exist and remembers what it has seen of folders."""

    def __init__(self) -> None:
        self._folders: dict[Path, bool] = {}
        self._names: dict[Path, list[str]] = {}

    def has_file(self, path: str) -> bool:
        """Return whether an absolute path leads to a file."""
        place = Path(path)
        is_possible = len(path) <= _LONGEST_PATH and place.is_absolute()
        return is_possible and self._has_folder(place.parent) and _is(stat.S_ISREG, place)

    def has_match(self, folder: Path, name: re.Pattern[str]) -> bool:
        """Return whether an absolute folder holds a file whose whole name fits."""
        is_possible = len(str(folder)) <= _LONGEST_PATH and folder.is_absolute()
        if not is_possible or not self._has_folder(folder):
            return False
        if folder not in self._names:
            self._names[folder] = _names_in(folder)
        return any(name.fullmatch(each) for each in self._names[folder])

    def has_sequence(self, path: str) -> bool:
        """Return whether any frame of the sequence a path belongs to exists."""
        if self.has_file(path):
            return True
        place = Path(path)
        if len(path) > _LONGEST_PATH or len(place.name) > _LONGEST_NAME or not place.is_absolute():
            return False
        match = _LAST_NUMBER.fullmatch(place.name)
        if match is None:
            return False
        frame = re.compile(re.escape(match[1]) + r"\d+" + re.escape(match[3]))
        return self.has_match(place.parent, frame)

    def _has_folder(self, folder: Path) -> bool:
        known = self._folders.get(folder)
        if known is not None:
            return known
        exists = True
        for each in (*reversed(folder.parents), folder):
            if each not in self._folders:
                self._folders[each] = exists and _is(stat.S_ISDIR, each)
            exists = self._folders[each]
        return exists


def _names_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, _MOST_NAMES)]
    except (OSError, ValueError):
        return []


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):
        return False
