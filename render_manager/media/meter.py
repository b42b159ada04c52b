"""Looks at every value of a picture while it is being read: extremes, and values that are no numbers."""

from dataclasses import dataclass

import numpy as np

from render_manager.media.source import Pixels

_HALF_INFINITY = 0x7C00
"""Bits of +infinity in a half; all above are not numbers."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Lines that are free of infinities, and where they were."""

    lines: Pixels
    bad: Pixels | None
    """Pixels (lines, columns) that had a value that is no number; None where all are good."""


class Meter:
    """Keeps the extremes of each channel and counts broken pixels. Not for more than one thread."""

    def __init__(self, channels: int) -> None:
        self.low = np.full(channels, np.inf)
        """Smallest finite value of each channel as stored, infinity when there is none."""
        self.high = np.full(channels, -np.inf)
        self.nan_pixels = 0
        self.inf_pixels = 0
        self.scale = 1.0
        """What a stored value is multiplied with to mean 0 to 1, for whole numbers."""

    def judge(self, lines: Pixels) -> Judged:
        """Look at the next lines and return them with broken values made 0."""
        if lines.dtype.kind == "u":
            self.scale = 1 / np.iinfo(lines.dtype).max
        low, high = _half_extremes(lines) if lines.dtype == np.float16 else _extremes(lines)
        if np.isfinite(low).all() and np.isfinite(high).all():
            self._widen(low, high)
            return Judged(lines, None)
        return self._judge_broken(lines)

    def _judge_broken(self, lines: Pixels) -> Judged:
        values = lines.astype(np.float32)
        is_finite = np.isfinite(values)
        self._widen(
            np.where(is_finite, values, np.inf).min(axis=(0, 1)),
            np.where(is_finite, values, -np.inf).max(axis=(0, 1)),
        )
        has_nan = np.isnan(values).any(axis=-1)
        bad = ~is_finite.all(axis=-1)
        self.nan_pixels += int(has_nan.sum())
        self.inf_pixels += int((bad & ~has_nan).sum())
        return Judged(np.where(is_finite, values, np.float32(0)), bad)

    def _widen(self, low: Pixels, high: Pixels) -> None:
        self.low = np.minimum(self.low, low)
        self.high = np.maximum(self.high, high)


def _extremes(lines: Pixels) -> tuple[Pixels, Pixels]:
    """Return the smallest and largest value of each channel; not finite where a value is not."""
    low, high = lines.min(axis=0).min(axis=0), lines.max(axis=0).max(axis=0)
    return low.astype(np.float64), high.astype(np.float64)


def _half_extremes(lines: Pixels) -> tuple[Pixels, Pixels]:
    """Do the same for half floats on their bits, which numpy compares ten times as fast.

    The bits of positive halves rise with their value, those of negative ones with its distance from 0.
    """
    bits = np.ascontiguousarray(lines)
    unsigned, signed = bits.view(np.uint16), bits.view(np.int16)
    largest_bits = unsigned.max(axis=0).max(axis=0)
    smallest_bits = unsigned.min(axis=0).min(axis=0)
    has_negative = largest_bits >= 0x8000
    # Most pictures have nothing below 0, and one pass over them less to make.
    largest_signed = signed.max(axis=0).max(axis=0) if has_negative.any() else largest_bits.view(np.int16)
    has_positive = largest_signed >= 0
    high = np.where(has_positive, largest_signed.view(np.uint16), smallest_bits).view(np.float16)
    low = np.where(has_negative, largest_bits, smallest_bits).view(np.float16)
    is_broken = (largest_signed >= _HALF_INFINITY) | (largest_bits >= 0x8000 + _HALF_INFINITY)
    return (
        np.where(is_broken, np.nan, low.astype(np.float64)),
        np.where(is_broken, np.nan, high.astype(np.float64)),
    )
