"""What an OpenEXR file says of itself, read without any library, and whether all its pixels are there.

OpenEXR itself mends a missing table of blocks while reading, so a file whose writer was killed before
it was closed would pass; and a header may claim more pixels than memory has. Both are settled here,
before a library sees the file. Layout as in "OpenEXR File Layout" of the OpenEXR project.
"""

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from render_manager.domain.texts import gettext as _
from render_manager.media import faults
from render_manager.media.picture import Fault, PictureError

_TILED_FLAG = 0x200
_DEEP_FLAG = 0x800
_MULTIPART_FLAG = 0x1000
_LINES_PER_BLOCK = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256, 10: 256, 11: 32}
"""By number of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A, DWAA, DWAB, two of HTJ2K."""
_BEST_RATIO = {0: 1, 1: 64, 2: 1032, 3: 1032, 5: 1376}
"""By number of the compression: bytes that one stored byte can at most become, where there is a limit."""
_CHANNEL_BYTES = {0: 4, 1: 2, 2: 4}
"""By number of the pixel type: 32-bit whole numbers, half, float."""
_MAX_PARTS = 1024
_MAX_CHANNELS = 1024
_MAX_NAME_BYTES = 255
_KEPT = {"channels", "compression", "dataWindow", "tiles", "type", "chunkCount"}

Box = tuple[int, int, int, int]
"""First column, first line, last column, last line."""


@dataclass(slots=True)
class ExrPart:
    """The header of one part of an EXR file."""

    pixel_bytes: int = 0
    """Bytes of one pixel over all channels, without subsampling."""
    channel_count: int = 0
    is_subsampled: bool = False
    """Whether a channel has fewer pixels than the picture, as luminance-chroma files have."""
    is_deep: bool = False
    is_tiled: bool = False
    data_window: Box = (0, 0, -1, -1)
    compression: int = 0
    lines_per_block: int = 1
    """Lines that are compressed together; 0 when the compression is not known here."""
    blocks: int | None = None
    """Blocks the file must have of this part; None when that cannot be told."""
    raw: dict[str, bytes] = field(default_factory=dict)
    """Attributes as stored, those that matter here."""

    @property
    def width(self) -> int:
        """Return the width of the stored pixels."""
        return self.data_window[2] - self.data_window[0] + 1

    @property
    def height(self) -> int:
        """Return the height of the stored pixels."""
        return self.data_window[3] - self.data_window[1] + 1


def read_structure(path: Path) -> list[ExrPart]:
    """Read the headers of all parts and check that every block of pixels has a place inside the file.

    Raises:
        PictureError: it is cut off, damaged, was never finished, or claims too much.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        reader = _Reader(file, path)
        flags = struct.unpack("<I", reader.take(8)[4:])[0]
        is_multipart = bool(flags & _MULTIPART_FLAG)
        parts = []
        while attributes := reader.attributes():
            parts.append(_describe(attributes, flags, path))
            if not is_multipart:
                break
            if len(parts) > _MAX_PARTS:
                raise faults.damaged(path, "more parts than any picture has")
        if not parts:
            raise faults.damaged(path, "no header")
        total = sum(part.width * part.height * part.pixel_bytes for part in parts)
        for part in parts:
            faults.check_size(path, part.width, part.height, max(1, part.pixel_bytes))
        if total > faults.MAX_DECODED_BYTES:
            raise faults.too_large(path, parts[0].width, parts[0].height)
        _check_blocks(reader, parts, is_multipart)
        for part in parts:
            _check_ratio(reader, part)
    return parts


class _Reader:
    """Reads an EXR file in order; every read past its end is a cut-off file."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self.path = path
        self.size = file.seek(0, 2)
        file.seek(0)

    @property
    def position(self) -> int:
        return self._file.tell()

    def seek(self, position: int) -> None:
        if position > self.size:
            raise faults.truncated(self.path)
        self._file.seek(position)

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.size - self.position:
            raise faults.truncated(self.path)
        return self._file.read(count)

    def attributes(self) -> dict[str, bytes]:
        """Return the attributes up to the end of one header; none at the end of all headers."""
        found = {}
        while name := self._text():
            self._text()
            count = struct.unpack("<i", self.take(4))[0]
            if name in _KEPT:
                found[name] = self.take(count)
            elif count < 0:
                raise faults.damaged(self.path, f"attribute {name}")
            else:
                self.seek(self.position + count)
        return found

    def _text(self) -> str:
        start = self.position
        data = self._file.read(_MAX_NAME_BYTES + 1)
        end = data.find(b"\0")
        if end < 0:
            if len(data) <= _MAX_NAME_BYTES:
                raise faults.truncated(self.path)
            raise faults.damaged(self.path, "a name without an end in its header")
        self._file.seek(start + end + 1)
        return data[:end].decode("utf-8", "replace")


def _describe(attributes: dict[str, bytes], flags: int, path: Path) -> ExrPart:
    part = ExrPart(raw=attributes)
    kind = attributes.get("type", b"").rstrip(b"\0")
    part.is_deep = kind.startswith(b"deep") or (not kind and bool(flags & _DEEP_FLAG))
    part.is_tiled = kind in (b"tiledimage", b"deeptile") or (not kind and bool(flags & _TILED_FLAG))
    try:
        part.data_window = struct.unpack("<4i", attributes["dataWindow"])
        part.compression = attributes["compression"][0]
        part.lines_per_block = _LINES_PER_BLOCK.get(part.compression, 0)
        _describe_channels(part, attributes["channels"])
        part.blocks = _count_blocks(part)
    except (KeyError, IndexError, ValueError, struct.error) as error:
        raise faults.damaged(path, f"header: {error!r}") from error
    return part


def _describe_channels(part: ExrPart, data: bytes) -> None:
    at = 0
    while data[at] != 0:
        at = data.index(b"\0", at) + 1
        kind, x_step, y_step = struct.unpack_from("<ixxxxii", data, at)
        at += 16
        part.pixel_bytes += _CHANNEL_BYTES[kind]
        part.channel_count += 1
        part.is_subsampled |= (x_step, y_step) != (1, 1)
    if not 0 < part.channel_count <= _MAX_CHANNELS:
        raise ValueError(f"{part.channel_count} channels")


def _count_blocks(part: ExrPart) -> int | None:
    if "chunkCount" in part.raw:
        return int(struct.unpack("<i", part.raw["chunkCount"])[0])
    if not part.is_tiled:
        return -(-part.height // part.lines_per_block) if part.lines_per_block else None
    tile_width, tile_height, mode = struct.unpack("<IIB", part.raw["tiles"])
    if not (0 < tile_width <= faults.MAX_SIDE and 0 < tile_height <= faults.MAX_SIDE):
        raise ValueError(f"tiles of {tile_width} x {tile_height}")
    levels, rounding = mode & 0xF, mode >> 4

    def along(size: int, tile: int) -> list[int]:
        exact = math.log2(max(1, size))
        count = 1 + (math.floor(exact) if rounding == 0 else math.ceil(exact))
        halved = ((size >> n) if rounding == 0 else -(-size // (1 << n)) for n in range(count))
        return [-(-max(1, side) // tile) for side in halved]

    columns, rows = along(part.width, tile_width), along(part.height, tile_height)
    if levels == 0:
        return columns[0] * rows[0]
    if levels == 2:
        return sum(columns) * sum(rows)
    deepest = max(len(columns), len(rows))
    columns += [1] * (deepest - len(columns))
    rows += [1] * (deepest - len(rows))
    return sum(x * y for x, y in zip(columns, rows, strict=True))


def _check_blocks(reader: _Reader, parts: list[ExrPart], is_multipart: bool) -> None:
    """Check that each block has a place in the file, and that the last of them ends inside it."""
    missing, total = 0, 0
    last: tuple[int, ExrPart] = (0, parts[0])
    first_possible = reader.position
    for part in parts:
        if part.blocks is None:
            return
        if part.blocks < 0:
            raise faults.damaged(reader.path, f"{part.blocks} blocks")
        offsets = struct.unpack(f"<{part.blocks}Q", reader.take(8 * part.blocks))
        total += part.blocks
        missing += sum(1 for offset in offsets if offset < first_possible)
        last = max(last, (max(offsets, default=0), part), key=lambda pair: pair[0])
    if missing:
        raise _unfinished(reader.path, missing, total)
    _check_last_block(reader, *last, is_multipart)


def _check_ratio(reader: _Reader, part: ExrPart) -> None:
    """Libraries let a block pass that unpacks to less than the size its header claims."""
    ratio = _BEST_RATIO.get(part.compression)
    if ratio is None or part.is_deep or part.is_subsampled:
        return
    if part.width * part.height * part.pixel_bytes > ratio * reader.size:
        raise faults.damaged(reader.path, f"{part.width} x {part.height} in {reader.size} bytes")


def _check_last_block(reader: _Reader, offset: int, part: ExrPart, is_multipart: bool) -> None:
    reader.seek(offset)
    reader.take((4 if is_multipart else 0) + (16 if part.is_tiled else 4))
    if part.is_deep:
        table_bytes, data_bytes, _unpacked = struct.unpack("<QQQ", reader.take(24))
        length = table_bytes + data_bytes
    else:
        length = struct.unpack("<I", reader.take(4))[0]
    reader.seek(reader.position + length)


def _unfinished(path: Path, missing: int, total: int) -> PictureError:
    text = _("{path} was never finished: {missing} of {total} blocks of pixels were not written.")
    text = text.format(path=path, missing=missing, total=total)
    return PictureError(text, fault=Fault.TRUNCATED)
