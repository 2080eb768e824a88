"""Histories of a type and of the whole base, in the order of writing."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Current versions have such an index already; past ones are found by type and instant from here on."""
    op.create_index("history_updated", "history", ["resource_type", "updated_at"])
