"""From a decoded picture to what a screen shows, as a `Look` asks for. Runs on viewing threads.

Where each channel is shown by itself, all is one look-up a value: 35 ms for 3840x2160. Luminance and the
views of a colour configuration mix channels and take longer; `step` then makes a quick sketch.
"""

import numpy as np

from render_manager.media import tone
from render_manager.media.colour_config import SRGB_DISPLAY, UN_TONE_MAPPED, shown_through
from render_manager.media.look import RAW, REC_709, STANDARD, Channels, ColourView, Developed, Look
from render_manager.media.source import Encoding, Pixels
from render_manager.media.view_picture import ViewPicture

_LINES_AT_ONCE = 32
_HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16)


def develop(picture: ViewPicture, look: Look, step: int = 1) -> Developed:
    """Make a picture ready for a screen; with `step`, of every so many pixels only.

    Raises:
        ValueError: the view of the look cannot be applied.
    """
    codes = picture.codes[::step, ::step]
    with np.errstate(all="ignore"):
        if picture.places_of(look.channels):
            rgb = _shown(picture, codes, look)
        else:
            rgb = np.zeros((*codes.shape[:2], 3), np.uint8)
    if picture.bad is not None:
        rgb[picture.bad[::step, ::step]] = tone.SIGNAL_COLOUR
    return _developed(rgb)


def difference(one: ViewPicture, other: ViewPicture, look: Look) -> tuple[Developed, float, float]:
    """Return the difference of two pictures of one size, its largest and its mean value.

    Values are compared in the files' own terms and shown by the sRGB curve, brightened by the exposure.

    Raises:
        ValueError: the sizes differ, or the channels.
    """
    places = one.places_of(look.channels)
    if one.stored.shape[:2] != other.stored.shape[:2] or places != other.places_of(look.channels):
        raise ValueError("sizes")
    with np.errstate(all="ignore"):
        mine = one.meaning[one.codes[..., places]]
        theirs = other.meaning[other.codes[..., places]]
        apart = np.nan_to_num(np.abs(mine - theirs), posinf=0)
        shown = _by_curve(apart, look)
    return _developed(_as_rgb(shown)), float(apart.max()), float(apart.mean())


def _developed(rgb: Pixels) -> Developed:
    height, width = rgb.shape[:2]
    return Developed(width, height, np.ascontiguousarray(rgb).tobytes())


def _as_rgb(shown: Pixels) -> Pixels:
    return np.repeat(shown, 3, axis=-1) if shown.shape[-1] == 1 else shown


def _shown(picture: ViewPicture, codes: Pixels, look: Look) -> Pixels:
    places = picture.places_of(look.channels)
    picked = codes[..., places[0] : places[-1] + 1]
    is_mixed = look.channels is Channels.LUMINANCE and len(places) > 1
    is_plain = not picture.has_curve or look.is_normalised or look.channels is Channels.ALPHA
    if (is_plain or not _needs_config(picture, look)) and not is_mixed:
        table = _bytes(_table(picture, look))
        if len(places) == 2:
            picked = np.concatenate([picked, picked[..., :1]], axis=-1)
        return _as_rgb(_looked_up(table, picked))
    linear = _light(picture)[picked]
    if is_mixed:
        linear = (linear @ np.array(tone.LUMINANCE_WEIGHTS, np.float32))[..., None]
        if is_plain:
            return _as_rgb(_bytes(_normalised(picture, linear)))
        return _as_rgb(_by_curve(linear, look))
    return _through_config(linear, look)


def _needs_config(picture: ViewPicture, look: Look) -> bool:
    """Values that are as displayed already are shown as they are, whatever the view."""
    is_light = picture.info.encoding in (Encoding.LINEAR, Encoding.LOG)
    is_own = look.view.key == RAW or (look.view.key == STANDARD and look.view.space == REC_709)
    return is_light and not is_own and picture.colour_count > 1


def _light(picture: ViewPicture) -> Pixels:
    """Return the linear light that each code stands for."""
    match picture.info.encoding:
        case Encoding.LOG:
            return tone.log_to_linear(picture.meaning)
        case Encoding.DISPLAY:
            return tone.srgb_to_light(picture.meaning)
        case Encoding.LOG_OF_DISPLAY:
            return tone.srgb_to_light(tone.log_to_linear(picture.meaning))
        case _:
            return picture.meaning


def _table(picture: ViewPicture, look: Look) -> Pixels:
    """Return the display value, 0 to 1, of each code."""
    encoding, values = picture.info.encoding, picture.meaning
    if look.is_normalised and encoding is not Encoding.DEPTH:
        shown = _normalised(picture, values)
    elif look.channels is Channels.ALPHA:
        shown = values
    elif encoding is Encoding.DEPTH:
        shown = _near_to_far(picture, values) if look.is_normalised else values * np.float32(_gain(look))
    elif encoding is Encoding.VECTOR:
        shown = values * np.float32(0.5 * _gain(look)) + np.float32(0.5)
    elif look.view.key == RAW:
        shown = values * np.float32(_gain(look))
    elif look.exposure == 0 and encoding is Encoding.DISPLAY:
        shown = values
    else:
        shown = tone.srgb_curve(_light(picture) * np.float32(_gain(look)))
    return _with_gamma(shown, look)


def _normalised(picture: ViewPicture, values: Pixels) -> Pixels:
    span = picture.high - picture.low
    return (values - np.float32(picture.low)) / np.float32(span if span > 0 else 1)


def _near_to_far(picture: ViewPicture, values: Pixels) -> Pixels:
    """The nearest is white, the farthest nearly black, and nothing black, as in thumbnails."""
    shade = 1 - np.float32(0.9) * _normalised(picture, values)
    return np.where(np.isfinite(values), shade if picture.high > picture.low else np.float32(0.5), 0)


def _gain(look: Look) -> float:
    return float(2.0**look.exposure)


def _with_gamma(shown: Pixels, look: Look) -> Pixels:
    if look.gamma == 1:
        return shown
    return np.asarray(np.maximum(np.nan_to_num(shown), 0) ** np.float32(1 / look.gamma))


def _bytes(shown: Pixels) -> Pixels:
    bounded = np.clip(np.nan_to_num(shown, posinf=1.0, neginf=0.0), 0, 1)
    return (bounded * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _by_curve(linear: Pixels, look: Look) -> Pixels:
    """Return light as bytes through the sRGB curve: by a table of all halves, which is precise enough."""
    halves = np.clip(linear, 0, 65504).astype(np.float16)
    curve = tone.srgb_curve if look.view.key != RAW else np.asarray
    table = _bytes(_with_gamma(curve(_HALVES.astype(np.float32) * np.float32(_gain(look))), look))
    return _looked_up(table, halves.view(np.uint16))


def _looked_up(table: Pixels, codes: Pixels) -> Pixels:
    """Look codes up a few lines at a time: numpy makes an index of 8 bytes of each."""
    found = np.empty(codes.shape, table.dtype)
    for top in range(0, len(codes), _LINES_AT_ONCE):
        part = slice(top, top + _LINES_AT_ONCE)
        np.take(table, codes[part], out=found[part], mode="clip")
    return found


def _through_config(linear: Pixels, look: Look) -> Pixels:
    if linear.shape[-1] != 3:
        linear = np.repeat(linear[..., :1], 3, axis=-1)
    bright = np.nan_to_num(linear * np.float32(_gain(look)), posinf=65504, neginf=-65504)
    return _bytes(_with_gamma(shown_through(bright, _configured(look.view)), look))


def _configured(view: ColourView) -> ColourView:
    """The plain sRGB view of light that is not of Rec. 709 is a matrix and the same curve."""
    if view.key != STANDARD:
        return view
    return ColourView(UN_TONE_MAPPED, SRGB_DISPLAY, "", view.space)
