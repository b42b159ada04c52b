"""What every reader of a picture file hands over: what the file is, and its pixels from top to bottom.

A source reads strips of lines, so that a picture is never in memory as a whole, and reads every block
of the file even where only one layer is handed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from numpy.typing import NDArray

from render_manager.media.formats import Format

Pixels = NDArray[Any]
"""Values as (lines, columns, channels)."""


class Encoding(Enum):
    """What the values handed over stand for."""

    DISPLAY = auto()
    """As a screen shows them (sRGB curve), 0 to 1."""
    LINEAR = auto()
    """Scene-linear light."""
    LOG = auto()
    """Printing density of scene-linear light, 0 to 1, as film scans have it."""
    LOG_OF_DISPLAY = auto()
    """Printing density of values that are as displayed already, as Blender writes it."""
    VECTOR = auto()
    """Directions, -1 to 1."""
    DEPTH = auto()
    """Distances in no known unit."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels; x and y may be negative."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a file is, known before its pixels are read."""

    format: Format
    display: Box
    """The picture as meant."""
    data: Box
    """The pixels that `strips` hands over, in the same coordinates."""
    channel_names: tuple[str, ...]
    bit_depth: int
    is_float: bool
    encoding: Encoding
    shown_channels: int
    """Channels handed over: 1 or 3, one more with alpha, which multiplies the others."""
    has_alpha: bool
    layer_names: tuple[str, ...] = ()
    shown_layer: str = ""
    choices: tuple[str, ...] = ()
    """Layers that can be asked for, in the order of the file; the unnamed main one is empty text."""
    pixel_aspect: float = 1.0
    """Width of a pixel divided by its height."""
    is_deep: bool = False
    """Whether it holds samples in depth: they are decoded, but no pixels are handed over."""


class Source(Protocol):
    """An open picture file; use from one thread, and close it."""

    @property
    def info(self) -> SourceInfo:
        """Return what the file is."""

    def strips(self) -> Iterator[Pixels]:
        """Yield the pixels from top to bottom and check all the rest of the file.

        The values are uint8, uint16, float16 or float32; whole numbers mean 0 to 1.
        A strip may be overwritten once the next one is asked for.

        Raises:
            PictureError: the file is not whole.
        """

    def close(self) -> None:
        """Let go of the file."""
