"""Puts a Python traceback of many lines together and says what it means.

Wrappers of farms write a time or a task in front of each line; a traceback is read behind whatever stood
in front of its first line.
"""

import re
from dataclasses import replace

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.rules import find
from render_manager.engines.events import Remark

_HEAD = "Traceback (most recent call last):"
_SYNTAX_HEAD = 'Error: Python:   File "'
_EXCEPTION = re.compile(
    r"(?P<name>[A-Za-z_][\w.]*)(?::\s.*|(?<=Error)|(?<=Exception)|(?<=Interrupt)|(?<=Exit)|(?<=Iteration))$"
)
_NO_EXCEPTIONS = {"Error", "Warning", "Info", "Saved", "Time", "WARNING", "ERROR", "INFO", "DEBUG", "STDOUT"}
_DIGITS = re.compile(r"[0-9]+")
_MOST_LINES = 200
_ADDON_PLACES = ("addon_utils.py", "/addons/", "\\addons\\", "/extensions/", "\\extensions\\")
_OWN_ADDONS = ("addons_core", "addons/cycles", "addons\\cycles")
_GENERAL = {"engine-error", "engine-warning", "python-error"}


def begins(text: str) -> bool:
    """Return whether a line is the first one of a traceback."""
    return _HEAD in text or _SYNTAX_HEAD in text


class Traceback:
    """One traceback that is being read."""

    __slots__ = ("_count", "_head", "_in_addon", "_prefix", "is_over", "is_silent", "remark")

    def __init__(self, text: str, *, is_silent: bool = False) -> None:
        """Take the first line; `is_silent` for one that Python prints about an object it throws away."""
        head = _HEAD if _HEAD in text else _SYNTAX_HEAD
        prefix = text[: text.index(head)]
        self._head = text.strip()
        prefix = prefix.removesuffix("Error: Python: ")
        self._prefix = re.compile(_DIGITS.sub("[0-9]+", re.escape(prefix)))
        self._in_addon = False
        self._count = 0
        self.is_silent = is_silent
        self.is_over = False
        self.remark: Remark | None = None

    def feed(self, text: str) -> bool:
        """Read a further line; return whether it is part of the traceback."""
        body = self._without_prefix(text)
        self._count += 1
        if not body.strip() or body[0] in " \t":
            self._note_place(body)
            self.is_over = self._count > _MOST_LINES
            return True
        match = _EXCEPTION.match(body.rstrip())
        if match is not None and match["name"] not in _NO_EXCEPTIONS:
            self.is_over = True
            self.remark = None if self.is_silent else self._explain(body.strip())
            return True
        self.is_over = self._count > _MOST_LINES
        return False

    def give_up(self) -> Remark | None:
        """Return what can be said when the output ends inside the traceback."""
        return None if self.is_silent else self._explain(self._head)

    def _without_prefix(self, text: str) -> str:
        match = self._prefix.match(text)
        return text if match is None else text[match.end() :]

    def _note_place(self, body: str) -> None:
        if 'File "' in body and any(place in body for place in _ADDON_PLACES):
            self._in_addon = not any(own in body for own in _OWN_ADDONS)

    def _explain(self, last: str) -> Remark:
        known = find(last)
        if known is not None and known.code not in _GENERAL:
            return known
        text = last.rstrip(".")[:400]
        remark = Remark(
            code="python-error",
            severity=Severity.ERROR,
            line=last[:1000],
            meaning=_("A Python script stopped with an error: {text}.").format(text=text),
            advice=_("Look at what the script was to set up; the picture may lack it."),
        )
        if not self._in_addon:
            return remark
        return replace(
            remark,
            code="addon-error",
            severity=Severity.WARNING,
            meaning=_("An add-on stopped with an error: {text}.").format(text=text),
            advice=_("Update the add-on or switch it off; without it parts of the scene may be missing."),
        )
