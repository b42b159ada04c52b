"""What the program does around its window: tray, task bar, notifications, sound, no sleep while it works."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.facts import JobFinished
from render_manager.domain.states import JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.estimates import elapsed_text
from render_manager.ui.main_window import MainWindow
from render_manager.ui.overall import overall_of
from render_manager.ui.sound import play
from render_manager.ui.taskbar import taskbar_of
from render_manager.ui.tray import Tray

LOOK_MS = 500
"""At most so often is the whole queue summed up."""
TELL_MS = 3000
"""Jobs that finish within this time are told of together."""


class Presence(QObject):
    """Follows the queue beyond the window's edge; GUI thread.

    Signals:
        opened: the user wants the window, from the tray.
        quit_wanted: the user wants to leave, from the tray.
    """

    opened = Signal()
    quit_wanted = Signal()

    def __init__(
        self,
        *,
        window: MainWindow,
        keep_awake: Callable[[bool], None],
        sound: Path,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._keep_awake = keep_awake
        self._sound = sound
        self.tray: Tray | None = None
        self._taskbar = taskbar_of(window)
        self._finished: list[JobFinished] = []
        self._looking = _timer(self, LOOK_MS, self.look)
        self._telling = _timer(self, TELL_MS, self._tell)
        window.when_done.finished.connect(self._on_all_done)
        # A queue that was held may have nothing left to render when it is let go on.
        window.hold.changed.connect(lambda _is_held: self.look())

    def start(self) -> None:
        """Come into the tray, where there is one."""
        if Tray.is_there():
            self.tray = Tray(self._window)
            self.tray.opened.connect(self.opened)
            self.tray.quit_wanted.connect(self.quit_wanted)
            self.tray.hold_wanted.connect(self._window.hold.toggle)
            self._window.hold.changed.connect(self.tray.show_held)
            self.look()

    def take(self, changes: ChangeSet) -> None:
        """Read what happened; called after the window has."""
        self._finished += [fact for fact in changes.facts if isinstance(fact, JobFinished)]
        if self._finished and not self._telling.isActive():
            self._telling.start()
        if (changes.jobs or changes.removed_jobs) and not self._looking.isActive():
            self._looking.start()

    def look(self) -> None:
        """Sum up the queue and show it."""
        jobs = self._window.jobs.model.jobs()
        overall = overall_of(jobs)
        self._taskbar.show(overall)
        if self.tray is not None:
            self.tray.show(overall)
        self._keep_awake(any(job.state is JobState.RUNNING for job in jobs))
        self._window.when_done.watch(jobs, is_held=self._window.hold.is_held)

    def close(self) -> None:
        """Leave the tray."""
        self._looking.stop()
        self._telling.stop()
        if self.tray is not None:
            self.tray.close()

    def _tell(self) -> None:
        """Show a notification, unless the user is looking at the window anyway."""
        finished, self._finished = self._finished, []
        if self.tray is None or self._window.isActiveWindow():
            return
        found = [(fact, self._window.jobs.model.job(fact.job_id)) for fact in finished]
        known = [(fact, job) for fact, job in found if job is not None]
        if not known:
            return
        title, text = (
            told_of_one(*known[0]) if len(known) == 1 else told_of_many([fact for fact, _job in known])
        )
        picture = self._window.jobs.model.notes.picture(known[-1][1].id)
        self.tray.tell(title, text, QPixmap(picture) if picture else None)

    def _on_all_done(self) -> None:
        if self._window.plays_sound:
            play(self._sound)


def told_of_one(fact: JobFinished, job: JobSnapshot) -> tuple[str, str]:
    """Return the title and the text of a notification on one job."""
    if fact.state is JobState.FAILED:
        title = _("{name}: {count} of {total} frames failed")
        text = job.error_log.splitlines()[-1] if job.error_log else _("Open Render Manager to see why.")
    elif fact.state is JobState.CANCELLED:
        title, text = _("{name} was cancelled"), _("{completed} of {total} frames are rendered.")
    else:
        title, text = _("{name} is done"), _("{total} frames in {elapsed}.")
    values = {
        "name": job.name,
        "count": fact.failed,
        "completed": fact.completed,
        "total": job.total_frames,
        "elapsed": elapsed_text(job),
    }
    return title.format(**values), text if fact.state is JobState.FAILED else text.format(**values)


def told_of_many(facts: list[JobFinished]) -> tuple[str, str]:
    """Return the title and the text of a notification on several jobs."""
    failed = sum(fact.state is JobState.FAILED for fact in facts)
    title = ngettext("{count} job is done", "{count} jobs are done", len(facts)).format(count=len(facts))
    if not failed:
        return title, _("All frames are rendered.")
    text = ngettext("In {count} of them frames failed.", "In {count} of them frames failed.", failed)
    return title, text.format(count=failed)


def _timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
