"""Checks of TIFF files that libraries leave out: that every strip and tile is there, and their checksums.

Deflated strips end in a checksum of their pixels, which neither libtiff nor OpenImageIO compares where it
reads line by line. Layout as in the TIFF 6.0 specification and Adobe's technical notes.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from render_manager.media import faults

_COMPRESSION, _STRIP_OFFSETS, _STRIP_LENGTHS, _TILE_OFFSETS, _TILE_LENGTHS = 259, 273, 279, 324, 325
_DEFLATE = {8, 32946}
_VALUE_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
"""By number of the field type: whole numbers of 1, 2, 4 and 8 bytes."""
_MAX_DIRECTORIES = 1024
_PIECE_BYTES = 4 << 20

_Fields = dict[int, tuple[int, ...]]


def check_tiff(path: Path) -> None:
    """Check that every strip and tile of every picture lies in the file and, where deflated, is undamaged.

    Raises:
        PictureError: one of them does not.
        struct.error, zlib.error: the directories or the deflated data make no sense.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        for fields in _directories(file, path):
            places = _places(fields)
            end = max((offset + length for offset, length in places), default=0)
            if end > size:
                raise faults.truncated(path, f"{end} of {size} bytes")
            if sum(length for _, length in places) > size:
                raise faults.damaged(path, "strips that overlap")
            if fields.get(_COMPRESSION, (1,))[0] in _DEFLATE:
                for offset, length in places:
                    _check_deflated(file, path, offset, length)


def _directories(file: BinaryIO, path: Path) -> list[_Fields]:
    """Return the fields that matter here of each directory in the file."""
    order = "<" if file.read(2) == b"II" else ">"
    is_big = struct.unpack(f"{order}H", file.read(2))[0] == 43
    code, file_offset = ("Q", 8) if is_big else ("I", 4)
    file.seek(file_offset)
    width = struct.calcsize(code)
    found: list[_Fields] = []
    at = struct.unpack(f"{order}{code}", file.read(width))[0]
    while at:
        if len(found) == _MAX_DIRECTORIES:
            raise faults.damaged(path, "more pictures than any file has")
        file.seek(at)
        count_code = "Q" if is_big else "H"
        count = struct.unpack(f"{order}{count_code}", file.read(struct.calcsize(count_code)))[0]
        if count > 0xFFFF:
            raise faults.damaged(path, f"{count} fields")
        entries = file.read(count * (4 + 2 * width))
        after = file.read(width)
        if len(after) < width:
            raise faults.truncated(path, "directory")
        found.append(_read_fields(file, entries, order, code))
        at = struct.unpack(f"{order}{code}", after)[0]
    return found


def _read_fields(file: BinaryIO, entries: bytes, order: str, code: str) -> _Fields:
    fields: _Fields = {}
    width = struct.calcsize(code)
    wanted = {_COMPRESSION, _STRIP_OFFSETS, _STRIP_LENGTHS, _TILE_OFFSETS, _TILE_LENGTHS}
    for start in range(0, len(entries), 4 + 2 * width):
        tag, kind, count = struct.unpack_from(f"{order}HH{code}", entries, start)
        if tag not in wanted or kind not in _VALUE_CODES:
            continue
        value_code = _VALUE_CODES[kind]
        length = count * struct.calcsize(value_code)
        inline = entries[start + 4 + width : start + 4 + 2 * width]
        if length <= width:
            data = inline[:length]
        else:
            data = _read_at(file, struct.unpack(f"{order}{code}", inline)[0], length)
        fields[tag] = struct.unpack(f"{order}{count}{value_code}", data)
    return fields


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Read no more than there is, since memory is taken for all that is asked for."""
    available = file.seek(0, 2) - offset
    file.seek(offset)
    return file.read(max(0, min(length, available)))


def _places(fields: _Fields) -> list[tuple[int, int]]:
    """Return (offset, length) of every strip and tile."""
    pairs = ((_STRIP_OFFSETS, _STRIP_LENGTHS), (_TILE_OFFSETS, _TILE_LENGTHS))
    return [
        place
        for offsets, lengths in pairs
        for place in zip(fields.get(offsets, ()), fields.get(lengths, ()), strict=False)
    ]


def _check_deflated(file: BinaryIO, path: Path, offset: int, length: int) -> None:
    packed, inflater = _read_at(file, offset, length), zlib.decompressobj()
    while not inflater.eof:
        got = inflater.decompress(packed, _PIECE_BYTES)
        packed = inflater.unconsumed_tail
        if not got and not packed and not inflater.eof:
            raise faults.truncated(path, f"deflated data at byte {offset}")
