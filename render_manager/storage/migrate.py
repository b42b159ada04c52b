"""Upgrading an older database with Alembic, after copying it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, create_engine, text

from render_manager.storage import schema
from render_manager.system.private_files import begin_private

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(path: Path, engine: Engine, revision: str) -> Path:
    """Copy the database to `<name>.from-<revision>.db`, upgrade it in place, and return the copy's path."""
    backup = path.with_name(f"{path.stem}.from-{revision}{path.suffix}")
    begin_private(backup)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    run_migrations(engine, schema.HEAD_REVISION)
    return backup


def migrated(path: Path) -> str:
    """Bring the database at `path` (new or old) to the current schema; return the revision reached."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    try:
        run_migrations(engine, schema.HEAD_REVISION)
        with engine.connect() as connection:
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    finally:
        engine.dispose()


def run_migrations(engine: Engine, revision: str) -> None:
    """Bring a database (an empty one, too) to a revision."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
