"""Users' regular expressions, searched in a way that cannot hold the program up.

A pattern such as `(a|aa)+$` takes longer than the night on a line of sixty letters, and Python's own `re`
cannot be stopped; the library `regex` can (docs/decisions/013-own-commands.md).
"""

from typing import Any

import regex

from render_manager.domain.texts import gettext as _

LONGEST_SEARCH_S = 0.25
"""Seconds for one line. The other threads wait meanwhile: letting them in would cost more on every line."""
LONGEST_FILE_SEARCH_S = 3.0
"""Seconds for one file, during which the other threads go on."""


def checked_pattern(text: str) -> str:
    """Return the text of a regular expression; raises ValueError with the reason when it is none."""
    try:
        regex.compile(text)
    except regex.error as error:
        why = _("“{text}” is no regular expression: {why}").format(text=_short(text), why=error)
        raise ValueError(why) from error
    except RecursionError as error:
        raise ValueError(_("“{text}” is nested too deeply").format(text=_short(text))) from error
    return text


def groups_of(pattern: str) -> frozenset[str]:
    """Return the names of a pattern's groups."""
    return frozenset(regex.compile(pattern).groupindex)


def group_count(pattern: str) -> int:
    """Return how many groups a pattern has, with and without a name."""
    count: int = regex.compile(pattern).groups
    return count


class LinePattern:
    """One pattern for the lines of one worker; for one thread. It is given up when a line takes too long."""

    def __init__(self, text: str) -> None:
        self._pattern = regex.compile(text)
        self.is_given_up = False

    def search(self, line: str) -> Any:
        """Return the first match anywhere in a line, or None."""
        if self.is_given_up:
            return None
        try:
            return self._pattern.search(line, timeout=LONGEST_SEARCH_S, concurrent=False)
        except TimeoutError:
            self.is_given_up = True
            return None

    def has_group(self, name: str) -> bool:
        """Return whether the pattern has a group of this name."""
        return name in self._pattern.groupindex


def search_file(pattern: str, text: str) -> Any:
    """Return the first match in a file's text, or None; `^` and `$` are its lines' ends.

    Raises TimeoutError when that takes too long.
    """
    return regex.search(pattern, text, flags=regex.MULTILINE, timeout=LONGEST_FILE_SEARCH_S, concurrent=True)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
