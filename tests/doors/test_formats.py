"""Which format a header or parameter asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import CorridorError, MediaTypeError, NotAcceptableError
from corridor.node.formats import body_type, wanted_format

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "named", "expected"),
    [
        ("", None, "json"),
        ("*/*", None, "json"),
        ("application/*", None, "json"),
        ("application/fhir+json", None, "json"),
        ("APPLICATION/JSON", None, "json"),
        ("application/fhir+xml", None, "xml"),
        ("text/xml", None, "xml"),
        ("application/xml", None, "xml"),
        ("application/fhir+xml;q=0.5, application/fhir+json;q=0.9", None, "json"),
        ("application/fhir+json;q=0.5, application/fhir+xml; q=0.9", None, "xml"),
        ("application/fhir+json;q=0, application/json;q=0, application/fhir+xml;q=0.2", None, "xml"),
        ("application/fhir+json; fhirVersion=4.0", None, "json"),
        ("application/fhir+json; fhirVersion=5.0, application/fhir+xml;q=0.1", None, "xml"),
        ("text/turtle, application/json;q=0.1", None, "json"),
        (BROWSER, None, "json"),
        ("text/turtle", "json", "json"),
        ("application/fhir+json", "xml", "xml"),
        ("", "application/fhir+xml", "xml"),
        ("", "application/fhir xml", "xml"),
        ("", "text/xml", "xml"),
        ("", "application/fhir+json; fhirVersion=4.0.1", "json"),
    ],
)
def test_the_wanted_format_is_found(accept: str, named: str | None, expected: str) -> None:
    assert wanted_format(accept, named) == expected


@pytest.mark.parametrize(
    ("accept", "named"),
    [
        ("text/turtle", None),
        ("image/png, text/csv", None),
        ("application/fhir+json;q=0", None),
        ("application/fhir+json;fhirVersion=3.0", None),
        ("application/fhir+json;q=2", None),
        ("json", None),
        ("*", None),
        ("", "ttl"),
        ("", "yaml"),
        ("application/json", "html"),
        ("", "application/fhir+json;fhirVersion=1.0"),
    ],
)
def test_what_is_not_spoken_is_refused(accept: str, named: str | None) -> None:
    with pytest.raises(NotAcceptableError):
        wanted_format(accept, named)


@given(st.text(max_size=60), st.none() | st.text(max_size=30))
def test_whatever_is_asked_has_an_answer(accept: str, named: str | None) -> None:
    try:
        assert wanted_format(accept, named) in {"json", "xml"}
    except CorridorError as error:
        assert isinstance(error, NotAcceptableError)  # noqa: PT017  # most texts are refused, some are not


@pytest.mark.parametrize("kind", ["Application/FHIR+JSON", "application/fhir+json; charset=UTF-8; fhirVersion=4.0"])
def test_a_body_says_what_it_is(kind: str) -> None:
    assert body_type(kind) == "application/fhir+json"


@pytest.mark.parametrize("kind", ["application/json; charset=iso-8859-1", "application/fhir+json; fhirVersion=5.0"])
def test_a_body_in_another_character_set_or_version_is_refused(kind: str) -> None:
    with pytest.raises(MediaTypeError):
        body_type(kind)
