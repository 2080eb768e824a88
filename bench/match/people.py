"""People of the Andean corpus whom real nodes know: at home in one country, and arriving in another with a consent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx

from bench.andean_people import ARRIVAL, REGISTRY, dice, person, stranger, written_down
from bench.traveller import traveller
from corridor.domain.identity.demographics import Birth, Demographics, DocumentKind
from demo.bundles import bundle_of_places, transaction
from demo.consents import consents
from demo.federation import Federation
from demo.filling import make_accounts, token, wait_until_registered
from demo.identifiers import identifier, name
from demo.load import FHIR_JSON
from demo.parties import NODES
from demo.values import Agreement, AgreementKind, Outcome, Paper, PaperKind, Person, Written

HOME, ASKER = "VE", "EC"
SEED = 9_000
KNOWN = 0.4
"""Share of those who arrive that are registered at home."""

_BATCH = 100
_PAPERS = {DocumentKind.NATIONAL: PaperKind.CEDULA, DocumentKind.PASSPORT: PaperKind.PASSPORT}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is registered in the country of origin, and who arrives in the other.

    Attributes:
        truth: for each who arrives, whether they are registered at home.
    """

    home: tuple[Demographics, ...]
    arrived: tuple[Demographics, ...]
    truth: tuple[bool, ...]


def cast(home: int, arrived: int) -> Cast:
    """So many people, each as one registry wrote them down."""
    rng = dice(SEED)
    people = [person(rng) for _ in range(home)]
    places = [rng.randrange(home) for _ in range(arrived)]
    truth = tuple(rng.random() < KNOWN for _ in places)
    whom = [people[at] if known else stranger(rng, people[at]) for at, known in zip(places, truth, strict=True)]
    return Cast(
        tuple(written_down(rng, who, REGISTRY) for who in people),
        tuple(written_down(rng, who, ARRIVAL) for who in whom),
        truth,
    )


def settle(running: Federation, wanted: Cast) -> None:
    """Write everybody into the registers of both countries and wait until the hub has them, by the whole protocol."""
    parties = running.parties
    accounts = make_accounts([parties[key] for key in (HOME, ASKER)])
    contents: dict[str, list[list[Mapping[str, Any]]]] = {
        HOME: [[patient(home_id(number), who)] for number, who in enumerate(wanted.home)],
        ASKER: [[*_with_consent(arrived_id(number), who)] for number, who in enumerate(wanted.arrived)],
    }
    with httpx.Client(timeout=60) as client:
        for country, content in contents.items():
            bearer = {"authorization": f"Bearer {token(parties[country], accounts[country, 'programme'])}"}
            for body in _bodies(country, content):
                url = f"{parties[country].url}/fhir"
                client.post(url, content=body, headers={**bearer, "content-type": FHIR_JSON}).raise_for_status()
                wait_until_registered([parties[country]], lambda line: print(line, file=sys.stderr))


def home_id(number: int) -> str:
    """The id of a Patient in the country of origin."""
    return f"home-{number}"


def arrived_id(number: int) -> str:
    """The id of a Patient in the asking country."""
    return f"arrived-{number}"


def _bodies(country: str, content: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[bytes]:
    yield bundle_of_places(country)
    for first in range(0, len(content), _BATCH):
        yield transaction(dict(each) for resources in content[first : first + _BATCH] for each in resources)


def patient(patient_id: str, who: Demographics) -> dict[str, Any]:
    """A FHIR Patient with what a registry knows of somebody."""
    written = _written(who)
    papers = [identifier(paper, country=HOME) for paper in written.papers]
    return {
        "resourceType": "Patient",
        "id": patient_id,
        **({"identifier": papers} if papers else {}),
        "name": [name(written, country=HOME)],
        "gender": written.gender,
        **({"birthDate": written.birth} if written.birth else {}),
    }


def _with_consent(patient_id: str, who: Demographics) -> Iterator[Mapping[str, Any]]:
    yield patient(patient_id, who)
    someone = traveller().here
    on = someone.care.visits[0]
    agreed = Agreement(AgreementKind.GIVEN, tuple(NODES), on, on + timedelta(days=3650))
    registration = replace(someone, country=ASKER, id=patient_id, agreements=(agreed,))
    yield from consents(Person(0, Outcome.BY_NAMES, (registration,)), registration)


def _written(who: Demographics) -> Written:
    papers = tuple(
        Paper(str(each.country), _PAPERS.get(each.kind, PaperKind.PTP), each.number) for each in who.documents
    )
    return Written(who.given, who.surnames, _date(who.birth), who.sex, papers, city="", phone="")


def _date(birth: Birth | None) -> str:
    if birth is None:
        return ""
    year, month, day = birth
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
