"""The last line of a part of a log file, read from its end; pool threads. No Qt."""

from pathlib import Path

from render_manager.ui.log_index import read_text
from render_manager.ui.own_lines import is_ours

TAIL_BYTES = 4096
"""How far from the end the last line is looked for."""
LONGEST_CHARACTERS = 400


def last_line(path: Path, start: int = 0, end: int | None = None) -> str:
    """Return the last line with words in it that the engine wrote; empty where there is none to be had."""
    try:
        size = path.stat().st_size
        stop = size if end is None else min(end, size)
        begin = max(start, stop - TAIL_BYTES)
        text, _lines = read_text(path, (begin, stop), TAIL_BYTES)
    except OSError:
        return ""
    lines = text.splitlines()
    if begin > start and len(lines) > 1:
        lines = lines[1:]
    for line in reversed(lines):
        if line.strip() and not is_ours(line.encode()):
            return line.strip()[:LONGEST_CHARACTERS]
    return ""
