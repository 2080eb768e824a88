"""Rows of tables to resources: every kind of cell, every fault in plain words, and mappings that are wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.domain.record import Draft
from corridor.fhir.cells import cell_text
from corridor.fhir.mapped_rows import Earlier, Fault, Reading, drafts_of
from corridor.fhir.mapping_file import read_mapping
from corridor.fhir.search_values import fold
from corridor.fhir.transaction import Origin

SOURCE = {
    "name": "source",
    "format": "csv",
    "dates": ["%d/%m/%Y", "%d/%m/%Y %H:%M"],
    "decimal": ",",
    "empty": ["-"],
    "zone": "America/Lima",
}
TABLES: dict[str, Any] = {
    "values": {"sex": {"F": "female"}, "papers": {"Cédula": "CEDULA"}, "lands": {"Perú": "PE"}, "words": {"ND": "<20"}},
    "codes": {"drug": {"TLD": [{"system": "http://www.whocc.no/atc", "code": "J05AR27", "display": "d"}]}},
    "units": {"load": {"cp/ml": {"unit": "copies/mL", "code": "{copies}/mL"}}},
}


PAPER = {"column": "A", "as": "identifier"}
TO_PERSON = {"as": "reference", "to": "person"}


def mapping(*resources: dict[str, Any], **source: Any) -> dict[str, Any]:
    return {"source": SOURCE | source, "resource": [*resources], **TABLES}


def person(**fields: Any) -> dict[str, Any]:
    named = fields or {"birthDate": {"column": "A", "as": "date"}}
    return {"name": "person", "type": "Patient", "key": ["ID"], "fields": named}


def reading(content: dict[str, Any]) -> Reading:
    return Reading(read_mapping(content), lambda text: re.sub(r"[^a-z0-9]", "-", text), Origin("urn:test", UTC))


def made(content: dict[str, Any], **cells: str) -> list[dict[str, Any]]:
    row = {fold(title): text for title, text in ({"ID": "1"} | cells).items()}
    drafts, faults = drafts_of(row, reading(content))
    assert not faults, faults
    return [orjson.loads(each.head + each.tail.removeprefix(b",")) for each in drafts]


def faults(content: dict[str, Any], **cells: str) -> list[Fault]:
    row = {fold(title): text for title, text in ({"ID": "1"} | cells).items()}
    drafts, found = drafts_of(row, reading(content))
    assert not drafts
    return found


def field(path: str, content: dict[str, Any], text: str, **cells: str) -> Any:
    """What a Patient or Observation has at a path, read from column A."""
    (resource,) = made(mapping(person(**{path: {"column": "A"} | content})), A=text, **cells)
    return resource.get(path)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("03/05/1991", "1991-05-03"),
        ("1991-05-03", "1991-05-03"),
        ("1991-05-03T00:00:00", "1991-05-03"),
        ("1991-05-03 10:20", "1991-05-03"),
        (" 03/05/1991 ", "1991-05-03"),
        ("29/02/2000", "2000-02-29"),
        ("-", None),
        ("", None),
    ],
)
def test_dates_are_read_in_the_forms_of_the_mapping(text: str, read: str | None) -> None:
    assert field("birthDate", {"as": "date"}, text) == read


@pytest.mark.parametrize("text", ["31/02/1991", "1991-02-30", "05/1991", "hoy", "1991", "03-05-1991", "45000"])
def test_what_is_no_date_is_a_fault_of_its_column(text: str) -> None:
    (fault,) = faults(mapping(person(birthDate={"column": "A", "as": "date"})), A=text)
    assert fault.column == "A"
    assert "no date" in fault.reason
    assert text not in fault.reason


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("03/05/1991 14:30", "1991-05-03T14:30:00-05:00"),
        ("1991-05-03 14:30:20.5", "1991-05-03T14:30:20-05:00"),
        ("1991-05-03T14:30:00Z", "1991-05-03T14:30:00+00:00"),
        ("03/05/1991", "1991-05-03"),
        ("1991-05-03", "1991-05-03"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_source_and_never_made_up(text: str, read: str) -> None:
    assert field("deceasedDateTime", {"as": "datetime"}, text) == read


@pytest.mark.parametrize(
    ("form", "text", "read"),
    [
        ("%Y", "1991", "1991"),
        ("%m/%Y", "05/1991", "1991-05"),
        ("%d-%m-%y", "03-05-91", "1991-05-03"),
        ("serial", "33361", "1991-05-03"),
        ("serial", "33361,5", "1991-05-03"),
    ],
)
def test_a_date_says_as_much_as_was_written(form: str, text: str, read: str) -> None:
    content = mapping(person(birthDate={"column": "A", "as": "date"}), dates=[form])
    assert made(content, A=text)[0]["birthDate"] == read


@pytest.mark.parametrize("text", ["59", "0", "123456", "33361.5.5"])
def test_a_number_that_is_no_day_of_a_spreadsheet_is_a_fault(text: str) -> None:
    content = mapping(person(birthDate={"column": "A", "as": "date"}), dates=["serial"])
    assert "no date" in faults(content, A=text)[0].reason


def test_nobody_is_born_in_a_year_to_come_because_it_was_written_with_two_digits() -> None:
    content = mapping(person(birthDate={"column": "A", "as": "date"}), dates=["%d/%m/%y"])
    (fault,) = faults(content, A="03/05/61")
    assert "two digits" in fault.reason


@pytest.mark.parametrize(
    ("decimal", "text", "read"),
    [
        (",", "72,50", "72.50"),
        (",", "1.250", "1250"),
        (",", "1.250.000,5", "1250000.5"),
        (",", "1 250", "1250"),
        (",", "1\u00a0250,5", "1250.5"),
        (".", "1 250.5", "1250.5"),
        (",", "72.50", None),
        (",", "1.2", None),
        (",", "12.50.000", None),
        (",", "72 5", None),
        (".", "1,250", None),
        (".", "72 5", None),
    ],
)
def test_a_decimal_that_stands_otherwise_than_the_mapping_says_is_a_fault_and_no_other_number(
    decimal: str, text: str, read: str | None
) -> None:
    unit = {"unit": "kg", "code": "kg"}
    weight = {"valueQuantity": {"column": "A", "as": "quantity", "unit": unit}}
    said = {"status": "final", "code": {"text": "Peso"}}
    content = mapping(person(**weight) | {"type": "Observation", "constant": said}, decimal=decimal)
    if read is None:
        assert [each.column for each in faults(content, A=text)] == ["A"]
    else:
        drafts, _ = drafts_of({"id": "1", "a": text}, reading(content))
        assert b'"value":%b,' % read.encode() in drafts[0].head + drafts[0].tail


@pytest.mark.parametrize(("decimal", "shown"), [(",", "72,5"), (".", "72.5")])
def test_a_number_of_a_spreadsheet_is_written_as_its_source_writes_numbers(decimal: str, shown: str) -> None:
    assert cell_text(72.5, decimal) == shown


def test_zeros_that_a_spreadsheet_took_make_no_second_person() -> None:
    content = mapping(person(**{"identifier[0]": PAPER | {"paper": "DNI", "pad": 8}}) | {"key": ["A"]})
    (short,), (whole,) = made(content, A="8123456"), made(content, A="08123456")
    assert short == whole
    assert short["identifier"][0]["value"] == "08123456"


def test_a_passport_with_letters_is_not_padded() -> None:
    content = mapping(person(**{"identifier[0]": PAPER | {"paper": "PASSPORT", "issuer": "FR", "pad": 8}}))
    (resource,) = made(content, A="AB1234")
    assert resource["identifier"][0]["value"] == "AB1234"
    assert resource["identifier"][0]["assigner"]["identifier"]["value"] == "FR"


class Rows:
    """What rows said, in memory."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[bytes, str]] = {}

    def earlier(self, draft: Draft) -> Earlier | None:
        """See the protocol."""
        found = self.said.get(draft.id)
        return Earlier(found[1], same=found[0] == draft.tail) if found else None

    def keep(self, drafts: Sequence[Draft], *, place: str) -> None:
        """See the protocol."""
        for each in drafts:
            self.said.setdefault(each.id, (each.tail, place))


@pytest.mark.parametrize(
    ("repeated", "told"), [("same", "Row 2 says otherwise of the same resource, person."), ("first", "")]
)
def test_a_row_that_says_otherwise_of_the_same_person_is_told_or_leaves_the_first(repeated: str, told: str) -> None:
    visit = {"name": "visit", "type": "Observation", "key": ["ID", "B"]}
    visit |= {"constant": {"status": "final", "code": {"text": "V"}}, "fields": {"subject": TO_PERSON}}
    rows = replace(reading(mapping(person() | {"repeated": repeated}, visit)), seen=Rows())
    first = drafts_of({"id": "1", "a": "03/05/1991", "b": "x"}, rows, place="Row 2")
    again = drafts_of({"id": "1", "a": "03/05/1991", "b": "y"}, rows, place="Row 3")
    other = drafts_of({"id": "1", "a": "05/03/1991", "b": "z"}, rows, place="Row 4")
    assert [[each.resource_type for each in drafts] for drafts, _ in (first, again)] == [
        ["Patient", "Observation"],
        ["Observation"],
    ]
    assert drafts_of({"id": "1", "a": "03/05/1991", "b": "x"}, rows, place="Row 2") == first
    assert [each.reason for each in other[1]] == ([told] if told else [])
    assert [each.resource_type for each in other[0]] == ([] if told else ["Observation"])


@pytest.mark.parametrize(("text", "read"), [("Sí", True), ("no", False), ("X", True), ("0", False)])
def test_yes_and_no_are_read(text: str, *, read: bool) -> None:
    assert field("active", {"as": "boolean"}, text) is read


@pytest.mark.parametrize("kind", ["boolean", "integer", "decimal"])
def test_what_is_no_such_value_is_a_fault(kind: str) -> None:
    (fault,) = faults(mapping(person(active={"column": "A", "as": kind})), A="quizás")
    assert fault.column == "A"


def test_texts_are_replaced_by_a_table_without_regard_to_case_and_accents() -> None:
    assert field("gender", {"values": "sex"}, " f ") == "female"
    (fault,) = faults(mapping(person(gender={"column": "A", "values": "sex"})), A="Z")
    assert fault == Fault("A", "The value is not in the table sex.")


def test_a_value_that_the_element_does_not_take_is_told_by_its_column() -> None:
    (fault,) = faults(mapping(person(gender={"column": "A"})), A="femenino")
    assert fault.column == "A"
    assert "value set" in fault.reason


def test_names_are_split_and_joined() -> None:
    fields = {"name[0].family": {"column": ["A", "B"]}, "name[0].given": {"column": "C", "as": "words"}}
    (resource,) = made(mapping(person(**fields)), A="Núñez", B="-", C=" José  Luis ")
    assert resource["name"] == [{"family": "Núñez", "given": ["José", "Luis"]}]


def test_an_empty_cell_leaves_nothing_behind() -> None:
    fields = {"name[1].family": {"column": "A"}, "name[2].family": {"column": "B"}}
    (resource,) = made(mapping(person(**fields)), A="", B="Quispe")
    assert resource["name"] == [{"family": "Quispe"}]


def test_an_empty_cell_that_is_required_is_a_fault() -> None:
    (fault,) = faults(mapping(person(gender={"column": "A", "required": True})), A="-")
    assert fault.column == "A"


def observation(**value: Any) -> dict[str, Any]:
    return {
        "name": "load",
        "type": "Observation",
        "key": ["ID"],
        "constant": {"status": "final", "code": {"text": "x"}},
        "fields": {"valueQuantity": {"column": "A", "as": "quantity"} | value},
    }


UNIT = {"unit": "kg", "code": "kg"}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("72,50", b'"value":72.50,'),
        ("1.250", b'"value":1250,'),
        ("1.234.567,890", b'"value":1234567.890,'),
        ("0,10", b'"value":0.10,'),
        ("-3", b'"value":-3,'),
        ("<50", b'"value":50,"comparator":"<"'),
        ("≥ 10,0", b'"value":10.0,"comparator":">="'),
        ("nd", b'"value":20,"comparator":"<"'),
    ],
)
def test_numbers_keep_every_digit(text: str, stored: bytes) -> None:
    row = {"id": "1", "a": text}
    (draft,), _ = drafts_of(row, reading(mapping(observation(unit=UNIT, values="words"))))
    assert stored in draft.tail


@pytest.mark.parametrize("text", ["1e5", "12,3,4", "NaN", "mucho", "<", "1/2", "9" * 30, "٣"])
def test_what_is_no_number_is_a_fault(text: str) -> None:
    (fault,) = faults(mapping(observation(unit=UNIT)), A=text)
    assert fault.column == "A"


def test_units_come_from_a_column() -> None:
    content = mapping(observation(units="load", unit_column="U"))
    (resource,) = made(content, A="5", U="CP/mL")
    assert resource["valueQuantity"]["code"] == "{copies}/mL"
    assert faults(content, A="5", U="UI/mL") == [Fault("U", "The unit is not in the table load.")]
    assert faults(content, A="5", U="") == [Fault("U", "There is no unit.")]


def statement(**concept: Any) -> dict[str, Any]:
    fields = {
        "medicationCodeableConcept": {"column": "A", "as": "concept", "codes": "drug"} | concept,
        "subject": {"as": "reference", "to": "person"},
    }
    named = {"name": "drug", "type": "MedicationStatement", "key": ["ID", "A"], "when": {"column": "A"}}
    return {**named, "constant": {"status": "active"}, "fields": fields}


def test_a_concept_has_its_codes_and_what_was_written() -> None:
    content = mapping(person(gender={"column": "G"}), statement())
    patient, drug = made(content, A="tld", G="female")
    assert drug["medicationCodeableConcept"] == {
        "coding": [{"system": "http://www.whocc.no/atc", "code": "J05AR27", "display": "d"}],
        "text": "tld",
    }
    assert drug["subject"] == {"reference": f"Patient/{patient['id']}"}
    assert faults(content, A="otra", G="") == [Fault("A", "The value is not in the table drug.")]


def test_an_unknown_concept_can_be_kept_as_text() -> None:
    content = mapping(person(gender={"column": "G"}), statement(unknown="keep"))
    assert made(content, A="otra", G="")[1]["medicationCodeableConcept"] == {"text": "otra"}


def test_a_row_without_the_resource_makes_only_the_others() -> None:
    content = mapping(person(gender={"column": "G"}), statement())
    assert [each["resourceType"] for each in made(content, A="", G="")] == ["Patient"]


def test_some_texts_alone_can_make_a_resource() -> None:
    content = mapping(person(gender={"column": "G"}), statement() | {"when": {"column": "W", "is": ["Sí"]}})
    assert [len(made(content, A="TLD", G="", W=text)) for text in ("si", "no", "")] == [2, 1, 1]


def test_the_same_key_gives_the_same_id_however_it_is_written() -> None:
    content = mapping(person())
    ids = {made(content, ID=text, A="")[0]["id"] for text in ("12.345.678-K", "12345678k", " 12345678-K")}
    assert ids == {"import-source-person-12345678k"}
    assert [each.column for each in faults(content, ID=" . ", A="")] == ["ID"]


def test_a_key_reaches_a_resource_of_another_file_of_the_source() -> None:
    content = mapping(
        observation(unit=UNIT)
        | {
            "fields": {
                "valueQuantity": {"column": "A", "as": "quantity", "unit": UNIT},
                "subject": {"as": "reference", "to": "person", "type": "Patient", "key": ["P"]},
            }
        }
    )
    assert made(content, A="5", P="7")[0]["subject"] == {"reference": "Patient/import-source-person-7"}


@pytest.mark.parametrize(
    ("content", "cells", "read"),
    [
        ({"paper": "RUN"}, {}, ("RUN", "NI", "CL")),
        ({"paper": "DNI", "pad": 8}, {}, ("DNI", "NI", "PE")),
        ({"paper": "PASSPORT", "issuer": "VE"}, {}, ("PASSPORT", "PPN", "VE")),
        ({"paper_column": "T", "values": "papers", "issuer": "VE"}, {"T": "cedula"}, ("CEDULA", "NI", "VE")),
        ({"paper": "CEDULA", "issuer_column": "L", "issuers": "lands"}, {"L": "peru"}, ("CEDULA", "NI", "PE")),
        ({"paper": "CEDULA", "issuer_column": "L"}, {"L": "ecu"}, ("CEDULA", "NI", "EC")),
        ({"paper": "PPT"}, {}, ("PPT", None, None)),
    ],
)
def test_a_paper_names_what_it_is_and_who_issued_it(
    content: dict[str, Any], cells: dict[str, str], read: tuple[str, str | None, str | None]
) -> None:
    columns = {"identifier[0]": {"column": "A", "as": "identifier"} | content}
    (resource,) = made(mapping(person(**columns)), A="123", **cells)
    (found,) = resource["identifier"]
    coding = found["type"].get("coding", [{}])
    issuer = found.get("assigner", {}).get("identifier", {}).get("value")
    assert (found["type"]["text"], coding[0].get("code"), issuer) == read
    assert found["value"] == ("00000123" if "pad" in content else "123")


@pytest.mark.parametrize(
    ("content", "column"),
    [({"paper_column": "T", "values": "papers"}, "T"), ({"paper": "CEDULA", "issuer_column": "L"}, "L")],
)
def test_an_unknown_paper_or_country_is_a_fault_of_its_column(content: dict[str, Any], column: str) -> None:
    columns = {"identifier[0]": {"column": "A", "as": "identifier"} | content}
    (fault,) = faults(mapping(person(**columns)), A="1", T="Partida", L="Atlantis")
    assert fault.column == column


def test_every_fault_of_a_row_is_told_at_once() -> None:
    fields = {"birthDate": {"column": "A", "as": "date"}}
    content = mapping(person(**fields), observation(unit=UNIT) | {"key": ["ID", "B"]})
    content["resource"][1]["fields"]["valueQuantity"]["column"] = "B"
    assert [each.column for each in faults(content, A="x", B="y")] == ["A", "B"]


@given(st.dictionaries(st.sampled_from(["id", "a", "u"]), st.text(max_size=30)))
def test_whatever_stands_in_a_row_makes_resources_or_faults(cells: dict[str, str]) -> None:
    content = mapping(person(birthDate={"column": "A"}), observation(units="load", unit_column="U"))
    drafts, found = drafts_of(cells, reading(content))
    assert bool(drafts) != bool(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": {"name": "x"}}, "format"),
        ({"source": SOURCE | {"format": "pdf"}}, "pdf"),
        ({"source": SOURCE | {"delimiter": ";;"}}, "delimiter"),
        ({"source": SOURCE | {"zone": "America/Atlantis"}}, "time zone"),
        ({"resource": []}, "resource"),
        ({"resource": [person(), person()]}, "one name"),
        ({"resource": [person() | {"type": "Claim"}]}, "Claim"),
        ({"resource": [person() | {"type": "AuditEvent"}]}, "AuditEvent"),
        ({"resource": [person() | {"key": []}]}, "key"),
        ({"resource": [person() | {"colour": "red"}]}, "colour"),
        ({"resource": [person(birthDate={"column": "A", "as": "day"})]}, "day"),
        ({"resource": [person(birthDate={"as": "date"})]}, "no column"),
        ({"resource": [person(**{"name[x]": {"column": "A"}})]}, "no path"),
        ({"resource": [person(**{"name..family": {"column": "A"}})]}, "no path"),
        ({"resource": [person(gender={"column": "A", "values": "none"})]}, "no table none"),
        ({"resource": [person(active={"column": "A", "as": "concept"})]}, "no codes"),
        ({"resource": [person(active={"column": "A", "as": "quantity"})]}, "no unit"),
        ({"resource": [person(active={"column": "A", "as": "identifier"})]}, "no system"),
        ({"resource": [person(active={"as": "reference", "to": "nobody"})]}, "refers to no"),
        ({"colours": {}}, "colours"),
        ({"source": SOURCE | {"dates": ["dd/mm/yyyy"]}}, "dd/mm/yyyy is no form of dates"),
        ({"source": SOURCE | {"dates": ["%d/%m"]}}, "no form of dates"),
        ({"source": SOURCE | {"dates": ["%d/%d/%Y"]}}, "no form of dates"),
        ({"source": SOURCE | {"dates": ["%d %Y"]}}, "no form of dates"),
        (
            {"resource": [person(gender={"column": "A", "as": "identifier", "paper": "DNI", "issuer": "Peru"})]},
            "ISO 3166",
        ),
        ({"units": {"load": {"cp": {"unit": "cp/mL", "code": "cp/mL"}}}}, "cp/mL is no unit of UCUM"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        read_mapping(mapping(person()) | change)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("  x ", "x"),
        (12345678.0, "12345678"),
        (61.5, "61.5"),
        (True, "true"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 8, 30), "2024-02-29T08:30:00"),  # noqa: DTZ001  # spreadsheets know no zones
    ],
)
def test_a_cell_of_a_spreadsheet_is_read_as_it_is_shown(content: object, text: str) -> None:
    assert cell_text(content) == text
