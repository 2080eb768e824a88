"""Drafts made ready to be written: all that can be done before whoever writes keeps others waiting (ADR 51).

What is left for the open transaction hangs on what is there: keys, versions, the numbers of what records share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from corridor.domain.country import Country
from corridor.domain.record import Draft
from corridor.fhir.stamp import stamp
from corridor.storage.node import bodies
from corridor.storage.node.indexing import Findable, find_by
from corridor.storage.node.numbers import SetNumbers
from corridor.storage.node.people import blind_key, patient_keys
from corridor.storage.node.rows import Row, Rows, projection_row
from corridor.storage.node.sealed_headers import close_headers
from corridor.storage.node.tables import person_key, projection, record
from corridor.storage.seals import Seals
from corridor.storage.times import to_micros

_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Ready(msgspec.Struct, frozen=True):
    """One draft made ready.

    Attributes:
        projection: of it what may cross a border, without a key.
        persons: what makes a Patient worth comparing with somebody, blind.
    """

    draft: Draft
    found_by: Findable
    projection: dict[str, Any] | None
    persons: Sequence[str]


class Given(msgspec.Struct, frozen=True):
    """What a draft gets when it is written."""

    key: int
    version: int
    at: datetime
    sets: SetNumbers


class Prepared:
    """Drafts that were made ready before a transaction began.

    Args:
        seals: of the database.
        home: the node's country, for papers of persons that name no issuer.
    """

    def __init__(self, seals: Seals, home: Country) -> None:
        self._seals, self._home = seals, home
        self._keys: Mapping[str, int] = {}
        self._ready: dict[int, Ready] = {}

    async def prepare(self, drafts: Sequence[Draft]) -> None:
        """Make these ready.

        Raises:
            UnavailableError: keys of people cannot be written.
        """
        self._keys = await self._seals.prepare(_people(drafts))
        ready = make_ready(drafts, self._seals, self._home)
        self._ready = {id(draft): each for draft, each in zip(drafts, ready, strict=True)}

    async def of(self, drafts: Sequence[Draft]) -> list[Ready]:
        """Each made ready; anew where it was not, or where its patient got another key since.

        Raises:
            UnavailableError: as `prepare`.
        """
        keys = await self._seals.prepare(_people(drafts))
        same = {None} | {person for person, number in keys.items() if self._keys.get(person) == number}
        stale = [draft for draft in drafts if draft.patient_id not in same or id(draft) not in self._ready]
        fresh = dict(zip(map(id, stale), make_ready(stale, self._seals, self._home), strict=True))
        return [fresh.get(id(draft)) or self._ready[id(draft)] for draft in drafts]


def make_ready(drafts: Sequence[Draft], seals: Seals, home: Country) -> list[Ready]:
    """Drafts made ready, each step for all of them (ADR 54); keys of their patients were prepared before.

    Raises:
        InvalidError: as `close_headers`.
    """
    closed = [close_headers(draft, seals) for draft in drafts]
    found = [find_by(draft, seals) for draft in closed]
    projections = [_projection(draft, seals) for draft in closed]
    persons = [_persons(draft, seals, home) for draft in closed]
    return [*map(Ready, closed, found, projections, persons)]


def add_record(rows: Rows, ready: Ready, given: Given, *, seals: Seals) -> bytes:
    """Add every row of a draft but those of its facts.

    Returns:
        The resource as this version is served.
    """
    draft = ready.draft
    body = stamp(draft.head, draft.tail, version=given.version, at=given.at)
    packed = bodies.pack_record(body, id=draft.id, patient_id=draft.patient_id, seals=seals)
    rows.add(record, _record(ready, given, packed))
    if ready.projection:
        rows.add(projection, {**ready.projection, "key": given.key})
    for value in ready.persons:
        rows.add(person_key, {"value": value, "patient_id": draft.id})
    return body


def _record(ready: Ready, given: Given, packed: bytes) -> Row:
    draft, effective, sets = ready.draft, ready.found_by.effective, given.sets
    return {
        "key": given.key,
        "updated_at": to_micros(given.at),
        "effective": effective[0],
        "effective_end": effective[1],
        "codes": sets.codes,
        "texts": sets.texts,
        "links": sets.links,
        "version": given.version,
        "resource_type": draft.resource_type,
        "id": draft.id,
        "patient_id": draft.patient_id,
        "body": packed,
    }


def _projection(draft: Draft, seals: Seals) -> dict[str, Any] | None:
    if draft.projection is None:
        return None
    return projection_row(draft.projection, {"id": draft.id, "patient_id": draft.patient_id}, seals=seals)


def _persons(draft: Draft, seals: Seals, home: Country) -> Sequence[str]:
    if draft.resource_type != "Patient":
        return ()
    body = stamp(draft.head, draft.tail, version=0, at=_NO_TIME)
    return [blind_key(value, seals) for value in patient_keys(body, home)]


def _people(drafts: Sequence[Draft]) -> set[str]:
    return {draft.patient_id for draft in drafts if draft.patient_id}
