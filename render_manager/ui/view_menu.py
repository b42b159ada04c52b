"""The View menu: panes that can be hidden and found again, with check marks that follow whoever does it."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


class ViewMenu(QObject):
    """Shows and hides panes; GUI thread.

    Signals:
        changed: a pane was shown or hidden.
    """

    changed = Signal()

    def __init__(self, menu: QMenu, panes: Mapping[str, tuple[str, QWidget]]) -> None:
        super().__init__(menu)
        self.toggles: dict[str, QAction] = {}
        self._panes = {name: pane for name, (_text, pane) in panes.items()}
        for name, (text, pane) in panes.items():
            toggle = menu.addAction(text)
            toggle.setCheckable(True)
            toggle.setChecked(True)
            toggle.toggled.connect(pane.setVisible)
            pane.installEventFilter(self)
            self.toggles[name] = toggle

    def save(self, settings: QSettings) -> None:
        """Note which panes are hidden."""
        for name, pane in self._panes.items():
            settings.setValue(f"hidden/{name}", "yes" if pane.isHidden() else "no")

    def restore(self, settings: QSettings) -> None:
        """Hide the panes that were hidden."""
        for name, toggle in self.toggles.items():
            toggle.setChecked(settings.value(f"hidden/{name}") != "yes")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the check marks right when something else shows or hides a pane."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            for name, pane in self._panes.items():
                if pane is watched:
                    self.toggles[name].setChecked(not pane.isHidden())
                    self.changed.emit()
        return super().eventFilter(watched, event)
