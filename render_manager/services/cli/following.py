"""Following jobs to their end, whether they run in this process or in another."""

import os
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from render_manager.domain.changes import ChangeSet
from render_manager.domain.texts import gettext as _
from render_manager.services.cli.session import (
    EXIT_BAD_INPUT,
    EXIT_FRAMES_FAILED,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    Speaker,
)
from render_manager.services.public_events import Event
from render_manager.services.updates import JobBrief, Update

REFUSED = "submit"
"""Code of the notice that a job was not taken; it names the job's token."""
STOPPED = "stopped"
"""Code of the notice that the scheduler gave up: there is nothing to wait for."""


class View(Protocol):
    """Shows people how jobs go."""

    def show(self, update: Update) -> None:
        """Show what happened."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class Follower:
    """Collects updates from another thread and waits until the watched jobs are finished."""

    def __init__(self, *, speaker: Speaker, view: View | None) -> None:
        self._speaker = speaker
        self._view = view
        self._updates: queue.SimpleQueue[Update | str] = queue.SimpleQueue()
        self._wanted: set[str] = set()
        self._guests: set[str] = set()
        self._jobs: dict[str, JobBrief] = {}
        self._removed: set[str] = set()
        self._lock = threading.Lock()
        self._is_leaving = False

    def receive_changes(self, changes: ChangeSet) -> None:
        """Take a change set; any thread, returns at once."""
        self._updates.put(Update.of(changes))

    def receive(self, update: Update) -> None:
        """Take an update; any thread, returns at once."""
        self._updates.put(update)

    def watch(self, uuids: set[str]) -> None:
        """Wait for these jobs."""
        self._wanted |= uuids

    def watch_guest(self, uuid: str) -> bool:
        """Wait for a job that another program hands over, too; the exit code leaves it out. Any thread.

        Returns False when this program has stopped waiting and must not take it.
        """
        with self._lock:
            if not self._is_leaving:
                self._guests.add(uuid)
            return not self._is_leaving

    def interrupt(self, sentence: str = "") -> None:
        """Stop waiting, and say why; safe in a signal handler (SimpleQueue.put is reentrant)."""
        self._updates.put(sentence)

    def leave_terminal(self) -> None:
        """Leave the terminal as it was, when the program ends without coming back from `follow`."""
        if self._view is not None:
            self._view.close()

    def follow(self) -> int:
        """Show what happens until all watched jobs are finished or an interrupt; return the exit code."""
        try:
            while not self._leaves():
                update = self._updates.get()
                if isinstance(update, str):
                    if not self._speaker.is_json:
                        self._speaker.error(update or _("Stopped. “render-manager resume” goes on."))
                    elif update:
                        self._speaker.error(update)
                    return EXIT_INTERRUPTED
                if not self._take(update):
                    return EXIT_BAD_INPUT
        finally:
            with self._lock:
                self._is_leaving = True
            self.leave_terminal()
        return self._exit_code()

    def _take(self, update: Update) -> bool:
        for job in update.jobs:
            self._jobs[job.uuid] = job
        self._removed |= {uuid for uuid, job in self._jobs.items() if job.id in update.removed}
        update = self._ours_of(update)
        if self._speaker.is_json:
            for event in update.events:
                self._speaker.object(event)
        elif self._view is not None:
            self._view.show(update)
        is_good = True
        for event in update.events:
            if event["event"] == "notice":
                if not self._speaker.is_json:
                    self._speaker.error(event["text"])
                is_good = is_good and not self._is_the_end(event)
        return is_good

    def _ours_of(self, update: Update) -> Update:
        """Return what concerns the jobs that are watched, and the program as a whole."""
        watched = self._wanted | self._guests
        ids = {job.id for uuid, job in self._jobs.items() if uuid in watched}
        events = tuple(
            event
            for event in update.events
            if (event["job"] in ids if "job" in event else event.get("token", "") in ("", *watched))
        )
        return Update(events, tuple(job for job in update.jobs if job.id in ids), update.removed)

    def _is_the_end(self, notice: Event) -> bool:
        """Return whether there is nothing to wait for after a notice."""
        if notice["code"] == REFUSED and notice.get("token") in self._guests - self._wanted:
            self._guests.discard(notice["token"])
            return False
        return notice["code"] in (REFUSED, STOPPED)

    def _leaves(self) -> bool:
        """Stop waiting if all is done, so that from then on no guest comes in."""
        with self._lock:
            self._is_leaving = self._is_done()
            return self._is_leaving

    def _is_done(self) -> bool:
        return all(self._is_over(uuid) for uuid in {*self._wanted, *self._guests})

    def _is_over(self, uuid: str) -> bool:
        job = self._jobs.get(uuid)
        return uuid in self._removed or (job is not None and (job.is_finished or job.needs_help))

    def _exit_code(self) -> int:
        jobs = [self._jobs[uuid] for uuid in self._wanted]
        stuck = [job for job in jobs if job.needs_help]
        for job in stuck:
            self._speaker.error(_("{name} waits. {reason}").format(name=job.name, reason=job.reason))
        is_lost = bool(stuck) or any(job.failed or job.cancelled or job.uuid in self._removed for job in jobs)
        return EXIT_FRAMES_FAILED if is_lost else EXIT_GOOD


@contextmanager
def interruptible(follower: Follower) -> Iterator[None]:
    """Let Ctrl+C and a polite end signal stop the follower; a second one ends the program at once."""
    times = 0

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        if times > 1:
            # At once means at once: the guards end the engines, and the next start mends the rest.
            follower.leave_terminal()
            os._exit(EXIT_INTERRUPTED)
        follower.interrupt()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
