"""Codes of others where a value set comes first: told, and nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from corridor.fhir.profile_checks import profile_problems
from corridor.fhir.profile_remarks import claimed_remarks, profile_remarks
from corridor.fhir.profile_rules import PREFIX, Profile, Rule, profile
from corridor.fhir.suggested_codes import unlisted
from corridor.fhir.validate import problems
from corridor.fhir.validation import remarks

EXAMPLES = Path(__file__).parents[2] / "profiles" / "examples"
MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
LEVELS = f"{PREFIX}observation-resistance"
OBSERVED = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
LOCAL = {"system": "urn:local", "code": "x"}
OTHER = {"coding": [LOCAL]}
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def married(*codings: dict[str, str], **more: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "maritalStatus": {"coding": [*codings], **more}}


def observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(next(EXAMPLES.glob(f"*-example-{name}.json")).read_bytes())
    return found


def places(resource: dict[str, Any]) -> list[str]:
    assert [*problems(resource)] == []
    return [each.expression for each in unlisted(resource)]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (married(LOCAL), ["Patient.maritalStatus"]),
        (married({"system": MARITAL, "code": "M"}), []),
        (married({"system": MARITAL, "code": "?"}), ["Patient.maritalStatus"]),
        (married(LOCAL, {"system": MARITAL, "code": "M"}), []),
        (married({"display": "viuda"}), []),
        ({"resourceType": "Patient", "maritalStatus": {"text": "viuda"}}, []),
        ({"resourceType": "Patient", "meta": {"security": [{"code": "R"}]}}, ["Patient.meta.security[0]"]),
        (observation(dataAbsentReason=OTHER), ["Observation.dataAbsentReason"]),
        (
            observation(component=[{"code": OTHER}, {"code": OTHER, "interpretation": [OTHER]}]),
            ["Observation.component[1].interpretation[0]"],
        ),
        (
            observation(contained=[married(LOCAL) | {"id": "p"}], subject={"reference": "#p"}),
            ["Observation.contained[0].maritalStatus"],
        ),
        (observation(contained=[{"resourceType": "Basic", "id": "b", "code": OTHER}]), []),
    ],
)
def test_a_code_of_others_is_told_with_its_place(resource: dict[str, Any], expected: list[str]) -> None:
    assert places(resource) == expected


@pytest.mark.parametrize("code", ["NI", "PRC", "PPN"])
def test_papers_that_our_profiles_call_for_are_not_odd(code: str) -> None:
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}]}
    assert places({"resourceType": "Patient", "identifier": [{"type": kind, "value": "1"}]}) == []
    assert places({"resourceType": "Patient", "identifier": [{"type": OTHER, "value": "1"}]})


def test_a_profile_says_which_codes_come_first() -> None:
    resource = example("observation-resistance")
    assert [*claimed_remarks(resource)] == []
    resource["component"][0]["interpretation"] = [{"coding": [{"system": OBSERVED, "code": "H"}]}]
    (found,) = claimed_remarks(resource)
    assert (found.code, found.expression) == ("code-invalid", "Observation.component[0].interpretation[0]")
    assert [*profile_problems(resource, profile(LEVELS))] == []
    assert found in remarks(resource, home="PE")
    assert [*profile_remarks({"resourceType": "Patient"}, profile(LEVELS))] == []


def test_a_claim_of_a_profile_that_is_not_here_is_no_remark() -> None:
    assert [*claimed_remarks(observation(meta={"profile": [f"{PREFIX}nothing"]}))] == []


def test_a_closed_list_allows_only_what_it_names() -> None:
    named = Rule("category", "named", pattern={"text": "a"})
    category = Rule("category", discriminators=("$this",), is_closed=True, slices={"named": named})
    wanted = Profile("urn:x", "X", "Observation", Rule("Observation", children={"category": category}), ())
    found = [*profile_problems(observation(category=[{"text": "a"}, {"text": "b"}]), wanted)]
    assert [each.expression for each in found] == ["Observation.category[1]"]


def test_a_slice_narrows_the_types_of_a_choice() -> None:
    value = Rule("value", is_choice=True, slices={"valueString": Rule("value", "valueString", is_choice=True, most=0)})
    wanted = Profile("urn:x", "X", "Observation", Rule("Observation", children={"value": value}), ())
    assert [*profile_problems(observation(valueBoolean=True), wanted)] == []
    assert [each.code for each in profile_problems(observation(valueString="x"), wanted)] == ["structure"]


@pytest.mark.parametrize("status", [{"text": "activa"}, {"coding": [{"code": "active"}]}])
def test_a_required_code_cannot_be_replaced_by_words(status: dict[str, Any]) -> None:
    resource = {"resourceType": "Condition", "subject": {"reference": "Patient/p"}, "clinicalStatus": status}
    assert [each.code for each in problems(resource)] == ["code-invalid"]
    absent = {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    assert [*problems(resource | {"clinicalStatus": absent})] == []
