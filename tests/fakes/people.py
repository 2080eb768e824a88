"""The national register of persons, in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import orjson

from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.normalise import document_core, given_words, skeleton, surname_words
from corridor.fhir.patient import demographics
from corridor.flows.ports.people import Entry, Place
from corridor.storage.times import to_micros
from tests.fakes.state import Shelf


class FakePeople:
    """Port `People`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def demographics(self, patient_id: str) -> Demographics | None:
        """See the port."""
        found = self._shelf.current("Patient", patient_id)
        if found is None or found.record.body is None:
            return None
        return demographics(orjson.loads(found.record.body), home=self._shelf.home)

    async def similar(self, asked: Demographics, *, limit: int) -> tuple[tuple[str, Demographics], ...]:
        """See the port."""
        found = []
        for each in self._shelf.living():
            described = await self.demographics(each.record.id) if each.record.resource_type == "Patient" else None
            shared = len(_traits(asked) & _traits(described)) if described else 0
            if described and shared:
                found.append((-shared, each.record.id, described))
        return tuple(
            (patient_id, described) for _, patient_id, described in sorted(found, key=lambda each: each[:2])[:limit]
        )

    async def handle(self, patient_id: str) -> bytes:
        """See the port."""
        return self._shelf.state.handles.setdefault(patient_id, secrets.token_bytes(16))

    async def handles(self, patient_ids: Sequence[str]) -> dict[str, bytes]:
        """See the port."""
        return {each: await self.handle(each) for each in patient_ids}

    async def after(self, place: Place, *, limit: int) -> tuple[Entry, ...]:
        """See the port; the order of writing stands for that of changes."""
        patients = [each for each in self._shelf.newest() if each.record.resource_type == "Patient"]
        placed = [(each.record.id, (to_micros(each.record.updated_at), n)) for n, each in enumerate(patients, 1)]
        behind = sorted((each for each in placed if each[1] > place), key=lambda each: each[1])[:limit]
        return tuple([Entry(each, await self.demographics(each), at) for each, at in behind])

    async def count(self) -> int:
        """See the port."""
        return sum(each.record.resource_type == "Patient" for each in self._shelf.living())


def _traits(described: Demographics) -> set[object]:
    papers = {(each.country, document_core(each.country, each.number)) for each in described.documents}
    given = {skeleton(each) for each in given_words(described.given)}
    surnames = {skeleton(each) for each in surname_words(described.surnames)}
    pairs = {frozenset((name, surname)) for name in given for surname in surnames}
    born = {described.birth} if described.birth and described.birth[2] else set()
    return {each for each in papers if each[1]} | pairs | born
