"""How regularly the GUI thread comes by: ticks of a timer, and the gaps between them."""

import time
from dataclasses import dataclass

TICK_MS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened in one run."""

    gaps_ms: list[float]
    """Time between two ticks of the GUI thread, which should be TICK_MS."""
    lines_a_second: float
    frames_a_second: float

    @property
    def worst_ms(self) -> float:
        """Return the worst gap."""
        return max(self.gaps_ms)


class Ticker:
    """Notes how regularly the GUI thread comes by."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps_ms: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin."""
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """End; a thread that has not come by for long may be late for its next tick."""
        self._timer.stop()
        self._tick()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append(1000.0 * (now - self._last))
        self._last = now


def run_loop(seconds: float) -> None:
    """Run the event loop as the program does, for a while."""
    import qasync
    from PySide6.QtWidgets import QApplication

    loop = qasync.QEventLoop(QApplication.instance(), already_running=False)
    with loop:
        loop.call_later(seconds, loop.stop)
        loop.run_forever()


def run_plain_loop(seconds: float) -> None:
    """Run the event loop of a program without asyncio, for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
