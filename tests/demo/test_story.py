"""What the house makes of the invented people: who is found, and what crosses."""

import json
import re
from itertools import pairwise

from corridor.domain.grade import RELEASABLE
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.matching import confirm
from corridor.fhir.patient import demographics
from corridor.fhir.transaction import Origin, read_transaction
from demo.bundles import bundle, never_cross, resources
from demo.people import people
from demo.values import Outcome, Person, Registration

PEOPLE = tuple(people(7, count=80))


def _as_read(person: Person, registration: Registration) -> Demographics:
    patient = next(one for one in resources(person, registration) if one["resourceType"] == "Patient")
    read = demographics(patient, home=registration.country)
    assert read is not None
    return read


def _released(asked: Person, known: Person) -> set[str]:
    here = _as_read(asked, asked.here)
    found = {one.country: confirm(here, _as_read(known, one))[0] for one in known.elsewhere}
    return {code for code, grade in found.items() if grade in RELEASABLE}


def test_the_woman_of_the_story_is_found_in_three_countries_without_a_shared_paper() -> None:
    assert _released(PEOPLE[0], PEOPLE[0]) == {"VE", "CO", "EC"}


def test_who_should_be_found_is_found_everywhere() -> None:
    for person in PEOPLE:
        if person.outcome in {Outcome.BY_NAMES, Outcome.BY_PAPER}:
            assert _released(person, person) == {one.country for one in person.elsewhere}


def test_siblings_and_twins_are_kept_apart() -> None:
    for one, other in pairwise(PEOPLE):
        if one.outcome is other.outcome and one.outcome in {Outcome.SIBLING, Outcome.TWIN}:
            assert _released(one, other) == _released(other, one) == set()


def test_nobody_finds_the_unresolvable() -> None:
    for person in PEOPLE:
        if person.outcome is Outcome.UNRESOLVABLE:
            assert _released(person, person) == set()


def test_no_name_paper_place_clinic_or_clinician_is_in_what_may_cross() -> None:
    for person in PEOPLE:
        texts = "|".join(map(re.escape, sorted(never_cross(person))))
        forbidden = re.compile(rf"(?<!\w)(?:{texts})(?!\w)")
        for registration in person.registrations:
            _, actions = read_transaction(bundle(person, registration), Origin("https://node.example"))
            for action in actions:
                projection = action.draft.projection if action.draft else None
                found = forbidden.search(projection.template.decode()) if projection else None
                assert found is None, json.dumps([action.resource_type, action.id])
