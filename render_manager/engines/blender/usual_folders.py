"""Looking for Blender's program in a folder, by a pattern."""

import re
from collections.abc import Iterator
from pathlib import Path

Place = tuple[str, Iterator[Path]]
"""What a place is called, and the programs found there."""
_NUMBERED = re.compile(r"(\d+)\.(\d+)")


def existing(folder: Path, *patterns: str) -> Iterator[Path]:
    """Return matching files, newest version in the name first; none of a folder that cannot be read."""
    found: list[Path] = []
    for pattern in patterns:
        try:
            found += [path for path in folder.glob(pattern) if path.is_file()]
        except OSError:
            # A folder of somebody else's tells nothing.
            continue
    return iter(sorted(found, key=_version_in_name, reverse=True))


def _version_in_name(path: Path) -> tuple[int, int]:
    match = _NUMBERED.search(path.parent.name)
    return (int(match[1]), int(match[2])) if match else (0, 0)
