from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import EventKind
from corridor.domain.care.genotypes import resistance
from corridor.domain.care.resistance.genotype import Gene, Genotype
from corridor.domain.care.timeline import timeline
from corridor.domain.country import country
from corridor.domain.history import Entry
from corridor.fhir.events import events
from corridor.fhir.genotype import genotype
from corridor.fhir.projection import fill, project_bytes

VE, CO = country("VE"), country("CO")
PR, RT, IN = "33630-5", "30554-0", "61199-6"


def loinc(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://loinc.org", "code": code}]}


def observation(code: str | dict[str, Any], value: str = "", **elements: Any) -> dict[str, Any]:
    said = {"valueString": value} if value else {}
    concept = code if isinstance(code, dict) else loinc(code)
    return {"resourceType": "Observation", "id": "g1", "status": "final", "code": concept, **said, **elements}


def told(resource: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    found = genotype(resource)
    assert found is not None
    texts = [f"{each.gene} {each.text}" for each in found.mutations]
    return texts, sorted(found.sequenced), [each.why for each in found.unread]


def test_a_list_is_of_the_gene_that_the_code_names() -> None:
    assert told(observation(RT, "103N, 184V")) == (["RT K103N", "RT M184V"], ["RT"], [])
    assert told(observation(IN, "E138K")) == (["IN E138K"], ["IN"], [])
    assert told(observation(PR, "sin mutaciones de relevancia")) == ([], ["PR"], [])


def test_a_code_of_two_genes_tells_mutations_apart_by_what_was_there_before() -> None:
    assert told(observation("45182-3", "L90M, M184V, K103N")) == (["PR L90M", "RT K103N", "RT M184V"], ["PR", "RT"], [])
    assert told(observation("45182-3", "none")) == ([], ["PR", "RT"], [])


def test_each_component_is_of_its_own_gene() -> None:
    parts = [
        {"code": loinc(PR), "valueString": "Ninguna"},
        {"code": {"text": "Transcriptasa reversa"}, "valueString": "M41L, T215Y"},
        {"code": {"text": "Integrasa"}, "valueString": "No se pudo amplificar"},
    ]
    resource = observation({"text": "Genotipo de resistencia VIH"}, component=parts)
    assert told(resource) == (["RT M41L", "RT T215Y"], ["PR", "RT"], ["not-done"])


def test_coded_mutations_are_read_from_display_and_code() -> None:
    concept = {"coding": [{"code": "K103N"}, {"code": "M184V"}]}
    assert told(observation(RT, valueCodeableConcept=concept))[0] == ["RT K103N", "RT M184V"]
    concept = {"coding": [{"code": "x", "display": "p.Met184Val"}]}
    assert told(observation(RT, valueCodeableConcept=concept))[0] == ["RT M184V"]


def test_a_report_in_the_form_of_the_genomics_guide_is_read() -> None:
    parts = [
        {"code": loinc("48018-6"), "valueCodeableConcept": {"text": "RT"}},
        {"code": loinc("48005-3"), "valueCodeableConcept": {"text": "p.Lys103Asn"}},
    ]
    assert told(observation({"text": "HIV mutation"}, component=parts)) == (["RT K103N"], ["RT"], [])


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"valueString": "Detectada"}, ["RT K103N"]),
        ({"valueBoolean": True}, ["RT K103N"]),
        ({"valueString": "No detectada"}, []),
        ({"valueBoolean": False}, []),
        ({"valueString": "negativo"}, []),
        ({"valueCodeableConcept": {"coding": [{"code": "LA9634-2", "display": "Absent"}]}}, []),
    ],
)
def test_a_mutation_asked_for_by_name_is_there_or_not_as_the_answer_says(value: Any, found: list[str]) -> None:
    part = {"code": {"text": "K103N"}, **value}
    assert told(observation(RT, component=[part])) == (found, ["RT"], [])


def test_a_mutation_that_was_looked_for_alone_does_not_tell_that_the_gene_was_read() -> None:
    assert told(observation({"text": "K103N"}, "no detectada")) == ([], [], [])
    assert told(observation({"text": "K103N"}, "detectada")) == (["RT K103N"], ["RT"], [])


def test_an_answer_nobody_can_read_makes_no_mutation() -> None:
    part = {"code": {"text": "K103N"}, "valueString": "banana"}
    assert told(observation(RT, component=[part])) == ([], [], ["ambiguous"])
    assert genotype(observation({"text": "K103N"})) is None or told(observation({"text": "K103N"}))[0] == []


def test_a_report_is_read_from_its_conclusion_and_its_attached_text() -> None:
    attached = base64.b64encode(b"PR: L90M\nRT: none").decode()
    resource = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "code": {"text": "Genotipo VIH"},
        "conclusion": "INSTI: N155H",
        "presentedForm": [{"contentType": "text/plain", "data": attached}, {"contentType": "application/pdf"}],
    }
    assert told(resource) == (["IN N155H", "PR L90M"], ["IN", "PR", "RT"], [])


def test_hiv_2_and_sequences_that_do_not_fit_are_kept_unread() -> None:
    assert told(observation(RT, "VIH-2 M184V"))[2] == ["hiv-2"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["K103N", "text", "RT"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "coding", "system", "display", "text", "valueString", "component", "data"])
            | st.sampled_from(["valueCodeableConcept", "conclusion", "conclusionCode", "presentedForm", "contentType"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["code", "component", "valueString", "conclusion", "presentedForm"]), values))
def test_no_resource_breaks_the_reader(resource: dict[str, Any]) -> None:
    found = genotype(resource)
    assert found is None or isinstance(found, Genotype)


# ------------------------------------------------------------------ across a border


def crossed(resource: dict[str, Any]) -> dict[str, Any]:
    projection = project_bytes(json.dumps(resource).encode(), patient_id="p1", source="https://ve.example/fhir")
    assert projection is not None
    body: dict[str, Any] = json.loads(fill(projection.template, lambda name: "anon-" + name.replace("/", "-").lower()))
    return body


@pytest.mark.parametrize(
    "text",
    [
        "K103N, M184V",
        "M184M/V; T69ins",
        "RT: K103N, M184V; PR: none",
        "p.Lys103Asn",
        "K 103 N",
        "Δ67",
        "T69_S",
        "69i",
        "sin mutaciones de relevancia",
        "NRTI: M184V (45,5%), K65R; NNRTI: ninguna",
        "103N",
        "K103[K,N]",
    ],
)
def test_a_list_of_mutations_crosses_as_written(text: str) -> None:
    body = crossed(observation(RT, text, component=[{"code": loinc(PR), "valueString": text}]))
    assert body["valueString"] == text
    assert body["component"][0]["valueString"] == text


@pytest.mark.parametrize(
    "text",
    [
        "K103N, Maria Quispe",
        "RT: K103N (dra. Rojas)",
        "K103N 1985-03-02",
        "M184V 999888777",
        "T69_MARIAANA",
        "T69_MARIA",
        "P12CALLE",
        "12CALLE",
        "ATGCCTCAGATCACTCTTTGGCAACGACCCCTCGTCACAATAAAGATAGGGGGGCAACTAAAGGAAGCT",
        "K103N a@b.pe",
    ],
)
def test_a_text_that_can_name_somebody_stays_home(text: str) -> None:
    body = crossed(observation(RT, text))
    assert "valueString" not in body
    assert "_valueString" in body


def test_outside_of_resistance_nothing_more_crosses_than_before() -> None:
    body = crossed(observation("20447-9", "K 103 N"))
    assert "valueString" not in body


def test_what_crossed_is_interpreted_with_its_country_and_day() -> None:
    first = observation(RT, "M184V", effectiveDateTime="2019-05-02")
    second = observation(IN, "sin mutaciones", effectiveDateTime="2021-01-10")
    entries = [
        Entry("Observation", each["id"], json.dumps(each).encode()) for each in (crossed(first), crossed(second))
    ]
    found = resistance(timeline([*events(entries[:1], VE), *events(entries[1:], CO)]))
    assert [each.country for each in found.genotypes] == [VE, CO]
    assert [each.first.isoformat() for each in found.findings if each.first] == ["2019-05-02"]
    assert {each.drug: each.level for each in found.drugs}["3TC"] == 5
    assert {each.drug: each.level for each in found.drugs}["DTG"] == 1
    assert set(found.unknown) == {Gene.PR, Gene.CA}


def test_an_answer_of_a_resistance_report_that_names_a_drug_is_no_regimen() -> None:
    resource = observation(RT, valueCodeableConcept={"text": "Resistente a EFV"})
    (event,) = events([Entry("Observation", "g1", json.dumps(resource).encode())], VE)
    assert event.kind is EventKind.RESISTANCE
    assert event.genotype is not None
    assert [each.text for each in event.genotype.unread] == ["Resistente a EFV"]
