"""What happens when everything is rendered: nothing, sleep, shut down, a command; after a countdown."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _

SETTLE_MS = 2000
"""Everything must have been done for so long: a retry may be ordered in the same breath."""
COUNTDOWN_S = 60


class Afterwards(StrEnum):
    """What the user wants done once, at the end of this run."""

    NOTHING = "nothing"
    QUIT = "quit"
    SLEEP = "sleep"
    SHUT_DOWN = "shut_down"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done, and the command for it if that is it."""

    what: Afterwards = Afterwards.NOTHING
    command: str = ""


def afterwards_words() -> dict[Afterwards, str]:
    """Return what each choice is called, in the present language."""
    return {
        Afterwards.NOTHING: _("Do nothing"),
        Afterwards.QUIT: _("Quit Render Manager"),
        Afterwards.SLEEP: _("Put the computer to sleep"),
        Afterwards.SHUT_DOWN: _("Shut the computer down"),
        Afterwards.COMMAND: _("Run a command…"),
    }


def countdown_text(wish: Wish, seconds: int) -> str:
    """Return what is about to happen."""
    texts = {
        Afterwards.NOTHING: "",
        Afterwards.QUIT: _("Nothing renders any more. Render Manager quits in {seconds} s."),
        Afterwards.SLEEP: _("Nothing renders any more. The computer goes to sleep in {seconds} s."),
        Afterwards.SHUT_DOWN: _("Nothing renders any more. The computer shuts down in {seconds} s."),
        Afterwards.COMMAND: _("Nothing renders any more. “{command}” is run in {seconds} s."),
    }
    return texts[wish.what].format(seconds=seconds, command=wish.command)


def is_rendering(job: JobSnapshot) -> bool:
    """Return whether a frame of a job is under way; that goes on in a job that was paused, too."""
    return bool(job.counts[FrameState.RENDERING])


def is_working(jobs: Collection[JobSnapshot]) -> bool:
    """Return whether anything is rendered, or will be without anybody's help."""
    return any(is_rendering(job) or (job.state is JobState.PENDING and not job.needs_help) for job in jobs)


class WhenDone(QObject):
    """Waits for the end of the work and counts down; GUI thread.

    Signals:
        finished: nothing is left to render; comes whatever is wished.
        counting: the seconds that are left, 0 when it is over.
        due: the Wish that is to be carried out now.
    """

    finished = Signal()
    counting = Signal(int)
    due = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wish = Wish()
        self.seconds_left = 0
        self._was_working = False
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._on_settled)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)

    def watch(self, jobs: Collection[JobSnapshot], *, is_held: bool) -> None:
        """Look at all jobs after something changed; a queue that the user holds is not done."""
        if is_working(jobs):
            self._was_working = True
            self._settling.stop()
            self.stop()
        elif self._was_working and not is_held and not self._settling.isActive():
            self._settling.start()

    def stop(self) -> None:
        """Stop the countdown: nothing is done this time."""
        if self.seconds_left:
            self.seconds_left = 0
            self._second.stop()
            self.counting.emit(0)

    def _on_settled(self) -> None:
        self._was_working = False
        self.finished.emit()
        if self.wish.what is not Afterwards.NOTHING:
            self._count_down(COUNTDOWN_S)

    def _count_down(self, seconds: int) -> None:
        self.seconds_left = seconds
        self._second.start()
        self.counting.emit(seconds)

    def _tick(self) -> None:
        self.seconds_left -= 1
        self.counting.emit(self.seconds_left)
        if self.seconds_left <= 0:
            self._second.stop()
            wish, self.wish = self.wish, Wish()
            self.due.emit(wish)
