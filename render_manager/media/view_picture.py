"""A picture decoded at its full size and kept as its file stores it, for looking at.

Values are kept as codes of at most 16 bits with a table of what each code means, so that every change of
exposure, gamma or view is one look-up a value. Runs on viewing threads; immutable afterwards.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from render_manager.domain.texts import gettext as _
from render_manager.media import faults, tone
from render_manager.media.look import Channels
from render_manager.media.opening import opened, strips_of
from render_manager.media.picture import Fault, PictureError
from render_manager.media.source import Encoding, Pixels, Source, SourceInfo

MAX_VIEW_BYTES = 4 << 30
"""Bytes the layer shown may have in memory."""
_HALF_EXPONENT = 0x7C00
"""Bits that are all set in a half that is no number."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewPicture:
    """One layer of a picture file, whole, as displayed: what lies outside the stored pixels is 0."""

    path: Path
    info: SourceInfo
    stored: Pixels
    """(lines, columns, channels) as the file has them: uint8, uint16, half or float."""
    codes: Pixels
    """The same as whole numbers, each a place in `meaning`."""
    meaning: Pixels
    """What each code stands for, float32; whole numbers are scaled to 0 to 1."""
    bad: Pixels | None
    """Pixels (lines, columns) with a value that is no number; None where all are good."""
    low: float
    """Smallest finite colour value in the file's own terms; nothing hit (depth) does not count."""
    high: float

    @property
    def width(self) -> int:
        """Return the width in pixels as stored."""
        return self.info.display.width

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.info.display.height

    @property
    def colour_count(self) -> int:
        """Return how many channels are colour, without alpha."""
        return int(self.stored.shape[2]) - int(self.info.has_alpha)

    @property
    def size_bytes(self) -> int:
        """Return how much memory the pixels take."""
        kept = self.stored.nbytes + (0 if self.codes.base is self.stored else self.codes.nbytes)
        return int(kept)

    @property
    def has_curve(self) -> bool:
        """Return whether views apply: not to distances and directions, whose values are no light."""
        return self.info.encoding not in (Encoding.DEPTH, Encoding.VECTOR)

    @property
    def is_distance(self) -> bool:
        """Return whether the values are distances, which only show when they are stretched."""
        return self.info.encoding is Encoding.DEPTH

    def values_at(self, x: int, y: int) -> tuple[float, ...] | None:
        """Return the values of a pixel in the file's own terms, None outside the picture."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        pixel = self.stored[y, x]
        return tuple(float(value) for value in pixel)

    def channel_letters(self) -> tuple[str, ...]:
        """Return a short name of each channel, in the order of `values_at`."""
        if self.info.encoding is Encoding.DEPTH:
            return ("Z",)
        names = ("X", "Y", "Z") if self.info.encoding is Encoding.VECTOR else ("R", "G", "B")
        colours = names if self.colour_count > 1 else ("Y",)
        return (*colours[: self.colour_count], *(("A",) if self.info.has_alpha else ()))

    def places_of(self, channels: Channels) -> tuple[int, ...]:
        """Return which stored channels are shown, empty when the layer does not have them."""
        count = self.colour_count
        match channels:
            case Channels.COLOUR | Channels.LUMINANCE:
                return tuple(range(min(count, 3)))
            case Channels.ALPHA:
                return (count,) if self.info.has_alpha else ()
            case _:
                place = "rgb".index(channels.value)
                return (place,) if place < count else ()


def load_view(path: Path, layer: str | None = None) -> ViewPicture:
    """Decode one layer of a picture at its full size.

    Raises:
        PictureError: the file is not good, or too large to be looked at as a whole.
    """
    with opened(path, layer, full_depth=True) as source, np.errstate(all="ignore"):
        if source.info.is_deep:
            text = _("{path} is a deep picture, which cannot be shown.").format(path=path)
            raise PictureError(text, fault=Fault.UNKNOWN_FORMAT)
        stored = _collected(source, path)
        return _finished(path, source.info, stored)


def _collected(source: Source, path: Path) -> Pixels:
    """Read the strips of the layer into one array; what follows in the file is not read."""
    info = source.info
    display, data = info.display, info.data
    whole: Pixels | None = None
    y, left = data.y - display.y, data.x - display.x
    for strip in strips_of(source, path):
        if whole is None:
            shape = (display.height, display.width, strip.shape[2])
            if strip.dtype.itemsize * shape[0] * shape[1] * shape[2] > MAX_VIEW_BYTES:
                raise faults.too_large(path, display.width, display.height)
            is_covered = display == data
            whole = np.empty(shape, strip.dtype) if is_covered else np.zeros(shape, strip.dtype)
        top, bottom = max(0, y), min(display.height, y + len(strip))
        first, last = max(0, left), min(display.width, left + strip.shape[1])
        if top < bottom and first < last:
            whole[top:bottom, first:last] = strip[top - y : bottom - y, first - left : last - left]
        y += len(strip)
        if y >= data.y - display.y + data.height:
            break
    if whole is None:
        raise faults.damaged(path, "no pixels")
    return whole


def _finished(path: Path, info: SourceInfo, stored: Pixels) -> ViewPicture:
    codes, bad = stored, None
    if stored.dtype.kind == "u":
        top = np.iinfo(stored.dtype).max
        meaning = np.arange(top + 1, dtype=np.float32) / np.float32(top)
        colours = stored[..., : stored.shape[2] - int(info.has_alpha)]
        low, high = float(colours.min()) / top, float(colours.max()) / top
    else:
        # Distances need all their digits, so they are spread over all codes instead.
        half = stored if stored.dtype == np.float16 else np.clip(stored, -65504, 65504).astype(np.float16)
        low, high = _range_of(stored, info)
        codes = np.ascontiguousarray(half).view(np.uint16)
        meaning = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
        bad = _broken(stored)
        if info.encoding is Encoding.DEPTH:
            codes, meaning, bad = _spread(stored, low, high)
    return ViewPicture(path, info, stored, codes, meaning, bad, low, high)


def _broken(stored: Pixels) -> Pixels | None:
    if stored.dtype == np.float16:
        bits = stored.view(np.uint16)
        # Most pictures have nothing below 0, and one quick look is enough.
        if int(bits.max(initial=0)) < _HALF_EXPONENT:
            return None
        if int((bits & 0x7FFF).max(initial=0)) < _HALF_EXPONENT:
            return None
        return np.asarray(((bits & 0x7FFF) >= _HALF_EXPONENT).any(axis=-1))
    bad = ~np.isfinite(stored).all(axis=-1)
    return np.asarray(bad) if bad.any() else None


def _range_of(stored: Pixels, info: SourceInfo) -> tuple[float, float]:
    """Return the smallest and largest finite value; a sample of the lines of a colour picture will do."""
    colours = stored[..., : stored.shape[2] - int(info.has_alpha)]
    if info.encoding is not Encoding.DEPTH:
        colours = colours[:: max(1, len(colours) // 128)]
    values = colours.astype(np.float32)
    is_used = np.isfinite(values)
    if info.encoding is Encoding.DEPTH:
        is_used &= np.abs(values) < tone.FAR
    if not is_used.any():
        return 0.0, 0.0
    return float(values[is_used].min()), float(values[is_used].max())


def _spread(stored: Pixels, low: float, high: float) -> tuple[Pixels, Pixels, Pixels | None]:
    """Return distances as 16-bit steps between the nearest and the farthest; the last code is nothing."""
    steps = (1 << 16) - 2
    span = max(high - low, 1e-30)
    is_hit = np.isfinite(stored) & (np.abs(stored) < tone.FAR)
    share = np.where(is_hit, (stored.astype(np.float32) - low) / np.float32(span), 0)
    codes = np.where(is_hit, np.round(np.clip(share, 0, 1) * steps), steps + 1).astype(np.uint16)
    meaning = np.arange(1 << 16, dtype=np.float32) / np.float32(steps) * np.float32(span) + np.float32(low)
    meaning[steps + 1] = np.inf
    has_nan = np.isnan(stored)
    return codes, meaning, has_nan.any(axis=-1) if has_nan.any() else None
