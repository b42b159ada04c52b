"""Which of the files a scene names are not on this computer.

Asks the file system, so it belongs on a thread that may wait. Each folder is asked for once, from its root
down, so a share that is gone costs one time-out however many textures lie on it.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from render_manager.engines.blender.scene_facts import Facts

_FIRST_TILE, _LAST_TILE = 1001, 2000
_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)")
_LONGEST_PATH = 4096
_LONGEST_NAME = 255


def find_missing_files(facts: Facts, folder: Path) -> list[str]:
    """Return the files that are absent, in the scene's order; `folder` is where the .blend lies.

    Paths relative to the .blend come back absolute, others as the scene has them. A library's own textures
    are not looked for, nor are render outputs and simulation caches.
    """
    disk = _Disk()
    missing: dict[str, None] = {}
    for address in facts.needed_libraries:
        library = facts.libraries[address]
        if not library.is_packed:
            missing.update(_absent(disk, [_resolve(library.path, folder)]))
    for file in facts.files:
        library_of = facts.libraries.get(file.library)
        base = Path(_resolve(library_of.path, folder)).parent if library_of else folder
        path = _resolve(file.path, base)
        if file.is_sequence and disk.has_sequence(path):
            continue
        missing.update(_absent(disk, _tile_paths(path, facts.tiles_of(file)) if file.first_tile else [path]))
    return list(missing)


def _absent(disk: "_Disk", paths: Iterable[str]) -> dict[str, None]:
    return {path: None for path in paths if not disk.has_file(path)}


def _resolve(path: str, folder: Path) -> str:
    """Return a scene's path as this computer writes it.

    `//` means the folder of the .blend; there and in paths from the root, Blender takes both slashes for
    either. Anything else, such as a Windows drive on Linux, stays as it is and will not be found.
    """
    if path.startswith("//"):
        return os.path.normpath(folder / _native(path).lstrip("/"))
    if path.startswith("/"):
        return _native(path)
    return path


def _native(path: str) -> str:
    return path if os.name == "nt" else path.replace("\\", "/")


def _tile_paths(path: str, tiles: list[int]) -> Iterator[str]:
    """Yield the file of each UDIM tile; a path without a marker has its first tile's number in its name."""
    for tile in tiles:
        if not _FIRST_TILE <= tile <= _LAST_TILE:
            continue
        column, row = (tile - _FIRST_TILE) % 10, (tile - _FIRST_TILE) // 10
        if "<UDIM>" in path or "<UVTILE>" in path:
            yield path.replace("<UDIM>", str(tile)).replace("<UVTILE>", f"u{column + 1}_v{row + 1}")
        else:
            head, _mark, tail = path.rpartition(str(tiles[0]))
            yield f"{head}{tile}{tail}" if _mark else path


class _Disk:
    """Answers whether files exist and remembers the folders that do not."""

    def __init__(self) -> None:
        self._folders: dict[Path, bool] = {}

    def has_file(self, path: str) -> bool:
        """Return whether an absolute path leads to a file."""
        place = Path(path)
        is_possible = len(path) <= _LONGEST_PATH and place.is_absolute()
        return is_possible and self._has_folder(place.parent) and _is(stat.S_ISREG, place)

    def has_sequence(self, path: str) -> bool:
        """Return whether any frame of the sequence a path belongs to exists."""
        if self.has_file(path):
            return True
        place = Path(path)
        if len(path) > _LONGEST_PATH or len(place.name) > _LONGEST_NAME or not place.is_absolute():
            return False
        match = _LAST_NUMBER.fullmatch(place.name)
        if match is None or not self._has_folder(place.parent):
            return False
        frame = re.compile(re.escape(match[1]) + r"\d+" + re.escape(match[3]))
        try:
            with os.scandir(place.parent) as entries:
                return any(frame.fullmatch(entry.name) for entry in entries)
        except OSError:
            return False

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


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):
        return False
