"""The one writer: what the owner of state stores, one transaction a batch.

Used by one thread. A frame's update is conditional on the state it starts from; a batch in which one of
them finds another state is undone as a whole and raises StateConflictError, since then memory and file
tell different stories.
"""

import time
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, text, update

from render_manager.domain.changes import AttemptRecord, FrameChange, JobSnapshot
from render_manager.domain.errors import StorageError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.health import Mark, Portrait, marks_of
from render_manager.domain.job import Job
from render_manager.domain.job_parts import FrameMemory, JobRecord
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import AttemptOutcome, FrameState, JobState, roll_up_project
from render_manager.domain.texts import gettext as _
from render_manager.storage import rows
from render_manager.storage.database import Database
from render_manager.storage.errors import translated
from render_manager.storage.packing import packed_states
from render_manager.storage.schema import attempts, frames, jobs, projects


class StateConflictError(StorageError):
    """A stored frame is not in the state its change starts from; somebody else wrote to the file."""


_UPDATE_FRAMES = (
    update(frames)
    .where(
        frames.c.job_id == bindparam("b_job"),
        frames.c.number.between(bindparam("b_first"), bindparam("b_last")),
        frames.c.state == bindparam("b_before"),
    )
    .values(
        state=bindparam("state"),
        reason=func.coalesce(bindparam("b_reason"), frames.c.reason),
        retry_at=bindparam("retry_at"),
        attempts=func.coalesce(bindparam("b_attempts"), frames.c.attempts),
        failures=func.coalesce(bindparam("b_failures"), frames.c.failures),
        forced=func.coalesce(bindparam("b_forced"), frames.c.forced),
        outputs=func.coalesce(bindparam("b_outputs", type_=frames.c.outputs.type), frames.c.outputs),
        thumbnail=func.coalesce(bindparam("b_thumbnail"), frames.c.thumbnail),
        render_seconds=func.coalesce(bindparam("b_seconds"), frames.c.render_seconds),
        marks=func.coalesce(bindparam("b_marks"), frames.c.marks),
        portrait=func.coalesce(bindparam("b_portrait"), frames.c.portrait),
        scene_version=func.coalesce(bindparam("b_scene_version"), frames.c.scene_version),
    )
)

_INSERT_RUN = text(
    "WITH RECURSIVE run(number) AS (SELECT :first UNION ALL SELECT number + :step FROM run "
    "WHERE number + :step <= :last) "
    "INSERT INTO frames (job_id, number, state) SELECT :job_id, number, :state FROM run"
)


class Store:
    """Reads jobs at the start and writes what changes; one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last_id = 0
        """The highest number a job had in this run, deleted ones included."""

    def close(self) -> None:
        """Close the file properly."""
        self._database.close()

    def keep_in_place(self) -> str:
        """Write the file again if somebody deleted or replaced it; return a sentence then, else nothing."""
        return self._database.keep_in_place()

    def abandon(self) -> None:
        """Close the file so that the next start looks at it closely; for when it is not to be trusted."""
        self._database.abandon()

    def load_jobs(self) -> list[Job]:
        """Return all jobs, without their frames, in queue order."""
        query = (
            select(jobs, projects.c.name.label("project"))
            .join(projects, isouter=True)
            .order_by(jobs.c.priority.desc(), jobs.c.position)
        )
        with self._reading() as connection:
            found = [Job(rows.spec_of(row), rows.record_of(row), None) for row in connection.execute(query)]
        self._last_id = max([self._last_id, *(job.id for job in found)])
        return found

    def load_frames(self, job: Job) -> FrameMemory:
        """Return the frames of a job."""
        job_frames = job.spec.frames
        with self._reading() as connection:
            states = FrameStates(job_frames, packed_states(connection, job.id))
            memory = FrameMemory(states, array("H", bytes(2 * len(job_frames))))
            touched = select(
                frames.c.number,
                frames.c.attempts,
                frames.c.failures,
                frames.c.retry_at,
                frames.c.forced,
                and_(frames.c.state == FrameState.COMPLETED.value, frames.c.marks != ""),
            ).where(frames.c.job_id == job.id, (frames.c.attempts > 0) | frames.c.forced)
            for number, tries, failures, retry_at, forced, is_marked in connection.execute(touched):
                memory.attempts[job_frames.index(number)] = tries
                if failures:
                    memory.failures[number] = failures
                if retry_at is not None:
                    memory.retry_at[number] = retry_at
                if forced:
                    memory.forced.add(number)
                if is_marked:
                    memory.marked.add(number)
        return memory

    def frame_outputs(self, job_id: int, numbers: Sequence[int] | None = None) -> dict[int, tuple[str, ...]]:
        """Return the files of each completed frame of a job, or of those of a few frames."""
        query = select(frames.c.number, frames.c.outputs).where(
            frames.c.job_id == job_id, frames.c.state == FrameState.COMPLETED.value
        )
        if numbers is not None:
            query = query.where(frames.c.number.in_(numbers))
        with self._reading() as connection:
            return {number: tuple(outputs or ()) for number, outputs in connection.execute(query)}

    def frame_reasons(self, job_id: int, state: FrameState, first: int, last: int) -> dict[int, str]:
        """Return the reason of each frame of a job that is in a state, from `first` to `last`."""
        query = select(frames.c.number, frames.c.reason).where(
            frames.c.job_id == job_id, frames.c.state == state.value, frames.c.number.between(first, last)
        )
        with self._reading() as connection:
            return {row.number: row.reason for row in connection.execute(query)}

    def frame_portrait(self, job_id: int, frame: int) -> tuple[Portrait, frozenset[Mark]]:
        """Return what a finished frame is compared with its neighbours by, and the marks it bears."""
        query = select(frames.c.portrait, frames.c.marks).where(
            frames.c.job_id == job_id, frames.c.number == frame
        )
        with self._reading() as connection:
            row = connection.execute(query).one()
        marks = marks_of(row.marks)
        return Portrait.read_back(row.portrait, marks), marks

    def running_attempts(self, job_id: int) -> list[AttemptRecord]:
        """Return the attempts of a job that were never ended."""
        query = select(attempts).where(
            attempts.c.job_id == job_id, attempts.c.outcome == AttemptOutcome.RUNNING.value
        )
        with self._reading() as connection:
            return [rows.attempt_of(row) for row in connection.execute(query)]

    def add_job(self, spec: JobSpec, uuid: str, now: float) -> Job:
        """Store a new job and its frames, all pending, and return it."""
        with translated(self._database.path), self._database.engine.begin() as connection:
            position = (connection.scalar(select(func.max(jobs.c.position))) or 0.0) + 1.0
            record = JobRecord(
                id=0, uuid=uuid, created_at=now, updated_at=now, position=position, priority=spec.priority
            )
            job = Job(spec, record, FrameMemory.fresh(spec.frames))
            newest = connection.scalar(select(func.max(jobs.c.id))) or 0
            # SQLite would give the number of a deleted job again, of which messages may still be under way.
            record.id = max(newest, self._last_id) + 1
            values = {
                "id": record.id,
                "uuid": uuid,
                "created_at": now,
                "project_id": _project_id(connection, spec.project, now),
                **rows.spec_values(spec),
                **rows.job_values(job.snapshot()),
            }
            connection.execute(insert(jobs).values(**values))
            _insert_frames(connection, record.id, spec.frames)
            _roll_up_projects(connection, _projects_of(connection, [record.id]), now)
        self._last_id = record.id
        self._database.was_written()
        return job

    def commit(
        self,
        *,
        job_snapshots: Iterable[JobSnapshot] = (),
        frame_changes: Sequence[FrameChange] = (),
        attempt_records: Sequence[AttemptRecord] = (),
        removed_jobs: Sequence[int] = (),
    ) -> None:
        """Store one batch in one transaction.

        Raises StateConflictError, StorageUnavailableError or StorageError; then nothing of it is stored.
        """
        with translated(self._database.path), self._database.engine.begin() as connection:
            _update_frames(connection, frame_changes)
            if attempt_records:
                connection.execute(
                    insert(attempts).prefix_with("OR REPLACE"),
                    [rows.attempt_values(attempt) for attempt in attempt_records],
                )
            snapshots = list(job_snapshots)
            if snapshots:
                connection.execute(
                    update(jobs).where(jobs.c.id == bindparam("b_id")),
                    [{"b_id": job.id, **rows.job_values(job)} for job in snapshots],
                )
            grouped = [*(job.id for job in snapshots if job.project), *removed_jobs]
            touched = _projects_of(connection, grouped) if grouped else []
            if removed_jobs:
                for table, column in (
                    (frames, frames.c.job_id),
                    (attempts, attempts.c.job_id),
                    (jobs, jobs.c.id),
                ):
                    connection.execute(delete(table).where(column.in_(removed_jobs)))
            if touched:
                _roll_up_projects(connection, touched, time.time())
        self._database.was_written()

    def _reading(self) -> "_Reading":
        return _Reading(self._database)


class _Reading:
    """A read on the writer's own connection, errors translated."""

    def __init__(self, database: Database) -> None:
        self._translation = translated(database.path)
        self._connection = database.engine.connect()

    def __enter__(self) -> Connection:
        self._translation.__enter__()
        return self._connection

    def __exit__(self, *error: Any) -> bool | None:
        self._connection.close()
        return self._translation.__exit__(*error)


def _update_frames(connection: Connection, changes: Sequence[FrameChange]) -> None:
    if not changes:
        return
    parameters = [values for change in changes for values in rows.change_values(change)]
    result = connection.execute(_UPDATE_FRAMES, parameters)
    expected = sum(change.count for change in changes)
    if result.rowcount != expected:
        raise StateConflictError(
            _(
                "The database changed under Render Manager: "
                "{found} of {expected} frames were in the state expected."
            ).format(found=result.rowcount, expected=expected)
        )


def _insert_frames(connection: Connection, job_id: int, job_frames: FrameSet) -> None:
    numbers = job_frames.numbers
    if isinstance(numbers, range):
        connection.execute(
            _INSERT_RUN,
            {
                "first": numbers[0],
                "last": numbers[-1],
                "step": numbers.step,
                "job_id": job_id,
                "state": FrameState.PENDING.value,
            },
        )
        return
    connection.execute(
        insert(frames),
        [{"job_id": job_id, "number": number, "state": FrameState.PENDING.value} for number in numbers],
    )


def _project_id(connection: Connection, name: str, now: float) -> int | None:
    if not name:
        return None
    found = connection.scalar(select(projects.c.id).where(projects.c.name == name))
    if found is not None:
        return int(found)
    result = connection.execute(
        insert(projects).values(
            name=name, state=JobState.PENDING.value, final_movie="", created_at=now, updated_at=now
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def _projects_of(connection: Connection, job_ids: Sequence[int]) -> list[int]:
    query = select(jobs.c.project_id).where(jobs.c.id.in_(job_ids), jobs.c.project_id.is_not(None))
    return [int(project_id) for project_id in connection.scalars(query.distinct())]


def _roll_up_projects(connection: Connection, project_ids: Sequence[int], now: float) -> None:
    states: dict[int, set[JobState]] = {project_id: set() for project_id in project_ids}
    query = select(jobs.c.project_id, jobs.c.state).where(jobs.c.project_id.in_(project_ids)).distinct()
    for project_id, state in connection.execute(query):
        states[project_id].add(JobState(state))
    for project_id, found in states.items():
        state = roll_up_project(found).value
        connection.execute(
            update(projects)
            .where(projects.c.id == project_id, projects.c.state != state)
            .values(state=state, updated_at=now)
        )
