"""The national register of persons as rows; names leave this module only as `Demographics`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, case, func, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.normalise import document_core, given_words, skeleton, surname_words
from corridor.fhir.cross_reference import survivor
from corridor.fhir.patient import demographics as read_demographics
from corridor.flows.ports.people import Entry, Place
from corridor.flows.ports.records import Records
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.columns import NUMBER
from corridor.storage.node.parts import bounded
from corridor.storage.node.tables import person_key, record, registration
from corridor.storage.seals import Seals

HANDLE_BYTES = 16
_SKELETONS = 3
"""Given names and surnames that take part in pairs; the rest adds rows and finds nobody new."""

_BODIES = select(record.c.id, record.c.patient_id, record.c.body).where(
    record.c.resource_type == "Patient", record.c.body.is_not(None)
)


class SqlPeople:
    """Port `People` on SQLite and PostgreSQL.

    Args:
        database: of the node.
        home: the register's country, for papers that name no issuer.
        records: of the node, for the shortest way to one Patient.
    """

    def __init__(self, database: Database, home: Country, records: Records) -> None:
        self._database = database
        self._home = home
        self._records = records

    async def demographics(self, patient_id: str) -> Demographics | None:
        """See the port."""
        found = await self._records.read("Patient", patient_id)
        return describe(found.body, self._home) if found and found.body else None

    async def similar(self, asked: Demographics, *, limit: int) -> tuple[tuple[str, Demographics], ...]:
        """See the port; those who share most come first."""
        keys = [blind_key(each, self._database.seals) for each in person_keys(asked)]
        if not keys or limit < 1:
            return ()
        async with self._database.read() as connection:
            ids = [*(await connection.execute(_sharing(keys, limit))).scalars()]
            rows = (await connection.execute(_BODIES.where(record.c.id.in_(ids)))).all()
        found = dict(self._described(rows))
        return tuple((each, found[each]) for each in ids if each in found)

    async def handle(self, patient_id: str) -> bytes:
        """See the port."""
        kept = select(registration.c.handle).where(registration.c.patient_id == patient_id)
        async with self._database.read() as connection:
            known = (await connection.execute(kept)).scalar_one_or_none()
        if known is not None:
            return bytes(known)
        dialect: Any = sqlite if self._database.is_sqlite else postgresql
        fresh = {"patient_id": patient_id, "handle": secrets.token_bytes(HANDLE_BYTES)}
        async with self._database.write() as connection:
            await connection.execute(dialect.insert(registration).on_conflict_do_nothing(), fresh)
            return bytes((await connection.execute(kept)).scalar_one())

    async def handles(self, patient_ids: Sequence[str]) -> dict[str, bytes]:
        """See the port."""
        kept = select(registration.c.patient_id, registration.c.handle).where(
            registration.c.patient_id.in_(bindparam("ids", expanding=True))
        )
        async with self._database.read() as connection:
            known = {row.patient_id: bytes(row.handle) for row in await connection.execute(kept, {"ids": patient_ids})}
        missing = [each for each in patient_ids if each not in known]
        if not missing:
            return known
        dialect: Any = sqlite if self._database.is_sqlite else postgresql
        fresh = [{"patient_id": each, "handle": secrets.token_bytes(HANDLE_BYTES)} for each in dict.fromkeys(missing)]
        async with self._database.write() as connection:
            await connection.execute(dialect.insert(registration).on_conflict_do_nothing(), fresh)
            made = await connection.execute(kept, {"ids": missing})
            return known | {row.patient_id: bytes(row.handle) for row in made}

    async def after(self, place: Place, *, limit: int) -> tuple[Entry, ...]:
        """See the port."""
        columns = record.c
        behind = tuple_(columns.updated_at, columns.key) > tuple_(*(literal(each, NUMBER) for each in place))
        wanted = select(columns.id, columns.patient_id, columns.body, columns.updated_at, columns.key)
        wanted = wanted.where(columns.resource_type == "Patient", columns.updated_at >= place[0], behind)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.order_by(columns.updated_at, columns.key).limit(limit))).all()
        described = [self._described_in(row) if row.body else None for row in rows]
        return tuple(Entry(row.id, each, (row.updated_at, row.key)) for row, each in zip(rows, described, strict=True))

    async def count(self) -> int:
        """See the port."""
        living = select(func.count()).where(record.c.resource_type == "Patient", record.c.body.is_not(None))
        async with self._database.read() as connection:
            return int((await connection.execute(living)).scalar_one())

    def _described_in(self, row: Any) -> Demographics | None:
        return describe(bodies.unpack_row(row._mapping, self._database.seals), self._home)  # noqa: SLF001  # SQLAlchemy's public name

    def _described(self, rows: Iterable[Any]) -> Iterator[tuple[str, Demographics]]:
        for row in rows:
            described = self._described_in(row)
            if described is not None:
                yield row.id, described


def describe(body: bytes, home: Country) -> Demographics | None:
    """How a stored Patient describes the person; None where it does not tell one from another, or was replaced."""
    if b"replaced-by" in body and survivor(body):
        return None
    try:
        return read_demographics(orjson.loads(body), home=home)
    except InvalidError:
        return None


def patient_keys(body: bytes, home: Country) -> tuple[str, ...]:
    """What makes a stored Patient worth comparing with somebody."""
    described = describe(body, home)
    return person_keys(described) if described else ()


def person_keys(described: Demographics) -> tuple[str, ...]:
    """Document numbers, the birth date, and pairs of name skeletons, each as one text."""
    cores = ((paper.country, document_core(paper.country, paper.number)) for paper in described.documents)
    papers = [f"d{country}{core}" for country, core in cores if core]
    year, month, day = described.birth or (0, None, None)
    dates = [f"b{year:04}-{month:02}-{day:02}"] if month and day else []
    given = _bones(given_words(described.given))
    surnames = _bones(surname_words(described.surnames))
    pairs = ["n" + "+".join(sorted((name, surname))) for name in given for surname in surnames]
    return tuple(dict.fromkeys(bounded(each) for each in (*papers, *dates, *pairs)))


def blind_key(key: str, seals: Seals) -> str:
    """What makes two descriptions comparable, as it is stored: its first letter says of what kind it is."""
    return key[0] + seals.blind(key) if seals.closed else key


def _bones(names: Sequence[str]) -> list[str]:
    return [bones for bones in map(skeleton, names[:_SKELETONS]) if bones]


def _sharing(keys: Sequence[str], limit: int) -> Select[Any]:
    # A document weighs more than a date, a date more than a pair of names: the smaller groups say more.
    weights = {"d": 100, "b": 3}
    weight = func.sum(case(weights, value=func.substr(person_key.c.value, 1, 1), else_=2))
    grouped = select(person_key.c.patient_id).where(person_key.c.value.in_(keys)).group_by(person_key.c.patient_id)
    return grouped.order_by(weight.desc(), person_key.c.patient_id).limit(limit)
