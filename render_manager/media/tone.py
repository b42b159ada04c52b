"""From the values of a file to the 8 bits of a screen."""

import numpy as np

from render_manager.media.source import Encoding, Pixels

GREY = 0x77
"""Display value of the neutral grey that transparent pictures lie on, of 255."""
SIGNAL_COLOUR = (255, 0, 255)
"""Shown where a picture has values that are no numbers."""
LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue: ITU-R BT.709."""

_LOG_WHITE, _LOG_BLACK, _LOG_STEP = 685 / 1023, 95 / 1023, 0.6 / 0.002 / 1023
"""Cineon's 10-bit printing density: 90 % white, 1 % black, and one decade of light on 0.6 gamma film."""
FAR = 1e9
"""Distances from here on are nothing hit: Blender writes 1e10, others infinity or the largest float."""


def srgb_curve(linear: Pixels) -> Pixels:
    """Return display values of linear light by the curve of IEC 61966-2-1; 0 to 1 is mapped to 0 to 1."""
    low = linear * 12.92
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, low, high))


def srgb_to_linear(display: float) -> float:
    """Return the light of one display value, 0 to 1."""
    return float(display / 12.92 if display <= 0.04045 else ((display + 0.055) / 1.055) ** 2.4)


def srgb_to_light(display: Pixels) -> Pixels:
    """Return the light of display values, 0 to 1, by the curve of IEC 61966-2-1."""
    low, high = display / 12.92, ((np.maximum(display, 0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(display <= 0.04045, low, high), np.float32)


def log_to_linear(code: Pixels) -> Pixels:
    """Return the light of printing density values, where film white is 1."""
    black = 10 ** ((_LOG_BLACK - _LOG_WHITE) / _LOG_STEP)
    return np.asarray((10 ** ((code - _LOG_WHITE) / _LOG_STEP) - black) / (1 - black))


def displayed(values: Pixels, encoding: Encoding) -> Pixels:
    """Return values as displayed, not yet clipped to 0 to 1; distances go from white to black."""
    match encoding:
        case Encoding.LINEAR:
            return srgb_curve(values)
        case Encoding.LOG:
            return srgb_curve(log_to_linear(values))
        case Encoding.LOG_OF_DISPLAY:
            return log_to_linear(values)
        case Encoding.VECTOR:
            return values * 0.5 + 0.5
        case Encoding.DEPTH:
            return _near_to_far(values)
        case Encoding.DISPLAY:
            return values


def over_grey(values: Pixels, alpha: Pixels | None, encoding: Encoding) -> Pixels:
    """Return colours, multiplied by alpha already, laid over the neutral grey, still in the same encoding."""
    if alpha is None or encoding not in (Encoding.DISPLAY, Encoding.LINEAR):
        return values
    grey = GREY / 255 if encoding is Encoding.DISPLAY else srgb_to_linear(GREY / 255)
    return np.asarray(values + (1 - np.clip(alpha, 0, 1)) * grey)


def to_bytes(display: Pixels) -> Pixels:
    """Return display values as RGB of 8 bits; one channel becomes three."""
    bounded = np.clip(np.nan_to_num(display), 0, 1)
    whole = np.asarray(np.round(bounded * 255), np.uint8)
    return np.repeat(whole, 3, axis=-1) if whole.shape[-1] == 1 else whole


def luminance(display: Pixels) -> Pixels:
    """Return the luminance of displayed values as (lines, columns)."""
    bounded = np.clip(np.nan_to_num(display), 0, 1)
    if bounded.shape[-1] == 1:
        return np.asarray(bounded[..., 0])
    return np.asarray(bounded[..., :3] @ np.array(LUMINANCE_WEIGHTS, bounded.dtype))


def _near_to_far(depth: Pixels) -> Pixels:
    """Return the nearest as white, the farthest as nearly black, and what is nothing as black."""
    is_hit = np.abs(depth) < FAR
    if not is_hit.any():
        return np.zeros_like(depth)
    near, far = float(depth[is_hit].min()), float(depth[is_hit].max())
    span = far - near
    shade = np.full_like(depth, 0.5) if span <= 0 else 1 - 0.9 * (depth - near) / span
    return np.asarray(np.where(is_hit, shade, 0))
