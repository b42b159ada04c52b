"""The last finished picture of each job that is seen; those of earlier runs are read from the database."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from render_manager.ui.models.jobs_model import JobsModel
from render_manager.ui.pools import Errands
from render_manager.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader


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
        self._asked: set[int] = set()

    def read_from(self, reader: "StateReader") -> None:
        """Read what is not known from this reader from now on."""
        self._reader = reader
        self.arrived.emit()

    def get(self, job_id: int) -> QPixmap | None:
        """Return the picture of a job's last finished frame, or None and look for it."""
        path = self._model.notes.picture(job_id)
        if path:
            return self._thumbnails.get(path)
        if path is None and self._reader is not None and job_id not in self._asked:
            self._asked.add(job_id)
            reader = self._reader
            self._errands.run(
                lambda: reader.newest_thumbnail(job_id),
                lambda found: self._model.note_picture(job_id, found or ""),
            )
        return None
