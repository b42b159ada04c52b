"""Reads Blender's output line by line, and that of our own script inside it.

Understands the programs 2.93 to 5.x and the `bpy` wheels 4.5 to 5.x. Their lines may have anything in front:
Blender 5 writes a time and a channel there, farms a date and a task. In Blender 5 a second thread writes
into the middle of lines, so lines are searched and not anchored (`engines/blender.md` section 2).

Every line of every worker passes here with the interpreter lock held: each test begins with a search for
a fixed piece of text, and only then comes an expression.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from render_manager.domain.naming import frame_number
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.blender import tracebacks
from render_manager.engines.blender.messages import CONTRACT, MessageReader
from render_manager.engines.blender.progress import FrameProgress, elapsed_s, remaining_s, split_status
from render_manager.engines.blender.rules import UNKNOWN_CODES, find, is_telling
from render_manager.engines.events import (
    EngineEvent,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    Remark,
)

_LONGEST = 65_536
"""Characters of a line that are looked at."""
_LONGEST_TOLD = 2_000
"""Characters of a line that the rules look at."""
_MOST_REPEATS = 20
"""How often a worker says the same code while one frame renders."""

_FRAME = re.compile(r"Fra: ?(-?[0-9]{1,9})(?=[ |])")
_RENDERING = re.compile(r"\| Rendering frame (-?[0-9]{1,9}?)(?=[0-9]{2}:[0-9]{2}[.:]|[^0-9]|$)(?! *(?:of|/))")
_APPENDED = re.compile(r"(?:^|[\s|])(?:Video a|A)ppend frame (-?[0-9]{1,9})(?![0-9])")
_ENGINE = re.compile(r"\| Engine: (?P<name>\w+)")
_PARTS = re.compile(r"Fra: ?-?[0-9]|Saved: ")
_LOOKS_LIKE_PATH = re.compile(r"^(?:/|\\\\|[A-Za-z]:[\\/]|\.{1,2}[\\/])|\.\w{2,5}$")
_BLENDERS = re.compile(
    r"^Blender (?:[0-9]|quit)|Read blend: |Fra: ?-?[0-9]+ Mem:|\.blend['\"]?(?:$|[:,])"
    r"|^[0-9]{2}:[0-9]{2}\.[0-9]{3}  [a-z.]+ +\| |\bbpy\b|\bcycles\b|^Saved: '"
)
"""Lines that other programs do not print."""
_LETTER_BEFORE_MINUS = re.compile(r"[A-Za-z0-9]-[0-9]+(?:_[A-Za-z]{1,8})?$")

_RENDERERS = {"CYCLES": "Cycles", "EEVEE": "Eevee", "WORKBENCH": "Workbench"}


class BlenderParser:
    """One worker's output as events; with an empty token, a log from anywhere. For one thread."""

    def __init__(self, token: str, *, layers: int = 0) -> None:
        """Take the token of our script's lines and the number of view layers, 0 when not known."""
        self._messages = MessageReader(token)
        self._most_repeats = _MOST_REPEATS if token else 0
        self._repeats: dict[str, int] = {}
        self._progress = FrameProgress(layers)
        self._has_driver = False
        self._frame: int | None = None
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._status = ""
        self._traceback: tracebacks.Traceback | None = None
        self._is_exception_ignored = False
        self._saw_status = False
        self._saw_graphics = False
        self._renderer = ""
        self._is_blenders = False

    @property
    def is_recognised(self) -> bool:
        """Whether a line was read that only Blender prints."""
        return self._is_blenders or bool(self._begun) or self._has_driver

    @property
    def renderer(self) -> str:
        """Name of the renderer in use, as far as the lines read tell it; else empty."""
        identifier = self._messages.renderer.removeprefix("BLENDER_").removesuffix("_NEXT")
        return self._renderer or _RENDERERS.get(identifier, identifier)

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end."""
        if len(line) > _LONGEST:
            line = line[:_LONGEST]
        if "@RM" in line:
            return self._read_tagged(line)
        return self._read(line)

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:  # noqa: ARG002
        """Say what was still being put together; how the process ended is explained elsewhere."""
        if self._traceback is None:
            return ()
        remark = self._traceback.give_up()
        self._traceback = None
        return self._said(remark)

    def _read_tagged(self, line: str) -> Sequence[EngineEvent]:
        events: list[EngineEvent] = []
        plain, start = 0, 0
        while True:
            tag, begin = self._messages.find(line, start)
            if tag < 0:
                break
            message = self._messages.read(line, begin)
            if message is None:
                start = begin
                continue
            if line[plain:tag].strip():
                events += self._read(line[plain:tag])
            events += self._obey(message.name, message.events)
            plain = start = message.end
        rest = line[plain:]
        if rest.strip():
            events += self._read(rest)
        return events

    def _obey(self, name: str, events: Sequence[EngineEvent]) -> Sequence[EngineEvent]:
        self._has_driver = self._has_driver or name in CONTRACT
        obeyed: list[EngineEvent] = []
        for event in events:
            if isinstance(event, FrameBegan):
                self._progress.expect(self._messages.layers)
                self._begin(event.frame)
            elif isinstance(event, FrameAdvanced):
                if event.frame != self._frame:
                    continue
                percent = self._progress.raise_to(event.percent)
                obeyed.append(FrameAdvanced(event.frame, percent, event.text, event.remaining_s))
                continue
            elif isinstance(event, FrameEnded):
                self._progress.end()
                self._frame = None
            obeyed.append(event)
        if name == "frame_failed":
            self._frame = None
        return obeyed

    def _read(self, text: str) -> Sequence[EngineEvent]:
        self._is_blenders = self._is_blenders or _BLENDERS.search(text) is not None
        if "Fra:" in text:
            match = _FRAME.search(text)
            if match is not None:
                if "Saved: " in text or text.find("Fra:", match.end()) >= 0:
                    return self._read_parts(text)
                return self._read_status(text, match)
        if "Saved: " in text:
            events = self._read_saved(text)
            if events is not None:
                return events
        if "rame " in text:
            events = self._read_frame_line(text)
            if events is not None:
                return events
        if self._traceback is not None:
            if self._traceback.feed(text):
                return self._close_traceback()
            self._close_traceback()
        if is_telling(text.lower()):
            return self._read_telling(text[:_LONGEST_TOLD])
        if "| Engine: " in text:
            self._note_engine(text)
        return ()

    def _read_parts(self, text: str) -> Sequence[EngineEvent]:
        """Read a line that two threads wrote into, one statement after the other."""
        events: list[EngineEvent] = []
        starts = [0, *(match.start() for match in _PARTS.finditer(text)), len(text)]
        for start, end in pairwise(starts):
            part = text[start:end]
            match = _FRAME.match(part)
            events += self._read_status(part, match) if match else self._read_saved(part) or ()
        return events

    def _read_status(self, text: str, match: re.Match[str]) -> Sequence[EngineEvent]:
        frame = int(match[1])
        events: Sequence[EngineEvent] = ()
        if frame != self._frame:
            if self._has_driver:
                return ()
            events = self._meet(frame)
        status = text[match.end() :]
        if status != self._status:
            self._status = status
            events = (*events, *self._advance(frame, status))
        if "| Cancel" in status or "| ERROR " in status or "| Error |" in status or "| Error: " in status:
            events = (*events, *self._said(find(text[:_LONGEST_TOLD])))
        return events

    def _advance(self, frame: int, status: str) -> Sequence[EngineEvent]:
        self._saw_status = True
        layer, words = split_status(status)
        percent = self._progress.read(layer, words)
        if not self._renderer:
            self._guess_renderer(words)
        if percent is None and not words:
            return ()
        left = remaining_s(status) if "Remaining" in status else None
        return (FrameAdvanced(frame, percent, words, left),)

    def _guess_renderer(self, words: str) -> None:
        if words.startswith(
            ("Sample ", "Rendered ", "Path Tracing", "Synchronizing object", "Updating Scene")
        ):
            self._renderer = "Cycles"
        elif words.startswith("Syncing ") or (words.startswith("Rendering ") and words.endswith("samples")):
            self._renderer = "Eevee"

    def _note_engine(self, text: str) -> None:
        match = _ENGINE.search(text)
        if match is not None and not self._renderer:
            name = match["name"]
            self._renderer = _RENDERERS.get(name.upper().removeprefix("BLENDER_").removesuffix("_NEXT"), name)

    def _read_frame_line(self, text: str) -> Sequence[EngineEvent] | None:
        match = _RENDERING.search(text)
        if match is not None:
            return () if self._has_driver else self._meet(int(match[1]))
        match = _APPENDED.search(text)
        if match is None or self._has_driver:
            return None
        frame = int(match[1])
        return (*self._meet(frame), *self._end(frame))

    def _read_saved(self, text: str) -> Sequence[EngineEvent] | None:
        """Read one or several `Saved:`; None when it is not about a file.

        A frame's own file stands in quotes, one of a File Output node does not and comes before it. Up
        to 2.7 nothing is in quotes, and the time of the frame follows on the same line.
        """
        events: list[EngineEvent] = []
        is_known = False
        for part in text.split("Saved: ")[1:]:
            own, path = _written(part)
            if not own and not path:
                continue
            is_known = True
            events += self._save(path, is_own=own, is_plain=text.startswith("Saved"))
        return events if is_known else None

    def _save(self, path: str, *, is_own: bool, is_plain: bool) -> Sequence[EngineEvent]:
        frame = self._frame
        if frame is None:
            frame = _number(path)
        written = (FileWritten(frame, path),) if path else ()
        if not is_own or self._has_driver:
            return written
        if not self._renderer and not self._saw_status and self._saw_graphics and is_plain:
            # Up to 4.x the others print status lines; Blender 5 may print none, but marks its lines.
            self._renderer = "Workbench"
        if frame is None:
            return written
        began = () if frame in self._begun else self._meet(frame)
        return (*began, *written, *self._end(frame))

    def _meet(self, frame: int) -> Sequence[EngineEvent]:
        self._begin(frame)
        if frame in self._begun:
            return ()
        self._begun.add(frame)
        return (FrameBegan(frame),)

    def _begin(self, frame: int) -> None:
        if frame != self._frame or self._has_driver:
            self._progress.begin(frame, afresh=self._has_driver)
            self._repeats.clear()
        self._frame = frame
        self._status = ""

    def _end(self, frame: int) -> Sequence[EngineEvent]:
        self._progress.end()
        self._frame = None
        if frame in self._ended:
            return ()
        self._ended.add(frame)
        return (FrameEnded(frame, seconds=elapsed_s(self._status)),)

    def _read_telling(self, text: str) -> Sequence[EngineEvent]:
        if text.startswith("EGL Error"):
            self._saw_graphics = True
            return ()
        if tracebacks.begins(text):
            self._traceback = tracebacks.Traceback(text, is_silent=self._is_exception_ignored)
            self._is_exception_ignored = False
            return ()
        self._is_exception_ignored = "Exception ignored in" in text
        return self._said(find(text))

    def _close_traceback(self) -> Sequence[EngineEvent]:
        traceback = self._traceback
        if traceback is None or not traceback.is_over:
            return ()
        self._traceback = None
        return self._said(traceback.remark)

    def _said(self, remark: Remark | None) -> Sequence[EngineEvent]:
        if remark is None:
            return ()
        self._is_blenders = self._is_blenders or remark.code not in UNKNOWN_CODES
        if not self._renderer and ("cycles  " in remark.line or "Cycles device" in remark.line):
            self._renderer = "Cycles"
        if self._most_repeats:
            # Some errors come thousands of times, and whoever acts on them needs no more than a few.
            count = self._repeats.get(remark.code, 0) + 1
            self._repeats[remark.code] = count
            if count > self._most_repeats:
                return ()
        return (remark,)


def _written(part: str) -> tuple[bool, str]:
    """Return (whether it is a frame's own file, path) from what follows `Saved: `; (False, "") if nothing."""
    if part.startswith("'"):
        end = part.rfind("'")
        path = part[1:end] if end > 0 else ""
        return not path.endswith(".blend"), "" if path.endswith(".blend") else path
    path, time, _saving = part.partition(" Time: ")
    path = path.strip()
    if not _LOOKS_LIKE_PATH.search(path) or path.endswith(".blend"):
        return False, ""
    return bool(time), path


def _number(path: str) -> int | None:
    """Return the frame number at the end of a file name, or None.

    Blender writes frame -4 as `frame_-0004`; in `frame-0004` the minus only sets the number apart.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    if len(stem) > 250:
        return None
    number = frame_number(stem)
    if number is None or abs(number) > 1 << 31:
        return None
    return abs(number) if _LETTER_BEFORE_MINUS.search(stem) else number
