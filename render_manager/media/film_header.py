"""Headers of DPX and Cineon files: where their pixels are, how long they must be, what they stand for.

Layouts as in SMPTE ST 268 (DPX) and Kodak's Cineon specification. Libraries fill the missing lines of a
short DPX with black, so its length is checked here before a library sees it.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.media import faults
from render_manager.media.source import Encoding

_DPX_HEADER_BYTES = 2048
_DPX_MAX_ELEMENTS = 8
_DPX_ELEMENTS_AT = 780
_DPX_ELEMENT_BYTES = 72
_DPX_CHANNELS = {50: 3, 51: 4, 52: 4, 100: 2, 101: 3, 102: 3, 103: 4}
"""By descriptor of the element: RGB, RGBA, ABGR, the orders of luminance and chroma; others have 1."""
_DPX_TRANSFERS = {1: Encoding.LOG, 2: Encoding.LINEAR, 3: Encoding.LOG}
"""By transfer characteristic: printing density, linear, logarithmic; all others are as displayed."""
_CINEON_HEADER_BYTES = 1024
_CINEON_LEFT_JUSTIFIED = 5
_UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class CineonHeader:
    """A Cineon file of the one kind that is in use: three channels of 10 bits in a 32-bit word."""

    width: int
    height: int
    offset: int
    """Byte at which the pixels start."""
    line_bytes: int
    byte_order: str
    """`>` or `<`, as struct and numpy write it."""


def check_dpx(path: Path) -> Encoding:
    """Check that a DPX file is as long as its header asks for, and return what its values stand for.

    Raises:
        PictureError: it is cut off or its header is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = file.read(_DPX_HEADER_BYTES)
        size = file.seek(0, 2)
    if len(header) < _DPX_HEADER_BYTES:
        raise faults.truncated(path)
    order = ">" if header[:4] == b"SDPX" else "<"
    elements, width, height = struct.unpack_from(f"{order}HII", header, 770)
    if not 0 < elements <= _DPX_MAX_ELEMENTS:
        raise faults.damaged(path, f"{elements} image elements")
    faults.check_size(path, width, height, 8)
    for number in range(elements):
        _check_element(path, header, order, number, size)
    return _dpx_encoding(header)


def _check_element(path: Path, header: bytes, order: str, number: int, size: int) -> None:
    at = _DPX_ELEMENTS_AT + number * _DPX_ELEMENT_BYTES
    width, height = struct.unpack_from(f"{order}II", header, 772)
    descriptor, bits = header[at + 20], header[at + 23]
    packing, encoding, offset = struct.unpack_from(f"{order}HHI", header, at + 24)
    if offset in (0, _UNDEFINED):
        offset = struct.unpack_from(f"{order}I", header, 4)[0]
    values = width * _DPX_CHANNELS.get(descriptor, 1)
    if bits not in (1, 8, 10, 12, 16, 32, 64):
        raise faults.damaged(path, f"{bits} bits")
    if packing and bits == 10:
        line_bytes = -(-values // 3) * 4
    elif packing and bits == 12:
        line_bytes = values * 2
    else:
        line_bytes = -(-values * bits // 8)
    is_run_length_encoded = encoding == 1
    needed = offset if is_run_length_encoded else offset + line_bytes * height
    if needed > size:
        raise faults.truncated(path, f"{size} of {needed} bytes")


def _dpx_encoding(header: bytes) -> Encoding:
    """Return what values stand for; what Blender says of them is not what it writes (3.4 and 5.0 tried).

    Up to 4.x its values have the view transform in them, also those called linear. 5.0 writes through
    OpenImageIO and puts linear light into all, also into those called logarithmic.
    """
    encoding = _DPX_TRANSFERS.get(header[_DPX_ELEMENTS_AT + 21], Encoding.DISPLAY)
    creator = header[160:260].split(b"\0")[0]
    if creator == b"Blender":
        return Encoding.LOG_OF_DISPLAY if encoding is Encoding.LOG else Encoding.DISPLAY
    if creator.startswith(b"OpenImageIO") and encoding is Encoding.LOG:
        return Encoding.LINEAR
    return encoding


def read_cineon_header(path: Path) -> CineonHeader:
    """Read the header of a Cineon file and check that the file is as long as it asks for.

    Raises:
        PictureError: it is cut off, damaged or of a kind that is not in use.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = file.read(_CINEON_HEADER_BYTES)
        size = file.seek(0, 2)
    if len(header) < _CINEON_HEADER_BYTES:
        raise faults.truncated(path)
    order = ">" if header[:4] == b"\x80\x2a\x5f\xd7" else "<"
    offset = struct.unpack_from(f"{order}I", header, 4)[0]
    channels, bits = header[193], header[198]
    width, height = struct.unpack_from(f"{order}II", header, 200)
    interleave, packing = header[680], header[681]
    line_padding = struct.unpack_from(f"{order}I", header, 684)[0]
    if (channels, bits, interleave) != (3, 10, 0) or packing != _CINEON_LEFT_JUSTIFIED:
        what = _("Cineon with {channels} channels of {bits} bits in packing {packing}")
        raise faults.unsupported(path, what.format(channels=channels, bits=bits, packing=packing))
    faults.check_size(path, width, height, 4)
    line_bytes = width * 4 + (0 if line_padding == _UNDEFINED else line_padding)
    if offset < _CINEON_HEADER_BYTES or offset + line_bytes * height > size:
        raise faults.truncated(path, f"{size} bytes")
    return CineonHeader(width, height, offset, line_bytes, order)
