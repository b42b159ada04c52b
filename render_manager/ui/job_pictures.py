"""The last finished picture of each job that is seen; those of earlier runs are read from the database."""

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from render_manager.ui.models.jobs_model import JobsModel
from render_manager.ui.pools import Errands
from render_manager.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader


MOST_WAITING = 60
"""Jobs whose picture is wished and not looked for yet; older wishes are dropped, they scrolled away."""


class JobPictures(QObject):
    """Gives a job's picture at once if it is there, and says when it has come; GUI thread.

    Signals:
        arrived: a picture can be painted now.
    """

    arrived = Signal()

    def __init__(self, *, model: JobsModel, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._errands = errands
        self._thumbnails = Thumbnails(errands, self)
        self._thumbnails.arrived.connect(lambda _path: self.arrived.emit())
        self._reader: StateReader | None = None
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._reading: set[int] = set()

    def read_from(self, reader: "StateReader") -> None:
        """Read what is not known from this reader from now on."""
        self._reader = reader
        self.arrived.emit()

    def get(self, job_id: int) -> QPixmap | None:
        """Return the picture of a job's last finished frame, or None and look for it."""
        path = self._model.notes.picture(job_id)
        if path:
            return self._thumbnails.get(path)
        if path is None and self._reader is not None and job_id not in self._reading:
            self._waiting[job_id] = None
            self._waiting.move_to_end(job_id)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._read_next()
        return None

    def _read_next(self) -> None:
        """Have one read under way; the newest wish first, it is what is looked at."""
        reader = self._reader
        if reader is None or self._reading or not self._waiting:
            return
        job_id, _nothing = self._waiting.popitem(last=True)
        self._reading.add(job_id)
        self._errands.run(
            lambda: reader.newest_thumbnail(job_id), lambda found: self._take(job_id, found or "")
        )

    def _take(self, job_id: int, thumbnail: str) -> None:
        self._reading.discard(job_id)
        self._model.note_picture(job_id, thumbnail)
        self._read_next()
