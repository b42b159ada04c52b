"""Cutting a stream of bytes into lines of bounded length."""

from dataclasses import dataclass

MAX_LINE_BYTES = 64 * 1024
"""Longest line that is looked at; the rest of a longer one is dropped (it is still in the log file)."""


@dataclass(slots=True)
class Line:
    """One line of output."""

    text: str
    """Without its end, undecodable bytes replaced."""
    end: int
    """Bytes of the stream up to and including this line's end."""


class LineSplitter:
    """Turns chunks of output into lines; `\\n`, `\\r\\n` and a lone `\\r` all end a line.

    Used by one thread.
    """

    __slots__ = ("_ended_with_cr", "_kept", "_offset")

    def __init__(self) -> None:
        self._kept = b""
        self._offset = 0
        self._ended_with_cr = False

    def feed(self, chunk: bytes) -> list[Line]:
        """Take the next chunk and return the lines it completes."""
        if self._ended_with_cr and chunk:
            self._ended_with_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
                self._offset += 1
        if not chunk:
            return []
        self._ended_with_cr = chunk.endswith(b"\r")
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            self._offset += len(chunk)
            return []
        lines: list[Line] = []
        offset = self._offset
        for piece in chunk.splitlines(keepends=True):
            offset += len(piece)
            if piece[-1:] not in (b"\n", b"\r"):
                self._keep(piece)
                continue
            body = self._kept + piece.rstrip(b"\r\n") if self._kept else piece.rstrip(b"\r\n")
            self._kept = b""
            lines.append(Line(body[:MAX_LINE_BYTES].decode("utf-8", "replace"), offset))
        self._offset = offset
        return lines

    def finish(self) -> list[Line]:
        """Return what is left after the last chunk, as a line."""
        kept, self._kept = self._kept, b""
        return [Line(kept.decode("utf-8", "replace"), self._offset)] if kept else []

    def _keep(self, piece: bytes) -> None:
        room = MAX_LINE_BYTES - len(self._kept)
        if room > 0:
            self._kept += piece[:room]
