"""Sealing free words that an earlier release wrote in clear beside the records (ADR 38)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, null, select, update

from corridor.storage.drivers import Transaction
from corridor.storage.node.bulk_tables import bulk_job
from corridor.storage.node.elements import NO_OFFSET, fixed
from corridor.storage.node.limit_tables import pause
from corridor.storage.node.link_tables import health_link, health_link_opening
from corridor.storage.node.presence_tables import presence
from corridor.storage.node.pull_tables import opening
from corridor.storage.node.sealed_words import sealed_words
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Row, Statement

WORDS: dict[str, tuple[Table, tuple[str, ...]]] = {
    table.name: (table, columns)
    for table, columns in (
        (opening, ("words", "note")),
        (presence, ("words", "note")),
        (health_link, ("label",)),
        (pause, ("note",)),
    )
}
"""Tables with words of people, by name, in the order in which they are sealed."""

FIRST = next(iter(WORDS))

TABLES = (*(table for table, _ in WORDS.values()), health_link_opening, bulk_job)
"""Tables that hold nothing in clear afterwards."""

_BATCH = 200
_RECIPIENTS = Statement(
    select(health_link_opening.c.link, health_link_opening.c.at, health_link_opening.c.recipient).where(
        Listed(health_link_opening.c.link, "links")
    )
)
_SEAL_RECIPIENT = Statement(
    update(health_link_opening)
    .where(health_link_opening.c.link == bindparam("of"), health_link_opening.c.at == bindparam("then"))
    .values(recipient=bindparam("sealed"))
)
_FORGET_JOBS = Statement(delete(bulk_job))


def _page(table: Table, columns: Sequence[str]) -> Statement:
    about = table.c.get("patient_id", null()).label("about")
    wanted = select(table.c.id, about, *(table.c[name] for name in columns)).where(table.c.id > bindparam("after"))
    return Statement(wanted.order_by(table.c.id).limit(fixed(_BATCH)).offset(NO_OFFSET))


def _change(table: Table, columns: Sequence[str]) -> Statement:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return Statement(update(table).where(table.c.id == bindparam("own")).values(**values))


_PAGES = {name: _page(*each) for name, each in WORDS.items()}
_CHANGES = {name: _change(*each) for name, each in WORDS.items()}


async def seal_words(transaction: Transaction, seals: Seals, place: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    """Seal the next words; each is met once.

    Exports and imports of an earlier release end here: their files lie in clear and are removed at the next start.

    Args:
        transaction: in which the place is moved, too.
        seals: of the database.
        place: name of the table, and id of the last row that is done.

    Returns:
        How many rows there were, and where to go on; a table without name is the end.
    """
    name, after = place
    rows = await transaction.rows(_PAGES[name], {"after": after})
    if rows:
        changed = [{"own": row["id"]} | await _sealed(row, WORDS[name][1], seals) for row in rows]
        await transaction.run(_CHANGES[name], changed)
        if name == health_link.name:
            await _seal_recipients(transaction, seals, rows)
        return len(rows), (name, rows[-1]["id"])
    await transaction.run(_FORGET_JOBS, [{}])
    names = [*WORDS, ""]
    return 0, (names[names.index(name) + 1], "")


async def _sealed(row: Row, columns: Sequence[str], seals: Seals) -> dict[str, Any]:
    return {f"new_{name}": await sealed_words(seals, row[name], row["about"]) for name in columns}


async def _seal_recipients(transaction: Transaction, seals: Seals, links: Sequence[Row]) -> None:
    about = {row["id"]: row["about"] for row in links}
    for row in await transaction.rows(_RECIPIENTS, {"links": [*about]}):
        sealed = await sealed_words(seals, row["recipient"], about[row["link"]])
        await transaction.run(_SEAL_RECIPIENT, [{"of": row["link"], "then": row["at"], "sealed": sealed}])
