"""Reads a defined renderer's output by the patterns of its definition."""

from collections.abc import Iterator, Sequence
from typing import Any

from render_manager.domain.diagnosis import Scope
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import frame_number
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition, MessagePart
from render_manager.engines.commands.joining import LineJoiner
from render_manager.engines.commands.patterns import LinePattern
from render_manager.engines.commands.template import fill
from render_manager.engines.commands.written import WrittenFiles
from render_manager.engines.events import (
    EngineEvent,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.log_report import clean

SLOW_PATTERN = "slow-pattern"
"""Code of the remark that a pattern was given up."""
_LONGEST = 4_000
"""Characters of a line that are looked at."""
_MOST_REPEATS = 20
"""How often each kind of message is told for a frame; a program may print one for every pixel."""
_LONGEST_KEPT = 1_000
_LONGEST_GROUP = 300
_LONGEST_PHASE = 80
_NAMES = ("frame_started", "progress", "file_written", "frame_done", "run_done", "recognised")


class CommandParser:
    """One worker's output as events; for one thread."""

    def __init__(
        self, definition: Definition, frames: Sequence[int] = (), spec: JobSpec | None = None
    ) -> None:
        """Take the frames of the run in their order, none for a log from anywhere."""
        patterns = definition.patterns
        self._name = definition.name
        self._patterns = {name: LinePattern(text) for name in _NAMES if (text := getattr(patterns, name))}
        self._messages = [
            (LinePattern(message.pattern), message, message.code or f"message-{number}")
            for number, message in enumerate(definition.messages, 1)
        ]
        self._joiner = LineJoiner(continued=patterns.continued, unfinished=patterns.unfinished)
        self._run = tuple(frames)
        self._written = WrittenFiles(spec, self._run)
        self._frame: int | None = frames[0] if len(frames) == 1 else None
        """The frame that lines are about which name none."""
        self._open: int | None = None
        """The frame that was begun and not ended."""
        self._lost_by: Remark | None = None
        """Why the open frame is lost."""
        self._lost_line = ""
        self._percent = 0.0
        self._repeats: dict[str, int] = {}
        self._told_slow: set[str] = set()
        self._is_recognised = False
        self._is_complete = False
        self._unnumbered_percent = 0.0

    @property
    def is_recognised(self) -> bool:
        """Whether a line was read that the definition knows."""
        return self._is_recognised

    @property
    def renderer(self) -> str:
        """Name of the renderer, once one of its lines was read."""
        return self._name if self._is_recognised else ""

    @property
    def is_complete(self) -> bool:
        """Whether the program said that its run came to its end as it should."""
        return self._is_complete

    @property
    def unnumbered_percent(self) -> float:
        """How far frames came whose number no line told."""
        return self._unnumbered_percent

    @property
    def lines_behind(self) -> int:
        """How many lines before the last one the events are about that were returned for it."""
        return self._joiner.lines_behind

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end."""
        whole = self._joiner.push(clean(line[:_LONGEST]))
        return () if whole is None else list(self._read(whole))

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        """Read the line that was held back; what else is done is found by its files."""
        whole = self._joiner.rest()
        events = [] if whole is None else list(self._read(whole))
        if self._run and self._lost_by is not None:
            events.append(self._lost_by)
        if outcome is not None and outcome.was_successful and self._written.are_without_number:
            events += self._end(self._frame)
        return events

    def _read(self, line: str) -> Iterator[EngineEvent]:
        if match := self._search("frame_started", line):
            yield from self._begin(self._frame_in(match, "frame_started"))
        if match := self._search("progress", line):
            yield from self._advance(match)
        if (match := self._search("file_written", line)) and (path := (match["file"] or "").strip()):
            self._is_recognised = True
            self._written.add(path)
            yield FileWritten(self._frame_of(path), path)
        if match := self._search("frame_done", line):
            groups = match.groupdict()
            has_number = groups.get("frame") is not None or groups.get("nth") is not None
            yield from self._end(self._frame_in(match, "frame_done") if has_number else self._frame)
        if self._search("run_done", line):
            self._is_complete = True
            if self._open is not None or self._written.are_without_number:
                yield from self._end(self._frame)
        if self._search("recognised", line):
            self._is_recognised = True
        yield from self._remarks(line)
        yield from self._slow()

    def _search(self, name: str, line: str) -> Any:
        pattern = self._patterns.get(name)
        return None if pattern is None else pattern.search(line)

    def _frame_in(self, match: Any, name: str) -> int | None:
        """Return the frame that a line names, by its number or by its place in the run."""
        groups = match.groupdict()
        if groups.get("frame") is not None:
            return _number(groups["frame"])
        nth = _number(groups.get("nth"))
        if nth is None:
            return None
        if self._run:
            return self._run[nth - 1] if 1 <= nth <= len(self._run) else None
        # A log from anywhere: the place is the number, unless other lines tell the number itself.
        return None if self._patterns[name].has_group("frame") else nth

    def _begin(self, frame: int | None) -> Iterator[EngineEvent]:
        self._is_recognised = True
        if frame is None or frame == self._open:
            return
        if self._open is not None and "frame_done" not in self._patterns:
            # Nothing else tells that a frame is done: it is when the next one begins.
            yield from self._end(self._open)
        elif self._open is not None and self._lost_by is not None:
            yield from self._end(self._open)
        self._open = self._lost_by = None
        self._percent = 0.0
        self._repeats.clear()
        self._written.clear()
        if self._run and frame not in self._run:
            self._frame = None
            return
        self._frame = self._open = frame
        yield FrameBegan(frame)

    def _advance(self, match: Any) -> Iterator[EngineEvent]:
        # Percents alone do not tell whose log it is: many programs print some.
        percent = _percent(match.groupdict())
        if percent is None:
            return
        if self._frame is None:
            self._unnumbered_percent = max(self._unnumbered_percent, percent)
            return
        self._percent = max(self._percent, percent)
        yield FrameAdvanced(self._frame, self._percent, match[0].strip()[:_LONGEST_PHASE])

    def _end(self, frame: int | None) -> Iterator[EngineEvent]:
        if frame is None or (self._run and frame not in self._run):
            return
        self._is_recognised = True
        if frame == self._open:
            lost_by, self._open, self._lost_by = self._lost_by, None, None
            if lost_by is not None:
                if self._run:
                    yield FrameErred(frame, self._lost_line)
                return
        yield FrameEnded(frame, self._written.files(frame))

    def _frame_of(self, path: str) -> int | None:
        name = path.replace("\\", "/").rpartition("/")[2]
        number = frame_number(name.rpartition(".")[0])
        if number is None or (self._run and number not in self._run):
            return self._frame
        return number

    def _remarks(self, line: str) -> Iterator[EngineEvent]:
        for pattern, message, code in self._messages:
            match = pattern.search(line)
            if match is None:
                continue
            count = self._repeats[code] = self._repeats.get(code, 0) + 1
            if self._run and count > _MOST_REPEATS:
                return
            remark = _remark(message, match, line, code)
            if not remark.fatal or self._open is None or remark.scope is Scope.JOB:
                yield remark
                return
            if self._lost_by is None:
                self._lost_by, self._lost_line = remark, line
            if not self._run:
                # In a log from anywhere nobody asks later why the frame did not come to its end. Else it is
                # told when the frame or the process ends: the program may go on with other frames, and what
                # is wrong with those is something else.
                yield FrameErred(self._open, line)
            return

    def _slow(self) -> Iterator[EngineEvent]:
        """Say once of each pattern that it was given up."""
        patterns = {f"patterns.{name}": pattern for name, pattern in self._patterns.items()}
        patterns.update({f"messages ({code})": pattern for pattern, _message, code in self._messages})
        for name, pattern in patterns.items():
            if pattern.is_given_up and name not in self._told_slow:
                self._told_slow.add(name)
                yield _slow_remark(self._name, name)


def _remark(message: MessagePart, match: Any, line: str, code: str) -> Remark:
    groups = {name: (value or "").strip()[:_LONGEST_GROUP] for name, value in match.groupdict().items()}
    return Remark(
        code=code,
        severity=Severity.WARNING if message.kind == "warning" else Severity.ERROR,
        line=line.strip()[:_LONGEST_KEPT],
        meaning=fill(message.meaning, groups),
        advice=fill(message.advice, groups),
        fatal=message.kind == "fatal",
        permanent=message.permanent,
        scope=Scope(message.scope),
    )


def _slow_remark(engine: str, name: str) -> Remark:
    return Remark(
        code=SLOW_PATTERN,
        severity=Severity.WARNING,
        line=name,
        meaning=_(
            "The pattern {name} in the definition of {engine} takes too long on a line, and is not used any "
            "more in this run."
        ).format(name=name, engine=engine),
        advice=_("Make the pattern simpler: without a repetition inside a repetition."),
    )


def _percent(groups: dict[str, str | None]) -> float | None:
    try:
        if groups.get("percent") is not None:
            percent = float(str(groups["percent"]).replace(",", "."))
        else:
            percent = 100.0 * float(str(groups["done"])) / float(str(groups["total"]))
    except (KeyError, ValueError, ZeroDivisionError):
        return None
    return percent if 0.0 <= percent <= 100.0 else None


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
