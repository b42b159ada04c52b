"""Reads the lines of Arnold (MtoA).

    00:00:09   514MB         |   100% done - 25 rays/pixel
    00:00:09   514MB         |  render done in 0:08.090
    00:00:09   514MB         |  [driver_exr] writing file `/out/shot.0001.exr'
    00:00:09   514MB         | render done

It names no frame but in file names, writes several files a frame, and starts again at 0 % with each pass; its
statistics hold other percentages (`engines/maya.md` section 4).
"""

import re

from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_PERCENT = re.compile(r"(?<![0-9.])([0-9]{1,3})% done\b")
_SURE_PERCENT = re.compile(r"\|\s*([0-9]{1,3})% done\b")
_FILE = re.compile(r"writing file\s+[`'\"](.+)[`'\"]")
_DONE = re.compile(r"\|\s*render done\s*$")
_STAMP = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2} +[0-9]+MB +(?:WARNING +|ERROR +)?\|")
_ARNOLDS = ("[clm.", "abort_on_license_fail", "[mtoa", "bucket workers", "Arnold shutdown", "[driver_")


class ArnoldReader:
    """Reads one run of Arnold."""

    name = "Arnold"

    def __init__(self, *, is_expected: bool = False) -> None:
        """Take whether Arnold is known to be at work; other programs say `50% done` as well."""
        self._percent = _PERCENT if is_expected else _SURE_PERCENT

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not Arnold's."""
        if "% done" in text:
            match = self._percent.search(text)
            if match is not None and int(match[1]) <= 100:
                return tracker.advance(float(match[1]), "")
        if "writing file" in text:
            match = _FILE.search(text)
            if match is not None:
                return tracker.wrote(match[1])
        if "render done" in text and _DONE.search(text):
            return tracker.end(None)
        if "starting " in text and " bucket workers" in text:
            return tracker.begin(None)
        if "MB " in text and "|" in text and _STAMP.search(text):
            return []
        return [] if any(piece in text for piece in _ARNOLDS) else None
