"""Names of frame files: `beauty_####` and a frame number make `beauty_0042`."""

import re

_HASHES = re.compile("#+")
_TRAILING_NUMBER = re.compile(r"(-?)([0-9]{1,18})(?:_[A-Za-z]{1,8})?$")
_VERSION = re.compile(r"^(.*?)(_?v)(\d+)$", re.IGNORECASE)

DEFAULT_PADDING = "####"
KEPT_PREFIX = "replaced-"
"""Begins the names of folders with files that were there before a job and had to give way (decision 010)."""
PREVIOUS_PREFIX = "previous-"
"""How the earlier picture of a frame that was rendered again is called, in the same folder."""


def frame_name(pattern: str, frame: int) -> str:
    """Put a frame number into the last run of `#` of a name; without one it is added at the end.

    Padding counts digits, and a minus stands before them, as Blender writes it: -4 in `####` is
    `-0004` (`engines/blender.md` section 3).
    """
    if "#" not in pattern:
        pattern += DEFAULT_PADDING
    last = list(_HASHES.finditer(pattern))[-1]
    sign = "-" if frame < 0 else ""
    digits = f"{abs(frame):0{len(last[0])}d}"
    return pattern[: last.start()] + sign + digits + pattern[last.end() :]


def frame_number(stem: str) -> int | None:
    """Return the frame number at the end of a file name without its ending, or None.

    A view suffix after the number (`shot_0007_L`) is passed over.
    """
    match = _TRAILING_NUMBER.search(stem)
    if match is None:
        return None
    return int(match[1] + match[2])


def next_version(name: str, taken: "set[str]") -> str:
    """Return `name` with the next version number that is not in `taken` (compared in lower case)."""
    match = _VERSION.match(name)
    base, letter, digits = (match[1], match[2], match[3]) if match else (name, "_v", "001")
    lowered = {other.lower() for other in taken}
    number = int(digits) + 1
    while f"{base}{letter}{number:0{len(digits)}d}".lower() in lowered:
        number += 1
    return f"{base}{letter}{number:0{len(digits)}d}"
