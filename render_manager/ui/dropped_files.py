"""What is dropped or chosen, sorted into scenes and other things; folders are walked, within limits.

Reads folders, so not for the GUI thread.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.engines.preparing import absolute

MOST_SCENES_IN_FOLDER = 500
MOST_ENTRIES_IN_FOLDER = 200_000
"""A folder with more files and folders below it, a whole disk perhaps, is not walked to its end."""
DEEPEST = 32
"""Folders further down are not looked into."""

_SKIPPED_FOLDERS = frozenset(
    {"intermediate", "saved", "deriveddatacache", "incrementalsave", "autosave", "autosaves"}
    | {".mayaswatches", ".render-manager", ".git", ".svn", "__pycache__", "node_modules"}
)
"""Folders, in lower case, in which programs keep copies and caches, never scenes to be rendered."""
_COPY_MARKS = ("_autosave", ".autosave", "_crash", ".recovery")
"""What stands in the names of copies that programs keep against crashes."""


@dataclass(slots=True)
class Found:
    """What was found among dropped files and folders."""

    scenes: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    """Files that are no scenes, folders that hold none."""
    copies: list[Path] = field(default_factory=list)
    """Scenes in folders that are copies a program keeps against crashes; left out."""
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    """Files and folders that cannot be looked at, each with the system's reason."""
    is_cut: bool = False
    """Whether a folder held more than was looked at."""


@dataclass(slots=True)
class Walk:
    """How far a search through dropped folders has come; written by its thread, read by the window."""

    entries: int = 0
    scenes: int = 0
    is_stopped: bool = False
    """Set by the window: come back with what was found."""
    is_over: bool = False


def scene_files(paths: Iterable[Path], suffixes: tuple[str, ...], walk: Walk | None = None) -> Found:
    """Sort dropped files and folders into scenes and others; stops early when `walk` says so."""
    found, walk = Found(), walk or Walk()
    try:
        for path in paths:
            try:
                _sort(absolute(path), suffixes, found, walk)
            except OSError as error:
                found.unreadable.append((path, _reason(error)))
    finally:
        walk.is_over = True
    return found


def _sort(path: Path, suffixes: tuple[str, ...], found: Found, walk: Walk) -> None:
    if _is_folder(path):
        before = len(found.scenes) + len(found.unreadable)
        found.is_cut |= _walk(path, suffixes, found, walk)
        found.others += [] if len(found.scenes) + len(found.unreadable) > before else [path]
    elif path.suffix.lower() in suffixes:
        found.scenes.append(path)
    else:
        found.others.append(path)


def _is_folder(path: Path) -> bool:
    """Return whether a path is that of a folder; raises OSError where the system does not say.

    `Path.is_dir` raises for some of the reasons, and for others in some versions of Python.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        # It went meanwhile, or has a name that no file can have: reading it as a scene says so.
        return False


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _walk(folder: Path, suffixes: tuple[str, ...], found: Found, walk: Walk) -> bool:
    """Add the scenes below a folder, in the order of their names; return whether some were left out."""

    def note(error: OSError) -> None:
        found.unreadable.append((Path(error.filename or folder), _reason(error)))

    count = entries = 0
    for here, folders, names in os.walk(folder, onerror=note):
        depth = len(Path(here).parts) - len(folder.parts)
        folders[:] = (
            sorted(name for name in folders if name.lower() not in _SKIPPED_FOLDERS)
            if depth < DEEPEST
            else []
        )
        entries += len(folders) + len(names)
        walk.entries += len(folders) + len(names)
        for name in sorted(names):
            if not name.lower().endswith(suffixes):
                continue
            if _is_copy(name):
                found.copies.append(Path(here, name))
                continue
            if count == MOST_SCENES_IN_FOLDER:
                return True
            found.scenes.append(Path(here, name))
            count += 1
        walk.scenes = len(found.scenes)
        if entries > MOST_ENTRIES_IN_FOLDER or walk.is_stopped:
            return True
    return False


def _is_copy(name: str) -> bool:
    lowered = name.lower()
    return any(mark in lowered for mark in _COPY_MARKS) or lowered.startswith(("._", "~$"))
