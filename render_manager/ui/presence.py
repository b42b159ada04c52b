"""What the program does around its window: tray, task bar, notifications, sound, no sleep while it works."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

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
from render_manager.ui.when_done import COUNTDOWN_S, countdown_text, is_rendering

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
        window.when_done.counting.connect(self._on_counting)
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
        self._keep_awake(any(is_rendering(job) for job in jobs))
        self._window.when_done.watch(jobs, is_held=self._window.hold.is_held)
        if self.tray is not None:
            self.tray.show(overall)
        self._taskbar.show(overall)

    def close(self) -> None:
        """Leave the tray, and hear nothing more."""
        self._window.when_done.finished.disconnect(self._on_all_done)
        self._window.when_done.counting.disconnect(self._on_counting)
        self._looking.stop()
        self._telling.stop()
        if self.tray is not None:
            self.tray.close()

    def _tell(self) -> None:
        """Show a notification, unless the user is looking at the window anyway."""
        finished, self._finished = self._finished, []
        if self.tray is None or self._window.isActiveWindow():
            return
        # Without jobs that were just deleted: the user knows of those.
        jobs = {job.id: job for job in self._window.jobs.model.jobs()}
        known = [(fact, jobs[fact.job_id]) for fact in finished if fact.job_id in jobs]
        if not known:
            return
        one = told_of_one(*known[0]) if len(known) == 1 else None
        title, text = one or told_of_many([fact for fact, _job in known])
        picture = self._window.jobs.model.notes.picture(known[-1][1].id)
        self._window.errands.run(
            lambda: QImage(picture) if picture else None,
            lambda image: self._show_message(title, text, image),
        )

    def _show_message(self, title: str, text: str, image: QImage | None) -> None:
        if self.tray is not None:
            self.tray.tell(title, text, None if image is None else QPixmap.fromImage(image))

    def _on_counting(self, seconds: int) -> None:
        """Come to the front when the countdown begins: who is near may want to stop it."""
        if seconds == COUNTDOWN_S:
            self.opened.emit()
            if self.tray is not None:
                self.tray.tell("Render Manager", countdown_text(self._window.when_done.wish, seconds), None)

    def _on_all_done(self) -> None:
        if self._window.plays_sound:
            play(self._sound)


def told_of_one(fact: JobFinished, job: JobSnapshot) -> tuple[str, str]:
    """Return the title and the text of a notification on one job."""
    values = {
        "name": job.name,
        "count": fact.failed,
        "completed": fact.completed,
        "total": job.total_frames,
        "elapsed": elapsed_text(job),
    }
    if fact.state is JobState.FAILED:
        title = _("{name}: {count} of {total} frames failed").format(**values)
        return title, job.error_log.splitlines()[-1] if job.error_log else _(
            "Open Render Manager to see why."
        )
    if fact.state is JobState.CANCELLED:
        text = ngettext(
            "{completed} of {total} frame is rendered.",
            "{completed} of {total} frames are rendered.",
            job.total_frames,
        )
        return _("{name} was cancelled").format(**values), text.format(**values)
    text = ngettext("{total} frame in {elapsed}.", "{total} frames in {elapsed}.", job.total_frames)
    return _("{name} is done").format(**values), text.format(**values)


def told_of_many(facts: Sequence[JobFinished]) -> tuple[str, str]:
    """Return the title and the text of a notification on several jobs."""
    count = {state: sum(fact.state is state for fact in facts) for state in JobState}
    title = ngettext("{count} job has ended", "{count} jobs have ended", len(facts)).format(count=len(facts))
    text = _("{done} done, {failed} with failed frames, {cancelled} cancelled.")
    return title, text.format(
        done=count[JobState.COMPLETED], failed=count[JobState.FAILED], cancelled=count[JobState.CANCELLED]
    )


def _timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
