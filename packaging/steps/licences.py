"""Which licences may be shipped: names and expressions of them are judged; what is unknown is not allowed."""

import re
from dataclasses import dataclass

_FREE = frozenset(
    {
        "0BSD", "AFL-2.1", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-4.0",
        "CC0-1.0", "CNRI-Python", "FTL", "HPND", "IJG", "ISC", "LicenseRef-Public-Domain", "MIT",
        "MIT-CMU", "MIT-Modern-Variant", "MIT-open-group", "OFL-1.1", "PSF-2.0", "Unicode-3.0",
        "Unlicense", "Zlib", "bzip2-1.0.6", "libpng-2.0", "libtiff",
    }
)  # fmt: skip
"""Licences that want no more than to be named and repeated."""
_WITH_CONDITIONS = frozenset(
    {
        "CPL-1.0 WITH LicenseRef-NSIS-LZMA-exception",
        "GPL-2.0-or-later WITH Bootloader-exception",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "LicenseRef-Microsoft-Runtime",
        "MPL-2.0",
    }
)
"""Licences that want more; with each thing that is under one of them stands how that is met."""
_OTHER_NAMES = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psf": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
_TOKEN = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found about a licence: whether it may be shipped, and whether it has conditions."""

    allowed: bool
    conditions: bool = False


def judge(licence: str) -> Judgement:
    """Return whether something under a licence may be shipped; one of several to choose from is enough."""
    text = _OTHER_NAMES.get(licence.strip().lower(), licence.strip())
    try:
        return _Reader(_TOKEN.findall(text)).whole()
    except _UnreadableError:
        return Judgement(allowed=False)


def is_copyleft(licence: str) -> bool:
    """Return whether a licence's name speaks of the GPL or the AGPL, in whatever form it is written."""
    return bool(re.search(r"\bA?GPL|GNU (?:Affero )?General Public", licence, re.IGNORECASE))


class _UnreadableError(Exception):
    """The words are not an expression of licences."""


class _Reader:
    """Reads `A OR B`, `A AND B`, `A WITH exception` and brackets, as SPDX writes them."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def whole(self) -> Judgement:
        found = self._either()
        if self._tokens:
            raise _UnreadableError
        return found

    def _either(self) -> Judgement:
        choices = [self._both()]
        while self._follows("OR"):
            choices.append(self._both())
        allowed = [choice for choice in choices if choice.allowed]
        # The choice is ours, so the one without conditions counts.
        return min(allowed, key=lambda choice: choice.conditions, default=Judgement(allowed=False))

    def _both(self) -> Judgement:
        parts = [self._single()]
        while self._follows("AND"):
            parts.append(self._single())
        return Judgement(all(part.allowed for part in parts), any(part.conditions for part in parts))

    def _single(self) -> Judgement:
        word = self._next()
        if word == "(":
            inner = self._either()
            if self._next() != ")":
                raise _UnreadableError
            return inner
        name = f"{word} WITH {self._next()}" if self._follows("WITH") else word
        return Judgement(name in _FREE or name in _WITH_CONDITIONS, name in _WITH_CONDITIONS)

    def _follows(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == word:
            del self._tokens[0]
            return True
        return False

    def _next(self) -> str:
        if not self._tokens:
            raise _UnreadableError
        return self._tokens.pop(0)
