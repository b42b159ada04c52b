"""Maya's units of time and what frames a second they stand for (engines/maya.md section 6). Pure."""

import re

DEFAULT_FPS = 24.0
_NAMED = {
    "game": 15.0,
    "film": 24.0,
    "pal": 25.0,
    "ntsc": 30.0,
    "show": 48.0,
    "palf": 50.0,
    "ntscf": 60.0,
    "23.976fps": 24000 / 1001,
    "29.97fps": 30000 / 1001,
    "29.97df": 30000 / 1001,
    "47.952fps": 48000 / 1001,
    "59.94fps": 60000 / 1001,
    "millisec": 1000.0,
    "sec": 1.0,
    "min": 1 / 60,
    "hour": 1 / 3600,
}
_NUMBERED = re.compile(r"(\d+(?:\.\d+)?)fps")
_FASTEST = 1e6


def fps_of(unit: str) -> float | None:
    """Return the frames a second of a unit of time; None for one that is not known."""
    if unit in _NAMED:
        return _NAMED[unit]
    match = _NUMBERED.fullmatch(unit)
    fps = float(match[1]) if match else 0.0
    return fps if 0 < fps <= _FASTEST else None
