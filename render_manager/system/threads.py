"""Threads for runs without a window, behind the same small protocol as the window's QThreadPool."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class ExecutorPool:
    """Runs functions on plain threads."""

    def __init__(self, *, name: str, max_threads: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=max_threads, thread_name_prefix=name)

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function on one of the threads."""
        self._executor.submit(function)

    def finish(self) -> None:
        """Take nothing more and wait for what runs."""
        self._executor.shutdown(wait=True)
