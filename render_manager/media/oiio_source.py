"""Reads EXR, TIFF, JPEG, DPX and Radiance HDR through OpenImageIO, strip by strip.

Only the channels of the layer shown are unpacked. That still decodes the whole file: the blocks of an EXR
hold all channels of their lines compressed together, and damage in any of them is found whichever channel
is asked for (tested with every compression). Of parts that are not shown one channel is read.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from render_manager.domain.texts import gettext as _
from render_manager.media import faults
from render_manager.media.exr_structure import ExrPart, read_structure
from render_manager.media.film_header import check_dpx
from render_manager.media.formats import Format
from render_manager.media.jpeg_check import check_jpeg
from render_manager.media.layers import Layer, Meaning, best_layer, layers_of, qualified
from render_manager.media.oiio_library import (
    channel_names,
    message_of,
    open_input,
    text_of,
    usable_name,
)
from render_manager.media.source import Box, Encoding, Pixels, SourceInfo
from render_manager.media.tiff_check import check_tiff

_LIBRARY_NAMES = {
    Format.EXR: "openexr",
    Format.TIFF: "tiff",
    Format.JPEG: "jpeg",
    Format.DPX: "dpx",
    Format.HDR: "hdr",
    Format.PNG: "png",
}
FORMATS = frozenset(_LIBRARY_NAMES) - {Format.PNG}
"""The formats that are read here; PNG only where all of its 16 bits are wanted."""

_STRIP_BYTES = 4 << 20
_MAX_PARTS = 1024
_ENCODINGS = {Meaning.VECTOR: Encoding.VECTOR, Meaning.DEPTH: Encoding.DEPTH}


class OiioSource:
    """A picture file that OpenImageIO has opened."""

    def __init__(self, path: Path, kind: Format, layer: str | None = None) -> None:
        """Open the file and read the headers of all its parts.

        Raises:
            PictureError: it is not whole, as far as its headers tell.
            Exception: whatever the library raises on damaged files.
        """
        self._path = path
        self._kind = kind
        self._exr_parts = read_structure(path) if kind is Format.EXR else []
        self._encoding = check_dpx(path) if kind is Format.DPX else None
        if kind is Format.TIFF:
            check_tiff(path)
        if kind is Format.JPEG:
            check_jpeg(path)
        self._stack = ExitStack()
        try:
            self._input = self._open()
            self._specs = self._read_specs()
            self._layers = layers_of((_part_name(spec), channel_names(spec)) for spec in self._specs)
            flat = [layer for layer in self._layers if not self._specs[layer.part].deep]
            asked = [one for one in flat if one.name == layer]
            self._choices = tuple(dict.fromkeys(one.name for one in flat))
            self._shown = best_layer(asked or flat or self._layers)
            self.info = self._describe()
        except BaseException:
            self._stack.close()
            raise

    def strips(self) -> Iterator[Pixels]:
        """Yield the pixels of the layer shown; read and check everything else after them."""
        shown = self._shown.part
        if not self._specs[shown].deep:
            yield from self._read_part(shown, self._shown.channels)
        for number, spec in enumerate(self._specs):
            if spec.deep:
                self._read_deep(number)
            elif number != shown:
                for _lines in self._read_part(number, (0,)):
                    pass

    def close(self) -> None:
        """Let go of the file."""
        self._stack.close()

    def _open(self) -> Any:
        name = self._stack.enter_context(usable_name(self._path))
        is_subsampled = any(part.is_subsampled for part in self._exr_parts)
        opened = open_input(name, is_subsampled_exr=is_subsampled)
        if isinstance(opened, str):
            raise faults.damaged(self._path, opened)
        self._stack.callback(_close_input, opened)
        if opened.format_name() != _LIBRARY_NAMES[self._kind]:
            raise faults.damaged(self._path, f"opened as {opened.format_name()}")
        # A progressive JPEG is decoded while it is opened; what is amiss with it is known already.
        if opened.has_error:
            raise faults.damaged(self._path, message_of(opened))
        return opened

    def _read_specs(self) -> list[Any]:
        specs = [self._input.spec()]
        while self._kind in (Format.EXR, Format.TIFF) and self._input.seek_subimage(len(specs), 0):
            specs.append(self._input.spec())
            if len(specs) > _MAX_PARTS:
                raise faults.damaged(self._path, "more parts than any picture has")
        message_of(self._input)
        if self._exr_parts and len(specs) != len(self._exr_parts):
            raise faults.damaged(self._path, f"{len(specs)} of {len(self._exr_parts)} parts")
        for spec in specs:
            faults.check_size(self._path, spec.width, spec.height, max(1, spec.pixel_bytes()))
            if spec.tile_width:
                faults.check_size(self._path, spec.tile_width, spec.tile_height, max(1, spec.pixel_bytes()))
            if spec.depth > 1 or spec.nchannels < 1:
                raise faults.unsupported(self._path, _("a volume, or a picture without channels,"))
        return specs

    def _describe(self) -> SourceInfo:
        spec, layer = self._specs[self._shown.part], self._shown
        data = Box(spec.x, spec.y, spec.width, spec.height)
        display = Box(spec.full_x, spec.full_y, spec.full_width, spec.full_height)
        # Other formats keep places on paper and in textures here, which mean nothing to a frame.
        if self._kind is not Format.EXR or display.width < 1 or display.height < 1:
            display = data
        kind = _stored_type(spec, layer)
        depth = spec.get_int_attribute("oiio:BitsPerSample") or _bits(kind)
        names = tuple(qualified(_part_name(s), channel) for s in self._specs for channel in channel_names(s))
        return SourceInfo(
            format=self._kind,
            display=display,
            data=data,
            channel_names=names,
            bit_depth=max(8, depth),
            is_float=kind in _FLOATS,
            encoding=self._encoding_of(layer, kind),
            shown_channels=3 if layer.meaning is Meaning.VECTOR else len(layer.channels),
            has_alpha=layer.has_alpha,
            layer_names=tuple(dict.fromkeys(other.name for other in self._layers if other.name)),
            shown_layer=layer.name,
            choices=self._choices,
            pixel_aspect=_aspect(spec) if self._kind in (Format.EXR, Format.DPX) else 1.0,
            is_deep=spec.deep,
        )

    def _encoding_of(self, layer: Layer, kind: str) -> Encoding:
        if self._encoding is not None:
            return self._encoding
        is_linear = kind in _FLOATS or self._kind is Format.EXR
        return _ENCODINGS.get(layer.meaning, Encoding.LINEAR if is_linear else Encoding.DISPLAY)

    def _read_part(self, part: int, channels: tuple[int, ...]) -> Iterator[Pixels]:
        """Yield one part from top to bottom with the channels in the order asked for."""
        spec = self._specs[part]
        first, last = min(channels), max(channels) + 1
        picked = [channel - first for channel in channels]
        is_in_order = picked == list(range(last - first))
        wanted = _read_type(spec, channels)
        for top, bottom in self._ranges(part, (last - first) * 4):
            place = (top, bottom, 0, 1) if spec.tile_width else (top, bottom, 0)
            if spec.tile_width:
                right = spec.x + spec.width
                pixels = self._input.read_tiles(part, 0, spec.x, right, *place, first, last, wanted)
            else:
                pixels = self._input.read_scanlines(part, 0, *place, first, last, wanted)
            if pixels is None or self._input.has_error:
                raise faults.damaged_at(self._path, top - spec.y, spec.height, message_of(self._input))
            yield pixels if is_in_order else pixels[..., picked]

    def _read_deep(self, part: int) -> None:
        spec = self._specs[part]
        for top, bottom in self._ranges(part, 4):
            if spec.tile_width:
                place = (spec.x, spec.x + spec.width, top, bottom, 0, 1)
                data = self._input.read_native_deep_tiles(part, 0, *place, 0, spec.nchannels)
            else:
                data = self._input.read_native_deep_scanlines(part, 0, top, bottom, 0, 0, spec.nchannels)
            if data is None or self._input.has_error:
                raise faults.damaged_at(self._path, top - spec.y, spec.height, message_of(self._input))

    def _ranges(self, part: int, pixel_bytes: int) -> Iterator[tuple[int, int]]:
        """Yield (first line, line after the last) of the strips to read, none of which cuts a block."""
        spec = self._specs[part]
        lines = max(1, _STRIP_BYTES // (spec.width * pixel_bytes))
        if spec.tile_width:
            lines = _multiple(lines, spec.tile_height)
        elif self._exr_parts:
            lines = _multiple(lines, _block_lines(self._exr_parts[part]))
        bottom = spec.y + spec.height
        for top in range(spec.y, bottom, lines):
            yield top, min(top + lines, bottom)


_FLOATS = {"half", "float", "double"}


def _close_input(opened: Any) -> None:
    """Take the pending message first: the library prints those that nobody asked for."""
    message_of(opened)
    opened.close()


def _multiple(lines: int, of: int) -> int:
    return max(of, lines // of * of)


def _block_lines(part: ExrPart) -> int:
    return part.lines_per_block or 256


def _part_name(spec: Any) -> str:
    name = text_of(partial(spec.get_string_attribute, "name"))
    return name or text_of(partial(spec.get_string_attribute, "oiio:subimagename"))


def _stored_type(spec: Any, layer: Layer) -> str:
    formats = spec.channelformats
    return str(formats[layer.channels[0]] if formats else spec.format)


def _read_type(spec: Any, channels: tuple[int, ...]) -> str:
    """Return the type to read: as stored where that is one numpy takes quickly, else the nearest."""
    formats = spec.channelformats
    stored = {str(formats[channel]) if formats else str(spec.format) for channel in channels}
    if stored <= {"half"}:
        return "half"
    if stored <= {"uint8"}:
        return "uint8"
    return "float" if stored & _FLOATS or formats or spec.deep else "uint16"


def _bits(kind: str) -> int:
    return {"half": 16, "float": 32, "double": 64}.get(kind) or int("".join(filter(str.isdigit, kind)) or 32)


def _aspect(spec: Any) -> float:
    aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    return aspect if np.isfinite(aspect) and 0.1 <= aspect <= 10 else 1.0
