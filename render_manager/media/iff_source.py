"""Reads Maya IFF without a library: the reader of OpenImageIO crashes on damaged ones (3.0.21).

Layout as in Autodesk's "Maya IFF" reference: blocks of a tag, a length and, after the two groups CIMG and
TBMP, tiles that are packed channel by channel, alpha first, with the picture's lowest line first.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from render_manager.domain.texts import gettext as _
from render_manager.media import faults
from render_manager.media.formats import Format
from render_manager.media.source import Box, Encoding, Pixels, SourceInfo

_HAS_RGB, _HAS_ALPHA = 1, 2
_NONE, _RUN_LENGTH = 0, 1
_BEST_RUN = 64
"""Bytes that one byte of packed data can at most become."""
_MAX_PADDING = 3
_STRIP_LINES = 256


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    channels: int
    bytes_per_value: int

    @property
    def planes(self) -> int:
        """Return how many bytes a pixel has, which are packed one after the other for a whole tile."""
        return self.channels * self.bytes_per_value


class IffSource:
    """A Maya IFF file, decoded."""

    def __init__(self, path: Path) -> None:
        """Decode the file to its end.

        Raises:
            PictureError: it is not whole.
            struct.error, IndexError: its blocks are too short.
        """
        self._path = path
        data = path.read_bytes()
        header, tiles = self._read_blocks(data)
        self._pixels = self._decode(data, header, tiles)
        has_alpha = header.channels == 4
        box = Box(0, 0, header.width, header.height)
        self.info = SourceInfo(
            format=Format.IFF,
            display=box,
            data=box,
            channel_names=("R", "G", "B", "A")[: header.channels],
            bit_depth=header.bytes_per_value * 8,
            is_float=False,
            encoding=Encoding.DISPLAY,
            shown_channels=header.channels,
            has_alpha=has_alpha,
        )

    def strips(self) -> Iterator[Pixels]:
        """Yield the pixels from top to bottom."""
        for top in range(0, len(self._pixels), _STRIP_LINES):
            yield self._pixels[top : top + _STRIP_LINES]

    def close(self) -> None:
        """Nothing stays open."""

    def _read_blocks(self, data: bytes) -> tuple[_Header, list[tuple[int, int]]]:
        """Return the header and where each tile starts and ends in the file."""
        at, header, tiles, wanted = 0, None, list[tuple[int, int]](), 1
        while len(tiles) < wanted:
            if at + 8 > len(data):
                raise faults.truncated(self._path, f"{len(tiles)} of {wanted} tiles")
            tag, length = struct.unpack_from(">4sI", data, at)
            start, end = at + 8, at + 8 + length
            # Lengths may count padding that the last block does without (OpenImageIO's own writer).
            if end > len(data) + _MAX_PADDING:
                raise faults.truncated(self._path, f"block {tag!r}")
            if tag == b"FOR4":
                at = start + 4
                continue
            if tag == b"TBHD":
                header, wanted = self._read_header(data[start:end], len(data))
            elif tag == b"RGBA":
                tiles.append((start, end))
            at = start + -(-length // 4) * 4
        if header is None:
            raise faults.damaged(self._path, "no header")
        return header, tiles

    def _read_header(self, block: bytes, file_bytes: int) -> tuple[_Header, int]:
        width, height, flags, is_16_bit, tiles, packing = struct.unpack_from(">II4xIHHI", block)
        if not flags & _HAS_RGB or packing not in (_NONE, _RUN_LENGTH) or not tiles:
            raise faults.unsupported(self._path, _("Maya IFF without colour, without tiles or packed as QRL"))
        channels = 4 if flags & _HAS_ALPHA else 3
        header = _Header(width, height, channels, 2 if is_16_bit else 1)
        faults.check_size(self._path, width, height, header.planes)
        if width * height * header.planes > file_bytes * _BEST_RUN:
            raise faults.truncated(self._path, f"{file_bytes} bytes for {width} x {height}")
        return header, tiles

    def _decode(self, data: bytes, header: _Header, tiles: list[tuple[int, int]]) -> Pixels:
        kind = np.uint16 if header.bytes_per_value == 2 else np.uint8
        pixels = np.zeros((header.height, header.width, header.channels), kind)
        covered = 0
        for start, end in tiles:
            left, bottom, right, top = struct.unpack_from(">4H", data, start)
            width, height = right - left + 1, top - bottom + 1
            if width < 1 or height < 1 or right >= header.width or top >= header.height:
                raise faults.damaged(self._path, f"tile {left}, {bottom}, {right}, {top}")
            tile = self._decode_tile(data[start + 8 : end], header, width * height)
            lowest = header.height - bottom
            pixels[lowest - height : lowest, left : right + 1] = tile.reshape(height, width, -1)[::-1]
            covered += width * height
        if covered != header.width * header.height:
            raise faults.truncated(self._path, f"{covered} pixels")
        return pixels

    def _decode_tile(self, packed: bytes, header: _Header, pixels: int) -> Pixels:
        """Return (pixels, channels) in the order red, green, blue, alpha."""
        shape = (pixels, header.channels)
        if len(packed) >= pixels * header.planes:
            plain = np.frombuffer(packed, f">u{header.bytes_per_value}", pixels * header.channels)
            return plain.reshape(shape)[:, ::-1]
        planes, at = [], 0
        for _plane in range(header.planes):
            plane, at = _unpack(packed, at, pixels)
            planes.append(np.frombuffer(plane, np.uint8))
        if header.bytes_per_value == 1:
            return np.stack(planes[::-1], axis=-1)
        high = np.stack(planes[: header.channels][::-1], axis=-1).astype(np.uint16)
        return high << 8 | np.stack(planes[header.channels :][::-1], axis=-1)


def _unpack(packed: bytes, at: int, wanted: int) -> tuple[bytearray, int]:
    """Unpack `wanted` bytes of runs from `at` on; return them and where the next ones start."""
    found = bytearray()
    while len(found) < wanted:
        control = packed[at]
        count = (control & 0x7F) + 1
        if control & 0x80:
            found += packed[at + 1 : at + 2] * count
            at += 2
        else:
            found += packed[at + 1 : at + 1 + count]
            at += 1 + count
    if len(found) != wanted or at > len(packed):
        raise ValueError(f"{len(found)} bytes for {wanted}")
    return found, at
