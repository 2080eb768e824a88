"""Search by every parameter: shared facts as sets, the others as narrow rows; records wait to be indexed anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_NOT_INDEXED = -1
_LONG = 400 * 86_400 * 1_000_000


def word(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _WORD, nullable=empty)


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def ordinal(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def element() -> sa.Column:
    return sa.Column("element", sa.SmallInteger, nullable=False, autoincrement=False)


def real(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.Double, nullable=empty)


def blob(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=empty)


def key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names)


def upgrade() -> None:
    for table in ("fact_token", "fact_string", "fact_date", "fact_reference"):
        op.drop_table(table)
    _records()
    _projection()
    _sets()
    _facts()


def _put_aside(table: str, *indexes: str) -> None:
    for name in indexes:
        op.drop_index(name, table)
    op.rename_table(table, f"{table}_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {table}_pkey RENAME TO {table}_before_pkey")


def _records() -> None:
    _put_aside("record", "record_id", "record_patient", "record_updated", "record_code")
    op.create_table(
        "record",
        *(number("key"), number("updated_at"), number("effective", empty=True), number("effective_end", empty=True)),
        *(number("codes"), ordinal("texts"), ordinal("links"), ordinal("version")),
        *(word("resource_type"), word("id"), word("patient_id", empty=True), blob("body", empty=True)),
        key("key"),
    )
    kept = "key, updated_at, effective, effective_end, version, resource_type, id, patient_id, body"
    op.execute(
        f"INSERT INTO record ({kept}, codes, texts, links) "  # noqa: S608  # both names are constants above
        f"SELECT {kept}, CASE WHEN body IS NULL THEN 0 ELSE {_NOT_INDEXED} END, 0, 0 FROM record_before ORDER BY key"
    )
    if op.get_bind().dialect.name == "postgresql":  # keys only grow: no page is ever split in its middle
        op.execute("ALTER INDEX record_pkey SET (fillfactor = 100)")
    op.create_index("record_id", "record", ["id"], postgresql_using="hash", postgresql_with={"fillfactor": 100})
    op.create_index("record_patient", "record", ["patient_id", "codes"])
    op.create_index("record_updated", "record", ["resource_type", "updated_at"])
    op.create_index("record_effective", "record", ["resource_type", "effective"])
    lasting = sa.text(f"effective_end - effective > {_LONG}")
    columns = ["resource_type", "effective_end"]
    op.create_index("record_long", "record", columns, postgresql_where=lasting, sqlite_where=lasting)
    for name in ("codes", "texts", "links"):
        op.create_index(f"record_{name}", "record", [name])
    op.drop_table("record_before")


def _projection() -> None:
    _put_aside("projection")
    op.create_table(
        "projection",
        *(number("key"), number("effective", empty=True), word("patient_id"), word("category"), blob("template")),
        key("key"),
    )
    op.execute(
        "INSERT INTO projection (key, effective, patient_id, category, template) "
        "SELECT record.key, before.effective, before.patient_id, before.category, before.template "
        "FROM projection_before AS before "
        "JOIN record ON record.id = before.id AND record.resource_type = before.resource_type ORDER BY record.key"
    )
    op.create_index("projection_patient", "projection", ["patient_id"])
    op.drop_table("projection_before")


def _sets() -> None:
    op.create_table("code_set", number("number"), word("digest"), word("main"), key("number"))
    op.create_table("text_set", ordinal("number"), word("digest"), key("number"))
    op.create_table("link_set", ordinal("number"), word("digest"), key("number"))
    for name in ("code_set", "text_set", "link_set"):
        op.create_index(f"{name}_digest", name, ["digest"], unique=True)
    codes = [word("parameter"), word("code"), number("number"), word("system"), element()]
    op.create_table("set_code", *codes, key(*(each.name for each in codes)), sqlite_with_rowid=False)
    op.create_index("set_code_number", "set_code", ["number", "parameter"])
    texts = [ordinal("number"), element(), word("parameter"), word("folded"), word("text")]
    op.create_table("set_text", *texts)
    op.create_index("set_text_folded", "set_text", ["parameter", "folded"])
    op.create_index("set_text_number", "set_text", ["number"])
    links = [word("target_id"), word("parameter"), ordinal("number"), word("target_type"), element()]
    op.create_table("set_link", *links, key(*(each.name for each in links)), sqlite_with_rowid=False)
    op.create_index("set_link_number", "set_link", ["number", "parameter"])
    roles = [word("resource_type"), word("parameter"), ordinal("role")]
    op.create_table("role", *roles, key(*(each.name for each in roles)), sqlite_with_rowid=False)
    op.create_table("unit", ordinal("number"), word("system"), word("code"), word("canonical"), key("number"))
    op.create_index("unit_code", "unit", ["code", "system", "canonical"], unique=True)


def _facts() -> None:
    _fact("fact_token", "", number("key"), ordinal("role"), element(), word("code"), word("system"))
    op.create_index("fact_token_code", "fact_token", ["code", "role"])
    _fact("fact_string", "folded", number("key"), ordinal("role"), element(), word("folded"), word("text"))
    _fact("fact_date", "start", number("key"), number("start"), number("end"), ordinal("role"), element())
    amounts = [real("low"), real("high"), ordinal("role"), ordinal("unit"), element()]
    _fact("fact_quantity", "low", number("key"), *amounts, real("base_low", empty=True), real("base_high", empty=True))
    _fact("fact_reference", "", number("key"), ordinal("role"), element(), word("target_id"), word("target_type"))
    op.create_index("fact_reference_target", "fact_reference", ["target_id", "role"])
    lists = [word("id"), ordinal("part"), number("until"), blob("entries")]
    op.create_table("sorted_list", *lists, key("id", "part"))
    op.create_index("sorted_list_until", "sorted_list", ["until"])


def _fact(table: str, ordered_by: str, *columns: sa.Column) -> None:
    """A table of facts; what has an order is found by role and value, the others name their own index."""
    op.create_table(table, *columns)
    op.create_index(f"{table}_key", table, ["key"])
    if ordered_by:
        op.create_index(f"{table}_{ordered_by}", table, ["role", ordered_by])
