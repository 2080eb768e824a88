"""Patches of all three kinds: what they make, what they leave alone, and how they are refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.errors import (
    CorridorError,
    InvalidError,
    MalformedError,
    MediaTypeError,
    TooLargeError,
    UnprocessableError,
)
from corridor.fhir.patch import JSON_PATCH, MERGE_PATCH, patched, read_patch
from tests.fhir.test_xml import TEXTS

FHIR = "application/fhir+json"
WEIGHT = (
    b'{"resourceType":"Observation","id":"w","meta":{"versionId":"3","tag":[{"code":"a"}]},"status":"final",'
    b'"code":{"text":"Weight"},"valueQuantity":{"value":72.50,"unit":"kg"},"component":[{"code":{"text":"a"},'
    b'"valueQuantity":{"value":1.00}},{"code":{"text":"b"},"valueBoolean":true},{"code":{"text":"c"},'
    b'"valueBoolean":true}]}'
)
PERSON = (
    b'{"resourceType":"Patient","id":"p","birthDate":"1990-01-01","_birthDate":{"extension":[{"url":"u",'
    b'"valueCode":"x"}]},"name":[{"use":"official","given":["Ana","Luz"],"_given":[null,{"id":"g"}]},{"use":"usual"}],'
    b'"multipleBirthBoolean":true,"extension":[{"url":"urn:a","valueString":"1"},{"url":"urn:b","valueString":"2"}]}'
)


def after(raw: bytes, patch: Any, media_type: str = FHIR) -> Any:
    """The patched resource as a tree whose decimals are texts."""
    return json.loads(patched(raw, orjson.dumps(patch), media_type), parse_float=str)


def operation(kind: str, path: str, **parts: Any) -> dict[str, Any]:
    """FHIRPath Patch Parameters of one operation; a list is parts, an integer a place, everything else as given."""
    listed: list[dict[str, Any]] = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        if isinstance(value, int):
            listed.append({"name": name, "valueInteger": value})
        elif isinstance(value, str):
            listed.append({"name": name, "valueString": value})
        else:
            listed.append({"name": name, "part": value} if isinstance(value, list) else {"name": name, **value})
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": listed}]}


# ---------------------------------------------------------------- what stays


@pytest.mark.parametrize(
    ("patch", "media_type"),
    [
        ([{"op": "replace", "path": "/status", "value": "amended"}], JSON_PATCH),
        ([{"op": "replace", "path": "/status", "value": "amended"}], FHIR),
        ({"status": "amended"}, MERGE_PATCH),
        ({"status": "amended"}, "application/json"),
        ({"resourceType": "Observation", "id": "w", "status": "amended"}, FHIR),
        (operation("replace", "Observation.status", value={"valueCode": "amended"}), FHIR),
    ],
)
def test_all_that_is_not_touched_stays_to_the_last_digit(patch: Any, media_type: str) -> None:
    made = patched(WEIGHT, orjson.dumps(patch), media_type)
    assert made == WEIGHT.replace(b"final", b"amended")


@pytest.mark.parametrize(
    ("patch", "media_type"),
    [
        ('[{"op":"replace","path":"/valueQuantity/value","value":70.10}]', JSON_PATCH),
        ('{"valueQuantity":{"value":70.10}}', MERGE_PATCH),
        (
            json.dumps(operation("replace", "Observation.value.value", value={"valueDecimal": 0})).replace(
                "0", "70.10"
            ),
            FHIR,
        ),
    ],
)
def test_a_decimal_that_is_brought_is_kept_as_written(patch: str, media_type: str) -> None:
    assert patched(WEIGHT, patch.encode(), media_type) == WEIGHT.replace(b"72.50", b"70.10")


def test_a_patch_can_be_done_to_many() -> None:
    patch = [{"op": "add", "path": "/note", "value": []}, {"op": "add", "path": "/note/-", "value": {"text": "a"}}]
    apply = read_patch(orjson.dumps(patch), JSON_PATCH)
    assert apply(WEIGHT) == apply(WEIGHT)


@given(st.dictionaries(TEXTS, st.none() | TEXTS | st.integers(0, 9) | st.dictionaries(TEXTS, TEXTS | st.none())))
def test_a_merge_patch_sets_what_it_names_and_takes_away_what_it_nulls(patch: dict[str, Any]) -> None:
    made = after(WEIGHT, {"note": patch}, MERGE_PATCH)["note"]
    assert made.keys() == {name for name, value in patch.items() if value is not None}
    assert all(made[name] == value for name, value in patch.items() if isinstance(value, str | int))


# ---------------------------------------------------------------- JSON Patch


def test_json_patch_moves_copies_and_tests() -> None:
    patch = [
        {"op": "test", "path": "/valueQuantity/value", "value": 72.5},
        {"op": "copy", "from": "/component/0", "path": "/component/-"},
        {"op": "remove", "path": "/component/0"},
        {"op": "move", "from": "/component/2/valueQuantity", "path": "/component/0/valueQuantity"},
    ]
    component = after(WEIGHT, patch, JSON_PATCH)["component"]
    assert component[0]["valueQuantity"] == {"value": "1.00"}
    assert [each["code"]["text"] for each in component] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("patch", "at"),
    [
        ({"op": "remove"}, None),
        (["remove"], "[0].op"),
        ([{"path": "/status"}], "[0].op"),
        ([{"op": "delete", "path": "/status"}], "[0].op"),
        ([{"op": ["add"], "path": "/status"}], "[0].op"),
        ([{"op": "remove"}], "[0].path"),
        ([{"op": "remove", "path": "status"}], "[0].path"),
        ([{"op": "remove", "path": 7}], "[0].path"),
        ([{"op": "add", "path": "/status"}], "[0].value"),
        ([{"op": "move", "path": "/status"}], "[0].from"),
        ([{"op": "copy", "path": "/status", "from": "x"}], "[0].from"),
        ([{"op": "remove", "path": "/status"}] * 1001, None),
    ],
)
def test_what_is_no_json_patch_is_invalid(patch: Any, at: str | None) -> None:
    with pytest.raises(InvalidError) as refused:
        after(WEIGHT, patch, JSON_PATCH)
    assert refused.value.expression == ((at,) if at else ())


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/status", "value": "amended"}],
        [{"op": "test", "path": "/component/1/valueBoolean", "value": 1}],
        [{"op": "remove", "path": "/performer"}],
        [{"op": "remove", "path": ""}],
        [{"op": "replace", "path": "/component/9", "value": {}}],
        [{"op": "add", "path": "/component/x", "value": {}}],
        [{"op": "add", "path": "/status/0", "value": "a"}],
        [{"op": "add", "path": "/a/b", "value": "a"}],
        [{"op": "move", "from": "/component", "path": "/component/0"}],
        [{"op": "copy", "from": "/component/01", "path": "/x"}],
        [{"op": "remove", "path": "/~2"}],
        [{"op": "replace", "path": "", "value": 7}],
        [{"op": "replace", "path": "/id", "value": "v"}],
        [{"op": "remove", "path": "/id"}],
        [{"op": "replace", "path": "/resourceType", "value": "Patient"}],
        [{"op": "replace", "path": "/meta/versionId", "value": "9"}],
        [{"op": "add", "path": "/meta/lastUpdated", "value": "2026-01-01T00:00:00Z"}],
    ],
)
def test_what_does_not_fit_the_resource_cannot_be_processed(operations: Any) -> None:
    with pytest.raises(UnprocessableError):
        after(WEIGHT, operations, JSON_PATCH)


def test_copies_of_copies_are_stopped() -> None:
    doubling = {"op": "copy", "from": "/component", "path": "/component/-"}
    with pytest.raises(TooLargeError):
        after(WEIGHT, [doubling] * 60, JSON_PATCH)


# ---------------------------------------------------------------- merge patch and kinds


@pytest.mark.parametrize(
    "patch", [{"id": "v"}, {"id": None}, {"resourceType": "Patient"}, {"meta": {"versionId": "4"}}]
)
def test_what_only_the_server_writes_is_not_merged(patch: Any) -> None:
    with pytest.raises(UnprocessableError):
        after(WEIGHT, patch, MERGE_PATCH)


def test_tags_are_merged_beside_what_the_server_writes() -> None:
    assert after(WEIGHT, {"meta": {"tag": []}}, MERGE_PATCH)["meta"] == {"versionId": "3", "tag": []}


@pytest.mark.parametrize("patch", [b"[]", b"7", b'"a"', b"null"])
def test_a_merge_patch_is_an_object(patch: bytes) -> None:
    with pytest.raises(InvalidError):
        patched(WEIGHT, patch, MERGE_PATCH)


def test_a_patch_is_json_of_a_kind_that_is_spoken() -> None:
    with pytest.raises(MalformedError):
        patched(WEIGHT, b"{", MERGE_PATCH)
    with pytest.raises(MediaTypeError):
        patched(WEIGHT, b"{}", "application/xml-patch+xml")


# ---------------------------------------------------------------- FHIRPath Patch


def test_add_appends_to_a_list_and_sets_what_was_not_there() -> None:
    made = after(PERSON, operation("add", "Patient", name="gender", value={"valueCode": "female"}))
    assert made["gender"] == "female"
    made = after(PERSON, operation("add", "Patient.name[1]", name="given", value={"valueString": "Lucha"}))
    assert made["name"][1] == {"use": "usual", "given": ["Lucha"]}
    made = after(PERSON, operation("add", "Patient.name.first()", name="given", value={"valueString": "Sol"}))
    assert made["name"][0]["given"] == ["Ana", "Luz", "Sol"]
    assert made["name"][0]["_given"] == [None, {"id": "g"}, None]


def test_add_builds_what_has_no_type_of_its_own() -> None:
    parts = [
        {"name": "relationship", "valueCodeableConcept": {"text": "mother"}},
        {"name": "relationship", "valueCodeableConcept": {"text": "neighbour"}},
        {"name": "name", "valueHumanName": {"text": "Rosa"}},
    ]
    made = after(PERSON, operation("add", "Patient", name="contact", value=parts))
    assert made["contact"] == [{"relationship": [{"text": "mother"}, {"text": "neighbour"}], "name": {"text": "Rosa"}}]


def test_a_choice_goes_by_its_stem() -> None:
    raw = WEIGHT.replace(b'"valueQuantity":{"value":72.50,"unit":"kg"},', b"")
    made = after(raw, operation("add", "Observation", name="value", value={"valueString": "heavy"}))
    assert made["valueString"] == "heavy"
    made = after(WEIGHT, operation("replace", "Observation.value", value={"valueString": "heavy"}))
    assert (made["valueString"], "valueQuantity" in made) == ("heavy", False)
    made = after(PERSON, operation("replace", "Patient.multipleBirth", value={"valueInteger": 2}))
    assert (made["multipleBirthInteger"], "multipleBirthBoolean" in made) == (2, False)
    made = after(WEIGHT, operation("delete", "Observation.value.ofType(Quantity)"))
    assert "valueQuantity" not in made
    assert after(WEIGHT, operation("delete", "Observation.value.ofType(string)"))["valueQuantity"]["value"] == "72.50"


def test_equal_values_in_different_places_are_not_confused() -> None:
    path = "Observation.component.where(code.text='c').value"
    made = after(WEIGHT, operation("replace", path, value={"valueBoolean": False}))
    assert [each.get("valueBoolean") for each in made["component"]] == [None, True, False]


def test_delete_takes_the_extensions_along_and_is_content_with_nothing() -> None:
    made = after(PERSON, operation("delete", "Patient.birthDate"))
    assert not {"birthDate", "_birthDate"} & made.keys()
    made = after(PERSON, operation("delete", "Patient.name[0].given[1]"))
    assert made["name"][0] == {"use": "official", "given": ["Ana"]}
    assert after(PERSON, operation("delete", "Patient.photo")) == json.loads(PERSON)
    made = after(PERSON, operation("delete", "Patient.extension('urn:a')"))
    assert made["extension"] == [{"url": "urn:b", "valueString": "2"}]


def test_what_stands_beside_a_primitive_value_is_changed_like_every_element() -> None:
    made = after(PERSON, operation("replace", "Patient.birthDate.extension('u').value", value={"valueDecimal": 1}))
    assert made["_birthDate"] == {"extension": [{"url": "u", "valueDecimal": 1}]}
    parts = [{"name": "url", "valueUri": "v"}, {"name": "value", "valueCode": "y"}]
    made = after(PERSON, operation("add", "Patient.birthDate", name="extension", value=parts))
    assert [each["url"] for each in made["_birthDate"]["extension"]] == ["u", "v"]
    made = after(PERSON, operation("add", "Patient.name[0].given[0]", name="extension", value=parts))
    assert made["name"][0]["_given"] == [{"extension": [{"url": "v", "valueCode": "y"}]}, {"id": "g"}]
    made = after(PERSON, operation("delete", "Patient.birthDate.extension"))
    assert (made["birthDate"], "_birthDate" in made) == ("1990-01-01", False)


def test_what_a_deletion_leaves_empty_goes_with_it() -> None:
    made = after(PERSON, operation("delete", "Patient.name[1].use"))
    assert made["name"] == json.loads(PERSON)["name"][:1]
    raw = PERSON.replace(b'"multipleBirthBoolean":true', b'"contact":[{"name":{"family":"A"}}]')
    made = after(raw, operation("delete", "Patient.contact[0].name.family"))
    assert "contact" not in made
    raw = PERSON.replace(b'{"id":"g"}', b'{"extension":[{"url":"u","valueCode":"x"}]}')
    made = after(raw, operation("delete", "Patient.name.given.extension"))
    assert made["name"][0] == {"use": "official", "given": ["Ana", "Luz"]}


def test_insert_and_move_work_on_one_list() -> None:
    made = after(PERSON, operation("insert", "Patient.name[0].given", index=0, value={"valueString": "Sol"}))
    assert made["name"][0]["given"] == ["Sol", "Ana", "Luz"]
    assert made["name"][0]["_given"] == [None, None, {"id": "g"}]
    made = after(PERSON, operation("move", "Patient.name[0].given", source=1, destination=0))
    assert made["name"][0]["given"] == ["Luz", "Ana"]
    made = after(PERSON, operation("move", "Patient.extension", source=0, destination=1))
    assert [each["url"] for each in made["extension"]] == ["urn:b", "urn:a"]


def test_a_resource_is_contained_and_changed_inside() -> None:
    inner = {"resource": {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Rosa"}]}}
    made = after(PERSON, operation("add", "Patient", name="contained", value=inner))
    assert made["contained"] == [inner["resource"]]
    raw = orjson.dumps(made)
    made = after(raw, operation("replace", "Patient.contained[0].name[0].text", value={"valueString": "Inés"}))
    assert made["contained"][0]["name"][0]["text"] == "Inés"


@pytest.mark.parametrize(
    "patch",
    [
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": [{"name": "operation"}]},
        {"resourceType": "Parameters", "parameter": [{"name": "op", "part": []}]},
        {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [{"name": "type"}]}]},
        operation("remove", "Patient.name"),
        operation("add", "Patient", value={"valueCode": "female"}),
        operation("add", "Patient", name="gender", value={"valueCode": "female"}, index=1),
        operation("delete", "Patient.name.matches('(a+)+$')"),
        operation("delete", "Patient.descendants()"),
        operation("delete", "Patient.repeat(name)"),
        operation("delete", "Patient.name.where("),
        operation("delete", "(" * 200 + "Patient" + ")" * 200),
        operation("delete", "Patient." + "a" * 400),
        operation("delete", "💥"),
        operation("delete", "1 + 1"),
        operation("insert", "Patient.name", index=-1, value={"valueHumanName": {"text": "a"}}),
        operation("insert", "Patient.name", index="0", value={"valueHumanName": {"text": "a"}}),
        {"resourceType": "Parameters", "parameter": [operation("delete", "Patient.photo")["parameter"][0]] * 101},
    ],
)
def test_what_is_no_fhirpath_patch_is_invalid(patch: Any) -> None:
    with pytest.raises(InvalidError):
        after(PERSON, patch)


@pytest.mark.parametrize(
    "patch",
    [
        operation("delete", "Patient.name"),
        operation("delete", "Patient"),
        operation("delete", "Patient.name.count()"),
        operation("delete", "Patient.id"),
        operation("replace", "Patient.id", value={"valueId": "q"}),
        operation("replace", "Patient.gender", value={"valueCode": "female"}),
        operation("replace", "Patient.name", value={"valueHumanName": {"text": "a"}}),
        operation("add", "Patient", name="birthDate", value={"valueDate": "1991-01-01"}),
        operation("add", "Patient", name="nickname", value={"valueString": "a"}),
        operation("add", "Patient.birthDate", name="title", value={"valueString": "a"}),
        operation("replace", "Patient.name[0].given[0].extension.value", value={"valueString": "a"}),
        operation("add", "Patient.photo", name="title", value={"valueString": "a"}),
        operation("add", "Patient", name="birthPlace", value=[{"name": "a", "valueString": "b"}]),
        operation("insert", "Patient.name", index=3, value={"valueHumanName": {"text": "a"}}),
        operation("insert", "Patient.birthDate", index=0, value={"valueDate": "1991-01-01"}),
        operation("insert", "Patient.photo", index=0, value={"valueString": "a"}),
        operation("insert", "Patient.name.given | Patient.name.use", index=0, value={"valueString": "a"}),
        operation("move", "Patient.name", source=0, destination=2),
        operation("replace", "Patient.name[0].use", value={"id": "empty"}),
    ],
)
def test_what_finds_no_such_place_cannot_be_processed(patch: Any) -> None:
    with pytest.raises(UnprocessableError):
        after(PERSON, patch)


LEAVES = st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(["", "/name", "/name/0/given/-", "add", "~"])
JUNK = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["op", "path", "from", "value", "name", "id"]), inner)
    ),
    max_leaves=8,
)
OPERATIONS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
        "path": st.lists(st.sampled_from(["name", "0", "1", "-", "given", "id", "", "~1", "٣", "-1"]), max_size=4).map(
            lambda steps: "".join(f"/{step}" for step in steps)
        ),
        "from": st.sampled_from(["", "/name", "/name/0", "/name/0/given/1", "/birthDate", "/x/y"]),
        "value": JUNK,
    }
)
PATHS = st.lists(
    st.sampled_from(["Patient", "name", "given", "where(use='usual')", "first()", "value", "extension", "birthDate"]),
    min_size=1,
    max_size=4,
).map(".".join)


@given(JUNK | st.lists(OPERATIONS, max_size=4), st.sampled_from([JSON_PATCH, MERGE_PATCH, FHIR]))
@settings(max_examples=400)
def test_whatever_is_sent_is_done_or_refused(patch: Any, media_type: str) -> None:
    with suppress(CorridorError):
        assert after(PERSON, patch, media_type)["id"] == "p"


@given(PATHS | st.text(max_size=30), st.sampled_from(["add", "insert", "delete", "replace", "move"]), JUNK)
@settings(max_examples=200, deadline=None)
def test_whatever_a_path_names_is_changed_or_refused(path: str, kind: str, junk: Any) -> None:
    named: dict[str, dict[str, Any]] = {
        "add": {"name": "given", "value": {"valueString": "a"}},
        "insert": {"index": 0, "value": {"valueString": "a"}},
        "replace": {"value": {"valueString": "a"}},
        "move": {"source": 0, "destination": 1},
        "delete": {"value": junk} if isinstance(junk, list) else {},
    }
    with suppress(CorridorError):
        assert after(PERSON, operation(kind, path, **named[kind]))["id"] == "p"
