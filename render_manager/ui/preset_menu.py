"""The menu of named presets: use one for the selected scenes, keep the present choices, rename, delete."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.remembered import Remembered

LONGEST_NAME = 60


class PresetButton(QPushButton):
    """A button with the menu; GUI thread.

    Signals:
        wanted: name of the preset to use.
        save_wanted: name under which the present choices are to be kept.
    """

    wanted = Signal(str)
    save_wanted = Signal(str)

    def __init__(self, remembered: Remembered, parent: QWidget | None = None) -> None:
        super().__init__(_("Pres&ets"), parent)
        self._remembered = remembered
        self.setToolTip(_("Use kept choices for the selected scenes, or keep the present ones under a name"))
        self.presets = QMenu(self)
        self.presets.setToolTipsVisible(True)
        self.presets.aboutToShow.connect(self.build)
        self.setMenu(self.presets)

    def build(self) -> None:
        """Fill the menu with the presets there are."""
        menu = self.presets
        menu.clear()
        names = sorted(self._remembered.presets, key=str.lower)
        for name in names:
            self._add(menu, name, lambda name=name: self.wanted.emit(name))  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
        if not names:
            menu.addAction(_("No presets yet")).setEnabled(False)
        menu.addSeparator()
        save = self._add(menu, _("&Save as preset…"), self._ask_name, is_name=False)
        save.setToolTip(
            _("Keeps everything but the output folder and names inside the scene, such as its camera")
        )
        if names:
            self._add_changes(menu, names)

    def _add_changes(self, menu: QMenu, names: list[str]) -> None:
        rename, delete = menu.addMenu(_("&Rename")), menu.addMenu(_("&Delete"))
        for name in names:
            self._add(rename, name, lambda name=name: self._ask_new_name(name))  # type: ignore[misc]  # as above
            self._add(delete, name, lambda name=name: self._remembered.delete_preset(name))  # type: ignore[misc]  # as above

    def _add(self, menu: QMenu, text: str, do: Callable[[], None], *, is_name: bool = True) -> QAction:
        action = menu.addAction(text.replace("&", "&&") if is_name else text)
        action.triggered.connect(lambda _checked=False: do())
        return action

    def _ask_name(self) -> None:
        self._ask(_("Save as preset"), "", self.save_wanted.emit)

    def _ask_new_name(self, old: str) -> None:
        self._ask(_("Rename preset"), old, lambda new: self._remembered.rename_preset(old, new))

    def _ask(self, title: str, name: str, then: Callable[[str], None]) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(title)
        dialog.setLabelText(_("Name of the preset; one that has it already is replaced."))
        dialog.setTextValue(name)

        def take(text: str) -> None:
            text = text.strip()[:LONGEST_NAME]
            if text:
                then(text)

        dialog.textValueSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
