"""Threads for runs without a window, behind the same small protocol as the window's QThreadPool."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)


class ExecutorPool:
    """Runs functions on plain threads."""

    def __init__(self, *, name: str, max_threads: int) -> None:
        self._name = name
        self._executor = ThreadPoolExecutor(max_workers=max_threads, thread_name_prefix=name)

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function on one of the threads; what it raises is a bug, and is logged."""
        self._executor.submit(self._run, function)

    def _run(self, function: Callable[[], None]) -> None:
        try:
            function()
        except Exception:
            log.exception("a function on a %s thread failed", self._name)

    def finish(self) -> None:
        """Take nothing more and wait for what runs."""
        self._executor.shutdown(wait=True)
