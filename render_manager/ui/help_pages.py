"""What the help menu opens: all keys, and what the program is."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from render_manager.system.paths import AppPaths
from render_manager.ui.actions import Actions
from render_manager.ui.theme import Theme


class HelpPages(QObject):
    """Opens the pages over one window; GUI thread. They are imported when they are first wanted."""

    def __init__(self, *, theme: Theme, actions: Actions, menus: Sequence[QMenu], parent: QWidget) -> None:
        super().__init__(parent)
        self.paths: AppPaths | None = None
        """Where the data lie; None while nobody has said so."""
        self._theme = theme
        self._menus = menus
        self._window = parent
        actions.connect("keys", self._show_keys)
        actions.connect("about", self._show_about)

    def _show_keys(self) -> None:
        from render_manager.ui.keys_page import KeysPage, pages_keys  # the first paint does not show it

        KeysPage(theme=self._theme, menus=self._menus, others=pages_keys(), parent=self._window).open()

    def _show_about(self) -> None:
        from render_manager.ui.about_page import AboutPage  # as above

        AboutPage(theme=self._theme, paths=self.paths, parent=self._window).open()
