"""Who decides how an attempt ends: the thread that moves its files, or the owner that cancels it."""

import threading


class Claim:
    """Can be taken once, by one thread; the one that takes it decides."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take the claim; return False when it was taken before. Any thread."""
        return self._lock.acquire(blocking=False)
