"""Tables of the database; `docs/files.md` describes them for people.

Times are seconds since the epoch (UTC). Every change here needs a migration in `migrations/versions`; a
test compares the two.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

HEAD_REVISION = "0002"
"""Revision this program writes; the newest migration's."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

projects = Table(
    "projects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("final_movie", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uuid", String, nullable=False, unique=True),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="SET NULL"), index=True),
    Column("name", String, nullable=False),
    Column("project_file", String, nullable=False),
    Column("engine", String, nullable=False),
    Column("installation", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("position", Float, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("frames", Text, nullable=False),
    Column("total_frames", Integer, nullable=False),
    Column("pending_frames", Integer, nullable=False),
    Column("rendering_frames", Integer, nullable=False),
    Column("completed_frames", Integer, nullable=False),
    Column("failed_frames", Integer, nullable=False),
    Column("cancelled_frames", Integer, nullable=False),
    Column("skipped_frames", Integer, nullable=False),
    Column("progress", Float, nullable=False),
    Column("retry_count", Integer, nullable=False),
    Column("max_retries", Integer, nullable=False),
    Column("retry_delay_s", Float, nullable=False),
    Column("error_log", Text, nullable=False),
    Column("output_dir", String, nullable=False),
    Column("output_name", String, nullable=False),
    Column("output_suffix", String, nullable=False),
    Column("existing", String, nullable=False),
    Column("options", JSON, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("fps", Float, nullable=False),
    Column("render_seconds", Float, nullable=False),
    Column("rendered_frames", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("limits", JSON, nullable=False, server_default="{}"),
    Column("keeps_copy", Boolean, nullable=False, server_default="0"),
    Column("failure_reasons", JSON, nullable=False, server_default="{}"),
    Column("scene_versions", JSON, nullable=False, server_default="[]"),
    Column("marked_frames", Integer, nullable=False, server_default="0"),
)

frames = Table(
    "frames",
    metadata,
    Column("job_id", Integer, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", Float),
    Column("forced", Boolean, nullable=False, server_default="0"),
    Column("outputs", JSON(none_as_null=True)),
    Column("thumbnail", String, nullable=False, server_default=""),
    Column("render_seconds", Float),
    Column("marks", String, nullable=False, server_default=""),
    Column("portrait", String, nullable=False, server_default=""),
    Column("scene_version", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("job_id", "number"),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("job_id", Integer, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("frame", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("code", String, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("advice", Text, nullable=False, server_default=""),
    Column("seconds", Float),
    Column("peak_memory_bytes", Integer),
    Column("log_path", String, nullable=False, server_default=""),
    Column("log_start", Integer, nullable=False, server_default="0"),
    Column("log_end", Integer),
    Column("installation", String, nullable=False, server_default=""),
    Column("scene_version", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("job_id", "frame", "number"),
    sqlite_with_rowid=False,
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Small facts about the database itself, such as whether it was closed properly."""
