"""Decodes frames that exist already, a few at a time, to tell whole ones from damaged ones."""

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from render_manager.ui.submit_draft import Draft, Health
from render_manager.ui.tied_errands import TiedErrands

AT_A_TIME_S = 0.3
"""A pool thread is kept no longer than this, or one file: others read pictures on it."""
MOST_CHECKED = 1000
"""Files that are decoded for the eye; the job itself checks all of them."""


class ExistingHealth(QObject):
    """Checks the files of one draft after the other, the one that is looked at; GUI thread.

    Signals:
        progressed: the Draft whose `health` is newer now.
    """

    progressed = Signal(object)

    def __init__(self, errands: TiedErrands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._draft: Draft | None = None
        self._turn = 0

    def check(self, draft: Draft | None) -> None:
        """Check the files of this draft from now on, and no other's."""
        if draft is not self._draft:
            self._turn += 1
            self._draft = draft
            if draft is not None:
                self._go_on(self._turn)

    def _go_on(self, turn: int) -> None:
        draft = self._draft
        if turn != self._turn or draft is None or draft.outlook is None or draft.preparation is None:
            return
        files = draft.outlook.existing[:MOST_CHECKED]
        health = draft.health or Health(total=len(draft.outlook.existing))
        left = files[health.checked :]
        if not left:
            return
        spec, outlook = draft.preparation.spec, draft.outlook
        size = (spec.width, spec.height) if spec.width and spec.height else None

        def take(found: tuple[int, tuple[str, ...]] | None) -> None:
            if turn != self._turn or draft.outlook is not outlook or found is None:
                return
            draft.health = Health(health.total, health.whole + found[0], health.damaged + found[1])
            self.progressed.emit(draft)
            self._go_on(turn)

        self._errands.run(lambda: _checked(left, size), take)


def _checked(files: Sequence[Path], size: tuple[int, int] | None) -> tuple[int, tuple[str, ...]]:
    """Return how many of the first files are whole and the names of those that are not; on a pool thread."""
    from render_manager.media import PictureError, examine  # image code that the first paint does not need

    until = time.monotonic() + AT_A_TIME_S
    whole, damaged = 0, []
    for file in files:
        try:
            examine(file, expected_size=size)
            whole += 1
        except PictureError:
            damaged.append(file.name)
        if time.monotonic() > until:
            break
    return whole, tuple(damaged)
