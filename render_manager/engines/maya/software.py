"""Reads the lines of the Maya software renderer.

    Starting Rendering /out/shot.0001.iff.
    Constructing shading groups.
    Rendering current frame.
    Finished Rendering /out/shot.0001.iff.

The period at the end is not part of the path; there are no percentages (`engines/maya.md` section 4).
"""

import re

from render_manager.domain.texts import gettext as _
from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_FILE = re.compile(r"\b(Starting|Finished) Rendering (\S.{0,1024}?)\.?\s*$")
_SURE_FILE = re.compile(r"\b(Starting|Finished) Rendering (\S.{0,1024}?\.[A-Za-z0-9]{1,5})\.?\s*$")


class SoftwareReader:
    """Reads one run of a renderer that is built into Maya."""

    name = "Maya Software"

    def __init__(self, *, is_expected: bool = False) -> None:
        """Take whether it is known to be at work; else only what looks like a file is taken for one."""
        self._file = _FILE if is_expected else _SURE_FILE

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not this renderer's."""
        if "ing" not in text:
            return None
        match = self._file.search(text) if "ed Rendering " in text or "ing Rendering " in text else None
        if match is not None and match[1] == "Starting":
            return tracker.begin_file(match[2])
        if match is not None:
            return [*tracker.wrote(match[2]), *tracker.end(None)]
        if "Constructing shading groups" in text:
            return tracker.advance(None, _("preparing shading"))
        if "Rendering current frame" in text:
            return tracker.advance(None, _("rendering"))
        if "Postprocessing rendering result" in text:
            return tracker.advance(None, _("finishing the picture"))
        return None
