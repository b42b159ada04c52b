"""What is left of a crash: a file with the last words, which the next start shows; nothing is sent."""

import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from render_manager import __version__
from render_manager.system.private_files import open_private

log = logging.getLogger(__name__)

LARGEST_BYTES = 1 << 20
"""No more is written into the file; what comes later is in the program's log."""
MOST_KNOWN = 500
"""So many mistakes are told apart at most: some have numbers in them that are never the same."""
WRITTEN_TIMES = 3
"""So often is the same mistake written down in full: one in a paint event may come sixty times a second."""

OnException = Callable[[str], None]
"""Gets the traceback of an exception that nobody caught, on the thread that failed."""


class CrashFile:
    """Writes hard crashes and unhandled exceptions to a file, from `start` to `stop`.

    The file handler of a native crash needs an open file, so one object is kept for the program's life.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None
        self._on_survived: OnException | None = None
        self._times: dict[str, int] = {}

    def take_last(self) -> Path | None:
        """Put what a crash of the last run left under another name and return that; None for nothing."""
        kept = self.path.with_name(f"last-{self.path.name}")
        try:
            if not self.path.stat().st_size:
                return None
            self.path.replace(kept)
        except OSError:
            return None
        return kept

    def start(self, on_exception: OnException | None = None) -> None:
        """Catch crashes from now on, on every thread; `on_exception` is called on the one that failed."""
        self._on_survived = on_exception
        try:
            self._file = open(self.path, "w", encoding="utf-8", opener=open_private)  # noqa: SIM115 - open until `stop`
        except OSError as error:
            log.info("no crash file: %s", error)
            return
        faulthandler.enable(self._file)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def stop(self) -> None:
        """Stop catching at a normal end; what was survived is kept under another name than a crash."""
        if self._file is None:
            return
        faulthandler.disable()
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        self._file.close()
        self._file = None
        try:
            if self.path.stat().st_size:
                self.path.replace(self.path.with_name(f"survived-{self.path.name}"))
            else:
                self.path.unlink()
        except OSError as error:
            log.info("the crash file stays: %s", error)

    def write(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write down an exception that nobody caught, and tell of it; any thread."""
        import traceback  # takes time that every start would pay

        text = "".join(traceback.format_exception(kind, error, trace))
        if len(self._times) >= MOST_KNOWN:
            self._times.clear()
        times = self._times[text] = self._times.get(text, 0) + 1
        if times <= WRITTEN_TIMES:
            log.critical("unhandled exception", exc_info=(kind, error, trace))
            self.write_text(text)
        elif times in (10, 100, 1000, 10_000, 100_000):
            log.critical("the same exception for the %s. time: %r", times, error)
        if self._on_survived is not None:
            self._on_survived(text)

    def write_text(self, text: str) -> None:
        """Write down what went wrong, with the time and the versions; any thread."""
        if self._file is None or self._file.tell() > LARGEST_BYTES:
            return
        when = time.strftime("%Y-%m-%d %H:%M:%S %z")
        self._file.write(
            f"{when} Render Manager {__version__}, Python {sys.version.split()[0]}\n{text.rstrip()}\n"
        )
        self._file.flush()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.write(kind, error, trace)

    def _on_thread_exception(self, details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None:
            self.write(details.exc_type, details.exc_value, details.exc_traceback)
