"""Reads the lines of V-Ray, as the plug-in and as the standalone program print them.

    V-Ray: Updating frame at time 1
    V-Ray: Building light cache
    V-Ray: Rendering image
    V-Ray: 50%
    V-Ray: Successfully written image file "C:/out/shot.0001.exr"
    V-Ray: Total frame time  0h  0m  1.6s

Percentages begin anew for light cache, prepasses and image; only those of the image are shown as how far
the frame is, the others as what is being done (`engines/maya.md` section 4).
"""

import re

from render_manager.domain.texts import gettext as _
from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_TIME = re.compile(r"Updating frame at time (-?[0-9]{1,9}(?:\.[0-9]+)?)")
_FILE = re.compile(r'Successfully written image file "(.+)"')
_PERCENT = re.compile(
    r"V-Ray: *([0-9]{1,3}(?:\.[0-9]+)?) ?%|(?<![0-9.])([0-9]{1,3}) ?% completed"
    r"|\.{3} ?: *([0-9]{1,3}(?:\.[0-9]+)?) ?%?"
)
_PREPASS = re.compile(r"Prepass ([0-9]+) of ([0-9]+)")
_SPOKEN = re.compile(r"\bV-Ray ?(?::|error\b|ERROR\b|warning\b)")
_STANDALONE = re.compile(r"\[[0-9]{4}/[A-Z][a-z]{2}/[0-9]{1,2}\|[0-9:]+\] \[[0-9]+ MB\]")
_IMAGE = "image"


class VRayReader:
    """Reads one run of V-Ray."""

    name = "V-Ray"

    def __init__(self, *, is_expected: bool = False) -> None:
        """Take whether V-Ray is known to be at work, so that lines without its name are its own."""
        self._is_here = is_expected
        self._is_updated = False
        self._phase = ""

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not V-Ray's."""
        is_its_own = ("V-Ray" in text and _SPOKEN.search(text) is not None) or (
            " MB]" in text and _STANDALONE.search(text) is not None
        )
        self._is_here = self._is_here or is_its_own
        if not is_its_own and not (self._is_here and "% completed" in text):
            return None
        if "Updating frame at time" in text:
            return self._update(text, tracker)
        if "Successfully written image file" in text:
            match = _FILE.search(text)
            return [] if match is None else tracker.wrote(match[1])
        if "Total frame time" in text:
            self._is_updated, self._phase = False, ""
            return tracker.end(None)
        if "Render complete" in text:
            self._is_updated = False
            return tracker.complete()
        return self._read_phase(text, tracker)

    def _update(self, text: str, tracker: FrameTracker) -> list[EngineEvent]:
        """A frame begins with its own time; motion blur brings further ones, also whole."""
        match = _TIME.search(text)
        if match is None or float(match[1]) != int(float(match[1])):
            return []
        if self._is_updated and tracker.is_open:
            return []
        self._is_updated, self._phase = True, ""
        return tracker.begin(int(float(match[1])), is_sure=False)

    def _read_phase(self, text: str, tracker: FrameTracker) -> list[EngineEvent]:
        prepass = _PREPASS.search(text) if "Prepass" in text else None
        if prepass is not None:
            self._phase = _("prepass {number} of {count}").format(number=prepass[1], count=prepass[2])
        elif "Building light cache" in text:
            self._phase = _("light cache")
        elif "Building global photon map" in text:
            self._phase = _("photon map")
        elif "Rendering image" in text:
            self._phase = _IMAGE
        elif "%" not in text:
            return []
        match = _PERCENT.search(text)
        number = None if match is None else float(match[1] or match[2] or match[3])
        if number is not None and number > 100.0:
            number = None
        if self._phase in ("", _IMAGE):
            is_idle = number is None and not self._phase
            return [] if is_idle else tracker.advance(number, "")
        told = self._phase if number is None else f"{self._phase}, {number:.0f} %"
        return tracker.advance(None, told)
