"""The program's own log: a rotating file, and standard error for those who run it in a terminal."""

import logging
import logging.handlers
import sys
from io import TextIOWrapper

from render_manager.system.paths import AppPaths
from render_manager.system.private_files import open_private

LIMIT_BYTES = 2 * 1024 * 1024
KEPT_FILES = 3


class _LogFile(logging.handlers.RotatingFileHandler):
    """A private log file that is silent when it cannot be written to, as on a full disk."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding="utf-8", opener=open_private)  # noqa: SIM115 - as the original, but private
        assert isinstance(file, TextIOWrapper)
        return file

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Lose the record; logging would print a traceback for each one, into somebody's terminal."""


def start_logging(paths: AppPaths, *, is_verbose: bool) -> None:
    """Send the log to its file, and with `is_verbose` to standard error as well.

    A log file that cannot be opened is no reason not to render.
    """
    root = logging.getLogger("render_manager")
    root.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    root.propagate = False
    stop_logging()
    handlers: list[logging.Handler] = []
    try:
        handlers.append(
            _LogFile(paths.program_log, maxBytes=LIMIT_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        )
    except OSError as error:
        sys.stderr.write(f"{paths.program_log}: {error}\n")
    if is_verbose or not handlers:
        handlers.append(logging.StreamHandler())
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)


def stop_logging() -> None:
    """Let go of the log file, so that it can be deleted."""
    root = logging.getLogger("render_manager")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
