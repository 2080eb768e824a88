"""One act on the node's database, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.audit.fact import AuditFact
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure
from corridor.domain.record import Draft, Record
from corridor.flows.ports.openings import Openings
from corridor.flows.ports.pauses import Pauses
from corridor.flows.ports.presences import Presences
from corridor.flows.ports.pulls import Pulls
from corridor.flows.ports.ties import Ties


@dataclass(frozen=True, slots=True)
class Projected:
    """One row of the projection: what may cross, and under which categories.

    Attributes:
        category: what it is.
        also: what it tells of besides; a consent must permit all of it.
    """

    resource_type: str
    id: str
    category: Category
    effective: datetime | None
    template: bytes
    also: frozenset[Category] = frozenset()

    @property
    def name(self) -> str:
        """`Type/id`, as other rows refer to it."""
        return f"{self.resource_type}/{self.id}"


class Unit(Protocol):
    """An open transaction; units of one node run one after another, so what is read stays true until the end."""

    @property
    def pulls(self) -> Pulls:
        """Pulls under way."""

    @property
    def openings(self) -> Openings:
        """The times that the glass was broken."""

    @property
    def pauses(self) -> Pauses:
        """Those who may ask nothing for now."""

    @property
    def presences(self) -> Presences:
        """Who showed that they were there."""

    @property
    def ties(self) -> Ties:
        """Ties with people of other countries."""

    async def read(self, resource_type: str, id: str) -> Record | None:
        """The current version, deleted or not; None where it never existed."""

    async def standing(self, names: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[int, bool]]:
        """Current version, and whether the resource lives, of each (type, id) that ever existed."""

    async def missing(self, references: Sequence[str]) -> tuple[str, ...]:
        """Those of the `Type/id` references that name no living resource, in order."""

    async def write(self, drafts: Sequence[Draft], *, at: datetime) -> list[Record]:
        """Write each draft as the next version with its facts and projection; the order is kept.

        Patients are queued for registration (outbox kind `register`), never registered here.
        """

    async def delete(self, resource_type: str, id: str, *, at: datetime) -> Record | None:
        """Write a version that says deleted and drop facts and projection; None where nothing living was there."""

    async def consents(self, patient_id: str) -> tuple[Consent, ...]:
        """Every consent stored for the patient, active or not; one that cannot be read comes as a denial."""

    async def withdrawals(self, patient_id: str) -> tuple[Withdrawal, ...]:
        """Every withdrawal known for the patient, from here or from another country."""

    async def withdraw(self, patient_id: str, withdrawal: Withdrawal) -> None:
        """Keep a withdrawal; the same one twice is kept once."""

    async def projection(self, patient_id: str) -> tuple[Projected, ...]:
        """The patient's projection: the Patient first, then by type and clinical date, then Medications referred to."""

    async def patient_of(self, handle: bytes) -> str | None:
        """The local patient behind a handle that this node registered, or None."""

    async def audit(self, fact: AuditFact) -> None:
        """Append to the log; durable when the unit has ended."""

    async def queue(self, kind: str, key: str, payload: bytes) -> None:
        """Leave work for the outbox; a key that is still waiting is replaced."""

    async def report(self, disclosure: Disclosure) -> None:
        """Leave one line for the coordinator in the outbox."""

    async def grant(
        self, country: Country, pseudonym: str, *, patient_id: str, until: datetime, statement: bytes
    ) -> None:
        """Remember that a country may come back for this pseudonymous patient until then, and on which statement."""

    async def granted(self, country: Country, pseudonym: str, *, at: datetime) -> tuple[str, bytes] | None:
        """The local patient id and the statement of a grant that still runs, or None."""

    async def end_grants(self, country: Country) -> int:
        """Let a country come back for nobody any more; how many grants there were."""
