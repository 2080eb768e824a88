"""An invented person's history and honest in-memory acts, enough to open every page in a real browser."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from corridor.domain.asking import Asking
from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.domain.emergency import Opening
from corridor.domain.errors import LoginError
from corridor.domain.grade import Grade
from corridor.domain.history import Answer, Entry, History, Silence, SilenceReason
from corridor.domain.limits import Pause
from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.presence import Proof
from corridor.domain.principal import Principal, Role
from corridor.domain.pull import PullRecord
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.fhir.new_patient import NewPerson
from corridor.flows.ask_country import Pull
from corridor.flows.follow_withdrawal import TakenBack
from corridor.flows.list_disclosures import Overview
from corridor.flows.ports.disclosures import DisclosureCount, DisclosureFilter, LogProof
from corridor.web.auditor.office import Office
from corridor.web.clinician.desk import ConsentRow, Desk, PersonRow, SignedTerms
from corridor.web.entrance import SignIn
from tests.pages.beside import bedside

NOW = datetime(2026, 11, 20, 15, 4, tzinfo=UTC)
VE, CO, EC, PE, CL = (Country(code) for code in ("VE", "CO", "EC", "PE", "CL"))
PASSWORDS = {
    "doctora": "tres cordilleras",
    "coordina": "cinco registros",
    "revisa": "dos miradas",
    "protege": "cuatro ojos",
}
ROLES = {
    "doctora": Role.CLINICIAN,
    "coordina": Role.COORDINATOR,
    "revisa": Role.AUDITOR,
    "protege": Role.DATA_PROTECTION,
}

ATC = "http://www.whocc.no/atc"
LOINC = "http://loinc.org"
COPIES = {"unit": "copies/mL", "system": "http://unitsofmeasure.org", "code": "{copies}/mL"}


def took(text: str, start: str, end: str | None = None) -> dict[str, Any]:
    """A regimen as a programme writes it."""
    period = {"start": start} | ({"end": end} if end else {})
    concept = {"text": text}
    return {
        "resourceType": "MedicationStatement",
        "status": "completed" if end else "unknown",
        "medicationCodeableConcept": concept,
        "effectivePeriod": period,
    }


def measured(code: str, on: str, **value: Any) -> dict[str, Any]:
    """One laboratory result."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": on,
        **value,
    }


def viral_load(on: str, copies: int, comparator: str = "") -> dict[str, Any]:
    """A viral load in copies/mL."""
    sign = {"comparator": comparator} if comparator else {}
    return measured("20447-9", on, valueQuantity={"value": copies, **COPIES, **sign})


def cd4(on: str, cells: int) -> dict[str, Any]:
    """A CD4 count."""
    return measured("24467-3", on, valueQuantity={"value": cells, "unit": "cells/uL", "code": "{cells}/uL"})


def tuberculosis(start: str, end: str) -> dict[str, Any]:
    """A tuberculosis treatment."""
    return took("RHZE", start, end)


def answer(country: Country, grade: Grade | None, *resources: dict[str, Any]) -> Answer:
    """What a country said."""
    entries = tuple(
        Entry(resource["resourceType"], f"{country.lower()}{place:031x}", json.dumps(resource).encode())
        for place, resource in enumerate(resources)
    )
    return Answer(country, entries, grade, NOW)


VENEZUELA = (
    took("AZT + 3TC + EFV", "2014-03", "2016-09-30"),
    took("Atripla", "2016-10-15", "2018-04-02"),
    viral_load("2014-03-11", 184000),
    viral_load("2015-02-03", 400, "<"),
    viral_load("2017-08-22", 5200),
    cd4("2014-03-11", 142),
    cd4("2015-02-03", 301),
    cd4("2017-08-22", 268),
)
COLOMBIA = (
    took("TDF/3TC/DTG", "2018-11-20", "2021-01-15"),
    viral_load("2018-11-20", 61000),
    viral_load("2019-06-14", 40, "<"),
    viral_load("2020-07-01", 40, "<"),
    cd4("2018-11-20", 118),
    cd4("2020-07-01", 405),
    tuberculosis("2018-12-01", "2019-06-01"),
)
PERU_NEIGHBOUR = (
    took("ABC/3TC + DRV/r + DTG", "2023-05-02", "2026-02-10"),
    viral_load("2023-05-02", 22400),
    viral_load("2024-03-12", 50, "<"),
    viral_load("2026-01-20", 1830),
    cd4("2023-05-02", 180),
    cd4("2026-01-20", 233),
)

STORY = History(
    patient_id="p-1",
    purpose=Purpose.TREAT,
    trace=Trace("1" * 32, "2" * 16),
    at=NOW,
    answers=(
        answer(CL, Grade.PROBABLE, *PERU_NEIGHBOUR),
        answer(CO, Grade.CERTAIN, *COLOMBIA),
        answer(VE, Grade.CERTAIN, *VENEZUELA),
    ),
    silences=(Silence(EC, SilenceReason.TIMEOUT, NOW),),
)
"""Three countries told, Ecuador did not answer."""

PEOPLE = (
    PersonRow("p-1", "Marielis Coromoto Rondón Gil", "1987-04-23", "PTP 005417233", "female"),
    PersonRow("p-2", "José Gregorio Rondón", "1979", "", "male"),
)
CONSENT = ConsentRow(
    countries=(CL, CO, EC, VE),
    categories=(),
    purposes=("TREAT",),
    given_at=NOW - timedelta(days=2),
    until=NOW + timedelta(days=178),
    active=True,
)


@dataclass
class Town:
    """Acts that keep what they were told, in memory."""

    history: History = STORY
    people: tuple[PersonRow, ...] = PEOPLE
    kept: dict[str, list[ConsentRow]] = field(default_factory=dict)
    sessions: dict[str, Principal] = field(default_factory=dict)
    counts: tuple[DisclosureCount, ...] = ()
    proofs: tuple[LogProof, ...] = ()
    now: datetime = NOW
    signed: list[SignedTerms] = field(default_factory=list)
    registered: dict[str, NewPerson] = field(default_factory=dict)
    asked: list[Pull] = field(default_factory=list)
    held: set[Country] = field(default_factory=set)
    openings: list[Opening] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    shown: list[Proof] = field(default_factory=list)
    absent: bool = False
    stopped: PullRecord | None = None
    own: tuple[Event, ...] = ()
    saved: set[str] = field(default_factory=set)
    refused: bool = False
    broken: bool = False
    back: TakenBack | None = None
    over: set[Country] = field(default_factory=set)

    def sign_in(self) -> SignIn:
        """The acts of signing in."""
        return SignIn(self._open, self._who, self._close, self._own, self._end)

    async def _own(self, who: Principal) -> list[OpenSignIn]:
        digests = [sha256(token.encode()).hexdigest() for token, each in self.sessions.items() if each == who]
        return [OpenSignIn(digest, self.now, self.now + timedelta(hours=8)) for digest in digests]

    async def _end(self, who: Principal) -> None:
        self.sessions = {token: each for token, each in self.sessions.items() if each != who}

    def desk(self) -> Desk:
        """The clinician's acts."""
        return Desk(
            countries=lambda: (CL, CO, EC, VE),
            find_people=self._find,
            person=self._person,
            consents=self._consents,
            record_consent=self._record,
            withdraw=self._withdraw,
            taken_back=self._taken_back,
            bedside=bedside(self),
            now=lambda: self.now,
        )

    def office(self) -> Office:
        """The coordinator's acts."""
        return Office(countries=lambda: (CL, CO, EC, PE, VE), overview=self._overview, now=lambda: self.now)

    async def _open(self, account: str, password: str) -> str:
        if PASSWORDS.get(account) != password:
            raise LoginError("The name or the password is wrong.")
        token = secrets.token_urlsafe(32)
        self.sessions[token] = Principal(account, ROLES[account], "0" * 32)
        return token

    async def _who(self, token: str) -> Principal | None:
        return self.sessions.get(token)

    async def _close(self, token: str) -> None:
        self.sessions.pop(token, None)

    async def _find(self, _asking: Asking, text: str) -> Sequence[PersonRow]:
        words = text.lower().split()
        return [who for who in self.people if all(word in f"{who.label} {who.birth}".lower() for word in words)]

    async def _person(self, _asking: Asking, patient_id: str) -> PersonRow | None:
        return next((who for who in self.people if who.patient_id == patient_id), None)

    async def _consents(self, _asking: Asking, patient_id: str) -> Sequence[ConsentRow]:
        return self.kept.get(patient_id, [])

    async def _record(self, _asking: Asking, patient_id: str, signed: SignedTerms) -> None:
        terms = signed.terms
        self.signed.append(signed)
        row = ConsentRow(
            countries=tuple(sorted(terms.countries)),
            categories=tuple(sorted(terms.categories)),
            purposes=(terms.purpose,),
            given_at=self.now,
            until=terms.until,
            active=True,
        )
        self.kept.setdefault(patient_id, []).insert(0, row)

    async def _withdraw(self, _asking: Asking, patient_id: str) -> None:
        rows = self.kept.get(patient_id, [])
        self.kept[patient_id] = [replace(row, active=False, withdrawn_at=self.now) for row in rows]

    async def _taken_back(self, _patient_id: str) -> TakenBack | None:
        return self.back

    async def _overview(self, _who: Principal, wanted: DisclosureFilter) -> Overview:
        return Overview(tuple(one for one in self.counts if _matches(one, wanted)), self.proofs, {})


def _matches(one: DisclosureCount, wanted: DisclosureFilter) -> bool:
    same = (
        wanted.asker in {None, one.asker},
        wanted.holder in {None, one.holder},
        wanted.purpose in {None, one.purpose},
        wanted.decision in {None, one.decision},
        wanted.start is None or wanted.start <= one.hour,
        wanted.end is None or one.hour < wanted.end,
    )
    return all(same)


def month_of_exchanges() -> tuple[DisclosureCount, ...]:
    """Four weeks of counts, newest first: mostly Lima asking Caracas and Bogotá."""
    counts = []
    routes = ((PE, VE, 5), (PE, CO, 4), (CL, VE, 3), (CO, VE, 4), (PE, EC, 1))
    for days in range(28):
        hour = (NOW - timedelta(days=days)).replace(hour=9 + days % 8, minute=0)
        for place, (asker, holder, usual) in enumerate(routes):
            told = max(usual + (days * 7 + place * 3) % 4 - 2, 0)
            outcomes = (
                (asker, Decision.ASKED, told + 1),
                (holder, Decision.DISCLOSED, told),
                (holder, Decision.NOTHING, (days + place) % 3),
                (holder, Decision.REFUSED, (days + place) % 7 == 0),
                (asker, Decision.SILENT, holder == EC and days < 5),
            )
            for reporter, decision, number in outcomes:
                if number:
                    counts.append(DisclosureCount(hour, reporter, asker, holder, "TREAT", decision, int(number)))
    return tuple(counts)


PROOFS = (
    LogProof(CL, 4120, whole=True, seen_at=NOW - timedelta(minutes=3), note=""),
    LogProof(CO, 18233, whole=True, seen_at=NOW - timedelta(minutes=1), note=""),
    LogProof(EC, 903, whole=True, seen_at=NOW - timedelta(hours=40), note=""),
    LogProof(PE, 20871, whole=False, seen_at=NOW - timedelta(minutes=2), note=""),
)
"""Ecuador is late, Peru's proof failed, Venezuela never reported."""
