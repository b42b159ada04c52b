"""Reads PNG, WebP, BMP, Targa, SGI, Netpbm and JPEG 2000 through Pillow, which does it fastest.

Pillow decodes these as a whole. Its classes are called directly: `Image.open` would import every plug-in
and warn of large pictures on stderr, where the limits of this package decide instead.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    SgiImagePlugin,
    TgaImagePlugin,
    WebPImagePlugin,
)

from render_manager.media import faults
from render_manager.media.formats import Format
from render_manager.media.png_check import check_png
from render_manager.media.source import Box, Encoding, Pixels, SourceInfo

_READERS: dict[Format, Callable[[IO[bytes]], ImageFile.ImageFile]] = {
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
    Format.BMP: BmpImagePlugin.BmpImageFile,
    Format.TARGA: TgaImagePlugin.TgaImageFile,
    Format.SGI: SgiImagePlugin.SgiImageFile,
    Format.NETPBM: PpmImagePlugin.PpmImageFile,
    Format.JPEG_2000: Jpeg2KImagePlugin.Jpeg2KImageFile,
}
FORMATS = frozenset(_READERS)
"""The formats that are read here."""

_RUN_LENGTH_FORMATS = {Format.BMP, Format.TARGA, Format.SGI, Format.NETPBM}
_LONGEST_RUN = 256
"""Pixels that one byte of those formats can at most become; memory is not taken for more."""
_STRIP_LINES = 256
_CHANNEL_NAMES = {"L": ("Y",), "La": ("Y", "A"), "RGB": ("R", "G", "B"), "RGBa": ("R", "G", "B", "A")}
_BYTES_PER_PIXEL = 8
"""Pillow's own copy and ours, at most."""


class PillowSource:
    """A picture that Pillow has decoded."""

    def __init__(self, path: Path, kind: Format) -> None:
        """Decode the file to its end.

        Raises:
            PictureError: it is not whole.
            Exception: whatever Pillow raises on damaged files.
        """
        data = path.read_bytes()
        depth = check_png(data, path).bit_depth if kind is Format.PNG else _bit_depth(kind, data)
        image = _READERS[kind](io.BytesIO(data))
        faults.check_size(path, *image.size, _BYTES_PER_PIXEL)
        if kind in _RUN_LENGTH_FORMATS and image.width * image.height > len(data) * _LONGEST_RUN:
            raise faults.truncated(path, f"{len(data)} bytes for {image.width} x {image.height}")
        image.load()
        del data
        self._image = _plain(image)
        box = Box(0, 0, *self._image.size)
        names = _CHANNEL_NAMES.get(self._image.mode, ("Y",))
        self.info = SourceInfo(
            format=kind,
            display=box,
            data=box,
            channel_names=names,
            bit_depth=max(8, depth),
            is_float=False,
            encoding=Encoding.DISPLAY,
            shown_channels=len(names),
            has_alpha=names[-1] == "A",
        )

    def strips(self) -> Iterator[Pixels]:
        """Yield the pixels from top to bottom."""
        width, height = self._image.size
        for top in range(0, height, _STRIP_LINES):
            strip = self._image.crop((0, top, width, min(height, top + _STRIP_LINES)))
            pixels = np.asarray(strip)
            if pixels.dtype == np.int32:
                pixels = np.clip(pixels, 0, 0xFFFF).astype(np.uint16)
            yield pixels.reshape(strip.height, width, -1)

    def close(self) -> None:
        """Let go of the picture."""
        self._image.close()


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as grey or RGB, with alpha, where there is one in use, multiplied in."""
    if image.mode.startswith("I"):
        return image
    if image.mode in ("1", "L", "LA"):
        grey = image.convert("L") if image.mode == "1" else image
        return _multiplied(grey, "La", "L") if grey.mode == "LA" else grey
    if image.mode in ("RGBA", "PA") or "transparency" in image.info:
        return _multiplied(image.convert("RGBA"), "RGBa", "RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _multiplied(image: Image.Image, with_alpha: str, without: str) -> Image.Image:
    """Some programs leave alpha at 0 everywhere and mean an opaque picture."""
    is_unused = image.getchannel("A").getextrema() == (0, 0)
    return image.convert(without if is_unused else with_alpha)


def _bit_depth(kind: Format, data: bytes) -> int:
    """Return the bits of one value, which Pillow does not say of formats that it cuts to 8."""
    if kind is Format.SGI:
        return data[3] * 8
    if kind is Format.JPEG_2000:
        at = data.find(b"ihdr", 0, 256)
        if at >= 0 and at + 14 < len(data):
            return (data[at + 14] & 0x7F) + 1
    if kind is Format.NETPBM:
        return 16 if _netpbm_maximum(data) > 0xFF else 8
    return 8


def _netpbm_maximum(data: bytes) -> int:
    words = [word for line in data[:512].splitlines() for word in line.split(b"#")[0].split()]
    is_bitmap = words[0] in (b"P1", b"P4")
    return 1 if is_bitmap or len(words) < 4 else int(words[3])
