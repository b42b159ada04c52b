"""What is left of a crash for the next start to show: a file, never sent anywhere."""

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


class CrashFile:
    """Writes hard crashes and unhandled exceptions to a file, from `start` to `stop`.

    The file handler of a native crash needs an open file, so one object is kept for the program's life.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._on_survived: Callable[[], None] | None = None

    def take_last(self) -> Path | None:
        """Put what a crash of the last run left under another name and return that; None for nothing."""
        kept = self._path.with_name(f"last-{self._path.name}")
        try:
            if not self._path.stat().st_size:
                return None
            self._path.replace(kept)
        except OSError:
            return None
        return kept

    def start(self, on_exception: Callable[[], None] | None = None) -> None:
        """Catch crashes from now on, on every thread; `on_exception` is called on the one that failed."""
        self._on_survived = on_exception
        try:
            self._file = open(self._path, "w", encoding="utf-8", opener=open_private)  # noqa: SIM115 - open until `stop`
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
            if self._path.stat().st_size:
                self._path.replace(self._path.with_name(f"survived-{self._path.name}"))
            else:
                self._path.unlink()
        except OSError as error:
            log.info("the crash file stays: %s", error)

    def write(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write down an exception that nobody caught."""
        log.critical("unhandled exception", exc_info=(kind, error, trace))
        self._write(kind, error, trace)
        if self._on_survived is not None:
            self._on_survived()

    def _write(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if self._file is None:
            return
        import traceback  # takes time that every start would pay

        when = time.strftime("%Y-%m-%d %H:%M:%S %z")
        self._file.write(f"{when} Render Manager {__version__}, Python {sys.version.split()[0]}\n")
        traceback.print_exception(kind, error, trace, file=self._file)
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
