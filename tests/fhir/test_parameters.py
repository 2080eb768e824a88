"""The generated table of search parameters against the definitions that R4 publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corridor.fhir.fact_readings import reading_of
from corridor.fhir.parameters import (
    EVERYWHERE,
    OWN,
    Parameter,
    Route,
    every_parameter,
    known_parameters,
    parameters,
    refused_parameters,
)
from corridor.fhir.schema import HELD, definitions

PUBLISHED: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
    (Path(__file__).parent / "golden" / "r4_search_parameters.json").read_bytes()
)
SPECIAL = {"_content", "_filter", "_query", "_text", "age", "birthOrderBoolean", "near", "part-agree"}
"""Refused, because R4 gives no place of a resource that could answer them."""


def published(resource_type: str) -> dict[str, list[dict[str, Any]]]:
    return PUBLISHED["Resource"] | PUBLISHED["DomainResource"] | PUBLISHED[resource_type]


@pytest.mark.parametrize("resource_type", HELD)
def test_every_parameter_of_r4_is_answered_or_refused_with_its_reason(resource_type: str) -> None:
    known, refused = known_parameters(resource_type), refused_parameters(resource_type)
    assert known.keys().isdisjoint(refused)
    assert published(resource_type).keys() <= known.keys() | refused.keys()
    assert refused.keys() <= SPECIAL
    assert all(reason.endswith(".") for reason in refused.values())


@pytest.mark.parametrize("resource_type", HELD)
def test_every_parameter_is_as_it_was_published(resource_type: str) -> None:
    for name, each in known_parameters(resource_type).items():
        if each.definition.startswith(OWN):
            continue
        row = next(row for row in published(resource_type)[name] if row["definition"] == each.definition)
        assert each.kind == row["type"]
        assert [part.definition for part in each.components] == row.get("components", [])


def test_what_r4_does_not_have_is_defined_by_us() -> None:
    own = {(kind, each.name) for kind, each in every_parameter() if each.definition.startswith(OWN)}
    assert own == {
        (kind, "date") for kind in ("MedicationStatement", "Condition", "MedicationDispense", "Specimen", "Provenance")
    }


def test_every_parameter_leads_to_elements_that_can_be_read() -> None:
    for _, parameter in every_parameter():
        assert bool(parameter.routes) is not bool(parameter.components)
    for resource_type, parameter, route in every_route():
        assert reading_of(parameter.kind, route) is not None
        node = resource_type
        for step in route.steps:
            node = element_type(node, step)
        assert node == route.kind or not route.steps


def every_route() -> Iterator[tuple[str, Parameter, Route]]:
    return ((kind, each, route) for kind, each in every_parameter() for route in each.routes)


def element_type(owner: str, step: str) -> str:
    """The type of an element by its JSON name."""
    elements = definitions()[owner]
    if step in elements:
        return str(elements[step]["type"][0])
    choices = {
        name.removesuffix("[x]") + kind[0].upper() + kind[1:]: kind
        for name, each in elements.items()
        if name.endswith("[x]")
        for kind in each["type"]
    }
    return str(choices[step])


def test_parts_of_a_composite_say_which_part_they_are_from() -> None:
    components = {(kind, part) for kind, each in every_parameter() for part in each.components}
    assert {kind for kind, _ in components} == {"Observation", "Group", "DocumentReference"}
    for resource_type, component in components:
        assert component == parameters(resource_type)[component.name]
        for route in component.routes:
            repeated = definitions()[resource_type].get(route.steps[0], {}).get("many") and len(route.steps) > 1
            assert route.numbered is bool(repeated)


def test_references_know_the_held_types_that_they_may_point_at() -> None:
    assert parameters("Observation")["subject"].targets == ("Patient", "Location", "Group")
    assert parameters("Observation")["patient"].targets == ("Patient",)
    assert parameters("Provenance")["target"].targets == HELD
    assert all({*each.targets} <= {*HELD} for _, each in every_parameter())
    assert all(not each.targets for _, each in every_parameter() if each.kind != "reference")


def test_parameters_that_the_server_answers_have_no_facts() -> None:
    for resource_type in HELD:
        assert known_parameters(resource_type).keys() >= EVERYWHERE
        assert EVERYWHERE.isdisjoint(parameters(resource_type))
        assert {"_profile", "_security", "_source", "_tag"} <= parameters(resource_type).keys()


def test_definitions_keep_the_order_and_the_flags_of_r4() -> None:
    patient = definitions()["Patient"]
    assert [*patient][:4] == ["id", "meta", "implicitRules", "language"]
    assert [*patient][-3:] == ["generalPractitioner", "managingOrganization", "link"]
    assert patient["active"] == {"type": ["boolean"], "summary": True, "modifier": True}
    assert "summary" not in patient["contact"]
