"""Orders that can be undone for a while, instead of a question before each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.changes import ChangeSet, FrameChange
from render_manager.domain.commands import Command, TakeBack
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState

UNDO_S = 10
"""How long an order can be undone."""

_BACK_TO = {FrameState.RENDERING: FrameState.PENDING}
"""What a frame becomes again, where it is not just what it was: its attempt is over."""


@dataclass(eq=False)
class Undoable:
    """One order that was given, and what it did."""

    text: str
    """What was done, a sentence."""
    job_ids: frozenset[int]
    state: FrameState
    """What the order makes of frames."""
    after_undo: Callable[[], None] = lambda: None
    """What else is undone."""
    at_the_end: Callable[[], None] = lambda: None
    """What is done for good when it was not undone."""
    steps: list[FrameChange] = field(default_factory=list)
    seconds_left: int = UNDO_S

    def has_done(self, step: FrameChange) -> bool:
        """Return whether a step of frames is what this order asked for."""
        is_step = step.before is not step.after
        return is_step and step.after is self.state and step.job_id in self.job_ids

    def commands(self) -> list[Command]:
        """Return the orders that take back what it did."""
        spans: dict[tuple[int, FrameState], list[range]] = {}
        for step in self.steps:
            back_to = _BACK_TO.get(step.before, step.before)
            runs = spans.setdefault((step.job_id, back_to), [])
            runs.extend(range(first, last + 1) for first, last in step.runs)
        return [
            TakeBack(job_id, FrameSet(_joined(runs)), self.state, back_to)
            for (job_id, back_to), runs in spans.items()
        ]


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

    def offer(self, order: Undoable) -> None:
        """Let an order be undone that is about to be given."""
        self._orders.append(order)
        self._timer.start()
        self.changed.emit()

    def take(self, changes: ChangeSet) -> None:
        """Read what the orders did."""
        for step in changes.frames if self._orders else ():
            order = next((order for order in reversed(self._orders) if order.has_done(step)), None)
            if order is not None:
                order.steps.append(step)

    def undo(self) -> None:
        """Undo the newest order."""
        if not self._orders:
            return
        order = self._orders.pop()
        for command in order.commands():
            self._post(command)
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


def _joined(runs: list[range]) -> list[range]:
    """Return runs in order, those that follow each other as one."""
    joined: list[range] = []
    for run in sorted(runs, key=lambda run: run.start):
        if joined and run.start == joined[-1].stop:
            joined[-1] = range(joined[-1].start, run.stop)
        else:
            joined.append(run)
    return joined
