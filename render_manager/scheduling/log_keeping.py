"""Keeps the folder of the engines' logs within bounds: the oldest go first, what explains a failure last.

Works on the threads of workers that have ended; nobody waits for it.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from render_manager.scheduling.messages import WorkerEnded
from render_manager.scheduling.ports import Worker, WorkerFactory, WorkerOrder

log = logging.getLogger(__name__)

LOGS_LIMIT_BYTES = 4 * 1024**3
"""All logs of ended workers together; the running ones come on top, each with a limit of its own."""
KEPT_SHARE = 0.9
"""What is left of the limit when logs had to go, so that not every worker's end is followed by a search."""


@dataclass(frozen=True, slots=True)
class _Log:
    path: Path
    size_bytes: int
    changed_ns: int


class LogKeeper:
    """Removes logs of ended workers when all together are too large; any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        last_of_failed: Callable[[], Collection[str]],
        limit_bytes: int = LOGS_LIMIT_BYTES,
    ) -> None:
        self._folder = folder
        self._last_of_failed = last_of_failed
        self._limit_bytes = limit_bytes
        self._is_busy = threading.Lock()
        self._counting = threading.Lock()
        self._kept_bytes: int | None = None
        """At least what all logs have together, None while that is not known."""

    def tidy(self, running: Collection[Path], *, ended: Path | None = None) -> None:
        """Remove what is too much; the logs of running workers are neither counted nor touched.

        The folder is gone through at the first time and when the logs that `ended` since have filled it.
        """
        if self._still_fits(ended) or not self._is_busy.acquire(blocking=False):
            return
        try:
            with self._counting:
                self._kept_bytes = 0
            logs = [one for one in self._logs() if one.path not in running]
            left = sum(one.size_bytes for one in logs)
            if left > self._limit_bytes:
                left = self._remove(logs)
            with self._counting:
                self._kept_bytes += left
        except Exception:  # whatever it is, rendering goes on and the next end of a worker tries again
            log.exception("the logs in %s are not tidied", self._folder)
            with self._counting:
                self._kept_bytes = None
        finally:
            self._is_busy.release()

    def _still_fits(self, ended: Path | None) -> bool:
        """Count one more log; return whether all of them are known to fit."""
        try:
            size_bytes = 0 if ended is None else ended.lstat().st_size
        except OSError:
            # It could not be written, or its job is deleted already.
            size_bytes = 0
        with self._counting:
            if self._kept_bytes is None:
                return False
            self._kept_bytes += size_bytes
            return self._kept_bytes <= self._limit_bytes

    def _remove(self, logs: list[_Log]) -> int:
        """Remove the oldest; return how many bytes are left."""
        spared = {Path(path) for path in self._last_of_failed()}
        left = sum(one.size_bytes for one in logs)
        count = 0
        for one in sorted(logs, key=lambda one: (one.path in spared, one.changed_ns)):
            if left <= self._limit_bytes * KEPT_SHARE:
                break
            try:
                one.path.unlink(missing_ok=True)
            except OSError as error:
                log.info("the log %s stays: %s", one.path, error)
                continue
            left -= one.size_bytes
            count += 1
        log.info("%d old logs were removed from %s, which held too much", count, self._folder)
        return left

    def _logs(self) -> list[_Log]:
        found = []
        for path in self._folder.glob("*/*.log"):
            try:
                facts = path.lstat()
            except OSError as error:
                log.info("the log %s is passed over: %s", path, error)
                continue
            found.append(_Log(path, facts.st_size, facts.st_mtime_ns))
        return found


class KeepingFactory:
    """Starts workers through another factory, and has the logs tidied when one of them has ended."""

    def __init__(self, factory: WorkerFactory, keeper: LogKeeper) -> None:
        self._factory = factory
        self._keeper = keeper
        self._running: dict[int, Path] = {}
        self._lock = threading.Lock()

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> Worker:
        """Start a worker without waiting for it."""
        with self._lock:
            self._running[order.worker_id] = order.log_path

        def post_and_tidy(message: object) -> None:
            post(message)
            if isinstance(message, WorkerEnded):
                self._tidy_after(order)

        try:
            return self._factory.start(order, post_and_tidy)
        except BaseException:
            with self._lock:
                del self._running[order.worker_id]
            raise

    def _tidy_after(self, order: WorkerOrder) -> None:
        with self._lock:
            self._running.pop(order.worker_id, None)
            running = frozenset(self._running.values())
        self._keeper.tidy(running, ended=order.log_path)
