"""How other programs of this user reach the window: part of the composition root."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from render_manager.domain.commands import Command
from render_manager.domain.errors import UserError
from render_manager.system.ownership import Ownership

if TYPE_CHECKING:
    from render_manager.services.control import ControlServer


class Doorbell(QObject):
    """Lets other threads, on which other programs are heard, knock at the GUI thread.

    Signals:
        rang: the files another start of the program was given.
        dismissed: another program of this user wants this one to end.
    """

    rang = Signal(object)
    dismissed = Signal()

    def listen(self, channel: "ControlServer", ownership: Ownership, post: Callable[[Command], None]) -> None:
        """Let others show files, give orders and end the program from now on."""
        channel.start(ownership, post=post, show=self.rang.emit, leave=self.dismissed.emit)

    def listen_in_vain(self, ownership: Ownership, why: str) -> "ControlServer":
        """Let others show and end a window that has nothing behind it; orders are refused with a sentence."""
        from render_manager.services.control import ControlServer  # not before the first paint

        def refuse(_command: Command) -> None:
            raise UserError(why)

        channel = ControlServer()
        self.listen(channel, ownership, refuse)
        return channel
