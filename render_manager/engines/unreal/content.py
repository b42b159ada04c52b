"""Finds maps, level sequences, presets, queues and graphs in a project's folders, without the editor.

At most the first 64 KB of each `.uasset` are read, and a file that has not changed is not read again while
the program runs. For any thread but the GUI's. Where files come slowly, several are read at a time.

Facts: `engines/unreal.md` section 6.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.engines.unreal.package_head import AssetKind, kind_of, length_to_read

SKIPPED_FOLDERS = frozenset({"__externalactors__", "__externalobjects__", "developers", "collections"})
"""Folders, in lower case, that hold parts of maps or private things of people."""
GAME = "Game"
"""The root of the project's own content."""

_BATCH = 200
"""Files handed to a thread at a time."""
_FILES_BEFORE_STOP = 20
"""Files that are read before it is looked whether to stop."""
_THREADS = 8
_SLOW_S = 0.0005
"""Seconds a file; slower ones come from a disk or a network, and waiting for several at a time helps. For
files in memory it does not: they are looked through with the interpreter's lock held."""
_LARGEST_CHECKED_MAP = 1024
"""A map smaller than this is looked at: it is what Git LFS leaves, or nothing."""
_DEEPEST = 64
_FIRST_READ = 8192
_BINARY = getattr(os, "O_BINARY", 0)


def never() -> bool:
    """Return that nobody cancelled."""
    return False


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset that a render can use."""

    path: str
    """Full path, `/Game/Shots/Intro.Intro`."""
    kind: AssetKind
    is_sure: bool = True
    """Whether the file says so itself; else it only mentions the class."""


@dataclass(frozen=True, slots=True)
class ContentList:
    """What a project's folders hold."""

    assets: tuple[Asset, ...] = ()
    files: int = 0
    """Packages that were met."""
    not_downloaded: tuple[str, ...] = ()
    """Packages of which only Git LFS's pointer is here, as full paths."""
    foreign: tuple[str, ...] = ()
    """Files named like packages that are none."""
    unreadable: tuple[str, ...] = ()
    """Folders and files that could not be read."""
    is_complete: bool = True
    """Whether the search came to its end; not when it was cancelled."""

    def paths(self, kind: AssetKind, *, sure_only: bool = False) -> tuple[str, ...]:
        """Return the assets of a kind, those that are certain first."""
        found = [asset for asset in self.assets if asset.kind is kind and (asset.is_sure or not sure_only)]
        return tuple(asset.path for asset in sorted(found, key=lambda one: (not one.is_sure, one.path)))


@dataclass(slots=True)
class ContentMemory:
    """What was found in files before, by path, size and time of change; for several threads."""

    known: dict[str, tuple[int, int, AssetKind, bool]] = field(default_factory=dict)


@dataclass(slots=True)
class _File:
    path: str
    name: str
    """Full path of the asset."""
    is_map: bool
    size: int
    mtime_ns: int


def scan_content(
    folder: Path,
    *,
    is_cancelled: Callable[[], bool] = never,
    memory: ContentMemory | None = None,
    mount: str = GAME,
) -> ContentList:
    """Return what a content folder holds; an empty list when it is not there. Never raises."""
    return scan_folders([(mount, folder)], is_cancelled=is_cancelled, memory=memory)


def scan_folders(
    folders: Iterable[tuple[str, Path]],
    *,
    is_cancelled: Callable[[], bool] = never,
    memory: ContentMemory | None = None,
) -> ContentList:
    """Return what several content folders hold, each behind its root: `Game`, or a plug-in's name."""
    scan = _Scan(is_cancelled, ContentMemory() if memory is None else memory)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="unreal-scan") as pool:
        for batch in _batches(_walk_all(folders, scan), scan):
            if scan.is_slow:
                pool.submit(scan.read, batch)
            else:
                scan.read(batch)
    return scan.result()


class _Scan:
    """One search; `read` runs on several threads."""

    def __init__(self, is_cancelled: Callable[[], bool], memory: ContentMemory) -> None:
        self._is_cancelled = is_cancelled
        self._memory = memory.known
        self._lock = threading.Lock()
        self._assets: list[Asset] = []
        self._pointers: list[str] = []
        self._foreign: list[str] = []
        self.unreadable: list[str] = []
        self.files = 0
        self.is_slow = False
        self.is_stopped = False

    def should_stop(self) -> bool:
        """Return whether somebody cancelled; once so, always so."""
        self.is_stopped = self.is_stopped or self._is_cancelled()
        return self.is_stopped

    def read(self, batch: Sequence[_File]) -> None:
        """Look into files and keep what matters."""
        start = time.perf_counter()
        found = []
        for number, file in enumerate(batch):
            if number % _FILES_BEFORE_STOP == 0 and self.should_stop():
                return
            found.append((file, *self._look(file)))
        self.is_slow = time.perf_counter() - start > _SLOW_S * len(batch)
        with self._lock:
            for file, kind, is_sure in found:
                self._keep(file, kind, is_sure)

    def _look(self, file: _File) -> tuple[AssetKind, bool]:
        known = self._memory.get(file.path)
        if known is not None and known[0] == file.size and known[1] == file.mtime_ns:
            return known[2], known[3]
        if file.is_map and file.size > _LARGEST_CHECKED_MAP:
            return AssetKind.MAP, True
        try:
            kind, is_sure = kind_of(_first_bytes(file.path, file.size), file.size)
        except OSError:
            self.unreadable.append(file.path)
            return AssetKind.OTHER, True
        if file.is_map and kind not in (AssetKind.POINTER, AssetKind.FOREIGN):
            kind, is_sure = AssetKind.MAP, True
        self._memory[file.path] = (file.size, file.mtime_ns, kind, is_sure)
        return kind, is_sure

    def _keep(self, file: _File, kind: AssetKind, is_sure: bool) -> None:
        if kind is AssetKind.POINTER:
            self._pointers.append(file.name)
        elif kind is AssetKind.FOREIGN:
            self._foreign.append(file.path)
        elif kind is not AssetKind.OTHER:
            self._assets.append(Asset(file.name, kind, is_sure))

    def result(self) -> ContentList:
        """Return what was found, in an order that does not depend on threads."""
        return ContentList(
            assets=tuple(sorted(self._assets, key=lambda asset: (asset.kind, asset.path))),
            files=self.files,
            not_downloaded=tuple(sorted(self._pointers)),
            foreign=tuple(sorted(self._foreign)),
            unreadable=tuple(sorted(self.unreadable)),
            is_complete=not self.is_stopped,
        )


def asset_kind(path: Path) -> tuple[AssetKind, bool]:
    """Return what kind of asset a package holds, and whether that is certain; raises OSError."""
    size = path.stat().st_size
    return kind_of(_first_bytes(str(path), size), size)


def _first_bytes(path: str, size: int) -> bytes:
    """Return as much of a package as is worth looking at: most have short heads that say so."""
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        data = os.read(descriptor, _FIRST_READ)
        length = length_to_read(data, size)
        if length <= len(data):
            return data[:length]
        # A read may bring less than was asked for, on network drives for one.
        while len(data) < length and (more := os.read(descriptor, length - len(data))):
            data += more
        return data
    finally:
        os.close(descriptor)


def _batches(files: Iterator[_File], scan: _Scan) -> Iterator[list[_File]]:
    batch: list[_File] = []
    for file in files:
        scan.files += 1
        batch.append(file)
        if len(batch) == _BATCH:
            yield batch
            batch = []
            if scan.should_stop():
                return
    yield batch


def _walk_all(folders: Iterable[tuple[str, Path]], scan: _Scan) -> Iterator[_File]:
    for mount, folder in folders:
        if folder.is_dir():
            yield from _walk(str(folder), f"/{mount}", scan, frozenset(), 0)


def _walk(folder: str, package: str, scan: _Scan, above: frozenset[str], depth: int) -> Iterator[_File]:
    """Yield the packages below a folder; `above` are the real places of linked folders around it."""
    inner: list[tuple[str, str, frozenset[str]]] = []
    if scan.should_stop():
        return
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.endswith((".uasset", ".umap")) and not entry.is_dir():
                    yield _file(entry, package)
                elif entry.is_dir() and name.lower() not in SKIPPED_FOLDERS and depth < _DEEPEST:
                    links = above
                    if entry.is_symlink():
                        place = os.path.realpath(entry.path)
                        if place in above or _is_above(place, folder):
                            continue
                        links = above | {place}
                    inner.append((entry.path, f"{package}/{name}", links))
    except OSError:
        scan.unreadable.append(folder)
    for path, name, links in inner:
        yield from _walk(path, name, scan, links, depth + 1)


def _is_above(place: str, folder: str) -> bool:
    return os.path.join(os.path.realpath(folder), "").startswith(os.path.join(place, ""))  # noqa: PTH118


def _file(entry: "os.DirEntry[str]", package: str) -> _File:
    stem, _dot, ending = entry.name.rpartition(".")
    try:
        facts = entry.stat()
        size, mtime_ns = facts.st_size, facts.st_mtime_ns
    except OSError:
        size, mtime_ns = -1, -1
    return _File(entry.path, f"{package}/{stem}.{stem}", ending == "umap", size, mtime_ns)
