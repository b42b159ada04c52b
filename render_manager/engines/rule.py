"""What one known line of an engine's output means; each engine has its own tables of rules."""

import re
from dataclasses import dataclass

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark

N_ = str
"""Marks a text of a table for translation; it is translated when a line is explained."""

_LONGEST_LINE = 1000
"""Characters of a line that are kept in a remark."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How to recognise a line and what to say about it."""

    code: str
    """A stable word such as `no-camera`."""
    needle: str
    """Text that the line must hold, in lower case; the cheap test before `pattern`."""
    meaning: str
    """One sentence; `{name}` takes the group of that name from `pattern`."""
    advice: str = ""
    """One sentence, filled in like `meaning`."""
    pattern: re.Pattern[str] | None = None
    """Has to be found in the line as well; None when the needle alone is proof."""
    severity: Severity = Severity.ERROR
    fatal: bool = False
    """Whether the frame, or the run, is lost."""
    permanent: bool = False
    """Whether trying again without a change is pointless."""
    scope: Scope = Scope.FRAME
    taints: bool = False
    """Whether pictures are finished, but not as they should be: with a watermark, say."""

    def read(self, line: str, lowered: str) -> Remark | None:
        """Return what this rule says about a line, or None; `lowered` is the line in lower case."""
        if self.needle not in lowered:
            return None
        groups: dict[str, str] = {}
        if self.pattern is not None:
            match = self.pattern.search(line)
            if match is None:
                return None
            groups = {name: (value or "").strip() for name, value in match.groupdict().items()}
        return Remark(
            code=self.code,
            severity=self.severity,
            line=line.strip()[:_LONGEST_LINE],
            meaning=_(self.meaning).format(**groups),
            advice=_(self.advice).format(**groups) if self.advice else "",
            fatal=self.fatal,
            permanent=self.permanent,
            scope=self.scope,
            taints=self.taints,
        )


def fatal(
    code: str, needle: str, meaning: str, advice: str = "", *, pattern: re.Pattern[str] | None = None
) -> Rule:
    """Return a rule for a line after which the frame is lost, and another try may work."""
    return Rule(code, needle, meaning, advice, pattern, fatal=True)


def hopeless(
    code: str, needle: str, meaning: str, advice: str = "", *, pattern: re.Pattern[str] | None = None
) -> Rule:
    """Return a rule for a line after which no frame of the job will do without a change."""
    return Rule(code, needle, meaning, advice, pattern, fatal=True, permanent=True, scope=Scope.JOB)


def error(
    code: str, needle: str, meaning: str, advice: str = "", *, pattern: re.Pattern[str] | None = None
) -> Rule:
    """Return a rule for an error after which the frame may still be written."""
    return Rule(code, needle, meaning, advice, pattern)


def warning(
    code: str, needle: str, meaning: str, advice: str = "", *, pattern: re.Pattern[str] | None = None
) -> Rule:
    """Return a rule for a line after which the picture may not be what the artist expects."""
    return Rule(code, needle, meaning, advice, pattern, severity=Severity.WARNING)
