"""What the scheduler needs to know of picture files; `media` knows the rest."""

from pathlib import Path
from typing import Protocol

from render_manager.domain.health import Mark, Portrait


class Health(Protocol):
    """What a decoded picture is judged and compared by."""

    @property
    def is_black(self) -> bool:
        """Return whether there is nothing but black in it."""
        ...

    @property
    def nan_pixels(self) -> int:
        """Return how many pixels are no numbers."""
        ...

    @property
    def inf_pixels(self) -> int:
        """Return how many pixels are infinite."""
        ...

    @property
    def grey(self) -> bytes:
        """Return the picture in very few pixels, empty when it was not looked at."""
        ...

    @property
    def checksum(self) -> int:
        """Return a number that is the same for the same picture."""
        ...


class Picture(Protocol):
    """What the finisher needs to know of a decoded picture."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the names of its channels."""
        ...

    @property
    def health(self) -> Health:
        """Return the figures it is judged by."""
        ...

    @property
    def thumbnail(self) -> str:
        """Return the thumbnail's path, empty when none was made."""
        ...

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        ...

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        ...


class Examine(Protocol):
    """Decodes a picture to its end; raises RenderManagerError with a sentence when it is not whole."""

    def __call__(self, path: Path, *, thumbnail: Path | None = None) -> Picture:
        """Decode `path` and write its thumbnail."""
        ...


class IsPictureName(Protocol):
    """Says whether a file's ending is one of a picture."""

    def __call__(self, path: Path) -> bool:
        """Return whether `path` should decode as a picture."""
        ...


def portrait_of(picture: Picture) -> Portrait:
    """Return what a picture is compared with its neighbours by, and what is odd about it alone."""
    health = picture.health
    marks = {Mark.BLACK} if health.is_black else set()
    if health.nan_pixels or health.inf_pixels:
        marks.add(Mark.BROKEN_PIXELS)
    return Portrait(frozenset(marks), health.grey, health.checksum)
