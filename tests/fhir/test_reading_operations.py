"""What `$everything`, `$lastn` and `$summary` are given."""

import json
from datetime import UTC, datetime

import pytest

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.fhir.reading_operations import everything_input, lastn_input, pairs_of, summary_input


def test_parameters_become_the_pairs_of_an_address() -> None:
    parts = [
        {"name": "_type", "valueCode": "Observation"},
        {"name": "_count", "valueInteger": 5},
        {"name": "graph", "valueBoolean": True},
    ]
    body = json.dumps({"resourceType": "Parameters", "parameter": parts}).encode()
    assert pairs_of(body) == [("_type", "Observation"), ("_count", "5"), ("graph", "true")]


@pytest.mark.parametrize(
    "body",
    [b'{"resourceType":"Patient"}', b'{"resourceType":"Parameters","parameter":[{"name":"x"}]}', b"[]", b"{"],
)
def test_a_body_that_is_no_plain_parameters_is_refused(body: bytes) -> None:
    with pytest.raises(CorridorError):
        pairs_of(body)


def test_everything_is_narrowed_by_type_time_and_size() -> None:
    pairs = [("_type", "Observation,Condition"), ("_type", "Patient"), ("_since", "2026-01-01"), ("end", "2026-02")]
    assert everything_input([*pairs, ("_count", "7"), ("_format", "json")]) == CompartmentQuery(
        types=("Observation", "Condition", "Patient"),
        since=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2026, 3, 1, tzinfo=UTC),
        count=7,
    )


def test_a_larger_page_than_the_largest_is_the_largest() -> None:
    assert everything_input([("_count", "1000")]).count == 500


@pytest.mark.parametrize(
    ("pairs", "kind", "place"),
    [
        ([("_typ", "Observation")], UnsupportedError, "_typ"),
        ([("_type", "Spaceship")], UnsupportedError, "_type"),
        ([("_type", "")], InvalidError, "_type"),
        ([("_count", "0")], InvalidError, "_count"),
        ([("_count", "many")], InvalidError, "_count"),
        ([("_count", "٣")], InvalidError, "_count"),
        ([("start", "yesterday")], InvalidError, "start"),
        ([("end", "2026-02-30")], InvalidError, "end"),
        ([("_since", "2026"), ("_since", "2025")], InvalidError, "_since"),
    ],
)
def test_what_everything_cannot_have_is_refused_by_name(
    pairs: list[tuple[str, str]], kind: type[CorridorError], place: str
) -> None:
    with pytest.raises(kind) as refused:
        everything_input(pairs)
    assert refused.value.expression == (place,)


def test_lastn_looks_at_a_patients_observations() -> None:
    query, most = lastn_input([("patient", "p1"), ("category", "laboratory"), ("max", "3")])
    assert (query.resource_type, len(query.criteria), most) == ("Observation", 2, 3)
    assert lastn_input([("subject", "Patient/p1")])[1] == 1


@pytest.mark.parametrize(
    ("pairs", "kind"),
    [
        ([("category", "laboratory")], InvalidError),
        ([("patient", "p1"), ("max", "0")], InvalidError),
        ([("patient", "p1"), ("max", "101")], InvalidError),
        ([("patient", "p1"), ("max", "1"), ("max", "2")], InvalidError),
        ([("patient", "p1"), ("colour", "red")], UnsupportedError),
    ],
)
def test_what_lastn_cannot_have_is_refused(pairs: list[tuple[str, str]], kind: type[CorridorError]) -> None:
    with pytest.raises(kind):
        lastn_input(pairs)


def test_a_summary_is_asked_for_by_identifier_and_only_as_the_ips() -> None:
    ips = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
    assert summary_input([("identifier", "urn:x|1"), ("profile", ips)]) == "urn:x|1"
    for wrong in ([("profile", "http://example.org/other")], [("graph", "all")], [("x", "y")]):
        with pytest.raises(UnsupportedError):
            summary_input(wrong)
