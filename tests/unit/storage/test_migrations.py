"""Databases of older versions, with something in them, brought to the present one."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from render_manager.domain.limits import Limits
from render_manager.domain.states import FrameState
from render_manager.storage import schema
from render_manager.storage.database import open_database
from render_manager.storage.migrate import run_migrations
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

JOB_OF_0001 = {
    "id": 7,
    "uuid": "00000007-0000-4000-8000-000000000000",
    "project_id": None,
    "name": "shot",
    "project_file": "/scenes/shot.blend",
    "engine": "blender",
    "installation": "blender:/opt/blender",
    "state": "pending",
    "reason": "Waits for a free slot.",
    "priority": 5,
    "position": 1.0,
    "paused": 0,
    "frames": "1-3",
    "total_frames": 3,
    "pending_frames": 2,
    "rendering_frames": 0,
    "completed_frames": 1,
    "failed_frames": 0,
    "cancelled_frames": 0,
    "skipped_frames": 0,
    "progress": 33.3,
    "retry_count": 1,
    "max_retries": 3,
    "retry_delay_s": 60.0,
    "error_log": "",
    "output_dir": "/out/shot",
    "output_name": "shot_####",
    "output_suffix": ".png",
    "existing": "skip",
    "options": json.dumps({"samples": 4}),
    "width": 64,
    "height": 36,
    "fps": 24.0,
    "render_seconds": 2.5,
    "rendered_frames": 1,
    "created_at": 1.0,
    "updated_at": 2.0,
    "started_at": 1.5,
    "finished_at": None,
}


@pytest.fixture
def of_0001(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    engine = create_engine(f"sqlite:///{path}")
    run_migrations(engine, "0001")
    engine.dispose()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {application_id()}")
    marks = ", ".join(f":{name}" for name in JOB_OF_0001)
    connection.execute(f"INSERT INTO jobs ({', '.join(JOB_OF_0001)}) VALUES ({marks})", JOB_OF_0001)
    for number, state in ((1, "completed"), (2, "pending"), (3, "pending")):
        connection.execute(
            "INSERT INTO frames (job_id, number, state, attempts) VALUES (7, ?, ?, 1)", (number, state)
        )
    connection.execute(
        "INSERT INTO attempts (job_id, frame, number, outcome, started_at) VALUES (7, 1, 1, 'completed', 1.5)"
    )
    connection.commit()
    connection.close()
    return path


def application_id() -> int:
    """Return what marks a file as one of ours, if anything does."""
    from render_manager.storage import database

    return int(getattr(database, "APPLICATION_ID", 0))


def test_a_job_of_the_first_version_goes_on(of_0001: Path) -> None:
    database = open_database(of_0001)
    assert of_0001.with_name("store.from-0001.db").exists(), "a copy is made before each upgrade"
    store = Store(database)
    (job,) = store.load_jobs()
    assert (job.spec.limits, job.spec.keeps_copy, job.record.scene_versions) == (Limits(), False, ())
    assert job.spec.options == {"samples": 4}
    memory = store.load_frames(job)
    assert [memory.states.of(number) for number in (1, 2, 3)] == [
        FrameState.COMPLETED,
        FrameState.PENDING,
        FrameState.PENDING,
    ]
    portrait, marks = store.frame_portrait(7, 1)
    assert (portrait.grey, marks) == (b"", frozenset())
    store.close()
    reader = StoreReader(of_0001)
    (attempt,) = reader.attempts(7)
    assert attempt.scene_version == 0
    assert [row.marks for row in reader.frames(7)] == [frozenset()] * 3
    reader.close()
    with sqlite3.connect(of_0001) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
            schema.HEAD_REVISION,
        )
    connection.close()
