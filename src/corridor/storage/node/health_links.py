"""Health links in the node's database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from corridor.domain.errors import NotFoundError
from corridor.domain.link import HealthLink, LinkKind
from corridor.flows.ports.links import Opening
from corridor.storage.database import Database
from corridor.storage.node.link_tables import health_link, health_link_file, health_link_opening
from corridor.storage.node.sealed_words import opened_words, sealed_words
from corridor.storage.seals import Seals
from corridor.storage.times import from_micros, to_micros

_TIMES = ("made_at", "until", "revoked_at", "opened_at")
_link, _file, _opening = health_link.c, health_link_file.c, health_link_opening.c


class SqlLinks:
    """Port `Links` on SQLite and PostgreSQL.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, link: HealthLink, content: str) -> None:
        """See the port."""
        row = _row(link) | {"label": await sealed_words(self._database.seals, link.label, link.patient_id)}
        async with self._database.write() as connection:
            await connection.execute(insert(health_link), row)
            await connection.execute(insert(health_link_file), {"link": link.id, "content": content.encode()})

    async def find(self, folder: str) -> HealthLink | None:
        """See the port."""
        return await self._one(_link.folder == folder)

    async def revocable(self, digest: bytes) -> HealthLink | None:
        """See the port."""
        return await self._one(_link.revocation == digest)

    async def content(self, id: str) -> str:
        """See the port."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(_file.content).where(_file.link == id))).scalar()
        if found is None:
            raise NotFoundError("There is nothing at this address.")
        return bytes(found).decode()

    async def of_patient(self, patient_id: str) -> tuple[HealthLink, ...]:
        """See the port."""
        wanted = select(health_link).where(_link.patient_id == patient_id).order_by(_link.made_at.desc(), _link.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).mappings()
            return tuple(_read(row, self._database.seals) for row in rows)

    async def openings(self, id: str, *, limit: int) -> tuple[Opening, ...]:
        """See the port."""
        wanted = select(health_link_opening).where(_opening.link == id).order_by(_opening.at.desc()).limit(limit)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted)
            seals = self._database.seals
            return tuple(Opening(from_micros(row.at), opened_words(seals, row.recipient), row.outcome) for row in rows)

    async def take_try(self, id: str) -> int | None:
        """See the port; the row itself is the lock, on both databases."""
        taken = (
            update(health_link)
            .where(_link.id == id, _link.tries_left > 0, _link.revoked_at.is_(None))
            .values(tries_left=_link.tries_left - 1)
            .returning(_link.tries_left)
        )
        async with self._database.write() as connection:
            left = (await connection.execute(taken)).scalar()
        return None if left is None else int(left)

    async def give_back_try(self, id: str) -> None:
        """See the port."""
        async with self._database.write() as connection:
            given = update(health_link).where(_link.id == id).values(tries_left=_link.tries_left + 1)
            await connection.execute(given)

    async def opened(self, id: str, opening: Opening) -> None:
        """See the port; two tries of one microsecond are told one after the other."""
        at, seen = to_micros(opening.at), select(_opening.at).where(_opening.link == id)
        async with self._database.write() as connection:
            about = (await connection.execute(select(_link.patient_id).where(_link.id == id))).scalar()
            said = await sealed_words(self._database.seals, opening.recipient, about)
            newest = (await connection.execute(seen.order_by(_opening.at.desc()).limit(1))).scalar() or 0
            row = {"link": id, "at": max(at, newest + 1), "recipient": said, "outcome": opening.outcome}
            await connection.execute(insert(health_link_opening), row)
            if opening.outcome == "opened":
                counted = {"openings": _link.openings + 1, "opened_at": at}
                await connection.execute(update(health_link).where(_link.id == id).values(**counted))

    async def revoke(self, id: str, *, at: datetime) -> bool:
        """See the port."""
        ended = update(health_link).where(_link.id == id, _link.revoked_at.is_(None)).values(revoked_at=to_micros(at))
        async with self._database.write() as connection:
            done = (await connection.execute(ended)).rowcount
            await connection.execute(delete(health_link_file).where(_file.link == id))
        return bool(done)

    async def _one(self, wanted: Any) -> HealthLink | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(health_link).where(wanted))).mappings().first()
        return None if row is None else _read(row, self._database.seals)


def _row(link: HealthLink) -> dict[str, Any]:
    row = asdict(link) | {"kind": link.kind.value, "purposes": " ".join(link.purposes)}
    return row | {name: None if row[name] is None else to_micros(row[name]) for name in _TIMES}


def _read(row: RowMapping, seals: Seals) -> HealthLink:
    found: dict[str, Any] = {str(name): value for name, value in row.items()}
    times = {name: None if found[name] is None else from_micros(found[name]) for name in _TIMES}
    blobs = {name: bytes(found[name]) for name in ("ticket_key", "revocation")}
    spoken = {"kind": LinkKind(found["kind"]), "purposes": tuple(found["purposes"].split())}
    found["label"] = opened_words(seals, found["label"])
    return HealthLink(**{**found, **times, **blobs, **spoken})
