"""Reads the lines of RenderMan for Maya.

    rfm Notice: Rendering perspShape at 12
    R90000   24%
    "C:/out/shot.0012.exr" (mode = rgba)

No line is known that says that a frame is done: it is when the next one begins or the scene is completed
(`engines/maya.md` section 4), and otherwise its files are looked for.
"""

import re

from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_PERCENT = re.compile(r"\bR90000\s+(?:PROGRESS:\s*)?([0-9]{1,3})%")
_BEGAN = re.compile(r"rfm Notice: Rendering .{0,300}\bat (-?[0-9]{1,9})\b")
_FILE = re.compile(r"[\"'](.+)[\"'] \(mode = ")
_NOTE = re.compile(r"\b[A-Z][0-9]{5}\s+\{(?:SEVERE|ERROR|WARNING|INFO|MESSAGE)\}")


class RenderManReader:
    """Reads one run of RenderMan."""

    name = "RenderMan"

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not RenderMan's."""
        if "R90000" in text:
            match = _PERCENT.search(text)
            if match is not None and int(match[1]) <= 100:
                return tracker.advance(float(match[1]), "")
        if "rfm " in text:
            match = _BEGAN.search(text)
            return [] if match is None else tracker.begin(int(match[1]))
        if "(mode = " in text:
            match = _FILE.search(text)
            if match is not None:
                return tracker.wrote(match[1])
        return [] if "}" in text and _NOTE.search(text) else None
