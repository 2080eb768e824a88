"""Erasing people: rows are emptied, and the key is destroyed that could open a copy of them (ADR 38)."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, null, select, update

from corridor.domain.audit.fact import AuditFact
from corridor.storage.node.client_tables import access_token
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.link_tables import health_link, health_link_file, health_link_opening
from corridor.storage.node.log import NodeLog
from corridor.storage.node.outbox import queue
from corridor.storage.node.presence_tables import card, challenge, presence
from corridor.storage.node.pull_tables import opening, pull, pull_leg
from corridor.storage.node.tables import FACTS, history, outbox, person_key, projection, record, return_grant
from corridor.storage.node.tie_tables import tie
from corridor.storage.node.writing import REGISTER
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros

SHRED = "shred"
"""Outbox kind: a data key that must be destroyed, by its number."""

_THEIRS = select(record.c.key).where(record.c.patient_id == bindparam("person"))
_LINKS = select(health_link.c.id).where(health_link.c.patient_id == bindparam("person"))
_PULLS = select(pull.c.id).where(pull.c.patient_id == bindparam("person"))
_COUNT = Statement(
    select(func.count().label("total"))
    .select_from(record)
    .where(record.c.patient_id == bindparam("person"), record.c.body.is_not(None))
)
_EMPTY = (
    *(Statement(delete(table).where(table.c.key.in_(_THEIRS))) for table in (*FACTS, projection)),
    *(
        Statement(delete(table).where(table.c.patient_id == bindparam("person")))
        for table in (history, person_key, return_grant, card, challenge)
    ),
    Statement(delete(access_token).where(access_token.c.person == bindparam("person"))),
    *(Statement(delete(table).where(table.c.link.in_(_LINKS))) for table in (health_link_file, health_link_opening)),
    Statement(delete(pull_leg).where(pull_leg.c.pull.in_(_PULLS))),
    Statement(delete(pull).where(pull.c.patient_id == bindparam("person"))),
    # What clinicians stated stays as evidence of what they did, without a word of the person.
    Statement(delete(presence).where(presence.c.patient_id == bindparam("person"), presence.c.cause == "")),
    Statement(update(presence).where(presence.c.patient_id == bindparam("person")).values(words="", note="")),
    Statement(update(tie).where(tie.c.patient_id == bindparam("person")).values(described="", pattern="")),
    Statement(update(health_link).where(health_link.c.patient_id == bindparam("person")).values(label="")),
    Statement(update(opening).where(opening.c.patient_id == bindparam("person")).values(words="", note="")),
)
_SAY = Statement(
    update(record)
    .where(record.c.patient_id == bindparam("person"), record.c.body.is_not(None))
    .values(
        version=record.c.version + 1,
        updated_at=bindparam("now"),
        body=null(),
        effective=null(),
        effective_end=null(),
        codes=0,
        texts=0,
        links=0,
    )
)
_PROMISED = Statement(select(outbox.c.key).where(outbox.c.kind == bindparam("shred")))
_DONE = Statement(delete(outbox).where(outbox.c.kind == bindparam("shred"), outbox.c.key == bindparam("number")))


class SqlErasures:
    """Port `Erasures` on SQLite and PostgreSQL.

    Args:
        log: of the node.
        ring: the seals of its database.
    """

    def __init__(self, log: NodeLog, ring: KeyRing) -> None:
        self._log = log
        self._ring = ring

    async def erase(self, patient_id: str, *, fact: AuditFact) -> int:
        """See the port."""
        # Whoever writes about the person from here on, under the same id, does so under another key.
        number = self._ring.keys.unname(self._ring.name_of(patient_id))
        self._ring.forget_person(patient_id)
        async with self._log.begin() as transaction:
            statements, person = transaction.statements, {"person": patient_id}
            found = int((await statements.rows(_COUNT, person))[0]["total"])
            for each in _EMPTY:
                await statements.run(each, [person])
            await statements.run(_SAY, [person | {"now": to_micros(fact.at)}])
            promises = [{"kind": REGISTER, "key": patient_id, "payload": b""}]
            if number is not None:
                promises.append({"kind": SHRED, "key": str(number), "payload": b""})
            await queue(statements, promises)
            transaction.facts.append(fact)
        await self.finish()
        return found

    async def finish(self) -> int:
        """See the port."""
        promised = await self._log.database.rows(_PROMISED, {"shred": SHRED})
        for row in promised:
            self._ring.keys.destroy(int(row["key"]))
            self._ring.forget(int(row["key"]))
        async with self._log.database.transaction() as transaction:
            await transaction.run(_DONE, [{"shred": SHRED, "number": row["key"]} for row in promised])
        return len(promised)
