"""Keeps the computer from falling asleep while frames are rendered."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

log = logging.getLogger(__name__)


def can_keep_awake() -> bool:
    """Try for a moment whether this computer can be kept awake; a desktop's answer may take long."""
    is_active = False
    try:
        from wakepy import keep  # only when somebody asks

        with keep.running(on_fail="pass") as mode:
            is_active = bool(mode.active)
    except Exception:  # each desktop answers in its own way, and a check must not end in a traceback
        log.exception("trying to keep the computer awake")
    return is_active


class Wakefulness:
    """Holds the computer awake or lets it sleep; every call returns at once.

    What Windows, macOS and the Linux desktops offer for it is asked by wakepy, on one thread of its own: some
    of it belongs to the thread that asked, and a desktop's answer may take long.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="awake")
        self._held = ExitStack()
        self._is_wanted = False
        self._has_told = False

    def want(self, *, is_awake: bool) -> None:
        """Keep the computer awake from now on, or let it sleep when it likes."""
        if is_awake != self._is_wanted:
            self._is_wanted = is_awake
            self._thread.submit(self._hold if is_awake else self._let_go)

    def close(self) -> None:
        """Let the computer sleep, and end the thread."""
        self.want(is_awake=False)
        self._thread.shutdown(wait=True)

    def _hold(self) -> None:
        try:
            from wakepy import keep  # only when something renders

            mode = self._held.enter_context(keep.running(on_fail="pass"))
            if not mode.active and not self._has_told:
                self._has_told = True
                log.info("this computer offers no way to keep it awake while rendering: %s", mode.result)
        except Exception:
            log.exception("keeping the computer awake")

    def _let_go(self) -> None:
        try:
            self._held.close()
        except Exception:
            log.exception("letting the computer sleep again")
