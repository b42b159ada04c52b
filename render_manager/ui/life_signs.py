"""When the log of a frame under way last grew, and what it said: found on a pool thread, frame by frame."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from render_manager.domain.changes import FrameProgress
from render_manager.ui.life_sign import LifeSign, long_quiet_s
from render_manager.ui.log_tail import last_line
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    from render_manager.ui.models.frames_model import FramesModel

LOOK_EVERY_MS = 4000
MOST_LOOKED_AT = 64
"""Logs looked at each time at most."""


class LifeSigns(QObject):
    """Looks at the logs of the frames under way that are in sight, every few seconds; GUI thread."""

    def __init__(
        self,
        *,
        model: "FramesModel",
        errands: Errands,
        in_sight: Callable[[], range],
        usual_s: Callable[[], float | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._errands = errands
        self._in_sight = in_sight
        self._usual_s = usual_s
        self._signs: dict[tuple[int, int], LifeSign] = {}
        self._is_looking = False
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK_EVERY_MS)
        self.timer.timeout.connect(self.look)

    def watch(self, *, is_wanted: bool) -> None:
        """Look from now on, or no more."""
        if is_wanted and not self.timer.isActive():
            self.timer.start()
            self.look()
        elif not is_wanted:
            self.timer.stop()

    def look(self) -> None:
        """Have the logs of the frames under way looked at, those in sight."""
        job_id, asked = self._model.job_id, self._asked()
        if job_id is None or self._is_looking:
            return
        if not asked:
            if self._signs:
                self._signs = {}
                self._model.set_signs({})
            return
        self._is_looking = True
        quiet_is_long_s = long_quiet_s(self._usual_s())
        known = {number: self._signs.get((job_id, number)) for number in asked}
        self._errands.run(
            lambda: {
                number: sign_of(progress, known[number], quiet_is_long_s)
                for number, progress in asked.items()
            },
            lambda found: self._looked(job_id, found),
        )

    def _asked(self) -> dict[int, FrameProgress]:
        rendering, places = self._model.rendering(), self._in_sight()
        asked = {}
        for number, progress in rendering.items():
            if progress.log_path and self._model.place_of(number) in places:
                asked[number] = progress
                if len(asked) == MOST_LOOKED_AT:
                    break
        return asked

    def _looked(self, job_id: int, found: Mapping[int, LifeSign | None] | None) -> None:
        self._is_looking = False
        if found is None or job_id != self._model.job_id:
            return
        signs = {number: sign for number, sign in found.items() if sign is not None}
        self._signs = {(job_id, number): sign for number, sign in signs.items()}
        rendering = self._model.rendering()
        self._model.set_signs({number: sign for number, sign in signs.items() if number in rendering})


def sign_of(progress: FrameProgress, known: LifeSign | None, quiet_is_long_s: float) -> LifeSign | None:
    """Look at a log; None where it cannot be read. Pool thread.

    A file's time of change is not to be trusted while another process has it open on Windows, so growth
    between two looks counts as well.
    """
    try:
        status = Path(progress.log_path).stat()
    except OSError:
        return None
    heard_at = max(min(status.st_mtime, time.time()), progress.started_at)
    if known is not None:
        heard_at = max(heard_at, known.heard_at)
        if status.st_size == known.size_bytes:
            return LifeSign(known.size_bytes, heard_at, known.last_line, quiet_is_long_s)
        heard_at = max(heard_at, time.time() - LOOK_EVERY_MS / 1000.0)
    line = last_line(Path(progress.log_path), progress.log_start)
    return LifeSign(status.st_size, heard_at, line, quiet_is_long_s)
