"""The file that a worker's output goes to."""

import logging
import os
import shlex
from datetime import UTC, datetime
from typing import BinaryIO

from render_manager.domain.printable import one_line
from render_manager.scheduling.ports import WorkerOrder

log = logging.getLogger(__name__)

LOG_LIMIT_BYTES = 512 * 1024 * 1024
"""A worker's log stops growing here; its output is still read."""


class LogFile:
    """The file a worker's output goes to, byte by byte as printed, behind a short head of ours; private.

    What a full disk does not take is missing in it; it goes on as soon as there is room, with a line of ours
    that says how much is missing.
    """

    def __init__(self, order: WorkerOrder) -> None:
        self._order = order
        self._file: BinaryIO | None = None
        self._is_full = False
        self._gap = 0
        """Bytes that were lost since the file took some last."""
        self._shift = 0
        """How much further on what is given now stands in the file than among all that was given."""
        self.size = 0
        self.given = 0
        """Bytes that should have gone into the file."""
        self.lost = 0
        """Bytes of these that did not go into the file."""
        self.trouble = ""
        """Why the disk took not all of them, empty as long as it does; the last reason is kept."""

    def __enter__(self) -> "LogFile":
        try:
            self._open()
        except OSError as error:
            self._note(error)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def head(self, argv: tuple[str, ...]) -> None:
        """Write what is run, so that a person can run it again by hand."""
        installation = self._order.installation
        lines = (
            f"# Render Manager, {datetime.now(UTC).isoformat(timespec='seconds')}",
            f"# {one_line(f'{installation.key} {installation.version_text}')}",
            f"# {' '.join(map(shell_word, argv))}",
        )
        self.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))

    def write(self, data: bytes) -> None:
        """Append output; a full disk costs the log, not the frame."""
        if self.size + len(data) > LOG_LIMIT_BYTES and not self._is_full:
            self._is_full = True
            self._put(b"\n# The log ends here: it reached its largest size.\n")
        taken = 0 if self._is_full or not self._resume() else self._put(data)
        self.given += len(data)
        self.lost += len(data) - taken
        self._gap += len(data) - taken

    def place_of(self, given: int) -> int:
        """Return where in the file that stands which came after so many bytes."""
        return min(given + self._shift, self.size)

    def _resume(self) -> bool:
        """Return whether the file takes more, after saying in it what is missing."""
        if not self._gap:
            return True
        words = f"\n# {self.lost} bytes of output are missing here: the disk did not take them.\n".encode()
        if self._put(words) < len(words):
            return False
        self._shift = self.size - self.given
        self._gap = 0
        return True

    def _put(self, data: bytes) -> int:
        """Write what the disk takes; return how many bytes that were."""
        taken = 0
        try:
            file = self._file or self._open()
            while taken < len(data):
                taken += file.write(data[taken:]) or 0
        except OSError as error:
            self._note(error)
        self.size += taken
        return taken

    def _open(self) -> BinaryIO:
        path = self._order.log_path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        return self._file

    def _note(self, error: OSError) -> None:
        why = error.strerror or type(error).__name__
        if not self.trouble:
            log.info("the log %s has gaps: %s", self._order.log_path, why)
        self.trouble = why


def shell_word(argument: str) -> str:
    """Return an argument as a POSIX shell is given it, on one line whatever it holds."""
    if argument.isprintable() or not argument:
        return shlex.quote(argument)
    letters = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\x{byte:02x}"
        for byte in argument.encode("utf-8", "surrogateescape")
    )
    return f"$'{''.join(letters)}'"
