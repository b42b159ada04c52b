"""Reading the database from any thread: what viewers ask for and snapshots do not carry."""

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from render_manager.domain.changes import AttemptRecord, FrameRow, JobSnapshot
from render_manager.domain.figures import AttemptFigures, FrameOrder
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.morning import Morning
from render_manager.domain.states import FrameState
from render_manager.storage import frame_queries, morning_queries, rows
from render_manager.storage.database import open_for_reading, reading_engine
from render_manager.storage.errors import translated
from render_manager.storage.packing import packed_states
from render_manager.storage.schema import attempts, frames, jobs, projects


class StoreReader:
    """Reads committed state; every call is one short transaction. Any thread.

    With `keeps_open` it must be closed; what is read afterwards opens the file each time.
    """

    def __init__(self, path: Path, *, keeps_open: bool = True) -> None:
        self._path = path
        self._engine = open_for_reading(path, keeps_open=keeps_open)

    def close(self) -> None:
        """Let go of the file."""
        engine, self._engine = self._engine, reading_engine(self._path, keeps_open=False)
        engine.dispose()

    def jobs(self) -> list[JobSnapshot]:
        """Return all jobs in queue order."""
        query = (
            select(jobs, projects.c.name.label("project"))
            .join(projects, isouter=True)
            .order_by(jobs.c.priority.desc(), jobs.c.position)
        )
        return [Job(rows.spec_of(row), rows.record_of(row), None).snapshot() for row in self._all(query)]

    def job(self, job_id: int) -> JobSnapshot | None:
        """Return one job, None when there is none with this number."""
        query = select(jobs, projects.c.name.label("project")).join(projects, isouter=True)
        for row in self._all(query.where(jobs.c.id == job_id)):
            return Job(rows.spec_of(row), rows.record_of(row), None).snapshot()
        return None

    def frame_states(self, job_id: int, *, up_to: int | None = None) -> bytes:
        """Return one byte for each frame of a job, in frame order: its state's place in FRAME_STATES.

        With `up_to`, only frames up to that number.
        """
        with translated(self._path), self._engine.connect() as connection:
            return packed_states(connection, job_id, up_to=up_to)

    def noted_frames(self, job_id: int) -> tuple[list[int], list[int]]:
        """Return the frames that wait to be tried again, and those completed with something to say."""
        with translated(self._path), self._engine.connect() as connection:
            return frame_queries.noted_frames(connection, job_id)

    def older_frames(self, job_id: int, version: int) -> FrameSet:
        """Return the finished frames of a job that were rendered from an older scene than this one."""
        with translated(self._path), self._engine.connect() as connection:
            return FrameSet.of(frame_queries.older_frames(connection, job_id, version))

    def attempt_figures(self, job_id: int) -> AttemptFigures:
        """Return the figures of all attempts of a job, by frame and number."""
        with translated(self._path), self._engine.connect() as connection:
            return frame_queries.attempt_figures(connection, job_id)

    def ordered_frames(self, job_id: int, order: FrameOrder, *, descending: bool = False) -> "array[int]":
        """Return all frame numbers of a job in an order; those without a value come last either way."""
        with translated(self._path), self._engine.connect() as connection:
            return frame_queries.ordered_frames(connection, job_id, order, descending=descending)

    def frames(
        self,
        job_id: int,
        *,
        first: int | None = None,
        last: int | None = None,
        state: FrameState | None = None,
    ) -> list[FrameRow]:
        """Return frames of a job in order: those from `first` to `last`, those in `state`, or all."""
        query = select(frames).where(frames.c.job_id == job_id).order_by(frames.c.number)
        if first is not None:
            query = query.where(frames.c.number >= first)
        if last is not None:
            query = query.where(frames.c.number <= last)
        if state is not None:
            query = query.where(frames.c.state == state.value)
        return [rows.frame_of(row) for row in self._all(query)]

    def last_logs_of_failed(self) -> set[str]:
        """Return the logs of the last attempts at frames that failed, of all jobs."""
        with translated(self._path), self._engine.connect() as connection:
            return frame_queries.last_logs_of_failed(connection)

    def newest_thumbnail(self, job_id: int) -> str:
        """Return the thumbnail of a job's last frame that has one, empty for none."""
        query = (
            select(frames.c.thumbnail)
            .where(frames.c.job_id == job_id, frames.c.thumbnail != "")
            .order_by(frames.c.number.desc())
            .limit(1)
        )
        found = self._all(query)
        return str(found[0].thumbnail) if found else ""

    def attempts(
        self, job_id: int, frame: int | None = None, *, last: int | None = None
    ) -> list[AttemptRecord]:
        """Return the attempts at a frame, at those from `frame` to `last`, or at all, oldest first."""
        query = select(attempts).where(attempts.c.job_id == job_id)
        if frame is not None:
            to = frame if last is None else last
            query = query.where(attempts.c.frame >= frame, attempts.c.frame <= to)
        query = query.order_by(attempts.c.frame, attempts.c.number)
        return [rows.attempt_of(row) for row in self._all(query)]

    def morning(self, since: float, until: float) -> Morning:
        """Return what was done from one moment to another, in seconds since the epoch."""
        with translated(self._path), self._engine.connect() as connection:
            return Morning(since, until, tuple(morning_queries.nights(connection, since, until)))

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with translated(self._path), self._engine.connect() as connection:
            return connection.execute(query).all()
