"""How jobs look in a terminal: a progress bar for each, or plain lines where there is no terminal."""

import sys
import time
from collections.abc import Iterable, Sequence
from typing import TextIO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from render_manager.domain.health import Mark, mark_sentences
from render_manager.domain.printable import one_line
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.services.cli.session import PatientStream
from render_manager.services.public_events import Event
from render_manager.services.updates import JobBrief, Update

_PIPE_WIDTH = 1 << 16
"""Characters in a line that nobody looks at; rich takes a pipe to be 80 wide."""


class TerminalView:
    """Shows jobs on a console; one thread."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(
            file=cast("TextIO", PatientStream(sys.stdout)), highlight=False, soft_wrap=True, emoji=False
        )
        self._names: dict[int, str] = {}
        self._tasks: dict[int, TaskID] = {}
        self._running: dict[tuple[int, int], str] = {}
        self._progress: Progress | None = None
        if self._console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[now]}", markup=False),
                console=self._console,
            )

    def show(self, update: Update) -> None:
        """Show what happened."""
        if self._progress is not None and not self._progress.live.is_started:
            # Not before: it hides the cursor, which a command that ends early would not give back.
            self._progress.start()
        for job in update.jobs:
            self._names[job.id] = one_line(job.name)
        for event in update.events:
            self._tell(event)
        if self._progress is not None:
            for job in update.jobs:
                self._update(self._progress, job)
            for job_id in {event["job"] for event in update.events if "job" in event}:
                if job_id in self._tasks:
                    self._progress.update(self._tasks[job_id], now=one_line(self._now(job_id)))

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._progress is not None:
            self._progress.stop()

    def _update(self, progress: Progress, job: JobBrief) -> None:
        if job.id not in self._tasks:
            if job.is_finished:
                return
            self._tasks[job.id] = progress.add_task(one_line(job.name), total=job.total, now="")
        progress.update(
            self._tasks[job.id], completed=job.done, now=one_line(self._now(job.id) or job.reason)
        )

    def _now(self, job_id: int) -> str:
        return "; ".join(text for (job, _frame), text in self._running.items() if job == job_id)

    def _tell(self, event: Event) -> None:
        key = (event.get("job", 0), event.get("frame", 0))
        if event["event"] == "frame_progress":
            percent = "" if event["percent"] is None else f" {event['percent']:.0f} %"
            self._running[key] = _("frame {frame}{percent}, {phase}").format(
                frame=event["frame"], percent=percent, phase=event["phase"]
            )
            return
        if event["event"] in ("frame_completed", "frame_failed"):
            self._running.pop(key, None)
        text = _sentence(event, is_terminal=self._progress is not None)
        if text:
            name = self._names.get(event["job"], str(event["job"]))
            self._console.print(one_line(f"{name}: {text}"), markup=False)


def _sentence(event: Event, *, is_terminal: bool) -> str:
    """Return what a person is told of an event, empty for nothing."""
    match event["event"]:
        case "job_submitted":
            text = ngettext(
                "{frames} frame queued as job {job}.", "{frames} frames queued as job {job}.", event["frames"]
            )
        case "frame_completed":
            if is_terminal and not event["note"]:
                return ""
            text = _("frame {frame} completed in {seconds:.1f} s: {outputs[0]}")
            text += " {note}" if event["note"] else ""
        case "frame_failed":
            text = _("frame {frame}, attempt {attempt} failed: {reason}")
            text += " {advice}" if event["advice"] else ""
            if event["will_retry"] and event["retry_delay_s"] >= 1.0:
                text += " " + _("It is tried again in {retry_delay_s:.0f} s.")
            elif event["will_retry"]:
                text += " " + _("It is tried again at once.")
        case "frames_skipped" | "frames_blocked":
            text = ngettext("{count} frame: {reason}", "{count} frames: {reason}", event["count"])
        case "frames_cancelled":
            text = ngettext("{count} frame cancelled.", "{count} frames cancelled.", event["count"])
        case "engine_warned":
            text = _("warning: {text}") if event["frame"] is None else _("frame {frame}, warning: {text}")
            text += " {advice}" if event["advice"] else ""
        case "frame_marked" | "scene_changed":
            text = _to_look_at(event)
        case "job_finished":
            text = _(
                "{state}. {completed} completed, {failed} failed, {cancelled} cancelled, {skipped} skipped."
            )
        case _:
            return ""
    return text.format(**event).strip()


def _to_look_at(event: Event) -> str:
    """Return what is said of what the artist should look at."""
    if event["event"] == "scene_changed":
        return ngettext(
            "warning: The scene was changed: {older_frames} frame is from the older one.",
            "warning: The scene was changed: {older_frames} frames are from the older one.",
            event["older_frames"],
        )
    sentences = mark_sentences([Mark(mark) for mark in event["marks"]])
    return " ".join([_("frame {frame}, look at it:"), *sentences])


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; where there is no terminal nothing in it is cut or broken over lines."""
    table = Table(box=None)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(one_line, row))
    file = cast("TextIO", PatientStream(sys.stdout))
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    console.print(table)


def local_time(seconds: float | None) -> str:
    """Return a time of day for people, empty for None."""
    return "" if seconds is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
