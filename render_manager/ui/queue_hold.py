"""Holding the whole queue: no further frames are started until the user lets it go on."""

from PySide6.QtCore import QObject, Signal

from render_manager.domain.commands import HoldQueue
from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions
from render_manager.ui.banner import Banner
from render_manager.ui.bridge import Bridge


class QueueHold(QObject):
    """Knows whether the queue is held, and shows it; GUI thread.

    Signals:
        changed: whether it is held now.
    """

    changed = Signal(bool)

    def __init__(self, *, bridge: Bridge, actions: Actions, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._actions = actions
        self._banner = banner
        self.is_held = False
        self.is_told_elsewhere = False
        """Whether a bar of its own says why it is held."""
        actions.connect("hold", self.toggle)

    def toggle(self) -> None:
        """Hold the queue, or let it go on."""
        self.show(is_held=not self.is_held)
        self._bridge.post(HoldQueue(self.is_held))

    def hold(self) -> None:
        """Hold the queue, whether it is held already or not."""
        self.show(is_held=True)
        self._bridge.post(HoldQueue(True))

    def show(self, *, is_held: bool) -> None:
        """Show that the queue is held, or that it goes on; gives no order."""
        self.is_held = is_held
        self._actions.set_text("hold", _("&Go on") if is_held else _("&Pause all"))
        self._actions.set_icon("hold", "mdi6.play" if is_held else "mdi6.pause")
        text = _("The queue is paused: no further frames are started.") if is_held else ""
        text = "" if self.is_told_elsewhere else text
        self._banner.say("held", text)
        self.changed.emit(is_held)
