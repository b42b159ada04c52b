"""The one seam between the owner thread and the window: change sets come in, commands go out."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import Command


class Bridge(QObject):
    """Carries change sets to the GUI thread by one queued signal, and commands to the owner's inbox.

    Lives as long as the window. Commands given before the core is up wait for it.

    Signals:
        changed: a ChangeSet, on the GUI thread.
    """

    changed = Signal(object)
    _received = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post: Callable[[Command], None] | None = None
        self._waiting: list[Command] = []
        self._received.connect(self._on_received, Qt.ConnectionType.QueuedConnection)

    def receive(self, changes: ChangeSet) -> None:
        """Take a change set; the owner thread calls this."""
        self._received.emit(changes)

    def connect_to(self, post: Callable[[Command], None]) -> None:
        """Send commands to `post` from now on, those that waited first."""
        self._post = post
        for command in self._waiting:
            post(command)
        self._waiting.clear()

    def post(self, command: Command) -> None:
        """Give an order; returns at once."""
        if self._post is None:
            self._waiting.append(command)
        else:
            self._post(command)

    @Slot(object)
    def _on_received(self, changes: ChangeSet) -> None:
        self.changed.emit(changes)
