"""Which of the files a scene names are not on this computer.

Asks the file system, so it belongs on a thread that may wait.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from render_manager.engines.blender.scene_facts import Facts
from render_manager.engines.disk import Disk

_FIRST_TILE, _LAST_TILE = 1001, 2000


def find_missing_files(facts: Facts, folder: Path) -> list[str]:
    """Return the files that are absent, in the scene's order; `folder` is where the .blend lies.

    Paths relative to the .blend come back absolute, others as the scene has them. A library's own textures
    are not looked for, nor are render outputs and simulation caches.
    """
    disk = Disk()
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


def _absent(disk: Disk, paths: Iterable[str]) -> dict[str, None]:
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
