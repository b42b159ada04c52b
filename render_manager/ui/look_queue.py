"""Which scenes are looked at now and which wait, so that hundreds dropped at once hold nobody up."""

from collections import OrderedDict
from collections.abc import Callable

from render_manager.ui.submit_draft import Draft

MOST_UNDER_WAY = 4


class LookQueue:
    """Hands out drafts, a few at a time; what the user looks at goes first. GUI thread."""

    def __init__(self, start: Callable[[Draft, Callable[[], None]], None]) -> None:
        """Take what starts a look; it is given what to call when the look is over."""
        self._start = start
        self._waiting: OrderedDict[Draft, None] = OrderedDict()
        self._under_way = 0

    def put(self, draft: Draft, *, is_first: bool = False) -> None:
        """Look at a draft when its turn comes; one that waits already keeps its place, or becomes first."""
        self._waiting[draft] = None
        if is_first:
            self._waiting.move_to_end(draft, last=False)
        self._go_on()

    def hurry(self, draft: Draft) -> None:
        """Look at a draft next, if it waits at all."""
        if draft in self._waiting:
            self._waiting.move_to_end(draft, last=False)

    def drop(self, draft: Draft) -> None:
        """Do not look at a draft any more."""
        self._waiting.pop(draft, None)

    def _go_on(self) -> None:
        while self._waiting and self._under_way < MOST_UNDER_WAY:
            draft, _nothing = self._waiting.popitem(last=False)
            self._under_way += 1
            self._start(draft, self._once())

    def _once(self) -> Callable[[], None]:
        is_over = False

        def over() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._under_way -= 1
                self._go_on()

        return over
