"""The three ways a .blend lies on disk, behind one way to read it: plain, zstd frames, one packed stream.

Every source hands out stretches of the unpacked file on demand, so memory stays flat whatever the size of
the file. Plain files are read, not memory-mapped: a mapped file that shrinks, or sits on a share that goes
away, kills the whole process at the next touch, while a read merely fails. Not to be shared between threads.
"""

import gzip
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import BinaryIO, Protocol

import zstandard

from render_manager.domain.texts import gettext as _

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
GZIP_MAGIC = b"\x1f\x8b"

_SMALL_READ = 4 << 10
_LARGE_READ = 256 << 10
_PIECE = 1 << 20
_KEPT_HEAD = 32 << 20
_LARGEST_FRAME = 16 << 20
_LARGEST_WINDOW = 128 << 20
_ALWAYS_ALLOWED = 1 << 30
_LARGEST_RATIO = 250
_MOST_FRAMES = 1 << 18


class TruncatedError(Exception):
    """The file ends before it should."""


class DamagedError(Exception):
    """The file holds something that cannot be; the text says what."""


class Source(Protocol):
    """The unpacked bytes of a file."""

    @property
    def compression(self) -> str:
        """Return `none`, `zstd` or `gzip`."""
        ...

    @property
    def size(self) -> int | None:
        """Return the unpacked size in bytes where any place can be reached cheaply, else None."""
        ...

    def stretch(self, offset: int) -> tuple[int, bytes]:
        """Return where a stretch holding `offset` starts and its bytes; empty past the end."""
        ...


class PlainSource:
    """A file that is not compressed; reads little after a jump and more while reading on."""

    compression = "none"

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._next = -_SMALL_READ
        self._amount = _SMALL_READ

    @property
    def size(self) -> int:
        """Return the size of the file in bytes."""
        return self._size

    def stretch(self, offset: int) -> tuple[int, bytes]:
        """Return the bytes from `offset` on."""
        reading_on = 0 <= offset - self._next < _SMALL_READ
        self._amount = min(self._amount * 2, _LARGE_READ) if reading_on else _SMALL_READ
        self._file.seek(offset)
        data = self._file.read(self._amount)
        self._next = offset + len(data)
        return offset, data


class FramedSource:
    """A zstd file with the table of frames Blender appends: frames inside large blocks are never unpacked."""

    compression = "zstd"

    def __init__(self, file: BinaryIO, packed_sizes: list[int], sizes: list[int]) -> None:
        self._file = file
        self._packed_starts = list(accumulate(packed_sizes, initial=0))
        self._starts = list(accumulate(sizes, initial=0))
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        self._last = (-1, b"")

    @property
    def size(self) -> int:
        """Return the unpacked size in bytes."""
        return self._starts[-1]

    def stretch(self, offset: int) -> tuple[int, bytes]:
        """Return the frame that holds `offset`."""
        if offset >= self.size:
            return offset, b""
        index = bisect_right(self._starts, offset) - 1
        if index != self._last[0]:
            self._last = (index, self._frame(index))
        return self._starts[index], self._last[1]

    def _frame(self, index: int) -> bytes:
        size = self._starts[index + 1] - self._starts[index]
        packed_start = self._packed_starts[index]
        packed_size = self._packed_starts[index + 1] - packed_start
        self._file.seek(packed_start)
        packed = self._file.read(packed_size)
        if len(packed) < packed_size:
            raise TruncatedError
        declared = zstandard.get_frame_parameters(packed).content_size
        if declared not in {size, zstandard.CONTENTSIZE_UNKNOWN}:
            raise DamagedError(_("its table of compressed parts does not fit its contents"))
        data = self._unpacker.decompress(packed, max_output_size=size)
        if len(data) != size:
            raise DamagedError(_("a compressed part has the wrong size"))
        return data


class StreamSource:
    """A packed stream that can only be read from its start; going back means unpacking it again.

    The first 32 MiB are kept, so a small file is unpacked once.
    """

    size = None

    def __init__(self, compression: str, packed_size: int, start: Callable[[], Iterator[bytes]]) -> None:
        self.compression = compression
        self._restart = start
        self._limit = max(_ALWAYS_ALLOWED, packed_size * _LARGEST_RATIO)
        self._head: list[tuple[int, bytes]] = []
        self._head_end = 0
        self._pieces = start()
        self._last = (0, b"")

    def stretch(self, offset: int) -> tuple[int, bytes]:
        """Return the piece that holds `offset`."""
        if offset < self._head_end:
            return self._head[bisect_right(self._head, offset, key=_start_of) - 1]
        start, data = self._last
        if offset < start:
            self._pieces = self._restart()
            start, data = 0, b""
        while offset >= start + len(data):
            start += len(data)
            data = next(self._pieces, b"")
            if not data:
                break
            self._keep(start, data)
        self._last = (start, data)
        return self._last

    def _keep(self, start: int, data: bytes) -> None:
        if start + len(data) > self._limit:
            raise DamagedError(_("it unpacks to far more than a scene of its size can hold"))
        if start == self._head_end and start + len(data) <= _KEPT_HEAD:
            self._head.append((start, data))
            self._head_end += len(data)


def open_source(file: BinaryIO, packed_size: int) -> Source:
    """Return the source that fits the first bytes of an open file of `packed_size` bytes."""
    magic = file.read(4)
    if magic.startswith(GZIP_MAGIC):
        return StreamSource("gzip", packed_size, lambda: _gzip_pieces(file))
    if magic != ZSTD_MAGIC:
        return PlainSource(file, packed_size)
    table = _frame_table(file, packed_size)
    if table is None:
        return StreamSource("zstd", packed_size, lambda: _zstd_pieces(file))
    return FramedSource(file, *table)


def _start_of(piece: tuple[int, bytes]) -> int:
    return piece[0]


def _frame_table(file: BinaryIO, packed_size: int) -> tuple[list[int], list[int]] | None:
    """Read the table of the zstd seekable format; None when there is none that can be trusted.

    Source: zstd's contrib/seekable_format description; agrees with files of Blender 3.4 to 5.2.
    """
    footer = struct.Struct("<IBI")
    file.seek(max(0, packed_size - footer.size))
    tail = file.read(footer.size)
    if len(tail) < footer.size:
        return None
    count, flags, magic = footer.unpack(tail)
    entry = struct.Struct("<III" if flags & 0x80 else "<II")
    table_size = 8 + count * entry.size + footer.size
    if magic != 0x8F92EAB1 or flags & 0x7C or not 0 < count <= _MOST_FRAMES or table_size > packed_size:
        return None
    file.seek(packed_size - table_size)
    if struct.unpack("<II", file.read(8)) != (0x184D2A5E, table_size - 8):
        return None
    rows = list(entry.iter_unpack(file.read(count * entry.size)))
    packed_sizes, sizes = [row[0] for row in rows], [row[1] for row in rows]
    if sum(packed_sizes) + table_size != packed_size or max(packed_sizes + sizes) > _LARGEST_FRAME:
        return None
    if sum(sizes) > max(_ALWAYS_ALLOWED, packed_size * _LARGEST_RATIO):
        return None
    return packed_sizes, sizes


def _zstd_pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    with unpacker.stream_reader(file, read_across_frames=True, closefd=False) as reader:
        while piece := reader.read(_PIECE):
            yield piece


def _gzip_pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    with gzip.GzipFile(fileobj=file, mode="rb") as reader:
        try:
            while piece := reader.read(_PIECE):
                yield piece
        except EOFError:
            return  # cut off: whoever reads on finds too little


PACKING_ERRORS = (zstandard.ZstdError, zlib.error, gzip.BadGzipFile)
"""What the unpackers raise over damaged bytes."""
