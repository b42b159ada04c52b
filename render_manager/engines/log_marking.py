"""Says of each line of a log what it means, as the engine's rules know it; for viewers of whole logs.

`log_report` sums a log up; this goes with the lines. One marker reads one log from its beginning, on one
thread at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from render_manager.domain.scene import Severity
from render_manager.engines.events import EngineEvent, EngineGaveUp, FrameBegan, FrameErred, Remark
from render_manager.engines.log_report import ReadsBehind, clean
from render_manager.engines.protocols import Engine

_LONGEST_LINE = 8_192


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a line means."""

    severity: Severity
    text: str
    """One or two whole sentences."""
    advice: str
    """One sentence, or empty."""
    code: str
    """A stable word such as `out-of-memory`."""
    is_fatal: bool
    """Whether the frame, or the run, is lost by what the line says."""


class LogMarker:
    """Reads the lines of one log in their order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parser = engine.parser("")
        self._told: set[str] = set()

    def read(self, line: str) -> tuple[int, Sequence[Meaning]]:
        """Return what is known of a line, and how many lines before the one read it stands."""
        text = clean(line[:_LONGEST_LINE])
        if not text.strip():
            return 0, ()
        meanings = self._meanings(self._parser.feed(text))
        return (self._behind() if meanings else 0), meanings

    def finish(self) -> Sequence[Meaning]:
        """Return what the end of the log means."""
        return self._meanings(self._parser.finish(None))

    def _behind(self) -> int:
        return self._parser.lines_behind if isinstance(self._parser, ReadsBehind) else 0

    def _meanings(self, events: Sequence[EngineEvent]) -> list[Meaning]:
        found = []
        for event in events:
            if isinstance(event, FrameBegan):
                self._told.clear()
            elif isinstance(event, Remark):
                self._told.add(event.code)
                found.append(
                    Meaning(event.severity, event.meaning, event.advice, event.code, is_fatal=event.fatal)
                )
            elif isinstance(event, FrameErred | EngineGaveUp):
                found += self._reported(event.text)
        return found

    def _reported(self, text: str) -> list[Meaning]:
        """Return what our script said, unless a line of the engine said it before."""
        reason = self._engine.explain(None, (), text)
        if reason.code in self._told:
            return []
        self._told.add(reason.code)
        return [Meaning(Severity.ERROR, reason.text, reason.advice, reason.code, is_fatal=True)]
