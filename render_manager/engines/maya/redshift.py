"""Reads the lines of Redshift.

    Rendering layer 'masterLayer', frame 1001 (1/10)
    [Redshift] Block 32/48 (7,4) rendered by GPU 0 in 2ms
    Saved file 'V:/out/shot.1001.exr'
    Frame done - total time for layer 'masterLayer', frame 1001 (1/10): 12.3s

Blocks end out of order, so the highest number counts; the first line is a start, though it looks complete
(`engines/maya.md` section 4).
"""

import re

from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker

_BLOCK = re.compile(r"\bBlock ([0-9]{1,7})/([0-9]{1,7})\b.{0,80}\brendered by\b")
_BEGAN = re.compile(
    r"\bRendering (?:layer '[^']*', )?frame (-?[0-9]{1,9})(?=\.{3}|\s*\([0-9]+/[0-9]+\)|\s*$)"
)
_FILE = re.compile(r"\bSaved file ['\"](.+)['\"]")
_DONE = re.compile(r"\bFrame done - total time for (?:layer '[^']*', )?frame (-?[0-9]{1,9})")
_REDSHIFTS = (
    "[Redshift]",
    "Redshift Error",
    "redshiftSelectCudaDevices",
    "Rendering layer '",
    "Frame done - total time for",
)
"""Pieces of lines that no other program prints."""
_SKIPPED = re.compile(r"\bSkipping frame(?: (-?[0-9]{1,9}))?")


class RedshiftReader:
    """Reads one run of Redshift."""

    name = "Redshift"

    def __init__(self, *, is_expected: bool = False) -> None:
        """Take whether Redshift is known to be at work: some of its lines could be any program's."""
        self._is_here = is_expected

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says; None when it is not Redshift's."""
        is_its_own = any(piece in text for piece in _REDSHIFTS)
        self._is_here = self._is_here or is_its_own
        if not self._is_here:
            return None
        if "Block " in text:
            match = _BLOCK.search(text)
            if match is not None and 0 < int(match[1]) <= int(match[2]):
                return tracker.advance(100.0 * int(match[1]) / int(match[2]), "")
        if "rame" in text:
            events = self._read_frame(text, tracker)
            if events is not None:
                return events
        if "Saved file " in text:
            match = _FILE.search(text)
            if match is not None:
                return tracker.wrote(match[1])
        return [] if is_its_own else None

    def _read_frame(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        done = _DONE.search(text)
        if done is not None:
            return tracker.end(int(done[1]))
        if "Frame done - total time" in text:
            return tracker.end(None)
        began = _BEGAN.search(text)
        if began is not None:
            return tracker.begin(int(began[1]))
        skipped = _SKIPPED.search(text)
        if skipped is not None:
            return tracker.skip(int(skipped[1]) if skipped[1] else None)
        return None
