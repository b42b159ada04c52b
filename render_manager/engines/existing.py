"""Files that are in a job's output folder before it renders.

Reads folders, which on a network drive can take long: not for the GUI or the owner thread.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import KEPT_PREFIX, frame_name
from render_manager.engines.protocols import Engine, RunMode

MOST_FOLDERS = 64
"""Folders of layers and passes that are looked into."""
_NUMBER = re.compile("-?[0-9]{1,18}")


def existing_of(spec: JobSpec, engine: Engine) -> dict[int, Path]:
    """Return the files a job would write and that are there already, by frame number; raises OSError.

    Folders below count for batch engines only: what others write there was put aside by somebody.
    """
    below = engine.run_mode(spec) is RunMode.BATCH
    return existing_frames(spec.output_dir, spec.output_name, spec.output_suffix, spec.frames, below=below)


def existing_frames(
    folder: Path, pattern: str, suffix: str, frames: FrameSet, *, below: bool = False
) -> dict[int, Path]:
    """Return the files of frames that are in a folder already, by frame number.

    One look through the folder, whatever the number of frames. Where it holds none of them, those in the
    folders `below` it count: layers and passes have their own. A frame is there then if it is in each folder
    that holds any. Without `suffix` any ending counts that is not hidden. Raises OSError when the folder
    exists and cannot be read.
    """
    found = _files_in(folder, pattern, suffix, frames)
    if found or not below:
        return found
    each = [files for files in _files_below(folder, pattern, suffix, frames, MOST_FOLDERS) if files]
    if not each:
        return {}
    common = set(each[0]).intersection(*each[1:])
    return {frame: path for frame, path in each[0].items() if frame in common}


def _files_in(folder: Path, pattern: str, suffix: str, frames: FrameSet) -> dict[int, Path]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - a folder of 100,000 files; names are all that is needed
    except FileNotFoundError:
        return {}
    found: dict[int, Path] = {}
    for name in names:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending
        if not stem or not ending or (suffix and ending.lower() != suffix.lower()):
            continue
        number = _frame_of(stem, pattern)
        if number is not None and number in frames:
            found[number] = folder / name
    return found


def _files_below(
    folder: Path, pattern: str, suffix: str, frames: FrameSet, most: int
) -> Iterator[dict[int, Path]]:
    """Yield the frames' files of each folder below; of each folder at most so many are looked into."""
    for inner in _folders_in(folder)[:most]:
        found = _files_in(inner, pattern, suffix, frames)
        yield found
        if not found:
            yield from _files_below(inner, pattern, suffix, frames, most // 8)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                folder / entry.name
                for entry in entries
                if not entry.name.startswith((".", KEPT_PREFIX)) and entry.is_dir()
            )
    except FileNotFoundError:
        return []


def _frame_of(stem: str, pattern: str) -> int | None:
    """Return the frame whose file has this name, None when it is not one of the pattern's."""
    end = pattern.rindex("#") + 1 if "#" in pattern else len(pattern)
    before, after = os.path.normcase(pattern[:end].rstrip("#")), os.path.normcase(pattern[end:])
    name = os.path.normcase(stem)
    if not (name.startswith(before) and name.endswith(after)):
        return None
    digits = name[len(before) : len(name) - len(after)]
    if not _NUMBER.fullmatch(digits):
        return None
    # `00001` holds a number too, but the file of frame 1 is called `0001`.
    number = int(digits)
    return number if os.path.normcase(frame_name(pattern, number)) == name else None
