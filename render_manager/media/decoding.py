"""Decodes a picture file once for all that is wanted of it: the check, health figures, a small picture.

Runs on a media thread, several at a time. Imports the image libraries, so it is itself imported at first use.
"""

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from render_manager.domain.health import PRINT_SIZE
from render_manager.domain.texts import gettext as _
from render_manager.media import tone
from render_manager.media.meter import Meter
from render_manager.media.opening import opened, strips_of
from render_manager.media.picture import Fault, Health, Picture, PictureError
from render_manager.media.shrink import Shrinker
from render_manager.media.small import SmallPicture, fitted, step_for
from render_manager.media.source import Encoding, Pixels, Source, SourceInfo
from render_manager.media.thumbnail import write_thumbnail

_BLACK_UNTIL = _FLAT_UNTIL = 2 / 255
"""Renderers scatter up to one step of 8 bits over a picture (dithering)."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What one pass over the pixels gives."""

    small: SmallPicture | None
    """None for a deep picture."""
    health: Health


def examine(
    path: Path, *, thumbnail: Path | None, thumbnail_px: int, expected_size: tuple[int, int] | None
) -> Picture:
    """Do what `render_manager.media.examine` promises."""
    with opened(path) as source, np.errstate(all="ignore"):
        info = source.info
        _check_expected(path, info, expected_size)
        decoded = _decode(source, path, thumbnail_px)
    error = ""
    if thumbnail is not None:
        error = _make_thumbnail(decoded.small, thumbnail, thumbnail_px)
    return Picture(
        width=info.display.width,
        height=info.display.height,
        channels=info.channel_names,
        bit_depth=info.bit_depth,
        is_float=info.is_float,
        format_name=str(info.format),
        layers=info.layer_names,
        shown_layer=info.shown_layer,
        health=decoded.health,
        thumbnail="" if thumbnail is None or error else str(thumbnail),
        thumbnail_error=error,
    )


def load_preview(path: Path, max_px: int) -> tuple[int, int, bytes]:
    """Do what `render_manager.media.load_preview` promises."""
    with opened(path) as source, np.errstate(all="ignore"):
        small = _decode(source, path, max_px).small
    if small is None:
        text = _("{path} is a deep picture, which cannot be shown.").format(path=path)
        raise PictureError(text, fault=Fault.UNKNOWN_FORMAT)
    image = fitted(small, max_px)
    return image.width, image.height, image.tobytes()


def _check_expected(path: Path, info: SourceInfo, expected: tuple[int, int] | None) -> None:
    size = (info.display.width, info.display.height)
    if expected is None or size == expected:
        return
    text = _(
        "{path} has the wrong size: {width}x{height}, where {wanted_width}x{wanted_height} was expected."
    )
    text = text.format(
        path=path, width=size[0], height=size[1], wanted_width=expected[0], wanted_height=expected[1]
    )
    raise PictureError(text, fault=Fault.WRONG_SIZE)


def _decode(source: Source, path: Path, px: int) -> _Decoded:
    info = source.info
    meter = Meter(info.shown_channels)
    step = step_for(info.display.width, info.display.height, info.pixel_aspect, px)
    is_depth = info.encoding is Encoding.DEPTH
    shrinker = Shrinker(info.display, info.data, info.shown_channels, step, samples_only=is_depth)
    for strip in strips_of(source, path):
        judged = meter.judge(strip)
        shrinker.add(judged.lines, judged.bad)
    if info.is_deep:
        return _Decoded(None, _UNMEASURED)
    return _finish(info, meter, shrinker)


_UNMEASURED = Health(0, 0, 0, 0, 0, is_black=False, is_flat=False, is_measured=False)


def _finish(info: SourceInfo, meter: Meter, shrinker: Shrinker) -> _Decoded:
    pixels, bad = shrinker.result()
    pixels *= np.float32(meter.scale)
    low, high = (np.where(np.isfinite(e), e, 0) * meter.scale for e in (meter.low, meter.high))
    colours, alpha = pixels, None
    if info.has_alpha:
        colours = pixels[..., :-1]
        is_used = high[-1] > 0 or not high[:-1].any()
        alpha = pixels[..., -1:] if is_used else None
        low, high = low[:-1], high[:-1]
    display = tone.displayed(colours, info.encoding)
    shown = tone.displayed(tone.over_grey(colours, alpha, info.encoding), info.encoding)
    small = SmallPicture(tone.to_bytes(shown), bad, info.display, info.pixel_aspect)
    health = _health(info, meter, low, high, tone.luminance(display)[~bad])
    return _Decoded(small, replace(health, grey=_print_of(small), checksum=zlib.crc32(small.rgb.tobytes())))


def _print_of(small: SmallPicture) -> bytes:
    """Return the luminance of a picture in very few pixels."""
    image = Image.fromarray(np.ascontiguousarray(small.rgb)).convert("L")
    return image.resize(PRINT_SIZE, Image.Resampling.BOX).tobytes()


def _health(info: SourceInfo, meter: Meter, low: Pixels, high: Pixels, luminance: Pixels) -> Health:
    if info.encoding is Encoding.DEPTH:
        is_black, is_flat = False, bool((high == low).all())
    else:
        darkest, brightest = (tone.displayed(edge, info.encoding) for edge in (low, high))
        is_black = bool((brightest <= _BLACK_UNTIL).all())
        is_flat = bool((brightest - darkest <= _FLAT_UNTIL).all())
    return Health(
        mean=float(luminance.mean()) if luminance.size else 0.0,
        minimum=float(low.min()),
        maximum=float(high.max()),
        nan_pixels=meter.nan_pixels,
        inf_pixels=meter.inf_pixels,
        is_black=is_black,
        is_flat=is_flat,
    )


def _make_thumbnail(small: SmallPicture | None, path: Path, px: int) -> str:
    """Return why there is no thumbnail; whatever it is, the frame is good."""
    if small is None:
        return _("Deep pictures have no thumbnail.")
    try:
        write_thumbnail(fitted(small, px), path)
    except (OSError, ValueError, MemoryError) as error:
        text = _("The thumbnail {path} could not be written: {reason}.")
        return text.format(path=path, reason=getattr(error, "strerror", None) or error)
    return ""
