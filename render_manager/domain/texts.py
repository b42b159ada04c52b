"""The program's texts in the language it speaks.

A language belongs to the whole process, as it does in gettext itself: texts are made in every layer, by plain
functions. gettext's own functions are not used, since they look for the catalogue on the disk at every text.
"""

import gettext as _library
from typing import Final


class _Speaker:
    """Holds the catalogue that texts are taken from."""

    def __init__(self) -> None:
        self.catalogue = _library.NullTranslations()


_SPEAKER: Final = _Speaker()


def speak(catalogue: _library.NullTranslations) -> None:
    """Take texts from this catalogue from now on; any thread. Texts made before stay as they are."""
    _SPEAKER.catalogue = catalogue


def gettext(text: str) -> str:
    """Return a text in the present language."""
    return _SPEAKER.catalogue.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text that the present language uses for a number."""
    return _SPEAKER.catalogue.ngettext(one, many, count)
