"""The picture a scene brings along: saved in its file, or kept beside it by the program that wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class SavedPreview:
    """A small picture saved inside a scene file."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    rgba: bytes
    """Four bytes a pixel, top row first."""


@runtime_checkable
class ShowsScenes(Protocol):
    """An engine that knows where its scenes keep a picture."""

    def preview_of(self, path: Path) -> SavedPreview | Sequence[Path]:
        """Return the picture in a scene file, or the files that may hold one, the best first.

        Reads the disk. Raises UserError when the scene is not a good one.
        """
        ...
