"""Checks of PNG files that Pillow leaves out: the checksum of every block, and sizes no data can fill.

Pillow reads over the checksums of the picture's own blocks, and takes memory for whatever size the header
claims. Layout and checksums as in the W3C's PNG specification.
"""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from render_manager.media import faults

_SIGNATURE_BYTES = 8
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By number of the colour type: grey, RGB, palette, grey with alpha, RGB with alpha."""
_BEST_DEFLATE = 1032
"""Bytes that one byte of deflated data can at most become."""


@dataclass(frozen=True, slots=True)
class PngHeader:
    """What the first block of a PNG says."""

    width: int
    height: int
    bit_depth: int
    """Bits of one value: 1, 2, 4, 8 or 16."""
    colour_type: int


def check_png(data: bytes, path: Path) -> PngHeader:
    """Check every block of a PNG file up to its end mark.

    Raises:
        PictureError: it is cut off, a checksum is wrong, or its data cannot fill its size.
    """
    blocks = memoryview(data)
    at, header, data_bytes = _SIGNATURE_BYTES, None, 0
    while True:
        if at + 12 > len(data):
            raise faults.truncated(path, "no end mark")
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise faults.truncated(path, f"block {name!r}")
        if zlib.crc32(blocks[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise faults.damaged(path, f"checksum of the block {name!r} at byte {at}")
        if header is None:
            header = _read_header(name, data[at + 8 : end - 4], path)
        if name == b"IDAT":
            data_bytes += length
        if name == b"IEND":
            break
        at = end
    _check_ratio(header, data_bytes, path)
    return header


def _read_header(name: bytes, body: bytes, path: Path) -> PngHeader:
    if name != b"IHDR" or len(body) != 13:
        raise faults.damaged(path, "its first block is no header")
    width, height, bit_depth, colour_type = struct.unpack_from(">IIBB", body)
    if colour_type not in _CHANNELS or bit_depth not in (1, 2, 4, 8, 16):
        raise faults.damaged(path, "header")
    return PngHeader(width, height, bit_depth, colour_type)


def _check_ratio(header: PngHeader, data_bytes: int, path: Path) -> None:
    bits = header.width * header.bit_depth * _CHANNELS[header.colour_type]
    faults.check_size(path, header.width, header.height, 8)
    if (bits // 8) * header.height > data_bytes * _BEST_DEFLATE:
        raise faults.truncated(path, f"{data_bytes} bytes of data")
