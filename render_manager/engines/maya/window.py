"""A large file seen through a small window: searched and read in pieces, in flat memory.

One window belongs to one thread. The file is read, not memory-mapped: a mapped file on a share that goes away
kills the whole process, while a read merely fails.
"""

from typing import BinaryIO

PIECE = 1 << 20
_ENOUGH = 512
"""Bytes a piece has to hold from the place asked for, unless the file ends before."""


class Window:
    """An open file; places are offsets from its start."""

    def __init__(self, file: BinaryIO, size: int, *, piece: int = PIECE) -> None:
        self._file = file
        self._piece = piece
        self._base = 0
        self._data = b""
        self.size = size
        """Bytes of the file; becomes smaller when it turns out to have shrunk."""

    def piece(self, start: int) -> tuple[int, bytes]:
        """Return where a stretch that holds `start` begins, and the stretch; empty at the end of the file."""
        held = self._base + len(self._data)
        if not self._base <= start <= min(held, self.size) or held < min(start + _ENOUGH, self.size):
            self._base, self._data = start, self._read(start, self._piece)
        return self._base, self._data

    def find(self, needle: bytes, start: int, end: int | None = None) -> int:
        """Return where `needle`, shorter than 512 bytes, next begins, ending before `end`; -1 for nowhere."""
        while True:
            limit = self.size if end is None else min(end, self.size)
            if start + len(needle) > limit:
                return -1
            base, data = self.piece(start)
            at = data.find(needle, start - base, limit - base)
            if at >= 0:
                return base + at
            start = max(start, base + len(data) - len(needle)) + 1

    def slice(self, start: int, end: int) -> bytes:
        """Return the bytes of a range, fewer at the end of the file; the caller bounds its length."""
        end = min(end, self.size)
        if start >= end:
            return b""
        if not self._base <= start <= end <= self._base + len(self._data):
            if end - start > self._piece // 2:
                return self._read(start, end - start)
            self._base, self._data = start, self._read(start, self._piece)
        return self._data[start - self._base : end - self._base]

    def _read(self, start: int, length: int) -> bytes:
        wanted = min(length, self.size - start)
        if wanted <= 0:
            return b""
        self._file.seek(start)
        data = self._file.read(wanted)
        while len(data) < wanted:
            more = self._file.read(wanted - len(data))
            if not more:
                self.size = start + len(data)
                break
            data += more
        return data
