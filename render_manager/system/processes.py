"""Other programs of this user, by their numbers."""

import time

import psutil

_LOOK_EVERY_S = 0.05


class RunningProgram:
    """A program that was running when this was made; a number given anew is not taken for it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
        except psutil.Error:
            self._process = None

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; return whether it has ended."""
        if self._process is None:
            return True
        until = time.monotonic() + timeout_s
        while not self._has_ended():
            left_s = until - time.monotonic()
            if left_s <= 0:
                return False
            # Another's child: no signal tells of its end, and some versions of psutil see none of a zombie.
            time.sleep(min(left_s, _LOOK_EVERY_S))
        return True

    def _has_ended(self) -> bool:
        assert self._process is not None
        try:
            return not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True
