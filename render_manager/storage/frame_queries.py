"""What the frame table, the plots and the bars of a job are read by; every query walks an index."""

from array import array

from sqlalchemy import Connection, and_, case, func, or_, select

from render_manager.domain.figures import OUTCOMES, AttemptFigures, FrameOrder
from render_manager.domain.states import FrameState
from render_manager.storage.schema import attempts, frames

_BATCH_ROWS = 2000
"""Rows fetched at once: other threads get their turn in between."""
_OUTCOME_CODE = case(
    {outcome.value: code for code, outcome in enumerate(OUTCOMES)}, value=attempts.c.outcome, else_=0
)
_OF_THE_LAST_ATTEMPT = {
    FrameOrder.MEMORY: attempts.c.peak_memory_bytes,
    FrameOrder.STARTED: attempts.c.started_at,
    FrameOrder.FINISHED: attempts.c.ended_at,
}


def noted_frames(connection: Connection, job_id: int) -> tuple[list[int], list[int]]:
    """Return the frames that wait to be tried again, and those completed with something to say."""
    waits = and_(frames.c.state == FrameState.PENDING.value, frames.c.retry_at.is_not(None))
    says = and_(
        frames.c.state == FrameState.COMPLETED.value, or_(frames.c.reason != "", frames.c.marks != "")
    )
    query = (
        select(frames.c.number, frames.c.state)
        .where(frames.c.job_id == job_id, or_(waits, says))
        .order_by(frames.c.number)
    )
    waiting: list[int] = []
    noted: list[int] = []
    for number, state in connection.execute(query):
        (waiting if state == FrameState.PENDING.value else noted).append(number)
    return waiting, noted


def older_frames(connection: Connection, job_id: int, version: int) -> list[int]:
    """Return the finished frames of a job that are known to be from an older scene than this one."""
    query = select(frames.c.number).where(
        frames.c.job_id == job_id,
        frames.c.state == FrameState.COMPLETED.value,
        frames.c.scene_version > 0,
        frames.c.scene_version < version,
    )
    return list(connection.scalars(query.order_by(frames.c.number)))


def attempt_figures(connection: Connection, job_id: int) -> AttemptFigures:
    """Return the figures of all attempts of a job, by frame and number."""
    query = (
        select(
            attempts.c.frame,
            attempts.c.number,
            _OUTCOME_CODE,
            attempts.c.started_at,
            func.coalesce(attempts.c.ended_at, 0.0),
            func.coalesce(attempts.c.seconds, 0.0),
            func.coalesce(attempts.c.peak_memory_bytes, 0),
        )
        .where(attempts.c.job_id == job_id)
        .order_by(attempts.c.frame, attempts.c.number)
    )
    found = AttemptFigures()
    columns: tuple[array[int] | array[float], ...] = (
        *(found.frames, found.numbers, found.outcomes),
        *(found.started, found.ended, found.seconds, found.memory_bytes),
    )
    for rows in connection.execution_options(yield_per=_BATCH_ROWS).execute(query).partitions():
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return found


def ordered_frames(
    connection: Connection, job_id: int, order: FrameOrder, *, descending: bool
) -> "array[int]":
    """Return all frame numbers of a job in an order; those without a value come last either way."""
    query = select(frames.c.number).where(frames.c.job_id == job_id)
    if order in _OF_THE_LAST_ATTEMPT:
        value = _OF_THE_LAST_ATTEMPT[order]
        last = and_(
            attempts.c.job_id == frames.c.job_id,
            attempts.c.frame == frames.c.number,
            attempts.c.number == frames.c.attempts,
        )
        query = query.select_from(frames.outerjoin(attempts, last))
    else:
        value = frames.c.attempts if order is FrameOrder.ATTEMPTS else frames.c.render_seconds
    by_value = value.desc() if descending else value.asc()
    query = query.order_by(value.is_(None), by_value, frames.c.number)
    found: array[int] = array("q")
    for numbers in connection.execution_options(yield_per=_BATCH_ROWS).scalars(query).partitions():
        found.extend(numbers)
    return found


def last_logs_of_failed(connection: Connection) -> set[str]:
    """Return the logs of the last attempts at failed frames of all jobs."""
    same = and_(
        attempts.c.job_id == frames.c.job_id,
        attempts.c.frame == frames.c.number,
        attempts.c.number == frames.c.attempts,
    )
    query = (
        select(attempts.c.log_path)
        .join(frames, same)
        .where(frames.c.state == FrameState.FAILED.value, attempts.c.log_path != "")
        .distinct()
    )
    return {str(path) for path in connection.scalars(query)}
