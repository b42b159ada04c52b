"""Databases full of jobs for benchmarks, in the program's own schema, filled in bulk."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.job_parts import JobRecord
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.storage import rows
from render_manager.storage.database import open_database
from render_manager.system.paths import AppPaths

NOW = 1_750_000_000.0
FAILURE = "The graphics card ran out of memory. Render fewer samples or smaller textures."
_FRAME_COLUMNS = "job_id, number, state, reason, attempts, failures, outputs, thumbnail, render_seconds"
_ATTEMPT_COLUMNS = (
    "job_id, frame, number, outcome, started_at, ended_at, code, reason, advice, seconds, "
    "peak_memory_bytes, log_path, log_start, log_end, installation"
)


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One job as it is to be stored."""

    id: int
    frames: int
    completed: int
    rest: FrameState
    """State of the frames that are not completed."""
    paused: bool = False


def fill(paths: AppPaths, jobs: list[StoredJob], *, output_dir: Path, existing_files: bool = False) -> None:
    """Store jobs with their frames and one attempt a rendered frame, then close the file properly.

    With `existing_files` the outputs of unfinished jobs are there, since the start looks for them.
    """
    open_database(paths.database).close()
    connection = sqlite3.connect(paths.database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for job in jobs:
            values = _job_values(job, output_dir)
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            stored = [json.dumps(one) if isinstance(one, dict | list) else one for one in values.values()]
            connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", stored)  # noqa: S608 - our own column names
            _insert(connection, "frames", _FRAME_COLUMNS, _frame_rows(job, output_dir))
            _insert(connection, "attempts", _ATTEMPT_COLUMNS, _attempt_rows(job, paths))
            if existing_files and job.paused:
                _make_files(job, output_dir)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def mostly_finished(jobs: int, frames: int) -> list[StoredJob]:
    """Return jobs as they lie about after a year: nearly all finished, a few failed, some paused."""
    stored = []
    for number in range(1, jobs + 1):
        if number % 100 == 0:
            stored.append(StoredJob(number, frames, frames // 2, FrameState.PENDING, paused=True))
        elif number % 25 == 0:
            stored.append(StoredJob(number, frames, frames - 3, FrameState.FAILED))
        elif number % 40 == 0:
            stored.append(StoredJob(number, frames, frames // 3, FrameState.CANCELLED))
        else:
            stored.append(StoredJob(number, frames, frames, FrameState.PENDING))
    return stored


def _insert(
    connection: sqlite3.Connection, table: str, columns: str, values: Iterator[tuple[object, ...]]
) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 - our own names


def _spec(job: StoredJob, output_dir: Path) -> JobSpec:
    return JobSpec(
        name=f"shot_{job.id:04d}_lighting_v003",
        scene=Path(f"/projects/film/shots/shot_{job.id:04d}/lighting_v003.blend"),
        engine="blender",
        installation="blender:/opt/blender-4.5/blender",
        frames=FrameSet.span(1, job.frames),
        output_dir=output_dir / f"{job.id:04d}",
        output_name="beauty_####",
        output_suffix=".png",
        options={"samples": 128, "device": "GPU"},
        width=1920,
        height=1080,
        fps=24.0,
    )


def _job_values(job: StoredJob, output_dir: Path) -> dict[str, object]:
    counts = dict.fromkeys(FrameState, 0) | {FrameState.COMPLETED: job.completed}
    counts[job.rest] += job.frames - job.completed
    failed = counts[FrameState.FAILED]
    spec = _spec(job, output_dir)
    started = NOW + job.id * 900.0
    record = JobRecord(
        id=job.id,
        uuid=str(uuid.UUID(int=job.id)),
        created_at=started - 60.0,
        updated_at=started + 800.0,
        position=float(job.id),
        priority=5,
        paused=job.paused,
        error_log=(FAILURE,) * min(failed, 3),
        render_seconds=4.0 * job.completed,
        rendered_frames=job.completed,
        started_at=started,
        finished_at=None if job.paused else started + 800.0,
        counts=counts,
    )
    values = {"id": job.id, "uuid": record.uuid, "created_at": record.created_at, **rows.spec_values(spec)}
    values |= rows.job_values(Job(spec, record, None).snapshot())
    return {name: json.dumps(value) if name == "options" else value for name, value in values.items()}


def _output(job: StoredJob, frame: int, output_dir: Path) -> Path:
    return output_dir / f"{job.id:04d}" / f"beauty_{frame:04d}.png"


def _frame_rows(job: StoredJob, output_dir: Path) -> Iterator[tuple[object, ...]]:
    for frame in range(1, job.frames + 1):
        if frame > job.completed:
            tries = 4 if job.rest is FrameState.FAILED else 0
            reason = FAILURE if tries else ""
            yield (job.id, frame, job.rest.value, reason, tries, tries, None, "", None)
            continue
        outputs = json.dumps([str(_output(job, frame, output_dir))])
        thumbnail = f"/home/artist/.cache/RenderManager/thumbnails/{job.id:08x}/{frame}-1.jpg"
        yield (job.id, frame, FrameState.COMPLETED.value, "", 1, 0, outputs, thumbnail, 4.0)


def _attempt_rows(job: StoredJob, paths: AppPaths) -> Iterator[tuple[object, ...]]:
    log = str(paths.worker_logs / f"{job.id:08x}" / f"worker-{job.id}-1.log")
    for frame in range(1, job.completed + 1):
        start = NOW + job.id * 900.0 + 4.0 * frame
        place = (log, 900 * frame, 900 * (frame + 1), "blender:/opt/blender-4.5/blender")
        yield (
            *(job.id, frame, 1, AttemptOutcome.COMPLETED.value, start, start + 4.0),
            *("", "", "", 4.0, 900_000_000, *place),
        )


def _make_files(job: StoredJob, output_dir: Path) -> None:
    for frame in range(1, job.completed + 1):
        path = _output(job, frame, output_dir)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
