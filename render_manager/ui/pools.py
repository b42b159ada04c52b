"""Own QThreadPools behind the core's small pool protocol, and work that answers on the GUI thread."""

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

log = logging.getLogger(__name__)


class QtPool:
    """Runs functions on the threads of a QThreadPool of its own."""

    def __init__(self, *, name: str, max_threads: int) -> None:
        self._pool = QThreadPool()
        self._pool.setObjectName(name)
        self._pool.setMaxThreadCount(max_threads)
        self._pool.setExpiryTimeout(-1)

    def submit(self, function: Callable[[], None]) -> None:
        """Run a function on one of the threads."""
        self._pool.start(function)

    def finish(self) -> None:
        """Wait for everything that was submitted."""
        self._pool.waitForDone()


class Errands(QObject):
    """Runs functions on a pool and hands their results to the GUI thread.

    One long-lived object: runnables that own their signals are deleted on the wrong thread. Results of an
    errand whose receiver said it is no longer wanted are dropped by the receiver itself.
    """

    _done = Signal(object, object)

    def __init__(self, pool: QtPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._under_way = 0
        self._when_idle: list[Callable[[], None]] = []
        self._done.connect(self._on_done, Qt.ConnectionType.QueuedConnection)

    def run(self, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run `function` on the pool and then `then` with its result on the GUI thread.

        An exception is logged and `then` gets None.
        """

        def work() -> None:
            try:
                result = function()
            except Exception:  # an errand only reads for the eye; its failure must not end a thread
                log.exception("an errand failed")
                result = None
            self._done.emit(then, result)

        self._under_way += 1
        self._pool.submit(work)

    def when_idle(self, then: Callable[[], None]) -> None:
        """Call `then` on the GUI thread when no errand is under way: who waits for one may not go before."""
        if self._under_way:
            self._when_idle.append(then)
        else:
            then()

    @Slot(object, object)
    def _on_done(self, then: Callable[[Any], None], result: object) -> None:
        try:
            then(result)
        finally:
            self._under_way -= 1
            while self._when_idle and not self._under_way:
                self._when_idle.pop(0)()
