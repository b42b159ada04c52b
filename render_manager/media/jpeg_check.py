"""Looks at the size a JPEG claims before a library does: progressive ones are decoded while they are opened.

Segments as in ITU-T T.81, annex B.
"""

import struct
from pathlib import Path

from render_manager.media import faults

_STARTS_OF_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_MAX_PROGRESSIVE_PIXELS = 1 << 28
"""All of a progressive picture is in memory at once, with six bytes and more to a pixel."""
_BEST_RATIO = 512
"""Pixels that one byte can at most become: a block of 8 x 8 takes one bit at least."""


def check_jpeg(path: Path) -> None:
    """Refuse a JPEG that claims more than its bytes can hold or memory should.

    Raises:
        PictureError: it does, or has no size at all.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(2)
        while True:
            marker = _next_marker(file.read(2), path)
            if marker in _STANDALONE:
                continue
            if marker == 0xFF:
                file.seek(-1, 1)
                continue
            head = file.read(7)
            if len(head) < 7:
                raise faults.truncated(path, "no picture")
            length, _, height, width = struct.unpack(">HBHH", head)
            if marker in _STARTS_OF_FRAME:
                break
            file.seek(length - 7, 1)
    _check_size(path, width, height, size, is_progressive=marker in _PROGRESSIVE)


def _next_marker(found: bytes, path: Path) -> int:
    if len(found) < 2:
        raise faults.truncated(path, "no picture")
    if found[0] != 0xFF or found[1] == 0xDA:
        raise faults.damaged(path, f"marker {found.hex()}")
    return found[1]


def _check_size(path: Path, width: int, height: int, size: int, *, is_progressive: bool) -> None:
    faults.check_size(path, width, height, 4)
    if width * height > size * _BEST_RATIO:
        raise faults.truncated(path, f"{width} x {height} in {size} bytes")
    if is_progressive and width * height > _MAX_PROGRESSIVE_PIXELS:
        raise faults.too_large(path, width, height)
