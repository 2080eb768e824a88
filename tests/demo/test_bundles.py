import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Decision, Deny, Permit, decide
from corridor.domain.country import country
from corridor.domain.purpose import Purpose
from corridor.fhir.consent import read
from corridor.fhir.validate import validate
from demo.bundles import bundle, bundle_of_places, never_cross, resources
from demo.load import example_files
from demo.people import people
from demo.values import AgreementKind, Outcome, Person

PEOPLE = tuple(people(7, count=80))
REGISTRATIONS = [(person, registration) for person in PEOPLE for registration in person.registrations]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_every_resource_is_valid_r4() -> None:
    for person, registration in REGISTRATIONS:
        content = json.loads(bundle(person, registration))
        Bundle.model_validate(content)
        for entry in content["entry"]:
            validate(entry["resource"])


@pytest.mark.parametrize("code", ["VE", "CO", "EC", "PE", "CL"])
def test_clinics_and_clinicians_are_valid_r4(code: str) -> None:
    Bundle.model_validate(json.loads(bundle_of_places(code)))


def test_bundles_are_the_same_bytes_every_time() -> None:
    again = tuple(people(7, count=80))
    for before, after in zip(PEOPLE, again, strict=True):
        assert bundle(before, before.here) == bundle(after, after.here)


def test_no_id_is_written_twice_in_one_country() -> None:
    seen = set()
    for person, registration in REGISTRATIONS:
        for resource in resources(person, registration):
            key = (registration.country, resource["resourceType"], resource["id"])
            assert key not in seen
            seen.add(key)


def test_references_point_into_the_bundle_or_to_the_countrys_clinics() -> None:
    for person, registration in REGISTRATIONS[:60]:
        content = list(resources(person, registration))
        places = json.loads(bundle_of_places(registration.country))["entry"]
        known = {f"{one['resourceType']}/{one['id']}" for one in [*content, *(entry["resource"] for entry in places)]}
        assert set(_references(content)) <= known


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _decision(person: Person) -> Decision:
    consents = [read(one) for one in resources(person, person.here) if one["resourceType"] == "Consent"]
    asked = frozenset({Category.MATCH, Category.REGIMEN, Category.TUBERCULOSIS})
    return decide(consents, Ask(country(person.here.country), country("VE"), Purpose.TREAT, asked), NOW)


@pytest.mark.parametrize(
    "outcome", [Outcome.STORY, Outcome.BY_NAMES, Outcome.BY_PAPER, Outcome.WITHDRAWN_ABROAD, Outcome.SIBLING]
)
def test_who_consented_here_is_asked_for(outcome: Outcome) -> None:
    for person in PEOPLE:
        if person.outcome is outcome:
            assert isinstance(_decision(person), Permit)


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN_HERE, Outcome.EXPIRED, Outcome.NO_CONSENT])
def test_who_does_not_consent_here_is_not_asked_for(outcome: Outcome) -> None:
    for person in PEOPLE:
        if person.outcome is outcome:
            assert isinstance(_decision(person), Deny)


def test_a_limited_consent_gives_regimens_and_no_tuberculosis() -> None:
    limited = [_decision(person) for person in PEOPLE if person.outcome is Outcome.LIMITED]
    assert limited
    for decision in limited:
        assert isinstance(decision, Permit)
        assert decision.categories == {Category.MATCH, Category.REGIMEN}


def test_withdrawals_and_refusals_stand_in_an_earlier_country() -> None:
    for person in PEOPLE:
        if person.outcome in {Outcome.WITHDRAWN_ABROAD, Outcome.REFUSED_ABROAD}:
            kinds = [agreement.kind for one in person.elsewhere for agreement in one.agreements]
            assert AgreementKind.REFUSED in kinds


def test_what_may_never_cross_names_the_person_papers_clinic_and_clinician() -> None:
    texts = never_cross(PEOPLE[0])
    assert {"Yuleisy", "Rondón", "1987-03-08", "V-18204417", "Caracas", "IPS Puente Claro", "Arboleda"} <= texts
    assert "" not in texts


def test_the_published_examples_are_there_with_their_attribution() -> None:
    files = example_files()
    sets = {file.parent.name for file in files}
    assert sets == {"IPS", "CL-core", "CO-core", "QEDm", "jembi-ethiopia-hiv", "openhie-hiv-ig", "synthea-hiv"}
    attribution = (files[0].parents[1] / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in attribution for name in sets)
    assert sum(file.stat().st_size for file in files) < 4_000_000
