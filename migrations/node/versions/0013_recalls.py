"""What a clinician received is found by the clinician, so that they can be told that it is recalled."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("tie_flow_agent", "tie_flow", ["agent", "at"])
