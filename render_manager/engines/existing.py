"""Files that are in a job's output folder before it renders.

Reads folders, which on a network drive can take long: not for the GUI or the owner thread.
"""

import os
from pathlib import Path

from render_manager.domain.frameset import FrameSet
from render_manager.domain.naming import frame_name, frame_number


def existing_frames(folder: Path, pattern: str, suffix: str, frames: FrameSet) -> dict[int, Path]:
    """Return the files a job would write and that are there already, by frame number.

    One look through the folder, whatever the number of frames. Without `suffix` any ending counts that
    is not hidden. Raises OSError when the folder exists and cannot be read.
    """
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


def _frame_of(stem: str, pattern: str) -> int | None:
    if "#" in pattern:
        start = pattern.rindex("#") + 1
        tail = len(pattern) - start
        stem_end = stem[: len(stem) - tail] if tail else stem
    else:
        stem_end = stem
    number = frame_number(stem_end)
    if number is None:
        return None
    # `a-0001` can mean frame 1 of `a-####` or frame -1 of `a####`; only one of them gives the name back.
    for candidate in (number, -number):
        if frame_name(pattern, candidate) == stem:
            return candidate
    return None
