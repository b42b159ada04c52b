"""Errands whose results are dropped once the widget they are for is gone."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from render_manager.ui.pools import Errands


class TiedErrands:
    """Runs errands for one object and what belongs to it; GUI thread."""

    def __init__(self, errands: Errands, owner: QObject) -> None:
        self._errands = errands
        self._owner = owner

    def run(self, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run `function` on the pool and then `then` with its result, if the owner is still there.

        An exception is logged and `then` gets None.
        """

        def take(result: Any) -> None:
            if isValid(self._owner):
                then(result)

        self._errands.run(function, take)
