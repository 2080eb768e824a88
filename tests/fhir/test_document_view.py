"""A stranger's document is shown as plain text, whatever is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import CorridorError, InvalidError, MalformedError
from corridor.domain.link_text import read_link
from corridor.fhir.document_view import document_view
from corridor.keys.jwe import open_sealed

VECTORS = Path(__file__).parents[1] / "keys" / "vectors"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def document(*resources: dict[str, Any], **section: Any) -> bytes:
    entries = [{"fullUrl": f"urn:uuid:{place}", "resource": each} for place, each in enumerate(resources)]
    references = [{"reference": each["fullUrl"]} for each in entries]
    coded = {"coding": [{"system": "http://loinc.org", "code": "10160-0"}]}
    composition = {
        "resourceType": "Composition",
        "title": "IPS",
        "date": "2026-11-23T10:00:00Z",
        "section": [{"title": "Medicamentos", "code": coded, "entry": references, **section}],
    }
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": composition}, *entries]}).encode()


def test_sections_are_told_in_the_readers_language_newest_first() -> None:
    first = {
        "resourceType": "MedicationStatement",
        "medicationCodeableConcept": {"text": "AZT/3TC"},
        "status": "completed",
        "effectivePeriod": {"start": "2014-03-01", "end": "2016-01-01"},
    }
    second = first | {"medicationCodeableConcept": {"text": "TDF/3TC/DTG"}, "effectiveDateTime": "2020-01-01"}
    for language, title in (("es", "Medicación"), ("en", "Medications"), ("pt", "Medicação"), ("xx", "Medicación")):
        view = document_view(document(first, second), language)
        (section,) = view.sections
        assert section.title == title
        assert {row[1] for row in section.rows} == {"AZT/3TC", "TDF/3TC/DTG"}
        assert view.dated == "2026-11-23"
        assert view.unread == 0


def test_the_published_summary_is_shown_whole() -> None:
    payload = read_link((VECTORS / "IPS_IG-bundle-01-shl.txt").read_text(encoding="utf-8"))
    raw, _ = open_sealed((VECTORS / "IPS_IG-bundle-01-enc.txt").read_text(encoding="utf-8"), payload.key)
    view = document_view(raw, "en")
    assert view.patient
    assert len(view.sections) > 4
    assert view.unread == 0


def test_a_narrative_is_told_by_its_words_alone() -> None:
    div = f"<div><p>Toma {ATTACK} TLD</p><style>p {{}}</style></div>"
    (section,) = document_view(document(text={"div": div}), "es").sections
    assert section.words == "Toma TLD"


def test_what_cannot_be_read_is_counted() -> None:
    broken = {"resourceType": "MedicationStatement", "dosage": [7]}
    view = document_view(document(broken, {"resourceType": "Observation", "code": {"text": "CD4"}}), "es")
    assert view.unread == 1
    lost = document_view(document(entry=[{"reference": "urn:uuid:nowhere"}, 7]), "es")
    assert lost.unread == 1


def test_a_card_has_one_section_without_a_title() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "resource:0", "resource": {"resourceType": "Patient", "name": [{"family": "Anyperson"}]}},
            {"fullUrl": "resource:1", "resource": {"resourceType": "Immunization", "vaccineCode": {"text": "X"}}},
        ],
    }
    view = document_view(json.dumps(bundle).encode(), "es")
    assert (view.patient, [each.title for each in view.sections]) == ("Anyperson", [""])
    assert view.sections[0].rows[0][1] == "X"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 200_000])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        document_view(raw, "es")


@pytest.mark.parametrize("raw", [b"[]", b"7", b"{}", b'{"resourceType":"Patient"}'])
def test_what_is_no_bundle_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError):
        document_view(raw, "es")


@given(st.lists(st.dictionaries(st.text(max_size=8), jsons, max_size=4), max_size=3), jsons)
def test_no_document_breaks_the_view(resources: list[dict[str, Any]], odd: Any) -> None:
    kinds = ("Patient", "Observation", "MedicationStatement", "Condition", "Composition")
    shaped = [each | {"resourceType": kinds[place % 5]} for place, each in enumerate(resources)]
    members = ("code", "name", "dosage", "status", "effectivePeriod", "section", "author")
    named = [each | dict.fromkeys(members, odd) for each in shaped]
    for raw in (document(*shaped), document(*named), json.dumps({"resourceType": "Bundle", "entry": odd}).encode()):
        try:
            view = document_view(raw, "es")
        except CorridorError:
            continue
        for section in view.sections:
            assert all(isinstance(cell, str) for row in section.rows for cell in row)
