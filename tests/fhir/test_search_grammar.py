"""What each kind of parameter and each modifier of a search means to storage."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import (
    Amount,
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    Include,
    MissingCriterion,
    NumberCriterion,
    Prefix,
    QuantityCriterion,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.fhir.conditions import is_repeated
from corridor.fhir.criteria import read_criterion
from corridor.fhir.includes import MAX_INCLUDES
from corridor.fhir.parameters import Parameter
from corridor.fhir.search import read_search
from corridor.fhir.search_codes import MAX_CODES, members
from corridor.fhir.search_text import shown, split, unescaped
from corridor.fhir.search_wanted import Terms
from corridor.fhir.terminology import codes_of

UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
STATUSES = "http://hl7.org/fhir/ValueSet/observation-status"


def criterion(name: str, value: str, resource_type: str = "Observation") -> Criterion:
    found = read_search(resource_type, [(name, value)], strict=True)
    assert found.understood == ((name, value),)
    return found.query.criteria[0]


# ---------------------------------------------------------------- tokens


def test_a_token_can_be_sought_by_its_text() -> None:
    assert criterion("code:text", "Carga Viral,CD4") == StringCriterion("code:text", ("carga viral", "cd4"))


def test_an_identifier_can_be_sought_by_its_type() -> None:
    assert criterion("identifier:of-type", r"urn:t|PPN|A\|1,|X|2", "Patient") == TokenCriterion(
        "identifier:of-type", (("urn:t", "PPN|A|1"), (None, "X|2"))
    )


def test_a_value_set_stands_for_its_codes() -> None:
    codes = tuple(sorted(codes_of(STATUSES)))
    assert criterion("status:in", STATUSES) == TokenCriterion("status", codes)
    assert criterion("status:not-in", f"{STATUSES},{STATUSES}") == TokenCriterion("status", codes, negated=True)


def test_a_code_stands_for_all_below_or_above_it() -> None:
    below = criterion("code:below", f"{ATC}|J05AR", "MedicationStatement")
    assert isinstance(below, TokenCriterion)
    assert below.any_of[0] == (ATC, "J05AR")
    assert {(ATC, "J05AR27"), (ATC, "J05AR13")} <= {*below.any_of}
    assert all(code.startswith("J05AR") for _, code in below.any_of)
    assert criterion("code:above", f"{ATC}|J05AR27", "MedicationStatement") == TokenCriterion(
        "code", tuple((ATC, code) for code in ("J05AR27", "J", "J05", "J05A", "J05AR"))
    )


def test_a_search_does_not_compare_with_codes_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor.fhir.search_codes.MAX_CODES", 3)
    with pytest.raises(UnsupportedError):
        members(STATUSES, "status")
    assert MAX_CODES > 1000


# ---------------------------------------------------------------- texts and addresses


def test_a_text_is_compared_as_its_modifier_says() -> None:
    assert criterion("name:exact", r"Ña\,ña", "Patient") == StringCriterion("name", ("Ña,ña",), "exact")
    assert criterion("name:contains", "ÑA", "Patient") == StringCriterion("name", ("na",), "contains")
    assert criterion("phonetic", "Vásquez", "Patient") == criterion("phonetic", "Basques", "Patient")


@pytest.mark.parametrize("mode", ["", "below", "above"])
def test_an_address_is_the_same_below_or_above(mode: str) -> None:
    name = "_profile" + (f":{mode}" if mode else "")
    assert criterion(name, "urn:a,urn:B") == UriCriterion("_profile", ("urn:a", "urn:B"), mode or "exact")


# ---------------------------------------------------------------- what has an order


@pytest.mark.parametrize("prefix", ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])
def test_every_prefix_of_a_date_is_read(prefix: str) -> None:
    wanted = (Prefix(prefix), datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))
    assert criterion("date", f"{prefix}2024-02") == DateCriterion("date", (wanted,))


def test_about_a_date_is_a_tenth_of_its_distance_from_now() -> None:
    now = datetime(2024, 1, 11, tzinfo=UTC)
    query = read_search("Observation", [("date", "ap2024-01-01")], now=now).query
    day = datetime(2024, 1, 1, tzinfo=UTC)
    assert query.criteria[0] == DateCriterion("date", ((Prefix.AP, day - timedelta(days=1), day + timedelta(days=2)),))
    for far in ("ap0001", "ap9999"):
        assert read_search("Observation", [("date", far)]).query.criteria


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("100", 99.5, 100.5),
        ("eq100.00", 99.995, 100.005),
        ("1e2", 95, 105),
        ("ne-5.4", -5.45, -5.35),
        ("ap100", 89.5, 110.5),
        ("gt100", 100, 100),
        ("le100.0", 100, 100),
        ("sa0.1e-3", 0.0001, 0.0001),
        ("0", -0.5, 0.5),
    ],
)
def test_a_number_is_as_wide_as_it_was_written(text: str, low: float, high: float) -> None:
    parameter = Parameter("length", "number", "urn:x", ())
    found = read_criterion(parameter, ("", text), Terms())
    prefix = Prefix(text[:2]) if text[:2].isalpha() else Prefix.EQ
    assert found == NumberCriterion("length", ((prefix, low, high),))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5.4", Amount(Prefix.EQ, 5.35, 5.45)),
        ("gt5||mg", Amount(Prefix.GT, 5, 5, None, "mg")),
        ("lt5|http://unitsofmeasure.org|{copies}/mL", Amount(Prefix.LT, 5, 5, UCUM, "{copies}/mL", (5e6, 5e6, "m-3"))),
        ("le1|http://unitsofmeasure.org|foo", Amount(Prefix.LE, 1, 1, UCUM, "foo")),
        ("1|urn:x|a\\|b", Amount(Prefix.EQ, 0.5, 1.5, "urn:x", "a|b")),
        ("gt1|http://unitsofmeasure.org|", Amount(Prefix.GT, 1, 1, UCUM)),
    ],
)  # fmt: skip
def test_a_quantity_is_compared_in_its_unit_and_in_base_units(text: str, amount: Amount) -> None:
    assert criterion("value-quantity", text) == QuantityCriterion("value-quantity", (amount,))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_lies_in_its_own_interval(value: object) -> None:
    found = criterion("value-quantity", str(value))
    assert isinstance(found, QuantityCriterion)
    (amount,) = found.any_of
    assert amount.low < float(str(value)) < amount.high
    assert math.isclose(amount.high - amount.low, 0.001, abs_tol=1e-6)


# ---------------------------------------------------------------- references and composites


def test_a_reference_can_be_sought_by_what_the_other_is_known_by() -> None:
    assert criterion("subject:identifier", "urn:s|A1") == TokenCriterion("subject:identifier", (("urn:s", "A1"),))


def test_an_address_of_this_base_is_a_local_reference() -> None:
    base = "https://pe.example/fhir"
    query = read_search("Observation", [("subject", f"{base}/Patient/p1,{base}x/Patient/p1")], base=base).query
    assert query.criteria[0] == ReferenceCriterion("subject", (("Patient", "p1"), ("", f"{base}x/Patient/p1")))


def test_the_parts_of_a_composite_are_read_as_what_they_are() -> None:
    found = criterion("component-code-value-quantity", r"a\$b$gt5||mm,urn:s|c$1")
    assert found == CompositeCriterion(
        "component-code-value-quantity",
        (
            (
                TokenCriterion("component-code", ((None, "a$b"),)),
                QuantityCriterion("component-value-quantity", (Amount(Prefix.GT, 5, 5, None, "mm"),)),
            ),
            (
                TokenCriterion("component-code", (("urn:s", "c"),)),
                QuantityCriterion("component-value-quantity", (Amount(Prefix.EQ, 0.5, 1.5),)),
            ),
        ),
    )


# ---------------------------------------------------------------- chains


ROJAS = StringCriterion("family", ("rojas",))
PERU = TokenCriterion("code", ((None, "x"),))


@pytest.mark.parametrize(
    ("resource_type", "name", "expected"),
    [
        ("Observation", "patient.family", ChainCriterion("patient", ("Patient",), ROJAS)),
        ("Observation", "subject:Patient.family", ChainCriterion("subject", ("Patient",), ROJAS)),
        ("Observation", "subject.family", ChainCriterion("subject", ("Patient",), ROJAS)),
        (
            "Observation",
            "encounter.patient.family",
            ChainCriterion("encounter", ("Encounter",), ChainCriterion("patient", ("Patient",), ROJAS)),
        ),
        (
            "Observation",
            "performer.family:exact",
            ChainCriterion(
                "performer", ("Patient", "Practitioner"), StringCriterion("family", ("rojas",), "exact")
            ),
        ),
        ("Encounter", "_has:Condition:encounter:subject:Patient.family",
         HasCriterion("Condition", "encounter", ChainCriterion("subject", ("Patient",), ROJAS))),
        ("Patient", "_has:Condition:patient:encounter:missing", None),
        ("Observation", "patient._has:Condition:patient:asserter:Patient.family",
         ChainCriterion("patient", ("Patient",), HasCriterion(
             "Condition", "patient", ChainCriterion("asserter", ("Patient",), ROJAS)))),
        ("Organization", "_has:Patient:organization:_has:Observation:patient:patient.family",
         HasCriterion("Patient", "organization", HasCriterion(
             "Observation", "patient", ChainCriterion("patient", ("Patient",), ROJAS)))),
    ],
)  # fmt: skip
def test_references_are_followed_to_two_levels_both_ways(
    resource_type: str, name: str, expected: Criterion | None
) -> None:
    if expected is None:
        inner = MissingCriterion("encounter", missing=True)
        assert criterion(name, "true", resource_type) == HasCriterion("Condition", "patient", inner)
    else:
        assert criterion(name, "rojas", resource_type) == expected


def test_a_chain_that_means_several_things_asks_for_the_type() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_search("Provenance", [("target.location", "urn:x")])
    assert caught.value.expression == ("target",)
    assert criterion("target:Group.value", "x", "Provenance") == ChainCriterion(
        "target", ("Group",), TokenCriterion("value", ((None, "x"),))
    )


def test_a_chain_never_reaches_the_log_unless_it_is_named() -> None:
    found = criterion("target.date", "2024", "Provenance")
    assert isinstance(found, ChainCriterion)
    assert "AuditEvent" not in found.target_types
    named = criterion("target:AuditEvent.date", "2024", "Provenance")
    assert isinstance(named, ChainCriterion)
    assert named.target_types == ("AuditEvent",)


# ---------------------------------------------------------------- includes


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("_include", "Observation:subject", Include("Observation", "subject")),
        ("_include", "Observation:subject:Patient", Include("Observation", "subject", "Patient")),
        ("_include", "*", Include("Observation", "*")),
        ("_include", "Observation:*", Include("Observation", "*")),
        ("_include:iterate", "Patient:organization", Include("Patient", "organization", iterate=True)),
        ("_revinclude", "Provenance:target", Include("Provenance", "target", reverse=True)),
        ("_revinclude", "DiagnosticReport:*", Include("DiagnosticReport", "*", reverse=True)),
        ("_revinclude:iterate", "Group:member", Include("Group", "member", reverse=True, iterate=True)),
    ],
)
def test_what_is_sent_along_is_named_by_its_references(name: str, value: str, expected: Include) -> None:
    found = read_search("Observation", [(name, value), (name, value)], strict=True)
    assert found.query.includes == (expected,)
    assert found.understood == ((name, value), (name, value))


def test_a_search_has_a_bounded_number_of_includes() -> None:
    with pytest.raises(InvalidError):
        read_search("Observation", [("_include", "Observation:subject")] * (MAX_INCLUDES + 1))


# ---------------------------------------------------------------- escapes


def escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in "\\,|$" else each for each in text)


@given(st.lists(st.text(st.sampled_from("ab\\,|$ñ"), min_size=1), min_size=1, max_size=5), st.sampled_from(",|$"))
def test_what_is_escaped_comes_back_as_it_was(parts: list[str], sign: str) -> None:
    assert [unescaped(each) for each in split(sign.join(map(escaped, parts)), sign)] == parts


@given(st.text(st.sampled_from("ab\\,|$ñ"), min_size=1, max_size=20), st.text(st.sampled_from("ab\\,|$"), min_size=1))
def test_any_code_can_be_sought(system: str, code: str) -> None:
    assert criterion("code", f"{escaped(system)}|{escaped(code)}") == TokenCriterion("code", ((system, code),))


@given(st.text())
def test_names_are_shown_only_as_far_as_is_safe(name: str) -> None:
    assert len(shown(name)) <= 64
    assert shown(name).isascii()


@pytest.mark.parametrize(
    ("name", "value", "often"),
    [
        ("code", "http://loinc.org|20447-9", True),
        ("date", "ge2024-01-01", True),
        ("date", "ap2024", False),
        ("date", "ge2024,ap2025", False),
        ("patient", "p1", False),
        ("identifier", "77", False),
        ("code", "x" * 200, False),
    ],
)
def test_only_what_many_ask_and_what_means_the_same_tomorrow_is_kept(name: str, value: str, *, often: bool) -> None:
    assert is_repeated("Observation", name, value) is often


def test_dates_that_tell_who_somebody_is_are_not_kept() -> None:
    assert not is_repeated("Patient", "birthdate", "1988-05-14")
