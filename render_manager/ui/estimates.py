"""Times for people: how long a job took, and an honest word on how long it still takes."""

import time
from gettext import gettext as _

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FINISHED_JOBS, FrameState, JobState

ENOUGH_FRAMES = 3
"""Fewer finished frames than this say nothing about the rest."""
SPREAD = 0.15
"""Half the width of the range shown, as a share of the estimate."""


def duration_text(seconds: float) -> str:
    """Return a duration: `9 s`, `12:40`, `3:05:00`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def elapsed_text(job: JobSnapshot) -> str:
    """Return how long a job has been going, or went."""
    if job.started_at is None:
        return ""
    end = job.finished_at if job.finished_at is not None else time.time()
    return duration_text(end - job.started_at)


def estimate_text(job: JobSnapshot) -> str:
    """Return how long a job still takes, as a range; empty when it is not running."""
    if job.state in FINISHED_JOBS or job.state is JobState.PAUSED:
        return ""
    if job.rendered_frames < ENOUGH_FRAMES:
        return _("measuring…") if job.state is JobState.RUNNING else ""
    left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
    at_once = max(job.counts[FrameState.RENDERING], 1)
    seconds = left * job.render_seconds / job.rendered_frames / at_once
    low, high = duration_text(seconds * (1 - SPREAD)), duration_text(seconds * (1 + SPREAD))
    return low if low == high else f"{low} - {high}"
