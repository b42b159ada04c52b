"""Switches off what is for jobs and frames while a page covers them: no key acts on what is not seen."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from render_manager.ui.actions import Actions, action_specs

_STAYING = frozenset({"open", "quit", "hold", "keys", "about", "settings", "leave", "morning"})
"""Actions that mean the same whatever is shown."""


class PageActions:
    """Holds back the actions of jobs and frames, whatever else allows them; GUI thread."""

    def __init__(self, actions: Actions, parent: QObject) -> None:
        self._group = QActionGroup(parent)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for spec in action_specs():
            if spec.name not in _STAYING:
                self._group.addAction(actions[spec.name])

    def hold_back(self, *, is_covered: bool) -> None:
        """Forbid all of them, or let each be as it was meanwhile allowed."""
        self._group.setEnabled(not is_covered)
