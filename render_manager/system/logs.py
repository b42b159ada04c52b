"""The program's own log: a rotating file, and standard error for those who run it in a terminal."""

import logging
import logging.handlers
import sys

from render_manager.system.paths import AppPaths

LIMIT_BYTES = 2 * 1024 * 1024
KEPT_FILES = 3


def start_logging(paths: AppPaths, *, is_verbose: bool) -> None:
    """Send the log to its file, and with `is_verbose` to standard error as well.

    A log file that cannot be opened is no reason not to render.
    """
    root = logging.getLogger("render_manager")
    root.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    root.propagate = False
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    handlers: list[logging.Handler] = []
    try:
        handlers.append(
            logging.handlers.RotatingFileHandler(
                paths.program_log, maxBytes=LIMIT_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
            )
        )
    except OSError as error:
        sys.stderr.write(f"{paths.program_log}: {error}\n")
    if is_verbose or not handlers:
        handlers.append(logging.StreamHandler())
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
