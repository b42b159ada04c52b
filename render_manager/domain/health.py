"""What is odd about a picture that is whole: black, broken pixels, like a neighbour, unlike both."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from render_manager.domain.texts import gettext as _

PRINT_SIZE = (8, 6)
"""Columns and lines of the small grey picture that a frame is compared by."""


class Mark(StrEnum):
    """Something an artist should look at; the frame is done all the same."""

    BLACK = "black"
    """Nothing in it is brighter than a step of 8 bits."""
    BROKEN_PIXELS = "broken-pixels"
    """It has pixels that are no numbers, or infinite."""
    FROZEN = "frozen"
    """It is the same as the frame before it, in a sequence that moves."""
    OUTLIER = "outlier"
    """It differs from both of its neighbours, which are alike."""


OWN_MARKS = frozenset({Mark.BLACK, Mark.BROKEN_PIXELS})
"""Marks that a frame has by itself; the others come from its neighbours, and may go again."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The few figures of a picture that it is compared with its neighbours by."""

    marks: frozenset[Mark] = frozenset()
    """Those of `OWN_MARKS` that it bears."""
    grey: bytes = b""
    """Luminance as displayed of the picture in `PRINT_SIZE`, from top to bottom; empty when not known."""
    checksum: int = 0
    """Checksum of the picture at the size of its thumbnail: equal for equal pictures."""

    def text(self) -> str:
        """Return the figures for the database; empty when they are not known."""
        return f"{self.checksum:08x}{self.grey.hex()}" if self.grey else ""

    @classmethod
    def read_back(cls, text: str, marks: Collection[Mark] = ()) -> "Portrait":
        """Read what `text` returned; of anything else nothing is known."""
        own = OWN_MARKS.intersection(marks)
        try:
            return cls(own, bytes.fromhex(text[8:]), int(text[:8] or "0", 16))
        except ValueError:
            return cls(own)


def marks_text(marks: Collection[Mark]) -> str:
    """Return marks for the database, in a fixed order."""
    return " ".join(sorted(marks))


def marks_of(text: str) -> frozenset[Mark]:
    """Read what `marks_text` returned; marks of a newer version are passed over."""
    known = set(Mark)
    return frozenset(Mark(word) for word in text.split() if word in known)


def mark_sentences(marks: Collection[Mark]) -> list[str]:
    """Return what is odd about a finished picture, a sentence each."""
    sentences = {
        Mark.BLACK: _("The picture is black."),
        Mark.BROKEN_PIXELS: _("The picture has pixels that are no numbers or infinite."),
        Mark.FROZEN: _("The picture is the same as the one before it, in a sequence that moves."),
        Mark.OUTLIER: _("The picture differs from both of its neighbours, which are alike."),
    }
    return [text for mark, text in sentences.items() if mark in marks]
