"""The code set a .ma names in its head (`//Codeset: 1252`), and what follows from it for reading.

In the East Asian code sets the second byte of a character can be a backslash, which then escapes nothing.
Whether Maya escapes it all the same is not known [O]; both readings are tried and the shorter statement is
taken, since the wrong one runs over the end of its text. Pure.
"""

import codecs
import re

_STATEMENT = re.compile(rb'(?:[^";]++|"(?:[^"\\\r\n]++|\\[^\r\n])*+"?)*+;')
_CP932_STATEMENT = re.compile(
    rb'(?:[^";]++|"(?:[\x81-\x9f\xe0-\xfc][\x40-\xfc]|\\[^\r\n]|[^"\\\r\n])*+"?)*+;'
)
_WIDE_STATEMENT = re.compile(rb'(?:[^";]++|"(?:[\x81-\xfe][\x40-\xfe]|\\[^\r\n]|[^"\\\r\n])*+"?)*+;')
_LOOKALIKES = {"cp932": _CP932_STATEMENT, "shift_jis": _CP932_STATEMENT} | dict.fromkeys(
    ("gbk", "gb18030", "gb2312", "cp949", "cp950", "big5"), _WIDE_STATEMENT
)
_KNOWN = re.compile(r"cp\d+|iso8859-\d+|utf-8|euc_\w+|shift_jis\w*|gb\w+|big5\w*|koi8-\w|mac-\w+")
_ASCII = bytes(range(32, 127))


class Codeset:
    """How the bytes of a scene become text and lines."""

    def __init__(self, name: str, newline: bytes = b"\n") -> None:
        self.newline = newline
        """What ends a line, or comes last there."""
        self.encoding = _encoding(name)
        self._second = _LOOKALIKES.get(self.encoding)

    def decode(self, data: bytes) -> str:
        """Return text; what is neither of this code set nor UTF-8 becomes a replacement mark."""
        for encoding in (self.encoding, "utf-8"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        return data.decode(self.encoding, "replace")

    def statement_end(self, data: bytes, start: int) -> int | None:
        """Return the place behind the `;` of the statement that begins at `start`, None without one."""
        first = _STATEMENT.match(data, start)
        second = self._second.match(data, start) if self._second else None
        ends = [match.end() for match in (first, second) if match]
        return min(ends, default=None)


def _encoding(name: str) -> str:
    """Return Python's name for a code set; UTF-8 for one that is not known."""
    name = name.strip()
    try:
        found = codecs.lookup(f"cp{name}" if name.isdecimal() else name).name
    except (LookupError, ValueError):
        return "utf-8"
    return found if _KNOWN.fullmatch(found) and _holds_ascii(found) else "utf-8"


def _holds_ascii(encoding: str) -> bool:
    """Return whether MEL can be read in an encoding at all; some of Python's are no code sets of files."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except UnicodeDecodeError:
        return False
