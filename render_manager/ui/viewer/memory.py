"""What the viewer remembers from one run to the next: its place, and each job's colour view."""

from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from render_manager.media.look import ColourView
from render_manager.ui.own_settings import open_to_write

MOST_JOBS = 500
"""Jobs whose view is remembered; the ones set longest ago go first."""
_SEPARATOR = "\n"


class ViewerMemory:
    """Reads and writes one small file; without one it remembers nothing. GUI thread."""

    def __init__(self, file: Path | None) -> None:
        self._settings = None if file is None else open_to_write(file)

    def restore(self, window: QWidget) -> bool:
        """Put a window where it was; return False when that is not known."""
        value = None if self._settings is None else self._settings.value("geometry")
        return isinstance(value, QByteArray) and window.restoreGeometry(value)

    def save(self, window: QWidget) -> None:
        """Remember where a window is."""
        if self._settings is not None:
            self._settings.setValue("geometry", window.saveGeometry())
            self._settings.sync()

    def view_of(self, job_uuid: str) -> ColourView:
        """Return the view that was chosen for a job, the usual one by default."""
        value = None if self._settings is None else self._settings.value(f"view/{job_uuid}")
        parts = str(value or "").split(_SEPARATOR)
        return ColourView(*parts[1:5]) if len(parts) == 5 else ColourView()

    def set_view(self, job_uuid: str, view: ColourView) -> None:
        """Remember the view of a job; the usual one needs no remembering."""
        if self._settings is None:
            return
        if view == ColourView():
            self._settings.remove(f"view/{job_uuid}")
            return
        serial = int(str(self._settings.value("serial") or 0)) + 1
        self._settings.setValue("serial", serial)
        parts = (str(serial), view.key, view.display, view.config, view.space)
        self._settings.setValue(f"view/{job_uuid}", _SEPARATOR.join(parts))
        self._forget_old()

    def _forget_old(self) -> None:
        assert self._settings is not None
        self._settings.beginGroup("view")
        names = self._settings.childKeys()
        if len(names) > MOST_JOBS:
            age = {name: int(str(self._settings.value(name)).split(_SEPARATOR)[0] or 0) for name in names}
            for name in sorted(names, key=age.__getitem__)[:-MOST_JOBS]:
                self._settings.remove(name)
        self._settings.endGroup()
