"""Which picture format a file is of, told from its first bytes and, where those say nothing, its ending.

Cheap to import: no image library here. Signatures are those of each format's own specification.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """A picture format, by the name artists know it by."""

    PNG = "PNG"
    JPEG = "JPEG"
    TIFF = "TIFF"
    TARGA = "Targa"
    BMP = "BMP"
    WEBP = "WebP"
    SGI = "SGI"
    NETPBM = "Netpbm"
    JPEG_2000 = "JPEG 2000"
    EXR = "OpenEXR"
    DPX = "DPX"
    CINEON = "Cineon"
    HDR = "Radiance HDR"
    IFF = "Maya IFF"


_ENDINGS: dict[str, Format] = {
    ".png": Format.PNG,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".tga": Format.TARGA,
    ".targa": Format.TARGA,
    ".bmp": Format.BMP,
    ".dib": Format.BMP,
    ".webp": Format.WEBP,
    ".sgi": Format.SGI,
    ".rgb": Format.SGI,
    ".rgba": Format.SGI,
    ".bw": Format.SGI,
    ".ppm": Format.NETPBM,
    ".pgm": Format.NETPBM,
    ".pbm": Format.NETPBM,
    ".pnm": Format.NETPBM,
    ".jp2": Format.JPEG_2000,
    ".j2k": Format.JPEG_2000,
    ".j2c": Format.JPEG_2000,
    ".exr": Format.EXR,
    ".sxr": Format.EXR,
    ".mxr": Format.EXR,
    ".dpx": Format.DPX,
    ".cin": Format.CINEON,
    ".hdr": Format.HDR,
    ".rgbe": Format.HDR,
    ".iff": Format.IFF,
}

_SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"II+\x00", Format.TIFF),
    (b"MM\x00+", Format.TIFF),
    (b"\x76\x2f\x31\x01", Format.EXR),
    (b"SDPX", Format.DPX),
    (b"XPDS", Format.DPX),
    (b"\x80\x2a\x5f\xd7", Format.CINEON),
    (b"\xd7\x5f\x2a\x80", Format.CINEON),
    (b"#?RADIANCE", Format.HDR),
    (b"#?RGBE", Format.HDR),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Format.JPEG_2000),
    (b"\xff\x4f\xff\x51", Format.JPEG_2000),
    (b"\x01\xda\x00\x01", Format.SGI),
    (b"\x01\xda\x00\x02", Format.SGI),
    (b"\x01\xda\x01\x01", Format.SGI),
    (b"\x01\xda\x01\x02", Format.SGI),
    (b"BM", Format.BMP),
)
_TARGA_FOOTER = b"TRUEVISION-XFILE.\x00"
HEAD_BYTES = 32
"""How much of the start of a file `sniff` looks at."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file looks like from outside."""

    by_content: Format | None
    """The format its bytes are of, None when they say nothing."""
    by_name: Format | None
    """The format its ending promises, None when it promises none."""


def is_picture_name(path: Path) -> bool:
    """Return whether the ending of a file name is one of a picture format that is read here."""
    return path.suffix.lower() in _ENDINGS


def sniff(path: Path) -> Sniffed:
    """Look at the first and last bytes of a file that is known to be a regular one.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0, os.SEEK_END)
        file.seek(-min(len(_TARGA_FOOTER), file.tell()), os.SEEK_END)
        tail = file.read()
    by_name = _ENDINGS.get(path.suffix.lower())
    by_content = _by_signature(head)
    if by_content is None and (tail == _TARGA_FOOTER or _is_targa_header(head, by_name)):
        by_content = Format.TARGA
    return Sniffed(by_content, by_name)


def _by_signature(head: bytes) -> Format | None:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[:4] == b"FOR4" and head[8:12] == b"CIMG":
        return Format.IFF
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return Format.NETPBM
    return None


def _is_targa_header(head: bytes, by_name: Format | None) -> bool:
    """Targa has no signature: its ending is believed when the header makes sense."""
    if by_name is not Format.TARGA or len(head) < 18:
        return False
    return head[1] in (0, 1) and head[2] in (1, 2, 3, 9, 10, 11) and head[16] in (8, 15, 16, 24, 32)
