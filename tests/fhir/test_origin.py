"""What is about who somebody is or where they are from leaves no node, wherever in a record it stands."""

from __future__ import annotations

from typing import Any

import pytest

from corridor.fhir.origin import tells_who
from corridor.fhir.projection_rules import never

PLAIN = {"text": "Hemograma"}
TELLING = {"text": "Solicitud de asilo"}
CODED = [{"system": system, "code": code} for system, code in sorted(never())]


def record(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o", **elements}


@pytest.mark.parametrize("element", ["code", "valueCodeableConcept", "type", "reasonCode", "serviceType"])
def test_every_concept_that_says_what_a_record_is_counts(element: str) -> None:
    for telling in (TELLING, {"coding": [CODED[0]]}, {"coding": [{"system": "x", "code": "y"}, CODED[0]]}):
        assert tells_who(record(**{element: telling}))
        assert tells_who(record(**{element: [3, PLAIN, telling]}))
    assert not tells_who(record(**{element: [PLAIN, {"coding": [{"system": "x", "code": "y"}]}]}))


def test_every_code_of_the_value_set_counts() -> None:
    assert CODED
    assert all(tells_who(record(code={"coding": [each]})) for each in CODED)


@pytest.mark.parametrize("element", ["title", "description"])
def test_the_name_of_a_paper_counts(element: str) -> None:
    assert tells_who(record(**{"title": "Hemograma", "description": 7, element: "Permiso de migrante"}))
    assert not tells_who(record(**{element: "Hemograma"}))


@pytest.mark.parametrize(
    "elements",
    [
        {"component": [{"code": PLAIN}, {"code": TELLING}]},
        {"content": [{"attachment": {"title": "Solicitud de asilo"}}]},
        {"content": [{"attachment": {"title": "x"}}, 3, {"attachment": {"title": "deportación"}}]},
    ],
)
def test_its_parts_and_what_is_attached_to_it_count(elements: dict[str, Any]) -> None:
    assert tells_who(record(code=PLAIN, **elements))


def test_other_elements_and_other_shapes_do_not_count() -> None:
    odd = dict.fromkeys(("code", "type", "title", "component", "content"), 7)
    assert not tells_who(record(**odd))
    assert not tells_who(record(content=[{"attachment": 7}], component=[7]))
    assert not tells_who(record(code=PLAIN, note=[TELLING]))


@pytest.mark.parametrize(
    "kind", ["Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location"]
)
def test_types_that_are_about_somebody_by_their_nature_have_rules_of_their_own(kind: str) -> None:
    assert not tells_who({**record(code=TELLING), "resourceType": kind})
