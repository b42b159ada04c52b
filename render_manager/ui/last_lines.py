"""The last line of each attempt's log, read on a pool thread for the attempts that are looked at."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.changes import AttemptRecord
from render_manager.ui.log_tail import last_line
from render_manager.ui.pools import Errands

MOST_KEPT = 5_000
MOST_WANTED = 200
"""Lines waited for; older wishes are dropped, they scrolled away."""
Key = tuple[str, int, int | None]


class LastLines(QObject):
    """Gives the last line of an attempt's log at once if it was read, and says when more were; GUI thread.

    Signals:
        arrived: lines that were missing can be had now.
    """

    arrived = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._lines: OrderedDict[Key, str] = OrderedDict()
        self._wanted: OrderedDict[Key, None] = OrderedDict()
        self._is_reading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)

    def get(self, attempt: AttemptRecord) -> str:
        """Return the last line of an ended attempt's log; empty where there is none or it comes soon."""
        if not attempt.log_path or attempt.log_end is None:
            return ""
        key = attempt.log_path, attempt.log_start, attempt.log_end
        line = self._lines.get(key)
        if line is not None:
            return line
        self._wanted[key] = None
        while len(self._wanted) > MOST_WANTED:
            self._wanted.popitem(last=False)
        if not self._timer.isActive():
            self._timer.start(0)
        return ""

    def _read(self) -> None:
        if self._is_reading or not self._wanted:
            return
        self._is_reading = True
        keys = list(self._wanted)
        self._wanted.clear()
        self._errands.run(lambda: {key: last_line(Path(key[0]), key[1], key[2]) for key in keys}, self._take)

    def _take(self, found: dict[Key, str] | None) -> None:
        self._is_reading = False
        self._lines.update(found or {})
        while len(self._lines) > MOST_KEPT:
            self._lines.popitem(last=False)
        self.arrived.emit()
        if self._wanted:
            self._timer.start(0)
