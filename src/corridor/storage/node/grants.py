"""Grants by which an asking country may tell something back of a person whom it was shown; part of a unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from corridor.domain.country import Country
from corridor.storage.drivers import Transaction
from corridor.storage.node.tables import return_grant
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros

_FORGET_GRANT = Statement(
    delete(return_grant).where(
        return_grant.c.country == bindparam("asker"), return_grant.c.pseudonym == bindparam("name")
    )
)
_FORGET_ENDED = Statement(delete(return_grant).where(return_grant.c.until <= bindparam("now")))
_GRANT = Statement(insert(return_grant))
_THEIR_GRANTS = Statement(
    select(func.count().label("grants")).where(return_grant.c.country == bindparam("asker")).select_from(return_grant)
)
_END_GRANTS = Statement(delete(return_grant).where(return_grant.c.country == bindparam("asker")))
_GRANTED = Statement(
    select(return_grant.c.patient_id, return_grant.c.statement).where(
        return_grant.c.country == bindparam("asker"),
        return_grant.c.pseudonym == bindparam("name"),
        return_grant.c.until > bindparam("now"),
    )
)


class SqlGrants:
    """The grants of a unit.

    Args:
        statements: of the unit's transaction.
    """

    def __init__(self, statements: Transaction) -> None:
        self._statements = statements

    async def grant(
        self, country: Country, pseudonym: str, *, patient_id: str, until: datetime, statement: bytes
    ) -> None:
        """See the port; the newest grant for a pseudonym counts."""
        await self._statements.run(_FORGET_GRANT, [{"asker": country, "name": pseudonym}])
        row = {"country": country, "pseudonym": pseudonym, "patient_id": patient_id}
        await self._statements.run(_GRANT, [row | {"until": to_micros(until), "statement": statement}])

    async def granted(self, country: Country, pseudonym: str, *, at: datetime) -> tuple[str, bytes] | None:
        """See the port; grants that have ended are forgotten on the way."""
        now = {"now": to_micros(at)}
        await self._statements.run(_FORGET_ENDED, [now])
        rows = await self._statements.rows(_GRANTED, {"asker": country, "name": pseudonym, **now})
        return (rows[0]["patient_id"], rows[0]["statement"]) if rows else None

    async def end_grants(self, country: Country) -> int:
        """See the port."""
        whose = {"asker": country}
        (row,) = await self._statements.rows(_THEIR_GRANTS, whose)
        await self._statements.run(_END_GRANTS, [whose])
        return int(row["grants"])
