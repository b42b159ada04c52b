"""Ends the hungriest engine before the computer has to swap. Any thread."""

import threading
from collections.abc import Callable

LEAST_LEFT_BYTES = 256 * 2**20
LEAST_LEFT_SHARE = 0.02
"""Of all memory: with less than that left, a computer is about to swap."""
LEAST_SHARE_OF_GUILT = 0.25
"""Of all memory: an engine that uses less is not the one that fills it."""
PAUSE_S = 15.0
"""After one was ended, the memory it had needs a moment to be free again."""


class MemoryWatch:
    """Knows how much memory each worker's processes use, and says which one has to go."""

    def __init__(self, *, available_bytes: Callable[[], int], total_bytes: int) -> None:
        self._available_bytes = available_bytes
        self._total_bytes = total_bytes
        self._lock = threading.Lock()
        self._used: dict[int, int] = {}
        self._quiet_until_s = 0.0

    def must_end(self, worker_id: int, used_bytes: int, now_s: float) -> bool:
        """Take down what a worker uses, and return whether it is to be ended; `now_s` is monotonic."""
        with self._lock:
            self._used[worker_id] = used_bytes
            if used_bytes < LEAST_SHARE_OF_GUILT * self._total_bytes or now_s < self._quiet_until_s:
                return False
            if used_bytes < max(self._used.values()):
                return False
            left = self._available_bytes()
            if left >= max(LEAST_LEFT_BYTES, LEAST_LEFT_SHARE * self._total_bytes):
                return False
            self._quiet_until_s = now_s + PAUSE_S
            return True

    def forget(self, worker_id: int) -> None:
        """Forget a worker that ended."""
        with self._lock:
            self._used.pop(worker_id, None)
