"""Times for people: how long a job took, and an honest word on how long it still takes."""

import math
import time
from collections.abc import Sequence

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FINISHED_JOBS, FrameState, JobState
from render_manager.domain.texts import gettext as _

ENOUGH_FRAMES = 3
"""Fewer finished frames than this say nothing about the rest."""
RECENT_FRAMES = 40
"""How many of the last frames the rest is judged by."""
LOW_SHARE, HIGH_SHARE = 0.2, 0.8
"""Between these shares of the recent frames' times the times of the others are expected."""
UNSURE = 0.5
"""How wide the range is at least, on either side, for one measured frame; half of it for two, and so on."""
UNMEASURED_SPREAD = 0.3
"""Half the range, as a share of the mean, where only the sum of the frames' times is known."""


def duration_text(seconds: float) -> str:
    """Return a duration: `9 s`, `12:40`, `3:05:00`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return _("{days} d {hours} h").format(days=hours // 24, hours=hours % 24)


def wait_text(retry_at: float, now: float) -> str:
    """Return when a frame is tried again."""
    left = retry_at - now
    if left <= 0:
        return _("tries again soon")
    return _("tries again in {duration}").format(duration=duration_text(math.ceil(left)))


def quiet_words(duration: str) -> str:
    """Return that a log has been silent for this long, in as few words as a cell has room for."""
    return _("quiet {duration}").format(duration=duration)


def elapsed_text(job: JobSnapshot) -> str:
    """Return how long a job has been going, or went."""
    if job.started_at is None:
        return ""
    end = job.finished_at if job.finished_at is not None else time.time()
    return duration_text(end - job.started_at)


def estimate_text(job: JobSnapshot, recent_s: Sequence[float] = ()) -> str:
    """Return how long a job still takes, as a range; empty when it is not running.

    `recent_s` are the seconds of the last frames rendered: their spread is the range.
    """
    if job.state in FINISHED_JOBS or job.state is JobState.PAUSED:
        return ""
    if job.rendered_frames < ENOUGH_FRAMES:
        return _("measuring…") if job.state is JobState.RUNNING else ""
    left = left_range_s(job, recent_s)
    if left is None:
        return ""
    low, high = duration_text(left[0]), duration_text(left[1])
    return low if low == high else f"{low} - {high}"


def left_range_s(job: JobSnapshot, recent_s: Sequence[float] = ()) -> tuple[float, float] | None:
    """Return between how many seconds a job still takes, None when that cannot be said."""
    if job.state in FINISHED_JOBS or job.state is JobState.PAUSED or job.rendered_frames < ENOUGH_FRAMES:
        return None
    left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
    at_once = max(job.counts[FrameState.RENDERING], 1)
    low_s, high_s = frame_range_s(recent_s, job.render_seconds / job.rendered_frames)
    return left * low_s / at_once, left * high_s / at_once


def frame_range_s(recent_s: Sequence[float], mean_s: float) -> tuple[float, float]:
    """Return between how many seconds a further frame is expected to take.

    `mean_s` is used where too few frames were seen one by one. The fewer were, the wider the range.
    """
    count = len(recent_s)
    if count < ENOUGH_FRAMES:
        return mean_s * (1 - UNMEASURED_SPREAD), mean_s * (1 + UNMEASURED_SPREAD)
    ordered = sorted(recent_s)
    mean = sum(ordered) / count
    least = mean * UNSURE / count
    low = min(_quantile(ordered, LOW_SHARE), mean - least)
    high = max(_quantile(ordered, HIGH_SHARE), mean + least)
    return max(low, 0.0), high


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    before = int(place)
    after = min(before + 1, len(ordered) - 1)
    return ordered[before] + (ordered[after] - ordered[before]) * (place - before)
