"""A stored token is a number of 64 bits, without its kind, in less than half of the room."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NIBBLES = 16
_FIRST_EIGHT_BYTES = {
    "postgresql": "('x' || encode(substring(value from 1 for 8), 'hex'))::bit(64)::bigint",
    "sqlite": " | ".join(
        f"((instr('0123456789ABCDEF', substr(hex(value), {place}, 1)) - 1) << {4 * (_NIBBLES - place)})"
        for place in range(1, _NIBBLES + 1)
    ),
}


def _column(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def upgrade() -> None:
    op.drop_index("token_value", "token")
    op.drop_index("token_person", "token")
    op.rename_table("token", "token_bytes")
    op.create_table("token", _column("value", _NUMBER), _column("person", sa.Integer()), _column("epoch", sa.Integer()))
    number = _FIRST_EIGHT_BYTES[op.get_bind().dialect.name]
    op.execute(f"INSERT INTO token (value, person, epoch) SELECT {number}, person, epoch FROM token_bytes")  # noqa: S608  # made of constants
    op.drop_table("token_bytes")
    op.create_index("token_value", "token", ["value", "person"])
    op.create_index("token_person", "token", ["person", "epoch"])
