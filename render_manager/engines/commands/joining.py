"""Puts lines together again that a program broke because they were too long for its terminal."""

from render_manager.engines.commands.patterns import LinePattern

_LONGEST = 4_000


class LineJoiner:
    """Holds each line back until the next one tells that it is whole; for one thread."""

    def __init__(self, *, continued: str, unfinished: str) -> None:
        """Take patterns of lines that go on with the one before, and of lines that the next goes on with.

        Either may be empty.
        """
        self._continued = LinePattern(continued) if continued else None
        self._unfinished = LinePattern(unfinished) if unfinished else None
        self._held: str | None = None
        self._is_unfinished = False
        self._count = 0
        self.lines_behind = 0
        """How many lines before the last one that was pushed the returned one began."""

    def push(self, line: str) -> str | None:
        """Take a line; return the one before it, whole, or None while there is none."""
        if self._continued is None and self._unfinished is None:
            return line
        goes_on = self._held is not None and (self._is_unfinished or _finds(self._continued, line))
        self._is_unfinished = _finds(self._unfinished, line)
        if goes_on and self._held is not None:
            self._held = (self._held + line)[:_LONGEST]
            self._count += 1
            return None
        whole, self._held = self._held, line
        self.lines_behind, self._count = self._count, 1
        return whole

    def rest(self) -> str | None:
        """Return the last line once no more come."""
        whole, self._held = self._held, None
        self.lines_behind = max(self._count - 1, 0)
        return whole


def _finds(pattern: LinePattern | None, line: str) -> bool:
    return pattern is not None and pattern.search(line) is not None
