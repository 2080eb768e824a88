"""Emergencies, in the transaction of a unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from corridor.domain.emergency import Cause, Emergency, Opening, Verdict
from corridor.storage.drivers import Transaction
from corridor.storage.node.pull_tables import opening
from corridor.storage.node.sealed_words import opened_words, sealed_words
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros, to_micros

_KEEP = Statement(insert(opening))
_FIND = Statement(select(opening).where(opening.c.id == bindparam("name")))
_OPEN = Statement(select(opening).where(opening.c.verdict == "").order_by(opening.c.at, opening.c.id))
_OF = Statement(
    select(opening).where(opening.c.patient_id == bindparam("person")).order_by(opening.c.at.desc(), opening.c.id)
)
_REVIEW = Statement(
    update(opening)
    .where(opening.c.id == bindparam("name"), opening.c.verdict == "")
    .values(reviewer=bindparam("by"), verdict=bindparam("found"), note=bindparam("said"), reviewed_at=bindparam("then"))
)
_TOLD = Statement(
    update(opening)
    .where(opening.c.id == bindparam("name"), opening.c.told_at.is_(None))
    .values(told_at=bindparam("then"))
)


class SqlOpenings:
    """Port `Openings` on SQLite and PostgreSQL.

    Args:
        transaction: of the unit.
        seals: of the words.
    """

    def __init__(self, transaction: Transaction, seals: Seals) -> None:
        self._transaction, self._seals = transaction, seals

    async def keep(self, opening: Opening) -> None:
        """See the port."""
        row = {
            "id": opening.id,
            "patient_id": opening.patient_id,
            "agent": opening.agent,
            "cause": opening.emergency.cause.value,
            "words": await sealed_words(self._seals, opening.emergency.words, opening.patient_id),
            "trace": opening.trace,
            "at": to_micros(opening.at),
            "reviewer": "",
            "verdict": "",
            "note": "",
            "reviewed_at": None,
            "told_at": None,
        }
        await self._transaction.run(_KEEP, [row])

    async def find(self, id: str) -> Opening | None:
        """See the port."""
        rows = [] if "\x00" in id else await self._transaction.rows(_FIND, {"name": id})
        return self._read(rows[0]) if rows else None

    async def open(self) -> tuple[Opening, ...]:
        """See the port."""
        return tuple(map(self._read, await self._transaction.rows(_OPEN, {})))

    async def of(self, patient_id: str) -> tuple[Opening, ...]:
        """See the port."""
        rows = [] if "\x00" in patient_id else await self._transaction.rows(_OF, {"person": patient_id})
        return tuple(map(self._read, rows))

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """See the port."""
        found = await self.find(id)
        said = await sealed_words(self._seals, note, found.patient_id if found else None)
        row = {"name": id, "by": reviewer, "found": verdict.value, "said": said, "then": to_micros(at)}
        return bool(await self._transaction.count(_REVIEW, row))

    async def told(self, id: str, *, at: datetime) -> bool:
        """See the port."""
        return bool(await self._transaction.count(_TOLD, {"name": id, "then": to_micros(at)}))

    def _read(self, row: Row) -> Opening:
        reviewed, told = row["reviewed_at"], row["told_at"]
        return Opening(
            id=row["id"],
            patient_id=row["patient_id"],
            agent=row["agent"],
            emergency=Emergency(Cause(row["cause"]), opened_words(self._seals, row["words"])),
            trace=row["trace"],
            at=from_micros(row["at"]),
            reviewed_at=None if reviewed is None else from_micros(reviewed),
            reviewer=row["reviewer"],
            verdict=Verdict(row["verdict"]) if row["verdict"] else None,
            note=opened_words(self._seals, row["note"]),
            told_at=None if told is None else from_micros(told),
        )
