"""Whether somebody is at the computer: told from the pointer and from the window being chosen."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

LOOK_EVERY_MS = 5000
AWAY_S = 3600.0
"""Whoever was not seen for so long was away."""
SAVE_EVERY_S = 60.0


def _pointer() -> object:
    place = QCursor.pos()
    return place.x(), place.y()


class Attendance(QObject):
    """Notices that the user came back; GUI thread.

    No event filter over the whole program: each of its events would go through Python.

    Signals:
        came_back: since when nobody had been there, in seconds since the epoch.
        seen: the moment at which somebody was there, to be written down; at most once a minute.
    """

    came_back = Signal(float)
    seen = Signal(float)

    def __init__(
        self,
        *,
        pointer: Callable[[], object] = _pointer,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pointer = pointer
        self._clock = clock
        self._last_place = pointer()
        self._seen_at: float | None = None
        self._saved_at = 0.0
        self._watched: set[QObject] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def begin(self, seen_at: float | None) -> None:
        """Look from now on; `seen_at` is when somebody was there in an earlier run, None if never."""
        self._seen_at = seen_at if seen_at is not None else self._clock()
        self._timer.start()

    def watch(self, window: QWidget) -> None:
        """Take it for a sign of life when this window is chosen, but for the first time, at its start."""
        window.installEventFilter(self)

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """See whether the pointer has moved."""
        place = self._pointer()
        if place != self._last_place:
            self._last_place = place
            self.notice()

    def notice(self) -> None:
        """Take down that somebody is there."""
        if self._seen_at is None:
            return
        now, before = self._clock(), self._seen_at
        self._seen_at = now
        if now - before > AWAY_S:
            self.came_back.emit(before)
        if now - self._saved_at > SAVE_EVERY_S:
            self._saved_at = now
            self.seen.emit(now)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Notice that the window is chosen."""
        if event.type() is QEvent.Type.WindowActivate:
            if watched in self._watched:
                self.notice()
            self._watched.add(watched)
        return super().eventFilter(watched, event)
