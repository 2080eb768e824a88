from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corridor.fhir.left_out import without_references
from corridor.fhir.projection import fill, project

GOING = frozenset({"Observation/o", "Patient/p", "Observation/kept"})


def crossing(resource: dict[str, Any], among: frozenset[str] = GOING) -> dict[str, Any]:
    made = project(resource, patient_id="p", source="x")
    assert made is not None
    answer: dict[str, Any] = json.loads(fill(made.template, lambda name: name.partition("/")[2], among))
    return {name: each for name, each in answer.items() if name != "meta"}


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o", **elements}


def test_a_reference_to_what_stays_home_is_not_there_at_all() -> None:
    kept, gone = {"reference": "Observation/kept"}, {"reference": "Observation/gone"}
    bare = crossing(observation(status="final"))
    assert crossing(observation(hasMember=[gone], status="final")) == bare
    assert crossing(observation(status="final", hasMember=[gone, gone], derivedFrom=[gone])) == bare
    for several in ([gone, kept], [kept, gone], [gone, gone, kept, gone]):
        assert crossing(observation(status="final", hasMember=several))["hasMember"] == [kept]


def test_what_only_held_such_a_reference_goes_with_it() -> None:
    gone = {"reference": "Observation/gone"}
    condition = {
        "resourceType": "Condition",
        "id": "o",
        "stage": [{"assessment": [gone], "type": {"text": "CD4"}}, {"assessment": [gone]}],
        "evidence": [{"detail": [gone]}],
    }
    assert crossing(condition) == {"resourceType": "Condition", "id": "o", "stage": [{"type": {"text": "CD4"}}]}


@given(st.lists(st.sampled_from(["kept", "gone", "away"]), max_size=5), st.booleans())
def test_exactly_what_goes_is_referred_to(names: list[str], first: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    members = {"hasMember": [{"reference": f"Observation/{name}"} for name in names]}
    resource = {**members, **observation(status="final")} if first else observation(status="final", **members)
    answer = crossing(resource)
    expected = [{"reference": "Observation/kept"} for name in names if name == "kept"]
    assert answer.get("hasMember", []) == expected
    assert answer["status"] == "final"


def test_a_template_that_refers_to_nothing_gone_stays_as_it_is() -> None:
    made = project(observation(hasMember=[{"reference": "Observation/kept"}]), patient_id="p", source="x")
    assert made is not None
    assert without_references(made.template, GOING) == made.template
