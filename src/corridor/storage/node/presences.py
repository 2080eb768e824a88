"""Cards, questions and proofs, in the transaction of a unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from corridor.domain.emergency import Verdict
from corridor.domain.presence import Attestation, Card, Cause, Challenge, Proof, ProofKind
from corridor.storage.drivers import Transaction
from corridor.storage.node.presence_tables import card, challenge, presence
from corridor.storage.node.sealed_words import opened_words, sealed_words
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros, to_micros

_CARD = Statement(select(card).where(card.c.patient_id == bindparam("person"), card.c.revoked_at.is_(None)))
_CARDS = Statement(select(card).where(card.c.revoked_at.is_(None)).order_by(card.c.made_at, card.c.number))
_NUMBERED = Statement(select(card).where(card.c.number == bindparam("name"), card.c.revoked_at.is_(None)))
_DROP_CARD = Statement(delete(card).where(card.c.number == bindparam("name")))
_KEEP_CARD = Statement(insert(card))
_CHALLENGE = Statement(select(challenge).where(challenge.c.id == bindparam("name")))
_DROP = Statement(delete(challenge).where(challenge.c.id == bindparam("name")))
_DROP_EARLIER = Statement(
    delete(challenge).where(challenge.c.patient_id == bindparam("person"), challenge.c.agent == bindparam("who"))
)
_PUT = Statement(insert(challenge))
_KEEP = Statement(insert(presence))
_STANDING = Statement(
    select(presence)
    .where(
        presence.c.patient_id == bindparam("person"),
        presence.c.agent == bindparam("who"),
        presence.c.until > bindparam("now"),
    )
    .order_by(presence.c.until.desc(), presence.c.id)
)
_FIND = Statement(select(presence).where(presence.c.id == bindparam("name")))
_UNREVIEWED = Statement(
    select(presence)
    .where(presence.c.kind == ProofKind.ATTESTED.value, presence.c.verdict == "")
    .order_by(presence.c.at, presence.c.id)
)
_REVIEW = Statement(
    update(presence)
    .where(presence.c.id == bindparam("name"), presence.c.verdict == "")
    .values(reviewer=bindparam("by"), verdict=bindparam("found"), note=bindparam("said"), reviewed_at=bindparam("then"))
)


class SqlPresences:
    """Port `Presences` on SQLite and PostgreSQL.

    Args:
        transaction: of the unit.
        seals: of the words.
    """

    def __init__(self, transaction: Transaction, seals: Seals) -> None:
        self._transaction, self._seals = transaction, seals

    async def card(self, patient_id: str) -> Card | None:
        """See the port."""
        rows = await self._found(_CARD, person=patient_id)
        return _card(rows[0]) if rows else None

    async def cards(self) -> tuple[Card, ...]:
        """See the port."""
        return tuple(map(_card, await self._found(_CARDS)))

    async def numbered(self, number: str) -> Card | None:
        """See the port."""
        rows = await self._found(_NUMBERED, name=number)
        return _card(rows[0]) if rows else None

    async def keep_card(self, card: Card) -> None:
        """See the port."""
        await self._transaction.run(_DROP_CARD, [{"name": card.number}])
        row = {
            "number": card.number,
            "patient_id": card.patient_id,
            "verifiers": ",".join(card.verifiers),
            "made_at": to_micros(card.made_at),
            "revoked_at": to_micros(card.revoked_at) if card.revoked_at else None,
        }
        await self._transaction.run(_KEEP_CARD, [row])

    async def put(self, challenge: Challenge) -> None:
        """See the port."""
        await self._transaction.run(_DROP_EARLIER, [{"person": challenge.patient_id, "who": challenge.agent}])
        names = ("id", "patient_id", "agent", "verifier", "card", "line", "tries")
        row = {name: getattr(challenge, name) for name in names}
        await self._transaction.run(_PUT, [{**row, "kind": challenge.kind.value, "until": to_micros(challenge.until)}])

    async def challenge(self, id: str) -> Challenge | None:
        """See the port."""
        rows = await self._found(_CHALLENGE, name=id)
        return _challenge(rows[0]) if rows else None

    async def drop(self, id: str) -> None:
        """See the port."""
        await self._transaction.run(_DROP, [{"name": id}])

    async def keep(self, proof: Proof) -> None:
        """See the port."""
        said = proof.attested
        row = {
            "id": proof.id,
            "patient_id": proof.patient_id,
            "agent": proof.agent,
            "kind": proof.kind.value,
            "cause": said.cause.value if said else "",
            "words": await sealed_words(self._seals, said.words if said else "", proof.patient_id),
            "reviewer": "",
            "verdict": "",
            "note": "",
            "at": to_micros(proof.at),
            "until": to_micros(proof.until),
            "reviewed_at": None,
        }
        await self._transaction.run(_KEEP, [row])

    async def standing(self, patient_id: str, agent: str, *, at: datetime) -> Proof | None:
        """See the port."""
        rows = await self._found(_STANDING, person=patient_id, who=agent, now=to_micros(at))
        return self._proof(rows[0]) if rows else None

    async def find(self, id: str) -> Proof | None:
        """See the port."""
        rows = await self._found(_FIND, name=id)
        return self._proof(rows[0]) if rows else None

    async def unreviewed(self) -> tuple[Proof, ...]:
        """See the port."""
        return tuple(map(self._proof, await self._transaction.rows(_UNREVIEWED, {})))

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """See the port."""
        found = await self.find(id)
        said = await sealed_words(self._seals, note, found.patient_id if found else None)
        row = {"name": id, "by": reviewer, "found": verdict.value, "said": said, "then": to_micros(at)}
        return bool(await self._transaction.count(_REVIEW, row))

    async def _found(self, statement: Statement, **values: str | int) -> list[Row]:
        """Rows; a text that no database takes finds nothing."""
        if any("\x00" in each for each in values.values() if isinstance(each, str)):
            return []
        return list(await self._transaction.rows(statement, values))

    def _proof(self, row: Row) -> Proof:
        words = opened_words(self._seals, row["words"])
        return Proof(
            id=row["id"],
            patient_id=row["patient_id"],
            agent=row["agent"],
            kind=ProofKind(row["kind"]),
            at=from_micros(row["at"]),
            until=from_micros(row["until"]),
            attested=Attestation(Cause(row["cause"]), words) if row["cause"] else None,
            reviewer=row["reviewer"],
            verdict=Verdict(row["verdict"]) if row["verdict"] else None,
            note=opened_words(self._seals, row["note"]),
            reviewed_at=None if row["reviewed_at"] is None else from_micros(row["reviewed_at"]),
        )


def _card(row: Row) -> Card:
    return Card(row["number"], row["patient_id"], tuple(row["verifiers"].split(",")), from_micros(row["made_at"]))


def _challenge(row: Row) -> Challenge:
    return Challenge(
        id=row["id"],
        patient_id=row["patient_id"],
        agent=row["agent"],
        kind=ProofKind(row["kind"]),
        verifier=row["verifier"],
        until=from_micros(row["until"]),
        card=row["card"],
        line=row["line"],
        tries=row["tries"],
    )
