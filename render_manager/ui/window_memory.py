"""Where the window was, how its panes were divided and which were hidden, from one run to the next."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QSplitter

from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.job_columns import JobColumns
from render_manager.ui.log_pane import LogPane
from render_manager.ui.own_settings import open_to_write
from render_manager.ui.view_menu import ViewMenu


class WindowMemory:
    """Saves and restores the looks of one window; GUI thread. Without a file it does nothing."""

    def __init__(
        self,
        *,
        file: Path | None,
        window: QMainWindow,
        splitters: Mapping[str, QSplitter],
        view_menu: ViewMenu,
        frames: FramesPane,
        columns: JobColumns,
        log: LogPane,
        toggles: Mapping[str, QAction],
    ) -> None:
        self._file = file
        self._window = window
        self._splitters = splitters
        self._view_menu = view_menu
        self._frames = frames
        self._columns = columns
        self._log = log
        self._toggles = toggles

    def save(self) -> None:
        """Write everything down."""
        if self._file is None:
            return
        settings = open_to_write(self._file)
        settings.setValue("geometry", self._window.saveGeometry())
        for name, splitter in self._splitters.items():
            settings.setValue(f"splitter/{name}", splitter.saveState())
        self._frames.save(settings)
        self._view_menu.save(settings)
        self._columns.save(settings)
        self._log.save(settings)
        for name, toggle in self._toggles.items():
            settings.setValue(f"toggle/{name}", "yes" if toggle.isChecked() else "no")

    def restore(self) -> None:
        """Bring back what was written down, as far as it can be read."""
        if self._file is None or not self._file.exists():
            return
        settings = QSettings(str(self._file), QSettings.Format.IniFormat)
        _restored(settings, "geometry", self._window.restoreGeometry)
        for name, splitter in self._splitters.items():
            orientation = splitter.orientation()
            _restored(settings, f"splitter/{name}", splitter.restoreState)
            splitter.setOrientation(orientation)
        self._frames.restore(settings)
        self._view_menu.restore(settings)
        self._columns.restore(settings)
        self._log.restore(settings)
        for name, toggle in self._toggles.items():
            value = settings.value(f"toggle/{name}")
            if value in ("yes", "no"):
                toggle.setChecked(value == "yes")


def _restored(settings: QSettings, name: str, restore: Callable[[QByteArray], bool]) -> None:
    value = settings.value(name)
    if isinstance(value, QByteArray):
        restore(value)
