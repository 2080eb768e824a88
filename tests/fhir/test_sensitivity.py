"""What a record tells of is found when it is written, by value sets; what its writer says of it changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.lexicon import lexicon
from corridor.domain.category import Category
from corridor.fhir.categories import also, categories, category
from corridor.fhir.origin import tells_who
from corridor.fhir.projection import fill, project, project_bytes
from corridor.fhir.sensitivity import mentioned_in, of_code, sensitivity, spoken

LOINC = "http://loinc.org"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
HIV_LABELS = {"R", "HIV", "NORDSCLCD"}
FALSE_LABELS = (
    [],
    [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "U"}],
    [{"system": "https://corridor.example/fhir/CodeSystem/category", "code": "immunization"}],
    [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}],
    [{}, {"code": "HIV"}, {"system": 7}],
    [{"display": "TDF/3TC/DTG"}],
)


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o1", "status": "final", **elements}


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def statement(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationStatement", "id": "m1", "status": "active", **elements}


def labels(resource: dict[str, Any]) -> list[str]:
    """The labels under which a resource crosses."""
    made = project(resource, patient_id="p1", source="https://ve.example/fhir")
    assert made is not None
    return [each["code"] for each in json.loads(fill(made.template, lambda _: "x"))["meta"]["security"]]


def test_every_code_of_every_antiretroviral_counts_in_every_system_that_is_known_here() -> None:
    drugs, systems = lexicon().drugs, set()
    for (system, code), components in lexicon().codes.items():
        if any(drugs[name].family == "hiv" for name in components):
            systems.add(system)
            assert of_code(system, code) is Category.REGIMEN, (system, code)
            assert labels(statement(medicationCodeableConcept=coded(system, code)))[0] == "regimen"
    assert len(systems) >= 5


def test_every_name_of_every_antiretroviral_counts_in_free_text() -> None:
    drugs = lexicon().drugs
    names = [
        " ".join(name)
        for name, components in lexicon().names.items()
        if any(drugs[each].family == "hiv" for each in components)
    ]
    assert len(names) > 300
    missed = [name for name in names if Category.REGIMEN not in mentioned_in(f"Motivo: {name}.")]
    assert set(missed) <= {*sensitivity().also_words}


@pytest.mark.parametrize("group", ["hiv-viral-load", "cd4", "hiv-genotype", "hiv-rna-qual", "cd8", "cd4-ratio"])
def test_every_code_of_a_measurement_that_tells_of_hiv_is_labelled(group: str) -> None:
    for code in (code for code, found in lexicon().groups.items() if found == group):
        expected = sensitivity().groups[group]
        assert of_code(LOINC, code) is expected
        assert labels(observation(code=coded(LOINC, code)))[0] == expected


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (observation(code={"text": "Hemograma"}, note=[{"text": "toma TDF/3TC/DTG"}]), {"other", "regimen"}),
        (observation(code={"text": "Panel"}, component=[{"code": {"text": "CD4"}}, {"code": {"text": "carga viral"}}]),
         {"cd4", "viral-load"}),
        ({"resourceType": "DiagnosticReport", "id": "d", "code": {"text": "Hemograma"}, "conclusion": "CV < 20"},
         {"laboratory", "viral-load"}),
        ({"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "efavirenz"}}, {"allergy", "regimen"}),
        (statement(medicationCodeableConcept={"text": "simva"}, statusReason=[{"text": "interacción con ritonavir"}]),
         {"other", "regimen"}),
        ({"resourceType": "Condition", "id": "c", "code": {"text": "falla con K103N"}}, {"condition", "resistance"}),
        ({"resourceType": "Condition", "id": "c", "code": {"text": "resistencia a la insulina"}}, {"condition"}),
        (observation(code={"text": "MTB"}, valueString="resistencia a rifampicina no detectada"), {"tuberculosis"}),
        (observation(code={"text": "Genotipo"}, valueString="efavirenz: resistente"), {"resistance"}),
        ({"resourceType": "Immunization", "id": "i", "vaccineCode": {"text": "Hepatitis B"},
          "text": {"status": "generated", "div": f"<div>{'y ' * 9000}con CD4 bajo</div>"}}, {"immunization", "cd4"}),
        ({"resourceType": "Condition", "id": "c", "code": {"text": "dor abdominal"}}, {"condition"}),
    ],
)  # fmt: skip
def test_a_record_counts_as_everything_that_anything_in_it_tells_of(resource: dict[str, Any], told: set[str]) -> None:
    assert set(map(str, categories(resource))) == told


@pytest.mark.parametrize(
    "element", ["id", "reference", "system", "url", "resourceType", "version", "data", "hash", "contentType", "profile"]
)
def test_an_address_or_the_name_of_something_else_tells_nothing(element: str) -> None:
    assert spoken({element: "CD4"}) == frozenset()
    assert spoken({element: ["CD4", {"text": "carga viral"}]}) == {Category.VIRAL_LOAD}
    assert spoken({element: "x", "note": [{"text": "CD4"}]}) == {Category.CD4}


def test_a_text_tells_in_a_list_of_texts_too() -> None:
    assert spoken({"line": ["Av. Arica 1", "sala de carga viral"]}) == {Category.VIRAL_LOAD}
    assert spoken({"part": [["x", ["TDF/3TC/DTG"]], 7, None]}) == {Category.REGIMEN}


def test_a_code_tells_wherever_it_stands_and_only_with_its_system() -> None:
    assert spoken({"reasonCode": [coded(ICD_10, "A15")]}) == {Category.TUBERCULOSIS}
    assert spoken({"extension": [{"valueCoding": {"system": LOINC, "code": "20447-9"}}]}) == {Category.VIRAL_LOAD}
    assert spoken(coded(LOINC, "2160-0")) == frozenset()
    for odd in ({"code": "A15"}, {"system": ICD_10}, {"system": 7, "code": "A15"}, {"system": ICD_10, "code": 7}):
        assert spoken({"coding": [odd, 7, 1.5, True, None, []]}) == frozenset()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", set()),
        ("dor", set()),  # pain, in Portuguese, and doravirine
        ("dor; toma efavirenz", {"regimen"}),
        ("paracetamol 500 mg", set()),
        ("tomaba PI/r", {"regimen"}),
        ("no toleró efavirenz", {"regimen"}),
        ("isoniazida", {"tuberculosis"}),
        ("resistencia a la insulina; genotipo pendiente", {"resistance"}),
        ("genotipo pendiente; resistencia a la insulina", {"resistance"}),
    ],
)
def test_a_text_mentions_drugs_and_measurements(text: str, told: set[str]) -> None:
    assert set(map(str, mentioned_in(text))) == told


@pytest.mark.parametrize("place", [0, 3799, 3800, 3998, 4000, 4100, 4199, 7598, 7600, 9000])
def test_a_name_is_found_wherever_it_stands_in_a_long_text(place: int) -> None:
    assert mentioned_in(f"{' ' * place}CD4{' ' * 20}") == {Category.CD4}


def test_what_is_longer_than_two_pieces_of_a_text_have_in_common_may_be_cut_apart() -> None:
    def spans(signs: int) -> str:
        return f"RNA {'y' * (signs - 7)}HIV"

    assert all(mentioned_in(" " * place + spans(201)) for place in (3799, 3800))
    assert not mentioned_in(" " * 3799 + spans(202))


def test_what_a_record_is_is_not_told_besides() -> None:
    assert also(Category.CD4, {"text": "CD4 y carga viral"}) == {Category.VIRAL_LOAD}
    assert labels(observation(code={"text": "CD4"})).count("cd4") == 1


def test_only_what_crosses_counts_where_only_that_leaves() -> None:
    noted = observation(code={"text": "Hemograma"}, note=[{"text": "toma TDF/3TC/DTG"}])
    assert "regimen" not in labels(noted)
    assert labels({**noted, "method": {"text": "TDF/3TC/DTG"}})[:2] == ["other", "regimen"]


@given(st.sampled_from(FALSE_LABELS), st.sampled_from(["R", "N", None]))
def test_no_label_of_the_writer_changes_anything(claimed: list[Any], profile: str | None) -> None:
    for resource in (
        observation(code=coded(LOINC, "20447-9")),
        observation(code={"text": "Recuento de CD4"}),
        statement(medicationCodeableConcept={"text": "simvastatina"}),
        {"resourceType": "Immunization", "id": "i", "status": "completed"},
    ):
        plain = project(resource, patient_id="p1", source="x")
        flagged = {**resource, "meta": {"security": claimed, "profile": [profile]}}
        assert project(flagged, patient_id="p1", source="x") == plain
        assert categories(flagged) == categories(resource)
        assert set(labels(flagged)) >= HIV_LABELS


def test_everything_that_crosses_counts_as_hiv_and_no_name_of_a_clinic_crosses() -> None:
    clinic = "Centro de Infectología Santa Rosa"
    drawn = observation(
        code={"text": "Hemoglobina"},
        performer=[{"display": clinic}],
        valueString=f"tomado en {clinic}",
        note=[{"text": clinic}],
        text={"status": "generated", "div": f"<div>{clinic}</div>"},
    )
    made = project_bytes(json.dumps(drawn).encode(), patient_id="p1", source="https://ve.example/fhir")
    assert made is not None
    assert set(labels(drawn)) >= HIV_LABELS
    assert "Santa Rosa" not in made.template.decode()


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "DocumentReference", "id": "d", "type": {"text": "Permiso de migrante"}},
        {"resourceType": "DocumentReference", "id": "d", "description": "Solicitud de asilo"},
        {"resourceType": "DocumentReference", "id": "d", "content": [{"attachment": {"title": "deportación"}}]},
        {"resourceType": "Encounter", "id": "e", "reasonCode": [{"text": "examen para refugiados"}]},
        observation(code={"text": "Nacionalidad"}),
    ],
)  # fmt: skip
def test_papers_of_migration_are_told_by_their_type_whatever_label_they_carry(resource: dict[str, Any]) -> None:
    for security in FALSE_LABELS:
        flagged = {**resource, "meta": {"security": security}}
        assert tells_who(flagged)
        assert project(flagged, patient_id="p1", source="x") is None


def test_what_a_record_is_does_not_hang_on_what_else_it_tells_of() -> None:
    told = observation(code=coded(LOINC, "718-7"), method={"text": "TDF/3TC/DTG"})
    assert category(told) is Category.LABORATORY


@given(
    st.integers(-(10**12), 10**12).map(str)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map("{:f}".format)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda each: json.dumps(each).replace("e+", "e"))
    | st.dates().map(str)
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])).map(datetime.isoformat)
    | st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format)
)
def test_numbers_and_dates_tell_of_nothing_so_that_they_need_not_be_read_as_texts(text: str) -> None:
    assert mentioned_in(text) == mentioned_in(f"{text} ") == frozenset()  # the space makes it a text like any other


def test_no_name_or_code_of_a_drug_looks_like_a_number_or_a_date() -> None:
    known = lexicon()
    words = {*known.regimen_codes, *(code for _, code in known.codes), *("-".join(name) for name in known.names)}
    for word in words:
        found = mentioned_in(word)
        assert found == mentioned_in(f"{word} "), word
