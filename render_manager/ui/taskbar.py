"""Progress on the window's button in the task bar, where the desktop shows it."""

import logging
import sys
from typing import Protocol

from PySide6.QtWidgets import QWidget

from render_manager.system.identity import DESKTOP_ID
from render_manager.ui.overall import Overall

log = logging.getLogger(__name__)


class Taskbar(Protocol):
    """Something that shows progress."""

    def show(self, overall: Overall) -> None:
        """Show where the queue stands; GUI thread."""
        ...


class NoTaskbar:
    """Shows nothing, where the desktop offers nothing."""

    def show(self, overall: Overall) -> None:
        """Show nothing."""


class LauncherEntry:
    """Tells docks of Linux desktops over D-Bus (the Unity launcher API, which KDE and GNOME's dock read)."""

    def __init__(self) -> None:
        self._shown: Overall | None = None

    def show(self, overall: Overall) -> None:
        """Show where the queue stands."""
        if overall == self._shown:
            return
        self._shown = overall
        from PySide6.QtDBus import QDBusConnection, QDBusMessage  # not before the first paint

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        message = QDBusMessage.createSignal(
            "/com/rendermanager", "com.canonical.Unity.LauncherEntry", "Update"
        )
        values = {"progress": overall.percent / 100.0, "progress-visible": not overall.is_idle}
        message.setArguments([f"application://{DESKTOP_ID}.desktop", values])
        bus.send(message)


def taskbar_of(window: QWidget) -> Taskbar:
    """Return what shows progress for this window on this desktop."""
    if sys.platform == "win32":
        from render_manager.ui.windows_taskbar import WindowsTaskbar  # needs comtypes

        try:
            return WindowsTaskbar(window)
        except OSError as error:
            log.info("the task bar shows no progress: %s", error)
            return NoTaskbar()
    return LauncherEntry() if sys.platform.startswith("linux") else NoTaskbar()
