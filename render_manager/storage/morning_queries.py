"""What was done in a stretch of time, summed up by the database, for jobs changed since then only."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, select

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.job import Job
from render_manager.domain.morning import FailureGroup, JobNight, Shown, SlowFrame, grouped_failures
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.storage import rows
from render_manager.storage.schema import attempts, frames, jobs, projects

MOST_FAILED_ROWS = 2000
"""Failed frames of a job that are read one by one; of more, only their number."""
MOST_NOTES = 20
MOST_SLOW = 5
MOST_FAILED_SHOWN = 2
LEAST_SLOW_S = 1.0
SLOW_FACTOR = 1.5
"""A frame is slow from so many times the median on."""


def nights(connection: Connection, since: float, until: float) -> Iterator[JobNight]:
    """Yield the jobs for which something was done, in queue order."""
    query = (
        select(jobs, projects.c.name.label("project"), projects.c.final_movie)
        .join(projects, isouter=True)
        .where(jobs.c.updated_at >= since)
        .order_by(jobs.c.priority.desc(), jobs.c.position)
    )
    for row in connection.execute(query).all():
        job = Job(rows.spec_of(row), rows.record_of(row), None).snapshot()
        night = _night(connection, job, since, until, row.final_movie or "")
        has_ended = job.finished_at is not None and since <= job.finished_at < until
        if night.tries or night.failed or has_ended:
            yield night


def _night(connection: Connection, job: JobSnapshot, since: float, until: float, movie: str) -> JobNight:
    in_time = and_(attempts.c.job_id == job.id, attempts.c.ended_at >= since, attempts.c.ended_at < until)
    counted: dict[str, int] = {}
    seconds, peak = 0.0, 0
    query = (
        select(
            attempts.c.outcome,
            func.count(),
            func.coalesce(func.sum(attempts.c.seconds), 0.0),
            func.coalesce(func.max(attempts.c.peak_memory_bytes), 0),
        )
        .where(in_time)
        .group_by(attempts.c.outcome)
    )
    for outcome, count, spent, memory in connection.execute(query):
        counted[outcome] = count
        seconds += spent
        peak = max(peak, memory)
    completed = counted.get(AttemptOutcome.COMPLETED.value, 0)
    failed = _failed(connection, job, since, until)
    median = _median(connection, job.id)
    notes = _notes(connection, job.id)
    return JobNight(
        job=job,
        completed=completed,
        failed=sum(group.count for group in failed),
        tries=sum(counted.values()),
        interrupted=counted.get(AttemptOutcome.INTERRUPTED.value, 0),
        seconds=seconds,
        peak_memory_bytes=peak or None,
        median_s=median,
        failures=failed,
        slowest=_slowest(connection, in_time, median),
        notes=tuple(notes[:MOST_NOTES]),
        noted=len(notes),
        pictures=_pictures(connection, job.id, [group.frames[0] for group in failed[:MOST_FAILED_SHOWN]]),
        movie=movie,
    )


def _failed(connection: Connection, job: JobSnapshot, since: float, until: float) -> tuple[FailureGroup, ...]:
    """Return the frames that are given up: their last attempt is of this time, or they had none."""
    if not job.failed_frames:
        return ()
    last = and_(
        attempts.c.job_id == frames.c.job_id,
        attempts.c.frame == frames.c.number,
        attempts.c.number == frames.c.attempts,
    )
    of_this_time = and_(
        frames.c.job_id == job.id,
        frames.c.state == FrameState.FAILED.value,
        # Without an attempt the time of the job is all that is known.
        func.coalesce(attempts.c.ended_at, job.updated_at) >= since,
        func.coalesce(attempts.c.ended_at, job.updated_at) < until,
    )
    joined = frames.outerjoin(attempts, last)
    count = connection.scalar(select(func.count()).select_from(joined).where(of_this_time)) or 0
    query = (
        select(
            frames.c.number,
            func.coalesce(attempts.c.code, ""),
            frames.c.reason,
            func.coalesce(attempts.c.advice, ""),
        )
        .select_from(joined)
        .where(of_this_time)
        .order_by(frames.c.number)
        .limit(MOST_FAILED_ROWS)
    )
    found = [(number, code, reason, advice) for number, code, reason, advice in connection.execute(query)]
    return grouped_failures(found, count=count)


def _median(connection: Connection, job_id: int) -> float | None:
    timed = and_(frames.c.job_id == job_id, frames.c.render_seconds.is_not(None))
    count = connection.scalar(select(func.count()).where(timed)) or 0
    query = select(frames.c.render_seconds).where(timed).order_by(frames.c.render_seconds)
    middle: float | None = connection.scalar(query.offset(count // 2).limit(1))
    return middle


def _slowest(
    connection: Connection, in_time: ColumnElement[bool], median_s: float | None
) -> tuple[SlowFrame, ...]:
    if not median_s:
        return ()
    query = (
        select(attempts.c.frame, attempts.c.seconds)
        .where(
            in_time,
            attempts.c.outcome == AttemptOutcome.COMPLETED.value,
            attempts.c.seconds >= max(SLOW_FACTOR * median_s, LEAST_SLOW_S),
        )
        .order_by(attempts.c.seconds.desc())
        .limit(MOST_SLOW)
    )
    return tuple(SlowFrame(frame, spent, spent / median_s) for frame, spent in connection.execute(query))


def _notes(connection: Connection, job_id: int) -> list[tuple[int, str]]:
    query = (
        select(frames.c.number, frames.c.reason)
        .where(frames.c.job_id == job_id, frames.c.state == FrameState.COMPLETED.value, frames.c.reason != "")
        .order_by(frames.c.number)
    )
    return [(number, reason) for number, reason in connection.execute(query)]


def _pictures(connection: Connection, job_id: int, failed: Sequence[int]) -> tuple[Shown, ...]:
    """Return the first, a middle and the last picture, and the neighbours of failed frames."""
    with_picture = and_(frames.c.job_id == job_id, frames.c.thumbnail != "")
    query = select(frames.c.number, frames.c.thumbnail).where(with_picture).order_by(frames.c.number)
    count = connection.scalar(select(func.count()).where(with_picture)) or 0
    shown: dict[int, Shown] = {}
    for place in sorted({0, count // 2, max(count - 1, 0)}):
        for number, thumbnail in connection.execute(query.offset(place).limit(1)):
            shown[number] = Shown(number, thumbnail)
    for frame in failed:
        before = query.where(frames.c.number < frame).order_by(None).order_by(frames.c.number.desc())
        for number, thumbnail in connection.execute(before.limit(1)):
            shown[number] = Shown(number, thumbnail, is_failed=True)
    return tuple(shown[number] for number in sorted(shown))
