"""What the clinician's pages need of a node, put together from its acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import orjson
from uuid6 import uuid7

from corridor.apps.node_acts import NodeActs, source_of
from corridor.apps.node_bedside import NodeBedside, row_of
from corridor.apps.node_people import people_of
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.people import own_sign_ins, provider_door
from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.errors import GoneError, InvalidError, NotFoundError
from corridor.domain.period import Period
from corridor.fhir.consent import render
from corridor.fhir.consent_form import with_form
from corridor.fhir.draft import draft
from corridor.fhir.search import read_search
from corridor.flows.follow_withdrawal import FollowDesk, follow_withdrawal
from corridor.flows.sign_in import sign_in
from corridor.flows.store_records import Change
from corridor.web.clinician.desk import ConsentRow, Desk, PersonRow, SignedTerms
from corridor.web.entrance import SignIn

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_DIGITS = 4
"""So many make a text the number of a document, however it is dotted."""

_FOUND = 20
_WORDS = 6


@dataclass(frozen=True, slots=True)
class NodePages:
    """A clinician's acts as the pages call them.

    Args:
        rooms: of the node.
        acts: of the node.
    """

    rooms: NodeRooms
    acts: NodeActs

    def desk(self) -> Desk:
        """The desk that the pages are hung on."""
        return Desk(
            countries=self.rooms.lines.peers.countries,
            find_people=self.find_people,
            person=self.person,
            consents=self.consents,
            record_consent=self.record_consent,
            withdraw=self.withdraw,
            taken_back=partial(follow_withdrawal, desk=self._following()),
            bedside=NodeBedside(self.rooms, self.acts).bedside(),
            now=self.rooms.clock.now,
        )

    def _following(self) -> FollowDesk:
        storage = self.rooms.storage
        return FollowDesk(storage.units, storage.outbox, self.rooms.lines.peers.countries)

    def entrance(self) -> SignIn:
        """The acts of signing in."""
        people = people_of(self.rooms)
        return SignIn(
            open=partial(sign_in, desk=self.acts.sign_in),
            who=self.acts.national.who,
            close=self.rooms.storage.sessions.close,
            **own_sign_ins(people),
            provider=provider_door(people),
            passwords=self.rooms.settings.passwords,
        )

    async def find_people(self, asking: Asking, text: str) -> Sequence[PersonRow]:
        """People of the national register by birth date, document or name."""
        try:
            pairs = [*_criteria(text.strip()), ("_count", str(_FOUND))]
            wanted = read_search("Patient", pairs, strict=True, zone=self.acts.national.zone)
        except InvalidError:  # nobody is called so, and no calendar has that day
            return []
        if not wanted.query.criteria:
            return []
        page = await self.acts.national.search_records(asking, wanted.query, asked="people-page")
        return [row_of(record) for record in page.records]

    async def person(self, asking: Asking, patient_id: str) -> PersonRow | None:
        """One of them; None where there is nobody of that id."""
        try:
            return row_of(await self.acts.national.read_record(asking, ("Patient", patient_id, None)))
        except (NotFoundError, GoneError):
            return None

    async def consents(self, _asking: Asking, patient_id: str) -> Sequence[ConsentRow]:
        """Everything stored for the person, newest first; the reading of the person is on record already."""
        async with self.rooms.storage.units.begin() as unit:
            stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
        now = self.rooms.clock.now()
        rows = [_consent_row(consent, withdrawals, now) for consent in stored]
        return sorted(rows, key=lambda row: row.given_at, reverse=True)

    async def record_consent(self, asking: Asking, patient_id: str, signed: SignedTerms) -> None:
        """Keep what the person agreed to now, with the signed form, as a Consent of the national base."""
        now, terms = self.rooms.clock.now(), signed.terms
        permit = Provision(
            permit=True,
            countries=frozenset({self.rooms.home}),
            holders=terms.countries,
            purposes=frozenset({terms.purpose.value}),
            categories=terms.categories | {Category.MATCH},
        )
        consent = Consent(str(uuid7()), True, now, period=Period(now, terms.until), provisions=(permit,))  # noqa: FBT003  # the field's order is the value's
        agreed = render(consent, patient={"reference": f"Patient/{patient_id}"}, custodian=self.rooms.home)
        resource = with_form(agreed, signed.spoken, signed.signature, at=now)
        made = draft(orjson.dumps(resource), resource_type="Consent", id=consent.id, source=source_of(self.rooms.home))
        change = Change("Consent", consent.id, made, create=True)
        await self.acts.national.store_records(asking, [change], interaction=Interaction.CREATE)

    async def withdraw(self, asking: Asking, patient_id: str) -> None:
        """Take back all of the person's consents."""
        await self.acts.operations.withdraw_consent(asking, patient_id)


def _criteria(text: str) -> list[tuple[str, str]]:
    if _DATE.fullmatch(text):
        return [("birthdate", text)]
    day_first = _DAY_FIRST.fullmatch(text)
    if day_first:
        day, month, year = day_first.groups()
        return [("birthdate", f"{year}-{month:>02}-{day:>02}")]
    plain = re.sub(r"[^0-9A-Za-z]", "", text)
    if sum(map(str.isdigit, plain)) >= _DIGITS:
        return [("identifier", ",".join(dict.fromkeys((text.replace(",", ""), plain))))]
    words = (word.replace(",", "") for word in text.split())
    return [("name", word) for word in words if word][:_WORDS]


def _consent_row(consent: Consent, withdrawals: Sequence[Withdrawal], now: datetime) -> ConsentRow:
    permits = [each for each in consent.provisions if each.permit]
    taken_back = [each.at for each in withdrawals if each.at >= consent.given_at]
    withdrawn_at = min([*taken_back, *([consent.withdrawn_at] if consent.withdrawn_at else [])], default=None)
    active = consent.status_active and withdrawn_at is None and consent.period.holds(now) and bool(permits)
    return ConsentRow(
        countries=tuple(sorted({country for each in permits for country in each.holders})),
        categories=tuple(sorted({category for each in permits for category in each.categories})),
        purposes=tuple(sorted({purpose for each in permits for purpose in each.purposes})),
        given_at=consent.given_at,
        until=min((end for end in (consent.period.end, *(each.period.end for each in permits)) if end), default=None),
        active=active,
        withdrawn_at=withdrawn_at,
    )
