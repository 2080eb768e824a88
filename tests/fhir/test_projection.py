from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.errors import InvalidError, MalformedError
from corridor.domain.record import Projection
from corridor.fhir.projection import fill, project, project_bytes
from corridor.fhir.projection_rules import datatype_paths, resource_paths

GOLDEN = Path(__file__).parent / "golden" / "projection"
SOURCE = "https://ve.corridor.example/fhir"
TYPES = sorted(resource_paths())
LOINC = {"system": "http://loinc.org", "code": "20447-9"}
SNOMED = {"system": "http://snomed.info/sct", "code": "56717001"}


def pseudonym(name: str) -> str:
    return f"anon-{name.replace('/', '-').lower()}"


def crossing(resource: dict[str, Any], patient_id: str | None = "p1") -> tuple[Projection, dict[str, Any], str]:
    projection = project_bytes(json.dumps(resource).encode(), patient_id=patient_id, source=SOURCE)
    assert projection is not None
    body = fill(projection.template, pseudonym)
    return projection, json.loads(body), body.decode()


def observation(**elements: Any) -> dict[str, Any]:
    code = {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]}
    return {"resourceType": "Observation", "id": "o1", "status": "final", "code": code, **elements}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.in.json")), ids=lambda path: path.name.split(".")[0])
def test_a_resource_crosses_as_the_golden_file_says(path: Path) -> None:
    projection = project_bytes(path.read_bytes(), patient_id="maria-1", source=SOURCE)
    assert projection is not None
    got = fill(projection.template, pseudonym).decode()
    assert got == path.with_name(path.name.replace(".in.", ".out.")).read_text("utf-8").strip()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.out.json")), ids=lambda path: path.name.split(".")[0])
def test_what_crossed_crosses_again_unchanged(path: Path) -> None:
    body = path.read_text("utf-8").strip()
    content = json.loads(body)
    projection = project_bytes(body.encode(), patient_id="anon-patient-maria-1", source=SOURCE)
    assert projection is not None
    again = json.loads(fill(projection.template, lambda name: name.partition("/")[2]))
    assert list(markerless(again)) == list(markerless(content))


def markerless(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith("_"):
                yield from markerless(item)
    elif isinstance(value, list):
        for item in value:
            yield from markerless(item)
    else:
        yield str(value)


def test_numbers_keep_the_digits_they_were_written_with() -> None:
    raw = json.dumps(observation(valueQuantity={"value": 0})).replace('"value": 0', '"value": 72.50').encode()
    projection = project_bytes(raw, patient_id="p1", source=SOURCE)
    assert projection is not None
    assert b'"value":72.50}' in projection.template


def test_every_id_and_reference_becomes_a_slot() -> None:
    projection, _, _ = crossing(
        observation(
            subject={"reference": "Patient/p1", "display": "María Pérez"},
            hasMember=[{"reference": "Observation/o2"}, {"reference": "Observation/o3/_history/2"}],
            derivedFrom=[{"reference": "DocumentReference/d1"}, {"reference": "https://x.example/Observation/o9"}],
            encounter={"reference": "Encounter/e1"},
        )
    )
    slots = projection.template.split(b"\0")[1::2]
    assert slots == [b"Observation/o1", b"Patient/p1", b"Observation/o2", b"Observation/o3"]


def test_one_pseudonym_is_asked_for_once() -> None:
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return "x"

    template = b'{"id":"\0A/1\0","r":"A/\0A/1\0","s":"B/\0B/2\0"}'
    assert fill(template, ask) == b'{"id":"x","r":"A/x","s":"B/x"}'
    assert asked == ["A/1", "B/2"]


def test_a_subject_is_always_the_slot_of_the_patient() -> None:
    for reference in ({"display": "María"}, {"reference": "https://x.example/fhir/Patient/V12345678"}):
        projection, _, body = crossing(observation(subject=reference))
        assert b"\0Patient/p1\0" in projection.template
        assert "V12345678" not in body


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        (LOINC, LOINC),
        ({"system": "http://loinc.org", "code": "48510-4"}, None),
        (
            {"system": "http://snomed.info/sct", "code": "56717001"},
            {"system": "http://snomed.info/sct", "code": "56717001"},
        ),
        ({"system": "http://snomed.info/sct", "code": "12345678"}, None),
        ({"system": "https://hospital.example/codes", "code": "TLD"}, {"code": "TLD"}),
        ({"system": "https://hospital.example/codes", "code": "PEREZ"}, None),
        ({"code": "12345678"}, None),
    ],
)
def test_a_code_crosses_when_it_is_published_or_clinical(
    coding: dict[str, str], expected: dict[str, str] | None
) -> None:
    _, content, body = crossing(observation(method={"coding": [coding]}))
    crossed = content["method"]["coding"][0]
    if expected is None:
        assert set(crossed) == {"_code"}
        assert coding["code"] not in body
    else:
        assert crossed == expected


def test_text_that_is_not_clinical_leaves_a_marker() -> None:
    _, content, body = crossing(observation(valueString="resultado entregado a María Pérez"))
    marker = content["_valueString"]["extension"][0]
    assert marker == {
        "url": "https://corridor.example/fhir/StructureDefinition/text-withheld",
        "valueBoolean": True,
    }
    assert "valueString" not in content
    assert "María" not in body


def statement(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationStatement", "id": "m1", "status": "active", **elements}


def concept(text: str) -> dict[str, Any]:
    return {"medicationCodeableConcept": {"text": text}}


def atc(code: str) -> dict[str, Any]:
    return {"medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": code}]}}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (statement(**concept("TDF/3TC/DTG")), Category.REGIMEN),
        (statement(**atc("J05AR27")), Category.REGIMEN),
        (statement(**atc("J05AR99")), Category.REGIMEN),
        (statement(**atc("J05AF10")), Category.OTHER),
        (statement(**atc("J04AC01")), Category.TUBERCULOSIS),
        (statement(**atc("N02BE01")), Category.OTHER),
        (statement(**concept("esquema antirretroviral")), Category.REGIMEN),
        (statement(**concept("paracetamol 500 mg")), Category.OTHER),
        (statement(medicationReference={"reference": "Medication/x"}), Category.REGIMEN),
        ({"resourceType": "Patient", "id": "p1"}, Category.DEMOGRAPHICS),
        (observation(), Category.VIRAL_LOAD),
        (observation(code={"text": "Recuento de CD4"}), Category.CD4),
        (observation(code={"text": "Genotipo de resistencia"}), Category.RESISTANCE),
        (observation(code={"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}), Category.LABORATORY),
        (observation(code={"coding": [{"system": "http://loinc.org", "code": "89372-7"}]}), Category.TUBERCULOSIS),
        (observation(code={"text": "peso"}), Category.OTHER),
        (observation(code={"text": "nota"}, valueString="M184V K65R"), Category.RESISTANCE),
        ({"resourceType": "Condition", "id": "c", "code": {"text": "TB pulmonar"}}, Category.TUBERCULOSIS),
        ({"resourceType": "Condition", "id": "c", "code": {"text": "asma"}}, Category.CONDITION),
        ({"resourceType": "AllergyIntolerance", "id": "a"}, Category.ALLERGY),
        ({"resourceType": "Immunization", "id": "i"}, Category.IMMUNIZATION),
        ({"resourceType": "DiagnosticReport", "id": "d", "code": {"text": "Carga viral"}}, Category.VIRAL_LOAD),
        ({"resourceType": "DiagnosticReport", "id": "d"}, Category.LABORATORY),
    ],
)
def test_the_category_follows_from_codes_and_words(resource: dict[str, Any], expected: Category) -> None:
    projection, content, _ = crossing(resource)
    assert projection.category is expected
    codes = [label["code"] for label in content["meta"]["security"]]
    assert codes == [expected.value, "R", "HIV", "NORDSCLCD", "PSEUD", "PSEUDED"]


def test_a_contained_or_known_drug_crosses_in_place_of_its_reference() -> None:
    drug = {"resourceType": "Medication", "id": "d", "code": {"text": "Atripla"}, "manufacturer": {"display": "ACME"}}
    _, content, body = crossing(statement(contained=[drug], medicationReference={"reference": "#d"}))
    assert content["medicationCodeableConcept"] == {"text": "Atripla"}
    assert "contained" not in content
    assert "ACME" not in body
    apart = statement(medicationReference={"reference": "Medication/d"})
    projection = project(apart, patient_id="p1", source=SOURCE, medication=drug)
    assert projection is not None
    assert b'"text":"Atripla"' in projection.template


def test_a_drug_that_nothing_names_is_withheld() -> None:
    _, content, _ = crossing(statement(medicationReference={"display": "lo de María"}))
    assert "_text" in content["medicationCodeableConcept"]


def test_a_date_of_death_becomes_that_the_person_died() -> None:
    _, content, _ = crossing({"resourceType": "Patient", "id": "p1", "deceasedDateTime": "2020-02-02"})
    assert content["deceasedBoolean"] is True
    assert "deceasedDateTime" not in content


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Practitioner", "id": "x"},
        {"resourceType": "Encounter", "id": "x"},
        observation(code={"coding": [{"system": "http://loinc.org", "code": "66477-1"}]}),
        observation(code={"text": "Nacionalidad"}),
        observation(code={"text": "Fecha de nacimiento"}, valueDateTime="1987-05-04"),
        observation(component=[{"code": {"text": "País de origen"}}]),
        observation(valueCodeableConcept={"coding": [{"system": "http://snomed.info/sct", "code": "446654005"}]}),
        {"resourceType": "Condition", "id": "x", "code": {"coding": [{"display": "Refugee (person)"}]}},
        {"resourceType": "Condition", "id": "x", "code": {"text": "Migrante irregular"}},
    ],
)
def test_what_says_who_somebody_is_never_crosses(resource: dict[str, Any]) -> None:
    assert project(resource, patient_id="p1", source=SOURCE) is None


def test_without_a_patient_only_a_drug_crosses() -> None:
    assert project(observation(), patient_id=None, source=SOURCE) is None
    drug = {"resourceType": "Medication", "id": "d", "code": {"text": "TLD"}}
    assert project(drug, patient_id=None, source=SOURCE) is not None


def test_bytes_that_are_no_resource_are_refused() -> None:
    for raw in (b"{", b"\xff", b'{"a":NaN}', b"[" * 100_000):
        with pytest.raises(MalformedError):
            project_bytes(raw, patient_id="p1", source=SOURCE)
    for raw in (b"[]", b'{"resourceType":"Patient"}', b'{"resourceType":"Patient","id":"a/b"}'):
        with pytest.raises(InvalidError):
            project_bytes(raw, patient_id="p1", source=SOURCE)


CANARIES = ("Xochitl Canarión", "V-98765432", "+51 987 654 321", "canario@correo.example", "Calle Canaria 98765")


def spread(canary: str) -> Iterator[dict[str, Any]]:
    """Every element of every type, and many that are not in the table, with the canary inside in every shape."""
    reference = {"reference": f"Patient/{canary}", "display": canary, "identifier": {"value": canary}, "type": canary}
    coding = {"system": canary, "code": canary, "display": canary, "version": canary, "id": canary}
    known = {"system": "http://loinc.org", "code": canary, "display": canary}
    rich = {
        "coding": [coding, known],
        "text": canary,
        **coding,
        **reference,
        "value": canary,
        "unit": canary,
        "comparator": canary,
        "start": canary,
        "end": canary,
        "div": canary,
        "extension": [{"url": canary, "valueString": canary}],
        canary: canary,
    }
    for name in datatype_paths():
        rich |= {path.split(".")[0]: canary for path in datatype_paths()[name] if path.split(".")[0] not in rich}
    nested = {**rich, **{key: [rich, canary, [canary]] for path in all_paths() for key in path.split(".")}}
    for resource_type in TYPES:
        keys = {path.split(".")[0] for path in resource_paths()[resource_type]}
        keys |= {"text", "language", "implicitRules", "contained", "extension", "modifierExtension", "note", canary}
        for shape in (canary, rich, [rich], [canary], nested, [nested]):
            body = dict.fromkeys(keys, shape) | {f"_{key}": shape for key in keys}
            yield {**body, "resourceType": resource_type, "id": "x1"}


def all_paths() -> set[str]:
    return {path for table in (resource_paths(), datatype_paths()) for paths in table.values() for path in paths}


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_in_any_element_of_any_type_crosses(canary: str) -> None:
    for resource in spread(canary):
        projection = project(resource, patient_id="p1", source=SOURCE)
        if projection is not None:
            text = fill(projection.template, lambda _: "x").decode()
            assert canary not in text
            assert not any(word in text for word in re.findall(r"[A-Za-z]{6,}|\d{5,}", canary) if word != "example")


KEYS = sorted({key for path in all_paths() for key in path.split(".")})
TOP_KEYS = sorted({path.split(".")[0] for path in all_paths()})

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(CANARIES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted({key for path in all_paths() for key in path.split(".")})), inner, max_size=5
        )
    ),
    max_leaves=25,
)
ALLOWED = re.compile(r"[\w\s.,;:+\-/()\[\]{}%<>=*#&'\"±≤≥|?!~^\u2013\u2014]*")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(TOP_KEYS), junk))
def test_whatever_is_inside_what_crosses_is_json_without_a_canary(resource_type: str, inside: dict[str, Any]) -> None:
    projection = project({**inside, "resourceType": resource_type, "id": "x1"}, patient_id="p1", source=SOURCE)
    if projection is None:
        return
    body = fill(projection.template, pseudonym).decode()
    content = json.loads(body)
    assert set(content) <= {"resourceType", "id", "meta"} | known_keys(resource_type)
    assert not any(canary in body for canary in CANARIES)
    assert all(ALLOWED.fullmatch(text) for text in markerless(content))


def known_keys(resource_type: str) -> set[str]:
    keys = {path.split(".")[0] for path, rule in resource_paths()[resource_type].items() if rule != "drop"}
    return keys | {f"_{key}" for key in keys}


def test_effective_is_the_earliest_instant_of_the_clinical_date() -> None:
    projection, _, _ = crossing(observation(effectivePeriod={"end": "2021"}, issued="2022-01-01T00:00:00Z"))
    assert projection.effective is not None
    assert projection.effective.isoformat() == "2021-01-01T00:00:00+00:00"
    assert crossing(observation(effectiveDateTime="someday"))[0].effective is None
