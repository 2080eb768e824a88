"""A search that compares too much at once is refused before it costs anything."""

from __future__ import annotations

import pytest

from corridor.domain.errors import UnsupportedError
from corridor.fhir.search import MAX_PAIRS, read_search

Pairs = list[tuple[str, str]]


def several(text: str, *, times: int = 200) -> str:
    return ",".join(text.format(number) for number in range(times))


DATES = several("ge2024-01-01T10:00:{:02}Z", times=60)
BORNE: tuple[tuple[str, Pairs], ...] = (
    ("Observation", [("date", several("2024-01-01T10:00:00.{:03}Z"))]),
    ("Observation", [("code", several("http://loinc.org|{}")), ("performer", several("Organization/o{}"))]),
    ("Observation", [("code-value-quantity", several("http://loinc.org|20447-9$gt{}"))]),
    ("Observation", [("patient.identifier", several("urn:x|{}")), ("date", "ge2024"), ("code", "20447-9")]),
    ("Observation", [("focus.identifier", "urn:x|1"), ("subject.name", "quispe")]),
    ("Patient", [("_has:Observation:patient:_has:Observation:derived-from:code", several("http://loinc.org|{}"))]),
    ("Patient", [("name", several("n{}"))] * 8),
)
TOO_MUCH: tuple[tuple[str, Pairs], ...] = (
    ("Observation", [("date", DATES)] * 20),
    ("Observation", [("focus._id", "x")] * 2),
    ("Observation", [("focus.identifier", several("urn:{}|1"))]),
    ("Observation", [("code-value-quantity", several("20447-9$gt{}"))] * 2),
    ("Observation", [("code-value-quantity", several("a${}", times=12))] * 30),
    ("Patient", [("_has:Observation:patient:_has:Observation:derived-from:date", DATES)] * 3),
    ("Patient", [("_has:Observation:patient:code", "1")] * (MAX_PAIRS - 5)),
)


@pytest.mark.parametrize(("resource_type", "pairs"), BORNE)
def test_what_people_ask_for_is_borne(resource_type: str, pairs: Pairs) -> None:
    assert len(read_search(resource_type, pairs, strict=True).query.criteria) == len(pairs)


@pytest.mark.parametrize(("resource_type", "pairs"), TOO_MUCH)
def test_what_would_keep_everybody_waiting_is_refused(resource_type: str, pairs: Pairs) -> None:
    with pytest.raises(UnsupportedError, match="too much at once"):
        read_search(resource_type, pairs)
