"""The one question when the window is closed while frames are rendered, and waiting for those frames."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from render_manager.domain.changes import HELD_NOTICE, ChangeSet
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader


Frames = set[tuple[int, int]]
"""Job number and frame number."""


class Closing(StrEnum):
    """What the user wants when the window is closed."""

    STAY = "stay"
    HIDE = "hide"
    """Go on without the window: in the tray, or as a minimised window where there is none."""
    FINISH = "finish"
    """End when the frames that are being rendered are done."""
    STOP = "stop"


def ask_how_to_close(
    window: QWidget, *, rendering: int, has_tray: bool, then: Callable[[Closing], None]
) -> QMessageBox:
    """Ask what is to become of the frames that are being rendered; `then` gets the answer."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(
        ngettext("{count} frame is being rendered.", "{count} frames are being rendered.", rendering).format(
            count=rendering
        )
    )
    box.setInformativeText(_("Frames that are stopped now are rendered again the next time you start."))
    roles = QMessageBox.ButtonRole
    hide = _("&Keep rendering in the tray") if has_tray else _("&Keep rendering, minimised")
    buttons = {
        Closing.HIDE: box.addButton(hide, roles.AcceptRole),
        Closing.FINISH: box.addButton(_("&Finish the running frames, then quit"), roles.ActionRole),
        Closing.STOP: box.addButton(_("&Stop now and quit"), roles.DestructiveRole),
        Closing.STAY: box.addButton(_("Cancel"), roles.RejectRole),
    }
    box.setDefaultButton(buttons[Closing.HIDE])
    box.setEscapeButton(buttons[Closing.STAY])

    def answered() -> None:
        clicked = box.clickedButton()
        then(next((answer for answer, button in buttons.items() if button is clicked), Closing.STAY))

    box.finished.connect(answered)
    box.finished.connect(box.deleteLater)
    box.open()
    return box


class LastFrames(QObject):
    """Waits for the frames that are being rendered when no further ones are started; GUI thread.

    Which those are is read once the owner has said that it holds the queue: it may have started one more.

    Signals:
        done: none of them is being rendered any more.
    """

    done = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._read: Callable[[], Frames] = set
        self._waiting: Frames | None = None
        self._ended: Frames = set()
        self._removed: set[int] = set()
        self._round = 0
        self.is_waiting = False

    def wait(self, job_ids: Callable[[], Collection[int]], reader: "StateReader") -> None:
        """Wait for the frames of jobs that are being rendered; which jobs is asked when the queue is held."""

        def read() -> Frames:
            return {
                (job_id, row.number)
                for job_id in job_ids()
                for row in reader.frames(job_id, state=FrameState.RENDERING)
            }

        self._read = read
        self._waiting, self._ended, self._removed, self.is_waiting = None, set(), set(), True
        self._round += 1

    def stop(self) -> None:
        """Wait no longer."""
        self.is_waiting = False
        self._round += 1

    def take(self, changes: ChangeSet) -> None:
        """Read which frames are over."""
        if not self.is_waiting:
            return
        if any(notice.code == HELD_NOTICE for notice in changes.notices):
            self._look_up()
        for change in changes.frames:
            if change.before is FrameState.RENDERING:
                for first, last in change.runs:
                    self._ended.update((change.job_id, frame) for frame in range(first, last + 1))
        self._removed.update(changes.removed_jobs)
        self._look()

    def _look_up(self) -> None:
        number = self._round
        self._errands.run(self._read, lambda found: self._begin(number, found))

    def _begin(self, number: int, found: Frames | None) -> None:
        if number != self._round or not self.is_waiting:
            return
        if found is None:
            # It could not be read, and nothing may be killed for that: it is asked for again.
            self._look_up()
            return
        self._waiting = found
        self._look()

    def _look(self) -> None:
        if self._waiting is None:
            return
        left = {one for one in self._waiting - self._ended if one[0] not in self._removed}
        if not left:
            self.is_waiting = False
            self.done.emit()
