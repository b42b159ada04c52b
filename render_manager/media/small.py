"""A picture made small: its exact size, the colour of broken pixels, and the shape of its pixels."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from render_manager.media import tone
from render_manager.media.source import Box, Pixels


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A picture shrunk by a whole number, as displayed."""

    rgb: Pixels
    """(lines, columns, 3) of uint8."""
    bad: Pixels
    """(lines, columns): where the picture has values that are no numbers."""
    display: Box
    """The picture it was made of."""
    pixel_aspect: float


def fitted(small: SmallPicture, px: int) -> Image.Image:
    """Return the picture with square pixels and a long side of `px` at most; small ones stay small."""
    rgb = np.where(small.bad[..., None], np.array(tone.SIGNAL_COLOUR, np.uint8), small.rgb)
    size = fit(small.display.width, small.display.height, small.pixel_aspect, px)
    image = Image.fromarray(np.ascontiguousarray(rgb))
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def fit(width: int, height: int, pixel_aspect: float, px: int) -> tuple[int, int]:
    """Return the size at which a picture is shown with square pixels inside a square of `px`."""
    scale = _scale(width, height, pixel_aspect, px)
    return max(1, round(width * pixel_aspect * scale)), max(1, round(height * scale))


def step_for(width: int, height: int, pixel_aspect: float, px: int) -> int:
    """Return the largest whole number a picture can be shrunk by and still have the pixels for `fit`."""
    return max(1, int(1 / (_scale(width, height, pixel_aspect, px) * max(1.0, pixel_aspect))))


def _scale(width: int, height: int, pixel_aspect: float, px: int) -> float:
    return min(1.0, px / max(width * pixel_aspect, height))
