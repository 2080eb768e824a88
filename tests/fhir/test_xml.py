"""XML says the same as JSON, and nothing that is sneaked into XML is ever looked at."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import CorridorError, InvalidError, MalformedError, NotAcceptableError, UnsupportedError
from corridor.fhir.capability import Server, national_capability
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.xml import from_xml, pretty_json, to_xml

EXAMPLES = sorted(path for path in (Path(__file__).parents[2] / "demo" / "examples").rglob("*.json"))
FHIR = 'xmlns="http://hl7.org/fhir"'
LOCAL = "urn:local"

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1
) | st.sampled_from(["a\tb\nc\rd", " \"<&>' ", "]]>", "<!-- -->"])
DECIMALS = st.sampled_from(["72.50", "0", "-0.0", "1E5", "1.0e-7", "100000000000000000000.10", "-3"])


def plain(raw: bytes) -> str:
    """JSON in one order, with texts of numbers; narratives in canonical form."""
    return json.dumps(json.loads(raw, parse_float=str, object_hook=_canonical), sort_keys=True)


def _canonical(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("div"), str):
        node["div"] = ET.canonicalize(node["div"])
    return node


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 400


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_published_example_comes_back_from_xml(path: Path) -> None:
    raw = path.read_bytes()
    written = to_xml(raw)
    assert plain(from_xml(written)) == plain(raw)
    assert plain(from_xml(to_xml(raw, pretty=True))) == plain(raw)
    assert to_xml(from_xml(written)) == to_xml(from_xml(to_xml(from_xml(written))))


def test_what_a_node_says_about_itself_comes_back_too() -> None:
    statement = national_capability(Server("https://pe.example/fhir", "1", datetime(2026, 11, 22, tzinfo=UTC), "Perú"))
    for raw in (statement, plain_outcome("not-found", 'Nothing <here> & "there".')):
        assert plain(from_xml(to_xml(raw))) == plain(raw)


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=4), st.lists(st.none() | TEXTS, max_size=4), DECIMALS)
def test_primitives_come_back_with_their_extensions(
    values: list[str | None], notes: list[str | None], amount: str
) -> None:
    pairs = [pair for pair in zip_longest(values, notes) if pair != (None, None)]
    extras = [note and {"extension": [{"url": LOCAL, "valueString": note}]} for _, note in pairs]
    name: dict[str, Any] = {"given": [value for value, _ in pairs]} if any(value for value, _ in pairs) else {}
    name |= {"_given": extras} if any(extras) else {"id": "n1"}
    resource = {"resourceType": "Patient", "active": True, "name": [name], "multipleBirthInteger": 2}
    resource["extension"] = [{"url": LOCAL, "valueDecimal": "AMOUNT"}]
    raw = json.dumps(resource, ensure_ascii=False).replace('"AMOUNT"', amount).encode()
    assert plain(from_xml(to_xml(raw))) == plain(raw)


def test_decimals_and_order_are_as_the_standard_says() -> None:
    raw = b'{"valueQuantity":{"unit":"kg","value":72.50},"status":"final","id":"w","resourceType":"Observation"}'
    assert to_xml(raw).decode() == (
        f'<?xml version="1.0" encoding="UTF-8"?><Observation {FHIR}><id value="w"/><status value="final"/>'
        '<valueQuantity><value value="72.50"/><unit value="kg"/></valueQuantity></Observation>'
    )
    assert b"72.50" in from_xml(to_xml(raw))
    assert pretty_json(b'{"a":[72.50]}') == b'{\n  "a": [\n    72.50\n  ]\n}'


def test_a_narrative_is_passed_on_as_it_was_written() -> None:
    div = "<div xmlns='http://www.w3.org/1999/xhtml'><p class=\"a\" >1 &lt; 2&nbsp;<br></br></p></div>"
    raw = json.dumps({"resourceType": "Patient", "text": {"status": "generated", "div": div}}).encode()
    assert div.replace("&nbsp;", "\u00a0").encode() in to_xml(raw)


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Patient", "name": [{"family": "a\uffff"}]},
        {"resourceType": "Patient", "nickname": "a"},
        {"resourceType": "Sheep"},
        {"resourceType": "Patient", "text": {"div": "<div><p></div>"}},
        {"resourceType": "Patient", "text": {"div": "<p>no div</p>"}},
        {"resourceType": "Patient", "text": {"div": "<!DOCTYPE x [<!ENTITY a 'b'>]><div>&a;</div>"}},
        [],
    ],
)
def test_what_xml_cannot_say_is_refused(resource: Any) -> None:
    with pytest.raises(NotAcceptableError):
        to_xml(write_exact(resource))


def patient(inner: str) -> bytes:
    return f"<Patient {FHIR}>{inner}</Patient>".encode()


def test_comments_instructions_and_line_breaks_say_nothing() -> None:
    raw = patient('\n <!-- a --> <?b c?> <active value="true"/>\n')
    assert read_exact(from_xml(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n" + raw)) == {
        "resourceType": "Patient",
        "active": True,
    }


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
MALFORMED = {
    "nothing": b"",
    "not closed": b"<Patient>",
    "not UTF-8": "<Patient/>".encode("utf-16"),
    "Latin-1": b"<?xml version='1.0' encoding='ISO-8859-1'?>" + patient(""),
    "a DTD": b"<!DOCTYPE Patient SYSTEM 'http://127.0.0.1:1/x.dtd'>" + patient(""),
    "a file": b"<!DOCTYPE Patient [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + patient("<id value='&f;'/>"),
    "laughs": f"<!DOCTYPE Patient [<!ENTITY l0 'lol'>{LAUGHS}]>".encode() + patient("<id value='&l9;'/>"),
    "an unknown entity": patient("<id value='&x;'/>"),
    "too deep": patient("<extension url='u'>" * 70 + "</extension>" * 70),
    "far too deep": b"<a>" * 50_000,
    "a huge exponent": patient(f"<extension url='u'><valueDecimal value='1e{'9' * 30}'/></extension>"),
}
INVALID = {
    "another namespace": (b"<Patient xmlns='http://hl7.org/fhir/dstu2'/>", ""),
    "no namespace": (b"<Patient/>", ""),
    "an unknown element": (patient("<nickname value='a'/>"), "Patient"),
    "an unknown attribute": (patient("<active value='true' lang='es'/>"), "Patient.active"),
    "text between": (patient("yes"), "Patient"),
    "text inside": (patient("<active>true</active>"), "Patient.active"),
    "another order": (patient("<birthDate value='1990'/><active value='true'/>"), "Patient.active"),
    "one twice": (patient("<active value='true'/><active value='true'/>"), "Patient.active"),
    "a foreign element": (patient("<active xmlns='urn:x' value='true'/>"), "Patient.active"),
    "no boolean": (patient("<active value='yes'/>"), "Patient.active"),
    "no number": (patient("<multipleBirthInteger value='1.5'/>"), "Patient.multipleBirthInteger"),
    "two contained in one": (patient("<contained><Patient/><Patient/></contained>"), "Patient.contained[0]"),
    "FHIR in the narrative": (patient("<text><status value='empty'/><div><p/></div></text>"), "Patient.text.div"),
    "an element as attribute": (patient("<name><id value='a'/></name>"), "Patient.name[0]"),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_plain_xml_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        from_xml(raw)


@pytest.mark.parametrize(("raw", "expression"), INVALID.values(), ids=INVALID.keys())
def test_what_r4_does_not_know_is_named(raw: bytes, expression: str) -> None:
    with pytest.raises(InvalidError) as refused:
        from_xml(raw)
    assert refused.value.expression == ((expression,) if expression else ())


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        from_xml(f"<Sheep {FHIR}/>".encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(patient))
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    with suppress(CorridorError):
        assert from_xml(raw)
