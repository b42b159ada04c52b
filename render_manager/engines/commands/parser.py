"""Reads a defined renderer's output by the patterns of its definition."""

import re
from collections.abc import Sequence

from render_manager.domain.diagnosis import Scope
from render_manager.domain.naming import frame_number
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.commands.definition import Definition, MessagePart
from render_manager.engines.commands.template import fill
from render_manager.engines.events import (
    EngineEvent,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    Remark,
)

_LONGEST = 2_000
"""Characters of a line that are looked at; users' patterns may be slow on longer ones."""
_MOST_REPEATS = 20
_LONGEST_KEPT = 1_000


class CommandParser:
    """One worker's output as events; for one thread."""

    def __init__(self, definition: Definition, frames: Sequence[int] = ()) -> None:
        """Take the frames of the run, none for a log from anywhere."""
        patterns = definition.patterns
        self._started = _compiled(patterns.frame_started)
        self._progress = _compiled(patterns.progress)
        self._file = _compiled(patterns.file_written)
        self._done = _compiled(patterns.frame_done)
        self._run_done = _compiled(patterns.run_done)
        self._own = _compiled(patterns.recognised)
        self._messages = [(re.compile(message.pattern), message) for message in definition.messages]
        self._frames = frozenset(frames)
        self._frame: int | None = frames[0] if len(frames) == 1 else None
        self._percent = 0.0
        self._repeats: dict[str, int] = {}
        self._name = definition.name
        self._is_live = bool(frames)
        self._is_recognised = False
        self._open: int | None = None

    @property
    def is_recognised(self) -> bool:
        """Whether a line was read that the definition knows."""
        return self._is_recognised

    @property
    def renderer(self) -> str:
        """Name of the renderer, once one of its lines was read."""
        return self._name if self._is_recognised else ""

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end."""
        line = line[:_LONGEST]
        events: list[EngineEvent] = []
        if self._own is not None and self._own.search(line):
            self._is_recognised = True
        if self._started is not None and (match := self._started.search(line)):
            events += self._begin(match["frame"])
        if self._progress is not None and (match := self._progress.search(line)):
            events += self._advance(match)
        if self._file is not None and (match := self._file.search(line)):
            events.append(FileWritten(self._frame_of(match["file"]), match["file"].strip()))
        if self._done is not None and (match := self._done.search(line)):
            events += self._end(match.groupdict().get("frame"))
        if self._open is not None and self._run_done is not None and self._run_done.search(line):
            events += self._end(None)
        events += self._remarks(line)
        if events:
            self._is_recognised = True
        return events

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:  # noqa: ARG002
        """Say nothing: what is left is found by its files."""
        return ()

    def _begin(self, text: str) -> list[EngineEvent]:
        frame = _number(text)
        if frame is None or (self._frames and frame not in self._frames) or frame == self._open:
            return []
        ended: list[EngineEvent] = []
        if self._done is None and self._open is not None:
            # Nothing else tells that a frame is done: it is when the next one begins.
            ended = [FrameEnded(self._open)]
        self._frame = self._open = frame
        self._percent = 0.0
        self._repeats.clear()
        return [*ended, FrameBegan(frame)]

    def _advance(self, match: re.Match[str]) -> list[EngineEvent]:
        if self._frame is None:
            return []
        groups = match.groupdict()
        try:
            if groups.get("percent") is not None:
                percent = float(groups["percent"])
            else:
                percent = 100.0 * float(groups["done"]) / float(groups["total"])
        except (TypeError, ValueError, ZeroDivisionError):
            return []
        if not 0.0 <= percent <= 100.0:
            return []
        self._percent = max(self._percent, percent)
        return [FrameAdvanced(self._frame, self._percent, match[0].strip()[:80])]

    def _end(self, text: str | None) -> list[EngineEvent]:
        frame = self._frame if text is None else _number(text)
        if frame is None or (self._frames and frame not in self._frames):
            return []
        self._open = None
        return [FrameEnded(frame)]

    def _frame_of(self, path: str) -> int | None:
        name = path.strip().replace("\\", "/").rpartition("/")[2]
        number = frame_number(name.rpartition(".")[0])
        return self._frame if number is None else number

    def _remarks(self, line: str) -> list[EngineEvent]:
        for pattern, message in self._messages:
            match = pattern.search(line)
            if match is None:
                continue
            count = self._repeats[message.code] = self._repeats.get(message.code, 0) + 1
            if self._is_live and count > _MOST_REPEATS:
                return []
            return [_remark(message, match, line)]
        return []


def _remark(message: MessagePart, match: re.Match[str], line: str) -> Remark:
    groups = {name: (value or "").strip() for name, value in match.groupdict().items()}
    return Remark(
        code=message.code,
        severity=Severity.WARNING if message.kind == "warning" else Severity.ERROR,
        line=line.strip()[:_LONGEST_KEPT],
        meaning=fill(message.meaning, groups),
        advice=fill(message.advice, groups),
        fatal=message.kind == "fatal",
        permanent=message.permanent,
        scope=Scope.JOB if message.permanent else Scope.FRAME,
    )


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
