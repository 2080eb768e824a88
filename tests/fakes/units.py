"""One act, whole or not at all, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import datetime

import orjson
from msgspec.structs import replace

from corridor.domain.audit.fact import AuditFact
from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure
from corridor.domain.record import Draft, Record
from corridor.fhir.consent import read_or_deny
from corridor.fhir.stamp import stamp
from corridor.flows.ports.unit import Projected
from tests.fakes.pauses import FakePauses
from tests.fakes.presences import FakePresences
from tests.fakes.pulls import FakeOpenings, FakePulls
from tests.fakes.state import Shelf, Stored
from tests.fakes.ties import FakeTies


class FakeUnits:
    """Port `Units`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def begin(self, drafts: Sequence[Draft] = ()) -> AsyncIterator[FakeUnit]:  # noqa: ARG002  # the port's words
        """See the port."""
        async with self._turn:
            self._shelf.check()
            before = deepcopy(self._shelf.state)
            try:
                yield FakeUnit(self._shelf)
                self._shelf.check()
            except BaseException:
                self._shelf.state = before
                raise


class FakeUnit:
    """Port `Unit`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.pulls = FakePulls(shelf)
        self.openings = FakeOpenings(shelf)
        self.pauses = FakePauses(shelf)
        self.presences = FakePresences(shelf)
        self.ties = FakeTies(shelf.state.ties)

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See the port."""
        found = self._shelf.current(resource_type, id)
        return found.record if found else None

    async def standing(self, names: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[int, bool]]:
        """See the port."""
        found = {name: self._shelf.current(*name) for name in names}
        return {name: (each.record.version, each.record.body is not None) for name, each in found.items() if each}

    async def missing(self, references: Sequence[str]) -> tuple[str, ...]:
        """See the port."""
        living = {f"{each.record.resource_type}/{each.record.id}" for each in self._shelf.living()}
        return tuple(each for each in references if each not in living)

    async def write(self, drafts: Sequence[Draft], *, at: datetime) -> list[Record]:
        """See the port."""
        records = []
        for draft in drafts:
            versions = self._shelf.state.versions.setdefault((draft.resource_type, draft.id), [])
            created = not versions or versions[-1].record.body is None
            body = stamp(draft.head, draft.tail, version=len(versions) + 1, at=at)
            name = draft.resource_type, draft.id
            record = Record(*name, len(versions) + 1, at, body, draft.patient_id, created=created)
            versions.append(Stored(record, draft))
            records.append(record)
            if draft.resource_type == "Patient":
                self._shelf.queue("register", draft.id, b"")
        return records

    async def delete(self, resource_type: str, id: str, *, at: datetime) -> Record | None:
        """See the port."""
        found = self._shelf.current(resource_type, id)
        if found is None or found.record.body is None:
            return None
        deleted = replace(found.record, version=found.record.version + 1, updated_at=at, body=None)
        self._shelf.state.versions[resource_type, id].append(Stored(deleted, None))
        if resource_type == "Patient":
            self._shelf.queue("register", id, b"")
        return deleted

    async def consents(self, patient_id: str) -> tuple[Consent, ...]:
        """See the port."""
        return tuple(
            read_or_deny(orjson.loads(record.body or b""), id=record.id, at=record.updated_at)
            for record in (each.record for each in self._shelf.living())
            if record.resource_type == "Consent" and record.patient_id == patient_id
        )

    async def withdrawals(self, patient_id: str) -> tuple[Withdrawal, ...]:
        """See the port."""
        known = self._shelf.state.withdrawals.get(patient_id, {})
        return tuple(known[at] for at in sorted(known))

    async def withdraw(self, patient_id: str, withdrawal: Withdrawal) -> None:
        """See the port."""
        self._shelf.state.withdrawals.setdefault(patient_id, {})[withdrawal.at] = withdrawal

    async def projection(self, patient_id: str) -> tuple[Projected, ...]:
        """See the port."""
        rows = []
        for each in self._shelf.living():
            projected = each.draft.projection if each.draft else None
            if projected and each.record.patient_id == patient_id:
                name = each.record.resource_type, each.record.id
                rows.append(
                    Projected(*name, projected.category, projected.effective, projected.template, projected.also)
                )
        named = {slot for row in rows for slot in row.template.split(b"\0")[1::2] if slot.startswith(b"Medication/")}
        for each in self._shelf.living():
            projected = each.draft.projection if each.draft else None
            if (
                projected
                and f"Medication/{each.record.id}".encode() in named
                and each.record.resource_type == "Medication"
            ):
                named_row = Projected("Medication", each.record.id, projected.category, None, projected.template)
                rows.append(named_row)
        return tuple(sorted(rows, key=_crossing_order))

    async def patient_of(self, handle: bytes) -> str | None:
        """See the port."""
        return next((patient_id for patient_id, each in self._shelf.state.handles.items() if each == handle), None)

    async def audit(self, fact: AuditFact) -> None:
        """See the port."""
        self._shelf.state.facts.append(fact)

    async def queue(self, kind: str, key: str, payload: bytes) -> None:
        """See the port."""
        self._shelf.queue(kind, key, payload)

    async def report(self, disclosure: Disclosure) -> None:
        """See the port."""
        self._shelf.queue("report", disclosure.id, disclosure.to_json())

    async def grant(
        self, country: Country, pseudonym: str, *, patient_id: str, until: datetime, statement: bytes
    ) -> None:
        """See the port."""
        self._shelf.state.grants[country, pseudonym] = (patient_id, until, statement)

    async def granted(self, country: Country, pseudonym: str, *, at: datetime) -> tuple[str, bytes] | None:
        """See the port."""
        patient_id, until, statement = self._shelf.state.grants.get((country, pseudonym), ("", at, b""))
        return (patient_id, statement) if at < until else None

    async def end_grants(self, country: Country) -> int:
        """See the port."""
        grants = self._shelf.state.grants
        kept = {key: grant for key, grant in grants.items() if key[0] != country}
        self._shelf.state.grants = kept
        return len(grants) - len(kept)


def _crossing_order(row: Projected) -> tuple[bool, bool, str, bool, float, str]:
    at = row.effective.timestamp() if row.effective else 0.0
    last = row.resource_type == "Medication"
    return row.resource_type != "Patient", last, row.resource_type, row.effective is None, at, row.id
