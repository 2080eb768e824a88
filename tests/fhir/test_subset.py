"""Resources sent in part."""

from __future__ import annotations

import json

import pytest

from corridor.fhir.subset import SUBSETTED, WHOLE, Subset, is_element

BODY = b"""{"resourceType":"Observation","id":"o1","meta":{"versionId":"3","tag":[{"code":"t"}]},
"text":{"status":"generated","div":"<div>x</div>"},"extension":[{"url":"urn:e","valueDecimal":1.50}],
"status":"final","_status":{"id":"s"},"code":{"coding":[{"system":"s","code":"c","display":"d"}],"text":"t"},
"valueQuantity":{"value":72.50,"unit":"kg","extension":[{"url":"urn:e","valueString":"x"}]},
"interpretation":[{"text":"high"}],"note":[{"text":"n"}],
"component":[{"code":{"text":"c"},"valueQuantity":{"value":1.0},"interpretation":[{"text":"i"}]}]}"""


def part(subset: Subset) -> dict[str, object]:
    made: dict[str, object] = json.loads(subset.of(BODY))
    assert made.pop("meta") == {"versionId": "3", "tag": [{"code": "t"}, SUBSETTED]}
    assert (made.pop("resourceType"), made.pop("id")) == ("Observation", "o1")
    return made


def test_the_whole_is_the_bytes_that_are_stored() -> None:
    for each in (WHOLE, Subset("false"), Subset("count")):
        assert each.of(BODY) is BODY


def test_a_summary_has_the_elements_that_r4_marks_and_no_others() -> None:
    made = part(Subset("true"))
    assert [*made] == ["status", "_status", "code", "valueQuantity", "component"]
    assert made["component"] == [{"code": {"text": "c"}, "valueQuantity": {"value": 1.0}}]
    assert made["valueQuantity"] == {"value": 72.5, "unit": "kg"}


def test_a_summary_of_text_has_the_narrative_and_what_must_be() -> None:
    assert [*part(Subset("text"))] == ["text", "status", "_status", "code"]


def test_data_are_everything_but_the_narrative() -> None:
    assert "text" not in part(Subset("data"))
    assert "note" in part(Subset("data"))


@pytest.mark.parametrize("name", ["value", "valueQuantity"])
def test_chosen_elements_come_with_the_mandatory_ones(name: str) -> None:
    assert [*part(Subset(elements=(name, "note")))] == ["status", "_status", "code", "valueQuantity", "note"]


def test_numbers_are_sent_as_they_were_written() -> None:
    assert b'"value":72.50' in Subset("true").of(BODY)
    assert b'"valueDecimal":1.50' in Subset("data").of(BODY)


def test_a_resource_without_meta_gets_the_tag() -> None:
    made = json.loads(Subset(elements=("name",)).of(b'{"resourceType":"Patient","id":"p","birthDate":"1980"}'))
    assert made == {"resourceType": "Patient", "id": "p", "meta": {"tag": [SUBSETTED]}}


def test_elements_are_known_by_their_names() -> None:
    assert is_element("Observation", "value")
    assert is_element("Observation", "valueQuantity")
    assert not is_element("Observation", "value[x]")
    assert not is_element("Observation", "quantity")
