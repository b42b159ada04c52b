"""Finding the movie that was made of a sequence, beside its frames; asks the disk, so not for GUI threads."""

import os
from pathlib import Path

MOVIE_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mxf"})


def movie_in(folder: Path) -> str:
    """Return the newest movie in a folder, empty for none and for a folder that cannot be looked through."""
    newest: tuple[float, str] = (0.0, "")
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if Path(entry.name).suffix.lower() in MOVIE_SUFFIXES and entry.is_file():
                    newest = max(newest, (entry.stat().st_mtime, entry.path))
    except OSError:
        return ""
    return newest[1]
