"""Reads the few lines that are known of renderers Maya had once: mental ray and 3Delight.

    progr: 12.5% rendered
    progr: writing image file /out/shot.0012.iff (frame 12)
    Frame 12: caching geometry:

`engines/maya.md` section 4.
"""

import re

from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_PERCENT = re.compile(r"progr: +([0-9]{1,3}(?:\.[0-9]+)?)% +rendered")
_FILE = re.compile(r"progr: +writing image file +[\"']?(.{1,1024}?)[\"']? \(frame (-?[0-9]{1,9})\)")
_DELIGHT = re.compile(r"\bFrame (-?[0-9]{1,9}): caching geometry:")


class MentalRayReader:
    """Reads one run of mental ray."""

    name = "mental ray"

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not mental ray's."""
        if "progr: " not in text:
            return [] if "mental ray: " in text or "Mayatomr" in text else None
        match = _PERCENT.search(text)
        if match is not None:
            return tracker.advance(min(float(match[1]), 100.0), "")
        match = _FILE.search(text)
        if match is not None:
            began = [] if tracker.is_open else tracker.begin(int(match[2]))
            return [*began, *tracker.wrote(match[1])]
        return tracker.complete() if "rendering finished" in text else []


class DelightReader:
    """Reads one run of 3Delight."""

    name = "3Delight"

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not 3Delight's."""
        match = _DELIGHT.search(text) if "caching geometry" in text else None
        if match is not None:
            return tracker.begin(int(match[1]))
        return [] if "3DL " in text else None
