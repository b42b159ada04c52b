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
    """The file a worker's output goes to, byte by byte as printed, behind a short head of ours; private."""

    def __init__(self, order: WorkerOrder) -> None:
        self._order = order
        self._file: BinaryIO | None = None
        self.size = 0
        self.lost = 0
        """Bytes of output that did not go into the file."""

    def __enter__(self) -> "LogFile":
        path = self._order.log_path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
            )
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        except OSError as error:
            log.info("no log for worker %s: %s", self._order.worker_id, error)
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
        if self._file is None:
            self.lost += len(data)
            return
        if self.size + len(data) > LOG_LIMIT_BYTES:
            self.lost += len(data)
            self._stop(b"\n# The log ends here: it reached its largest size.\n")
            return
        try:
            self._file.write(data)
            self.size += len(data)
        except OSError as error:
            log.info("the log %s stops: %s", self._order.log_path, error)
            self._stop(b"")

    def _stop(self, last_words: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(last_words)
        except OSError as error:
            log.info("the log %s has no end mark: %s", self._order.log_path, error)
        self._file.close()
        self._file = None


def shell_word(argument: str) -> str:
    """Return an argument as a POSIX shell is given it, on one line whatever it holds."""
    if argument.isprintable() or not argument:
        return shlex.quote(argument)
    letters = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\x{byte:02x}"
        for byte in argument.encode("utf-8", "surrogateescape")
    )
    return f"$'{''.join(letters)}'"
