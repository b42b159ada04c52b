"""How much room is left where the shown job writes."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.texts import gettext as _
from render_manager.engines.outlook import free_bytes
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.pools import Errands

LOOK_EVERY_MS = 5000


class DiskLabel(ElidedLabel):
    """Shows free disk space; asks the system on a pool thread. GUI thread."""

    def __init__(self, *, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._errands = errands
        self._folder: Path | None = None
        self._is_looking = False
        self.setObjectName("dim")
        self.setContentsMargins(8, 0, 8, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def show_job(self, job: JobSnapshot | None) -> None:
        """Look at the disk of another job."""
        folder = None if job is None else job.output_dir
        if folder == self._folder:
            return
        self._folder = folder
        if folder is None:
            self._timer.stop()
            self.setText("")
        else:
            self._timer.start()
            self._look()

    def _look(self) -> None:
        folder = self._folder
        # A share that does not answer must not take one thread after the other.
        if folder is not None and not self._is_looking:
            self._is_looking = True
            self._errands.run(lambda: free_bytes(folder), lambda free: self._show(folder, free))

    def _show(self, folder: Path, room_bytes: int | None) -> None:
        self._is_looking = False
        if folder != self._folder:
            self._look()
        elif room_bytes is not None:
            self.setText(
                _("{size} free on the disk of {folder}").format(size=size_text(room_bytes), folder=folder)
            )


def size_text(size_bytes: int) -> str:
    """Return a size for people: `412 GB`, `3.4 GB`, `90 MB`."""
    gigabytes = size_bytes / 1e9
    if gigabytes >= 10:
        return f"{gigabytes:,.0f} GB"
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{size_bytes / 1e6:.0f} MB"
