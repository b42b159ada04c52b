"""The words in the cells of the job table."""

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FrameState
from render_manager.domain.texts import ngettext
from render_manager.ui.estimates import elapsed_text, estimate_text, left_range_s
from render_manager.ui.models.job_order import JobColumn


def retries_text(count: int) -> str:
    """Return how many frames wait to be tried again, empty for none."""
    return (
        ngettext("{count} to be tried again", "{count} to be tried again", count).format(count=count)
        if count
        else ""
    )


def cell_text(job: JobSnapshot, column: JobColumn, recent_s: Sequence[float], now: float) -> str:
    """Return what a cell says at `now` (seconds since the epoch)."""
    match column:
        case JobColumn.NAME:
            return job.name
        case JobColumn.ENGINE:
            return job.engine
        case JobColumn.PROGRESS:
            return f"{job.progress:.0f} %"
        case JobColumn.DONE:
            done = job.counts[FrameState.COMPLETED] + job.counts[FrameState.SKIPPED]
            return f"{done}/{job.total_frames}"
        case JobColumn.ELAPSED:
            return elapsed_text(job)
        case JobColumn.LEFT:
            return estimate_text(job, recent_s)
        case JobColumn.READY:
            return _ready_text(job, recent_s, now)
        case JobColumn.PRIORITY:
            return str(job.priority)
        case JobColumn.ADDED:
            return clock_text(job.created_at, now)
        case JobColumn.PICTURE:
            return ""


def clock_text(at: float, now: float) -> str:
    """Return a time of day as the user writes it, with the date where that is another day."""
    when = QDateTime.fromSecsSinceEpoch(round(at))
    time_text = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    if when.date() == QDateTime.fromSecsSinceEpoch(round(now)).date():
        return time_text
    return f"{QLocale().toString(when.date(), QLocale.FormatType.ShortFormat)} {time_text}"


def _ready_text(job: JobSnapshot, recent_s: Sequence[float], now: float) -> str:
    """Return when a job was ready, or between when and when it will be."""
    if job.finished_at is not None:
        return clock_text(job.finished_at, now)
    left = left_range_s(job, recent_s)
    if left is None:
        return ""
    first, last = clock_text(now + left[0], now), clock_text(now + left[1], now)
    return first if first == last else f"{first} - {last}"
