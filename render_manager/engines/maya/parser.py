"""Reads Maya's output line by line: what is common to all renderers, and through their readers the rest.

Lines may have anything in front: `mel: ` from a Maya that takes commands, stamps of farms, `INFO : `; bytes
that are no text arrive as replacement characters (`engines/maya.md` section 4). So lines are searched and not
anchored. Every line of every worker passes here with the interpreter lock held: each test begins with a
search for a fixed piece of text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from render_manager.domain.diagnosis import Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import EngineEvent, EngineReady, PhaseEntered, Remark
from render_manager.engines.maya.arnold import ArnoldReader
from render_manager.engines.maya.elders import DelightReader, MentalRayReader
from render_manager.engines.maya.hardware2 import Hardware2Reader
from render_manager.engines.maya.progress import FrameTracker
from render_manager.engines.maya.reading import RendererReader
from render_manager.engines.maya.redshift import RedshiftReader
from render_manager.engines.maya.renderers import (
    ARNOLD,
    DELIGHT,
    HARDWARE,
    HARDWARE2,
    MENTAL_RAY,
    REDSHIFT,
    RENDERMAN,
    SOFTWARE,
    VECTOR,
    VRAY,
    Renderer,
    renderer_of_plugin,
)
from render_manager.engines.maya.renderman import RenderManReader
from render_manager.engines.maya.rules import UNKNOWN_CODES, find, is_telling
from render_manager.engines.maya.rules_scene import PLUGIN_CODES
from render_manager.engines.maya.software import SoftwareReader
from render_manager.engines.maya.vray import VRayReader

_LONGEST = 65_536
"""Characters of a line that are looked at."""
_LONGEST_TOLD = 2_000
"""Characters of a line that the rules look at."""
_MOST_REPEATS = 20
"""How often a worker says the same code between two frames."""
_MOST_FRAMES = 100_000
"""Frames that an argument line in a log may name."""

_COMPLETED = re.compile(r"\bScene .+ completed\.\s*$")
_PROGRAM = re.compile(r"\bRender(?:\.exe)?[\"']? ")
_START, _END, _BY_STEP = (
    re.compile(rf"[ \"']-{flag}[ \"']+(-?[0-9]{{1,9}})(?![0-9.])") for flag in ("s", "e", "b")
)
"""Looked for one after the other: one expression for all of them takes for ever on a long line."""
_MAYAS = re.compile(
    r"mayabatch|\bMaya exited with status|\bFile read in +[0-9]|encountered a fatal error"
    r"|[^\W\d][\w.-]{0,20}\.m[ab]['\")]?(?:[\s.,:]|$)|\.mel line [0-9]|\bmel: |\bMAYA_[A-Z_]+"
)
"""Lines that other programs do not print."""
_PLUGIN = re.compile(r"Plug-in, \"?([\w.]+)\"?, was not found|([\w-]+)\.(?:mll|so|bundle|py)\b")
_NOT_LOADED = (("vray", VRAY), ("redshift", REDSHIFT), ('"rs', REDSHIFT))
"""What a line about a renderer that was not loaded holds, and which it is."""

_READERS: dict[str, Callable[[], RendererReader]] = {
    ARNOLD.flag: lambda: ArnoldReader(is_expected=True),
    REDSHIFT.flag: lambda: RedshiftReader(is_expected=True),
    VRAY.flag: lambda: VRayReader(is_expected=True),
    RENDERMAN.flag: RenderManReader,
    SOFTWARE.flag: lambda: SoftwareReader(is_expected=True),
    HARDWARE.flag: lambda: SoftwareReader(is_expected=True),
    VECTOR.flag: lambda: SoftwareReader(is_expected=True),
    HARDWARE2.flag: lambda: Hardware2Reader(is_expected=True),
    MENTAL_RAY.flag: MentalRayReader,
    DELIGHT.flag: DelightReader,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of a run before it starts."""

    frames: tuple[int, ...] = ()
    """In the order Maya renders them; empty when they are not known."""
    layers: int = 1
    cameras: int = 1
    renderer: Renderer | None = None


class MayaParser:
    """One worker's output as events; with an empty token, a log from anywhere. For one thread."""

    def __init__(self, token: str, run: Run | None = None) -> None:
        """Take the token of a worker, and what is known of its run."""
        run = run or Run()
        self._is_live = bool(token)
        self._most_repeats = _MOST_REPEATS if token else 0
        self._repeats: dict[str, int] = {}
        self._job_renderer = run.renderer
        self._readers = _readers_for(run.renderer)
        self._tracker = FrameTracker(run.frames, layers=run.layers, cameras=run.cameras)
        self._renderer = ""
        self._is_mayas = False
        self._is_ready = False
        self._is_complete = False
        self._has_exited = False
        self._has_trouble = False
        self._phase = ""
        self._last = ""

    @property
    def is_recognised(self) -> bool:
        """Whether a line was read that only Maya or one of its renderers prints."""
        return self._is_mayas or bool(self._renderer)

    @property
    def renderer(self) -> str:
        """Name of the renderer at work, as far as the lines read tell it; else empty."""
        return self._renderer

    @property
    def is_complete(self) -> bool:
        """Whether Maya said that it did all it was asked to do."""
        return self._is_complete

    @property
    def unnumbered_percent(self) -> float:
        """How far the furthest frame came whose number the log does not tell, 0 to 100."""
        return self._tracker.unnumbered_percent

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end; what a carriage return parts is read piece by piece."""
        if len(line) > _LONGEST:
            line = line[:_LONGEST]
        if "\r" in line:
            return [event for piece in line.split("\r") for event in self._read(piece)]
        return self._read(line)

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        """Say what the end of a log means; the end of a process of our own is explained elsewhere."""
        if self._is_live or outcome is not None:
            return ()
        events: list[EngineEvent] = [*self._tracker.cut_off()]
        percent = self._tracker.percent
        if self._has_trouble or self._is_complete or self._has_exited:
            return events
        if percent is not None and self._tracker.frame is None:
            text = _("The log ends while a frame was {percent:.0f} % done; it does not say which.")
            events.append(self._cut(text.format(percent=percent)))
        elif self._phase and not self._tracker.begun and not self._tracker.is_open:
            text = _("The log ends after this, before any frame began: Maya hung there or was ended.")
            events.append(self._cut(text))
        return events

    def _cut(self, meaning: str) -> Remark:
        advice = _("Look whether Maya was closed, stopped or ended by the system at that time.")
        return Remark("log-ends", Severity.ERROR, self._last, meaning, advice)

    def _read(self, text: str) -> Sequence[EngineEvent]:
        if not text or text.isspace():
            return ()
        self._last = text.strip()
        if not (self._is_live or self.is_recognised) and _MAYAS.search(text) is not None:
            self._is_mayas = True
        events = self._read_common(text)
        if events is None:
            events = self._read_renderer(text)
        lowered = text.lower()
        if is_telling(lowered):
            remark = find(text[:_LONGEST_TOLD])
            if remark is not None:
                return [*events, *self._said(remark)]
        return events

    def _read_common(self, text: str) -> Sequence[EngineEvent] | None:
        """Read what Maya itself prints; None when it is not about its own doings."""
        if "mayabatch" in text and "Starting " in text:
            return self._enter(_("starting Maya"))
        if "File read in" in text:
            began = self._enter(_("scene loaded"))
            if self._is_ready:
                return began
            self._is_ready = True
            return [EngineReady(""), *began]
        if "completed." in text and _COMPLETED.search(text):
            self._is_complete = True
            return self._tracker.complete()
        if "exited with status" in text:
            self._has_exited = True
            return ()
        if not self._is_live and " -s" in text and " -e" in text:
            self._learn_frames(text)
        return None

    def _enter(self, phase: str) -> list[EngineEvent]:
        self._phase = phase
        return [PhaseEntered(phase)]

    def _learn_frames(self, text: str) -> None:
        """Take the frames from the command line that many logs, ours among them, begin with."""
        program = _PROGRAM.search(text)
        start = None if program is None else _START.search(text, program.end() - 1)
        end = None if start is None else _END.search(text, start.end())
        if start is None or end is None:
            return
        by_step = _BY_STEP.search(text, end.end())
        first, last, step = int(start[1]), int(end[1]), int(by_step[1] if by_step else 1)
        if first <= last and step > 0 and (last - first) // step < _MOST_FRAMES:
            self._is_mayas = True
            self._tracker.take_frames(range(first, last + 1, step))

    def _read_renderer(self, text: str) -> Sequence[EngineEvent]:
        for reader in self._readers:
            events = reader.read(text, self._tracker)
            if events is not None:
                self._renderer = reader.name
                if events:
                    self._repeats.clear()
                return events
        return ()

    def _said(self, remark: Remark) -> Sequence[EngineEvent]:
        if remark.code in PLUGIN_CODES:
            remark = self._weighed(remark)
        self._is_mayas = self._is_mayas or remark.code not in UNKNOWN_CODES
        self._has_trouble = self._has_trouble or remark.fatal or remark.permanent
        if self._most_repeats:
            # Some errors come thousands of times, and whoever acts on them needs no more than a few.
            count = self._repeats.get(remark.code, 0) + 1
            self._repeats[remark.code] = count
            if count > self._most_repeats:
                return ()
        return (remark,)

    def _weighed(self, remark: Remark) -> Remark:
        """Return a remark about a plug-in for what it is worth.

        Without the plug-in of the job's renderer nothing can be rendered; scenes also ask for plug-ins that
        nothing in them needs, of other renderers among them (`engines/maya.md` section 4).
        """
        if self._job_renderer is not None and _meant(remark) is self._job_renderer:
            return remark
        return replace(remark, fatal=False, permanent=False, scope=Scope.FRAME)


def _readers_for(renderer: Renderer | None) -> tuple[RendererReader, ...]:
    """Return the reader of a renderer, or all when it is not known or has none of its own."""
    make = None if renderer is None else _READERS.get(renderer.flag)
    if make is not None:
        return (make(),)
    return (
        ArnoldReader(),
        RedshiftReader(),
        VRayReader(),
        RenderManReader(),
        MentalRayReader(),
        DelightReader(),
        SoftwareReader(),
    )


def _meant(remark: Remark) -> Renderer | None:
    """Return the renderer whose plug-in a remark is about."""
    if remark.code == "renderer-not-loaded":
        lowered = remark.line.lower()
        return next((renderer for piece, renderer in _NOT_LOADED if piece in lowered), None)
    match = _PLUGIN.search(remark.line)
    return None if match is None else renderer_of_plugin(match[1] or match[2])
