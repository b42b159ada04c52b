"""Finding programs by their names, and never in the folder one happens to be in.

Windows looks there first: a `blender.exe` beside a scene from elsewhere would be taken for Blender.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_ENDINGS = ".COM;.EXE;.BAT;.CMD"


def find_program(name: str) -> str | None:
    """Return the program of this name on the PATH, None when there is none; waits for the disk."""
    if sys.platform == "win32":
        return search(name, os.get_exec_path(), os.environ.get("PATHEXT", _ENDINGS).split(os.pathsep))
    return shutil.which(name)


def search(name: str, folders: Iterable[str], endings: Sequence[str]) -> str | None:
    """Return the first file of this name, with one of these endings, in these folders; absolute ones only."""
    has_ending = any(name.lower().endswith(ending.lower()) for ending in endings if ending)
    names = [name] if has_ending else [f"{name}{ending}" for ending in endings if ending]
    for folder in folders:
        place = Path(folder.strip('"'))
        if not place.is_absolute():
            continue
        for one in names:
            if (place / one).is_file():
                return str(place / one)
    return None
