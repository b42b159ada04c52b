"""Explains a log from anywhere: which frames it begins and finishes, what went wrong, and on which line.

Knows no engine by itself: each engine's parser makes the events. Reads the lines one at a time and keeps
only what it reports, so a log may be larger than memory. Open the file with `errors="replace"`, and with
`newline="\\n"` where the line numbers are to be those of the file: programs draw progress with bare
carriage returns, which would count as lines otherwise.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.protocols import Engine

_LONGEST_PIECE = 65_536
"""Characters of one line that are read; the rest is cut off."""
_LONGEST_TEXT = 500
"""Characters of a line that are shown."""
_MOST_ENTRIES = 200
"""Different errors, and different warnings, that are listed."""
_FURTHEST_BACK = 100
"""Lines before the last one that events may be about."""
_SKIPPED_CODE = "frame-exists"
"""Code of the remark with which a parser says that frames were left out because their files are there."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 27), *range(28, 32), 127, 0xFEFF])
_HEADER = ("# source:", "# kind:", "# note:")
_NUMBER = re.compile(r"[0-9]+")


@runtime_checkable
class NamesRenderer(Protocol):
    """A parser that can tell which renderer of its engine is at work."""

    @property
    def renderer(self) -> str:
        """Return its name, or nothing while it is not known."""
        ...


@runtime_checkable
class KnowsItsOwn(Protocol):
    """A parser that can tell whether a log is one of its engine."""

    @property
    def is_recognised(self) -> bool:
        """Return whether a line was read that only this engine prints."""
        ...


@runtime_checkable
class ReadsBehind(Protocol):
    """A parser that holds lines back, since the next one may go on with them."""

    @property
    def lines_behind(self) -> int:
        """Return how many lines before the last one the events just returned are about."""
        ...


@runtime_checkable
class KnowsItsEnd(Protocol):
    """A parser that can tell whether the engine said that all it was asked to do is done."""

    @property
    def is_complete(self) -> bool:
        """Return whether it said so."""
        ...


@runtime_checkable
class KeepsProgress(Protocol):
    """A parser that can tell how far frames came whose numbers the log does not say."""

    @property
    def unnumbered_percent(self) -> float:
        """Return how far the furthest of them came, 0 to 100."""
        ...


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the log that matters, explained."""

    line: int
    """Number of the line, from 1; 0 when the log is empty."""
    text: str
    """The line as it stands there."""
    meaning: str
    """What it means, one or two whole sentences."""
    advice: str
    """What to do about it, one sentence, or empty."""


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a log says about a render."""

    engine: str
    """Engine id, such as `blender`."""
    renderer: str
    """Name of the renderer, such as `Cycles`; empty when the log does not tell."""
    frames_started: tuple[int, ...]
    """Sorted frame numbers."""
    frames_completed: tuple[int, ...]
    """Sorted frame numbers."""
    outputs: tuple[str, ...]
    """Files the log says were written, in its order."""
    errors: tuple[LogEntry, ...]
    warnings: tuple[LogEntry, ...]
    max_percent: float
    """How far any one frame came, 0 to 100."""
    failed: bool
    """Whether something went wrong that costs a frame or the run."""

    def to_json_dict(self) -> dict[str, Any]:
        """Return the fields as lists, dictionaries, numbers and texts."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }


def engine_of_log(engines: Sequence[Engine], lines: Iterable[str]) -> Engine | None:
    """Return the engine that knows a line of the log first, None when none knows any; reads no further."""
    parsers = [(engine, engine.parser("")) for engine in engines]
    for piece in _pieces(lines):
        for engine, parser in parsers:
            parser.feed(piece)
            if isinstance(parser, KnowsItsOwn) and parser.is_recognised:
                return engine
    return None


def explain_log(engine: Engine, lines: Iterable[str]) -> LogReport:
    """Read a whole log of an engine and return what it says; never raises for what the log holds."""
    parser = engine.parser("")
    reader = _LogReader(engine)
    holds_back = parser if isinstance(parser, ReadsBehind) else None
    for piece in _pieces(lines, reader.move_to):
        events = parser.feed(piece)
        reader.take(events, behind=0 if holds_back is None else holds_back.lines_behind)
    events = parser.finish(None)
    reader.take(events, behind=0 if holds_back is None else holds_back.lines_behind)
    if isinstance(parser, KnowsItsOwn) and not parser.is_recognised:
        reader.doubt()
    reader.is_complete = isinstance(parser, KnowsItsEnd) and parser.is_complete
    if isinstance(parser, KeepsProgress):
        reader.max_percent = max(reader.max_percent, parser.unnumbered_percent)
    return reader.report(parser.renderer if isinstance(parser, NamesRenderer) else "")


def _pieces(
    lines: Iterable[str], move_to: Callable[[int, str], None] = lambda _line, _text: None
) -> Iterator[str]:
    """Yield the lines to read, cleaned; `move_to` is told each one's number in the file before."""
    is_header = True
    for number, line in enumerate(lines, 1):
        if is_header and line.lstrip("\ufeff").startswith(_HEADER):
            continue
        is_header = False
        for piece in line.rstrip("\r\n").split("\r"):
            cleaned = clean(piece[:_LONGEST_PIECE])
            if cleaned.strip():
                move_to(number, cleaned)
                yield cleaned


def clean(text: str) -> str:
    """Return a line without terminal colours, NUL bytes and other characters that print nothing.

    Logs that Windows PowerShell wrote are UTF-16; read as UTF-8 they have a NUL beside each letter.
    """
    if text.isprintable():
        return text
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return text.translate(_CONTROLS)


@dataclass(slots=True)
class _Found:
    """An entry in the making."""

    line: int
    text: str
    meaning: str
    advice: str
    count: int = 1

    def entry(self) -> LogEntry:
        meaning = self.meaning
        if self.count > 1:
            times = _("This comes {count} times in the log.").format(count=self.count)
            meaning = f"{meaning} {times}"
        return LogEntry(self.line, self.text, meaning, self.advice)


@dataclass(slots=True)
class _LogReader:
    """Gathers events into a report."""

    engine: Engine
    line: int = 0
    text: str = ""
    first_text: str = ""
    passed: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_FURTHEST_BACK))
    """The last lines, with their numbers."""
    started: set[int] = field(default_factory=set)
    completed: set[int] = field(default_factory=set)
    erred: set[int] = field(default_factory=set)
    outputs: dict[str, None] = field(default_factory=dict)
    found: dict[Severity, dict[tuple[str, str], _Found]] = field(
        default_factory=lambda: {severity: {} for severity in Severity}
    )
    left_out: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    max_percent: float = 0.0
    is_lost: bool = False
    is_frame_lost: bool = False
    """Whether a line since the last frame began says why it is lost."""
    has_skipped: bool = False
    is_complete: bool = False
    """Whether the engine said that all is done; the part of the log that names the frames may be missing."""

    def move_to(self, line: int, text: str) -> None:
        """Go to a line; events that follow come from it."""
        self.line, self.text = line, text.strip()[:_LONGEST_TEXT]
        self.first_text = self.first_text or self.text
        self.passed.append((self.line, self.text))

    def take(self, events: Sequence[EngineEvent], *, behind: int = 0) -> None:
        """Gather what a line says, the last one or one so many before it."""
        if 0 < behind < len(self.passed):
            self.line, self.text = self.passed[-1 - behind]
        self._gather(events)
        if self.passed:
            self.line, self.text = self.passed[-1]

    def _gather(self, events: Sequence[EngineEvent]) -> None:
        for event in events:
            if isinstance(event, FrameAdvanced):
                self.max_percent = max(self.max_percent, event.percent or 0.0)
            elif isinstance(event, FrameBegan):
                self.started.add(event.frame)
                self.is_frame_lost = False
            elif isinstance(event, FrameEnded):
                self.started.add(event.frame)
                self.completed.add(event.frame)
                self.max_percent = 100.0
                self.outputs.update(dict.fromkeys(file.path for file in event.files))
            elif isinstance(event, FileWritten):
                self.outputs[event.path] = None
            else:
                self._take_trouble(event)

    def doubt(self) -> None:
        """Say that the log is none of this engine, before anything that was made out of it."""
        name = self.engine.name
        meaning = (
            _("This does not look like a log of {engine}.").format(engine=name)
            if self.line
            else _("The log is empty.")
        )
        advice = _("Check the file, and the engine that was named.")
        entries = self.found[Severity.ERROR]
        self.found[Severity.ERROR] = {
            ("no-log", meaning): _Found(min(self.line, 1), self.first_text, meaning, advice),
            **entries,
        }
        self.is_lost = True

    def _take_trouble(self, event: EngineEvent) -> None:
        if isinstance(event, Remark):
            self._lose(event.fatal)
            self.has_skipped = self.has_skipped or event.code == _SKIPPED_CODE
            self._add(event.severity, event.code, event.meaning, event.advice, event.line)
        elif isinstance(event, FrameErred | EngineGaveUp):
            if isinstance(event, FrameErred):
                self.erred.add(event.frame)
            self._lose(isinstance(event, EngineGaveUp))
            reason = self.engine.explain(None, (), event.text)
            self._add(Severity.ERROR, reason.code, reason.text, reason.advice, event.text)

    def _lose(self, is_lost: bool) -> None:
        self.is_lost = self.is_lost or is_lost
        self.is_frame_lost = self.is_frame_lost or is_lost

    def _add(self, severity: Severity, code: str, meaning: str, advice: str, text: str) -> None:
        """Add an entry, or count it with one that says the same but for its numbers."""
        entries = self.found[severity]
        key = (code, _NUMBER.sub("#", meaning))
        if key in entries:
            entries[key].count += 1
        elif len(entries) < _MOST_ENTRIES:
            entries[key] = _Found(self.line, text.strip()[:_LONGEST_TEXT] or self.text, meaning, advice)
        else:
            self.left_out[severity] += 1

    def report(self, renderer: str) -> LogReport:
        """Return the report once all lines are read."""
        has_failed = self._has_failed()
        if has_failed:
            self._explain_end()
        return LogReport(
            engine=self.engine.id,
            renderer=renderer,
            frames_started=tuple(sorted(self.started)),
            frames_completed=tuple(sorted(self.completed)),
            outputs=tuple(self.outputs),
            errors=self._entries(Severity.ERROR),
            warnings=self._entries(Severity.WARNING),
            max_percent=round(self.max_percent, 2),
            failed=has_failed,
        )

    def _has_failed(self) -> bool:
        unfinished = (self.started | self.erred) - self.completed
        has_result = bool(self.completed or self.outputs or self.has_skipped or self.is_complete)
        is_known_good = bool(self.completed) or (self.is_complete and bool(self.outputs))
        has_only_errors = not is_known_good and bool(self.found[Severity.ERROR])
        return self.is_lost or bool(unfinished) or has_only_errors or not has_result

    def _explain_end(self) -> None:
        """Say what is wrong when no line of the log does."""
        unfinished = sorted(self.started - self.completed - self.erred)
        if unfinished and not self.is_frame_lost:
            frames = ", ".join(str(frame) for frame in unfinished[:10]) + (", …" if unfinished[10:] else "")
            meaning = ngettext(
                "The log ends without a word that frame {frames} was finished.",
                "The log ends without a word that frames {frames} were finished.",
                len(unfinished),
            ).format(frames=frames)
            advice = _("Look whether the program was closed, stopped or ended by the system at that time.")
            self._add(Severity.ERROR, "log-ends", meaning, advice, self.text)
        elif not self.found[Severity.ERROR]:
            meaning = _("No frame was rendered, and the log does not say why.")
            advice = _("Check the frame range and that the program was asked to render at all.")
            self._add(Severity.ERROR, "no-frame", meaning, advice, self.text)

    def _entries(self, severity: Severity) -> tuple[LogEntry, ...]:
        entries = [found.entry() for found in self.found[severity].values()]
        if self.left_out[severity]:
            meaning = _("{count} further lines like these are left out here.").format(
                count=self.left_out[severity]
            )
            entries.append(LogEntry(self.line, self.text, meaning, ""))
        return tuple(entries)
