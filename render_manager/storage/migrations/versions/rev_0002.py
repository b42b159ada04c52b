"""Limits of jobs, reasons counted, states of the scene file, and what is odd about finished pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there gets their defaults, without being rewritten."""
    for name, kind, default in (
        ("limits", sa.JSON(), "{}"),
        ("keeps_copy", sa.Boolean(), "0"),
        ("failure_reasons", sa.JSON(), "{}"),
        ("scene_versions", sa.JSON(), "[]"),
        ("marked_frames", sa.Integer(), "0"),
    ):
        op.add_column("jobs", sa.Column(name, kind, server_default=default, nullable=False))
    for name in ("marks", "portrait"):
        op.add_column("frames", sa.Column(name, sa.String(), server_default="", nullable=False))
    for table in ("frames", "attempts"):
        op.add_column(table, sa.Column("scene_version", sa.Integer(), server_default="0", nullable=False))
