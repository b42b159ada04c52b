"""Decisions without state: when a failed frame is tried again, which job comes first."""

from itertools import pairwise

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.limits import Limits, chosen

LONGEST_RETRY_DELAY_S = 3600.0
DISK_FULL = "disk-full"
"""Code of all diagnoses of a full disk."""
DISK_FULL_DELAY_S = 600.0
"""The longest wait of a frame before it is looked whether its disk has room again."""
START_FAILURES_LIMIT = 5
"""A job whose workers end this often in a row without taking a frame to its end is given up."""
QUICK_END_S = 60.0
"""After as many workers in a row that ended under their first frame within this time from when they were up,
or that hung there, frames from elsewhere are tried…"""
PROBED_AT = (1.0, 0.5)
"""… at these places of those that were not tried yet; if they end the engine as well, the job is given up."""
LEAST_FAILURES_LIMIT = 100
"""A job of which this many attempts failed, or as many as it has frames, is given up."""
MAX_FRAMES_IN_CHECK = 8
"""No further frame is started while this many wait to be decoded, so that disks and memory do not fill."""
MAX_FRAMES_IN_RUN = 10_000
"""Frames that are offered to one batch worker; the engine takes as many of them as it wants."""
MAX_CHECKS_AT_ONCE = 4
"""Existing files that wait to be decoded at once; rendered frames queue up behind them."""
SHORTEST_HOLD_S = 5.0
"""A job whose folder cannot be used just now is left alone at least this long."""
ENGINE_LOOK_S = 30.0
"""A program that is not there any more is looked for again this often while jobs wait for it."""
MAX_FOLDERS_LOOKED_AT = 8
"""Output folders that are looked through for existing files at once; thousands of jobs may be waiting."""
DISMISSED_GRACE_S = 10.0
"""A dismissed worker that has not ended after this long is killed; add-ons keep Blender from quitting."""
CLOCK_SLACK_S = 1.0
"""A retry that lies further ahead than its whole delay and this was planned before the clock was set back."""
STORE_RETRY_S = 2.0
"""After the database could not be written, it is tried again this often."""


def retry_at(
    *, failures: int, max_retries: int, retry_delay_s: float, diagnosis: Diagnosis, now: float
) -> float | None:
    """Return when a frame that failed `failures` times is tried again, None when it is given up.

    The delay doubles with each failure, up to an hour, or to the job's own delay if that is longer. A full
    disk is no fault of the frame: a job that may try again at all does so until there is room.
    """
    is_disk_full = diagnosis.code == DISK_FULL and max_retries > 0
    if diagnosis.permanent or (failures > max_retries and not is_disk_full):
        return None
    wait_s = retry_wait_s(failures=failures, retry_delay_s=retry_delay_s)
    if is_disk_full:
        wait_s = min(wait_s, max(retry_delay_s, DISK_FULL_DELAY_S))
    return now + wait_s


def retry_wait_s(*, failures: int, retry_delay_s: float) -> float:
    """Return how long a frame that failed `failures` times waits before it is tried again."""
    longest = max(retry_delay_s, LONGEST_RETRY_DELAY_S)
    return min(retry_delay_s * 2.0 ** (failures - 1), longest)


def failures_limit(limits: Limits, frames: int) -> int | None:
    """Return how many failed attempts a job may have, None for any number."""
    limit = chosen(limits.failures, max(LEAST_FAILURES_LIMIT, frames))
    return None if limit is None else int(limit)


def places_between(low: float | None, high: float | None, count: int) -> list[float] | None:
    """Return `count` positions in the queue between two others, None where there is no room for them.

    Without `high` they are behind `low`, without both they begin at 1.
    """
    if high is None:
        start = 0.0 if low is None else low
        return [start + place for place in range(1, count + 1)]
    start = high - count - 1 if low is None else low
    step = (high - start) / (count + 1)
    places = [start + step * place for place in range(1, count + 1)]
    is_apart = all(one < other for one, other in pairwise([start, *places, high]))
    return places if is_apart else None


def queue_key(priority: int, position: float) -> tuple[int, float]:
    """Return the sort key of a job: higher priority first, then the order of the queue."""
    return (-priority, position)
