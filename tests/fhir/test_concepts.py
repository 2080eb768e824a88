"""A concept is read once, and nothing that may name somebody is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from corridor.fhir import concepts
from corridor.fhir.concepts import remembered
from corridor.fhir.projection_writers import Number

WEIGHT = {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}], "text": "Peso"}


class Reader:
    """Counts what it reads."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def __call__(self, concept: dict[str, Any]) -> str:
        self.seen.append(concept)
        return str(concept.get("text", ""))


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_the_same_code_with_the_same_wording_is_read_once(reader: Reader) -> None:
    recall = remembered(reader)

    assert [recall(dict(WEIGHT)), recall(dict(WEIGHT))] == ["Peso", "Peso"]
    assert len(reader.seen) == 1


def test_another_wording_of_a_code_is_another_concept(reader: Reader) -> None:
    recall = remembered(reader)

    assert [recall(WEIGHT), recall(WEIGHT | {"text": "Weight"})] == ["Peso", "Weight"]


@pytest.mark.parametrize(
    "concept",
    [
        {"text": "Ana Quispe, hija de Rosa"},
        {"coding": [{"display": "Ana Quispe"}], "text": "Ana Quispe"},
        WEIGHT | {"extension": [{"url": "http://example.org/who", "valueString": "Ana Quispe"}]},
        WEIGHT | {"text": "Ana Quispe. " * 50},
    ],
    ids=["text alone", "wording without a code", "an extension", "a long text"],
)
def test_what_may_be_free_text_is_not_remembered(reader: Reader, concept: dict[str, Any]) -> None:
    recall = remembered(reader)

    assert recall(concept) == recall(concept)
    assert len(reader.seen) == 2


def test_a_number_kept_as_it_was_written_is_not_the_text_of_the_same_digits() -> None:
    recall = remembered(lambda concept: type(concept["coding"][0]["code"]).__name__)
    written, kept = ({"coding": [{"system": "urn:s", "code": code}]} for code in ("1.50", Number("1.50")))

    assert [recall(written), recall(kept), recall(written)] == ["str", "Number", "str"]


def test_what_is_remembered_is_bounded(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concepts, "_MOST", 2)
    recall = remembered(reader)
    for each in ("one", "two", "three", "one"):
        recall(WEIGHT | {"text": each})

    assert [concept["text"] for concept in reader.seen] == ["one", "two", "three", "one"]
