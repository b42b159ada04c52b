"""The tables hold what was promised, and the migrations make the same tables."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from render_manager.storage import migrate, schema
from render_manager.storage.database import open_database
from render_manager.storage.migrate import run_migrations

JOB_COLUMNS = {
    "id",
    "uuid",
    "project_id",
    "project_file",
    "engine",
    "state",
    "priority",
    "total_frames",
    "completed_frames",
    "failed_frames",
    "progress",
    "retry_count",
    "max_retries",
    "error_log",
    "created_at",
    "updated_at",
}
FRAME_COLUMNS = {"number", "state", "outputs", "thumbnail", "render_seconds", "reason", "attempts"}


def layout(path: Path) -> dict[str, object]:
    """Return everything SQLite says about the tables of a file."""
    connection = sqlite3.connect(path)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    found = {
        name: (
            connection.execute(f"PRAGMA table_xinfo({name})").fetchall(),
            sorted(map(str, connection.execute(f"PRAGMA foreign_key_list({name})").fetchall())),
            sorted(row[1:4] for row in connection.execute(f"PRAGMA index_list({name})").fetchall()),
            "WITHOUT ROWID"
            in connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0],
        )
        for name in sorted(tables)
    }
    connection.close()
    return found


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    path = tmp_path / "migrated.db"
    engine = create_engine(f"sqlite:///{path}")
    run_migrations(engine, "head")
    engine.dispose()
    return path


def test_migrations_make_the_tables_of_the_program(tmp_path: Path, migrated: Path) -> None:
    created = tmp_path / "created.db"
    open_database(created).close()
    assert layout(migrated) == layout(created)
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.HEAD_REVISION
    engine.dispose()


def test_migrations_are_one_line_of_numbers() -> None:
    scripts = ScriptDirectory(str(migrate._MIGRATIONS))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert scripts.get_heads() == [schema.HEAD_REVISION] == revisions[:1]
    assert revisions == sorted(revisions, reverse=True)
    files = [path.stem for path in (migrate._MIGRATIONS / "versions").glob("rev_*.py")]
    assert sorted(files) == sorted(f"rev_{revision}" for revision in revisions)


def test_the_promised_columns_are_there(tmp_path: Path) -> None:
    database = open_database(tmp_path / "new.db")
    found = inspect(database.engine)
    assert {column["name"] for column in found.get_columns("jobs")} >= JOB_COLUMNS
    assert {column["name"] for column in found.get_columns("frames")} >= FRAME_COLUMNS
    assert "projects" in found.get_table_names()
    indexed = [index["column_names"] for index in found.get_indexes("jobs")]
    assert ["project_id"] in indexed
    database.close()


def test_looking_for_the_jobs_of_a_project_uses_the_index(tmp_path: Path) -> None:
    database = open_database(tmp_path / "new.db")
    with database.engine.connect() as connection:
        query = "EXPLAIN QUERY PLAN SELECT state FROM jobs WHERE project_id = 1"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(query))
    assert "ix_jobs_project_id" in plan
    database.close()
