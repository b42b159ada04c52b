"""Orders that can be undone for a while, instead of a question before each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.commands import Command, UndoOrder

UNDO_S = 10
"""How long an order can be undone."""


@dataclass(eq=False)
class Undoable:
    """One order that can be undone; what it did is remembered by the owner, under its id."""

    text: str
    """What was done, a sentence."""
    after_undo: Callable[[], None] = lambda: None
    """What else is undone."""
    at_the_end: Callable[[], None] = lambda: None
    """What is done for good when it was not undone."""
    order_id: str = field(default_factory=lambda: uuid4().hex)
    seconds_left: int = UNDO_S


class Undo(QObject):
    """Keeps what can be undone, the newest last; GUI thread.

    Signals:
        changed: another order is the next to be undone, or none, or its time goes on.
    """

    changed = Signal()

    def __init__(self, post: Callable[[Command], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post = post
        self._orders: list[Undoable] = []
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)

    @property
    def newest(self) -> Undoable | None:
        """Return what would be undone next."""
        return self._orders[-1] if self._orders else None

    def offer(self, order: Undoable) -> str:
        """Let an order be undone; return the id it has to be given under."""
        self._orders.append(order)
        self._timer.start()
        self.changed.emit()
        return order.order_id

    def undo(self) -> None:
        """Undo the newest order."""
        if not self._orders:
            return
        order = self._orders.pop()
        self._post(UndoOrder(order.order_id))
        order.after_undo()
        self._settle()

    def finish(self) -> None:
        """Let nothing be undone any more: the window closes."""
        while self._orders:
            self._orders.pop(0).at_the_end()
        self._settle()

    def dismiss(self) -> None:
        """Let the newest order stand."""
        if self._orders:
            self._orders.pop().at_the_end()
            self._settle()

    def _tick(self) -> None:
        for order in list(self._orders):
            order.seconds_left -= 1
            if order.seconds_left <= 0:
                self._orders.remove(order)
                order.at_the_end()
        self._settle()

    def _settle(self) -> None:
        if not self._orders:
            self._timer.stop()
        self.changed.emit()
