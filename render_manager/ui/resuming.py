"""After a crash: what was interrupted, and the minute in which the user can look before it goes on."""

from PySide6.QtCore import QObject, QTimer, Signal

from render_manager.domain.changes import WAITING_NOTICE, ChangeSet
from render_manager.domain.facts import FramesInterrupted
from render_manager.domain.frameset import FrameSet
from render_manager.domain.moments import moment_text
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.bars import BarStack, NoticeBar
from render_manager.ui.theme import Theme

COUNTDOWN_S = 60
MOST_NAMED = 2
"""Jobs whose frames are named; of others only their number is told."""


class Resuming(QObject):
    """Knows what was interrupted, while the queue is held for an answer; GUI thread.

    It outlives the window, which is built anew for another language.

    Signals:
        changed: what is to be told, or the seconds left, are others now.
        answered: whether it goes on, or the user looks first.
    """

    changed = Signal()
    answered = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.seconds_left = 0
        """Seconds until it goes on by itself, 0 while it does not."""
        self._found: dict[int, FramesInterrupted] = {}
        self._names: dict[int, str] = {}
        self._is_over = False
        self._goes_on = False
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)

    @property
    def is_asking(self) -> bool:
        """Return whether the queue is held for an answer."""
        return bool(self._found) and not self._is_over

    def begin(self, *, goes_on: bool) -> None:
        """Take what the start finds from now on; with `goes_on` it goes on after a countdown."""
        self._goes_on = goes_on

    def take(self, changes: ChangeSet, now: float) -> None:
        """Read what was interrupted, where the owner waits for an answer; it does so only at its start."""
        if self._is_over or all(notice.code != WAITING_NOTICE for notice in changes.notices):
            return
        found = [fact for fact in changes.facts if isinstance(fact, FramesInterrupted)]
        self._now = now
        self._found |= {fact.job_id: fact for fact in found}
        self._names |= {job_id: job.name for job_id, job in changes.jobs.items()}
        if self._goes_on:
            self.seconds_left = COUNTDOWN_S
            self._second.start()
        self.changed.emit()

    def answer(self, *, goes_on: bool) -> None:
        """Go on, or hold the queue until the user lets it go on."""
        if self.is_asking:
            self._second.stop()
            self._is_over, self.seconds_left = True, 0
            self.answered.emit(goes_on)
            self.changed.emit()

    def text(self) -> str:
        """Return what is to be told, empty when nothing is."""
        if not self.is_asking:
            return ""
        said = interruption_text([*self._found.values()], self._names, self._now)
        if self.seconds_left:
            said += " " + _("It goes on in {count} s.").format(count=self.seconds_left)
        return said

    _now = 0.0

    def _tick(self) -> None:
        self.seconds_left -= 1
        if self.seconds_left <= 0:
            self.answer(goes_on=True)
        else:
            self.changed.emit()


def interruption_text(found: list[FramesInterrupted], names: dict[int, str], now: float) -> str:
    """Return a sentence about what was interrupted, when, and what will be rendered again."""
    when = moment_text(max(fact.last_seen_at for fact in found), now)
    first = ngettext(
        "{count} job was interrupted at {time}.", "{count} jobs were interrupted at {time}.", len(found)
    ).format(count=len(found), time=when)
    parts = []
    for fact in found[:MOST_NAMED]:
        part = ngettext("frame {frames} of {job}", "frames {frames} of {job}", len(fact.frames))
        frames = FrameSet.of(fact.frames).text().replace(",", ", ")
        parts.append(part.format(frames=frames, job=names.get(fact.job_id, fact.job_id)))
    others = found[MOST_NAMED:]
    if others:
        count = sum(len(fact.frames) for fact in others)
        rest = ngettext("{count} frame of other jobs", "{count} frames of other jobs", count)
        parts.append(rest.format(count=count))
    return first + " " + _("To be rendered again: {frames}.").format(frames="; ".join(parts))


class ResumeBar(NoticeBar):
    """Tells what was interrupted, and asks; GUI thread."""

    def __init__(self, *, theme: Theme, stack: BarStack, resuming: Resuming) -> None:
        super().__init__(
            theme=theme,
            stack=stack,
            name="resume_bar",
            buttons=[
                (_("&Continue"), lambda: resuming.answer(goes_on=True)),
                (_("&Look first"), lambda: resuming.answer(goes_on=False)),
            ],
            is_warning=True,
        )
        self._resuming = resuming
        resuming.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.say(self._resuming.text())
