from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.domain.query import (
    DateCriterion,
    MissingCriterion,
    Prefix,
    ReferenceCriterion,
    Sort,
    StringCriterion,
    TokenCriterion,
)
from corridor.fhir.parameters import Parameter, clinical_date, every_parameter, main_code, parameters
from corridor.fhir.schema import HELD
from corridor.fhir.search import MAX_COUNT, MAX_PAIRS, read_search
from corridor.fhir.search_values import FAR_FUTURE, FAR_PAST, fold, interval, local_reference
from corridor.fhir.subset import Subset


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year, month, day and more, by place


def criterion(name: str, value: str, resource_type: str = "Observation") -> object:
    return read_search(resource_type, [(name, value)], strict=True).query.criteria[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("20447-9", ((None, "20447-9"),)),
        ("http://loinc.org|20447-9", (("http://loinc.org", "20447-9"),)),
        ("|x", (("", "x"),)),
        ("http://loinc.org|", (("http://loinc.org", ""),)),
        ("a,b", ((None, "a"), (None, "b"))),
        (r"a\,b", ((None, "a,b"),)),
        (r"s|a\|b", (("s", "a|b"),)),
    ],
)
def test_a_token_is_read_with_or_without_its_system(value: str, expected: tuple[tuple[str | None, str], ...]) -> None:
    assert criterion("code", value) == TokenCriterion("code", expected)


def test_a_token_can_be_negated() -> None:
    assert criterion("status:not", "final") == TokenCriterion("status", ((None, "final"),), negated=True)


def test_a_text_is_folded_and_knows_its_mode() -> None:
    assert criterion("family", "Muñoz", "Patient") == StringCriterion("family", ("munoz",), "prefix")
    assert criterion("family:exact", "PEÑA,Gil", "Patient") == StringCriterion("family", ("PEÑA", "Gil"), "exact")
    assert criterion("name:contains", "ros", "Patient") == StringCriterion("name", ("ros",), "contains")


def test_a_date_is_the_interval_that_it_may_lie_in() -> None:
    assert criterion("date", "ge2024-02") == DateCriterion("date", ((Prefix.GE, utc(2024, 2, 1), utc(2024, 3, 1)),))
    lima = timezone(timedelta(hours=-5))
    found = read_search("Observation", [("date", "2024-02-01")], zone=lima).query.criteria[0]
    assert found == DateCriterion("date", ((Prefix.EQ, utc(2024, 2, 1, 5), utc(2024, 2, 2, 5)),))


def test_a_plus_that_a_form_turned_into_a_space_is_read_as_a_plus() -> None:
    assert criterion("date", "2024-02-01T10:00:00 01:00") == criterion("date", "2024-02-01T09:00:00Z")


@pytest.mark.parametrize(
    ("name", "value", "target"),
    [
        ("patient", "p1", ("Patient", "p1")),
        ("patient", "Patient/p1", ("Patient", "p1")),
        ("subject", "Patient/p1", ("Patient", "p1")),
        ("subject:Patient", "p1", ("Patient", "p1")),
        ("subject", "p1", ("", "p1")),
        ("subject", "https://x.example/fhir/Patient/p1", ("", "https://x.example/fhir/Patient/p1")),
    ],
)
def test_a_reference_is_read_with_or_without_its_type(name: str, value: str, target: tuple[str, str]) -> None:
    assert criterion(name, value) == ReferenceCriterion(name.partition(":")[0], (target,))


def test_a_missing_value_can_be_asked_for() -> None:
    assert criterion("code:missing", "true") == MissingCriterion("code", missing=True)
    assert criterion("date:missing", "false") == MissingCriterion("date", missing=False)


def test_parameters_of_the_result_are_read() -> None:
    pairs = [("_count", "50"), ("_sort", "-date,_id"), ("_total", "none"), ("_cursor", "abc="), ("_format", "json")]
    found = read_search("Observation", pairs, strict=True)
    assert found.query.count == 50
    assert found.query.sort == (Sort("date", descending=True), Sort("_id"))
    assert (found.query.total, found.query.after) == ("none", "abc=")
    assert found.understood == (("_count", "50"), ("_sort", "-date,_id"), ("_total", "none"), ("_format", "json"))


def test_without_a_sort_resources_come_in_the_order_of_their_first_writing() -> None:
    assert read_search("Patient", []).query.sort == ()


def test_results_are_sorted_by_any_parameter_that_has_an_order() -> None:
    for resource_type, parameter in every_parameter():
        warned = read_search(resource_type, [("_sort", f"-{parameter.name}")]).warnings
        assert bool(warned) is (parameter.kind == "composite")


def test_repeated_parameters_all_hold() -> None:
    query = read_search("Observation", [("date", "ge2024"), ("date", "lt2025"), ("_id", "a,b")]).query
    assert len(query.criteria) == 3


def test_a_page_that_is_too_large_is_cut_and_says_so() -> None:
    found = read_search("Patient", [("_count", "99999999999")])
    assert (found.query.count, found.understood) == (MAX_COUNT, (("_count", str(MAX_COUNT)),))
    assert len(found.warnings) == 1


def test_a_misspelt_parameter_never_passes_in_silence() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_search("Patient", [("idenfitier", "1")], strict=True)
    assert caught.value.expression == ("idenfitier",)
    lenient = read_search("Patient", [("idenfitier", "1"), ("family", "rojas")])
    assert lenient.understood == (("family", "rojas"),)
    assert "idenfitier" in lenient.warnings[0]


WRITTEN = {
    "token": "true",
    "string": "a",
    "date": "2024",
    "reference": "a",
    "uri": "urn:a",
    "quantity": "1",
    "number": "1",
}


def example(parameter: Parameter) -> str:
    """A value that a parameter can have."""
    return "$".join(map(example, parameter.components)) if parameter.components else WRITTEN[parameter.kind]


BAD = [
    ("Patient", "_filter", "name eq x", UnsupportedError),
    ("Patient", "_text", "x", UnsupportedError),
    ("Patient", "_content", "x", UnsupportedError),
    ("Patient", "_query", "x", UnsupportedError),
    ("Patient", "_list", "x", UnsupportedError),
    ("Patient", "_type", "Patient", UnsupportedError),
    ("Patient", "_contained", "true", UnsupportedError),
    ("Patient", "_contained", "both", UnsupportedError),
    ("Patient", "_containedType", "container", UnsupportedError),
    ("Patient", "age", "40", UnsupportedError),
    ("Patient", "part-agree", "x", UnsupportedError),
    ("Location", "near", "-12|-77", UnsupportedError),
    ("Patient", "family:phonetic", "rojas", UnsupportedError),
    ("Patient", "family:not", "rojas", UnsupportedError),
    ("Patient", "family:text", "rojas", UnsupportedError),
    ("Patient", "active:in", "http://x", UnsupportedError),
    ("Patient", "gender:text", "x", UnsupportedError),
    ("Patient", "identifier:below", "x|1", UnsupportedError),
    ("Observation", "code:of-type", "a|b|c", UnsupportedError),
    ("Observation", "code:exact", "a", UnsupportedError),
    ("Observation", "code:in", "http://nowhere.example/ValueSet/x", UnsupportedError),
    ("Observation", "code:not-in", "http://nowhere.example/ValueSet/x", UnsupportedError),
    ("Observation", "code:below", "http://nowhere.example|x", UnsupportedError),
    ("Observation", "code:below", "x", InvalidError),
    ("Observation", "code:above", "http://loinc.org|", InvalidError),
    ("Patient", "identifier:of-type", "a|b", InvalidError),
    ("Patient", "identifier:of-type", "a||c", InvalidError),
    ("Patient", "identifier:of-type", "a|b|c|d", InvalidError),
    ("Observation", "subject:identifier", "|", InvalidError),
    ("Observation", "subject:above", "x", UnsupportedError),
    ("Observation", "subject:Claims", "x", UnsupportedError),
    ("Observation", "date:not", "2024", UnsupportedError),
    ("Observation", "value-quantity", "abc", InvalidError),
    ("Observation", "value-quantity", "1|mg", InvalidError),
    ("Observation", "value-quantity", "1|a|b|c", InvalidError),
    ("Observation", "value-quantity", "1e999", InvalidError),
    ("Observation", "value-quantity", "1e-999", InvalidError),
    ("Observation", "value-quantity", "NaN", InvalidError),
    ("Observation", "value-quantity", "inf", InvalidError),
    ("Observation", "value-quantity", "xx5", InvalidError),
    ("Observation", "value-quantity", "9" * 50, InvalidError),
    ("Observation", "value-quantity", "٣", InvalidError),
    ("Observation", "value-quantity", "5||mg,", InvalidError),
    ("Observation", "code-value-quantity", "x", InvalidError),
    ("Observation", "code-value-quantity", "x$", InvalidError),
    ("Observation", "code-value-quantity", "x$1$2", InvalidError),
    ("Observation", "code-value-quantity", "x$y", InvalidError),
    ("Observation", "code-value-quantity:missing", "true", UnsupportedError),
    ("Observation", "value-quantity.x", "1", UnsupportedError),
    ("Observation", "subject.", "1", UnsupportedError),
    ("Observation", ".name", "1", UnsupportedError),
    ("Observation", "subject.idenfitier", "1", UnsupportedError),
    ("Observation", "subject:Claim.name", "1", UnsupportedError),
    ("Observation", "subject:Practitioner.name", "1", UnsupportedError),
    ("Observation", "based-on:Device.identifier", "1", UnsupportedError),
    ("Observation", "encounter.patient.organization.name", "x", UnsupportedError),
    ("Observation", "patient.family:missing", "maybe", InvalidError),
    ("Observation", "patient.birthdate", "soon", InvalidError),
    ("Patient", "_has", "1", InvalidError),
    ("Patient", "_has:Observation:patient", "1", InvalidError),
    ("Patient", "_has:Observation::code", "1", InvalidError),
    ("Patient", "_has:Claim:patient:use", "1", UnsupportedError),
    ("Patient", "_has:Observation:code:code", "1", UnsupportedError),
    ("Patient", "_has:Observation:encounter:code", "1", UnsupportedError),
    ("Patient", "_has:Observation:patient:coed", "1", UnsupportedError),
    (
        "Encounter",
        "_has:Observation:encounter:_has:Observation:has-member:_has:Observation:has-member:code",
        "1",
        UnsupportedError,
    ),
    ("Patient", "_include", "Observation", InvalidError),
    ("Patient", "_include", "Patient:", InvalidError),
    ("Patient", "_include", "Patient:link:Patient:x", InvalidError),
    ("Patient", "_include", "Claim:patient", UnsupportedError),
    ("Patient", "_include", "Patient:name", UnsupportedError),
    ("Patient", "_include", "Patient:organization:Location", UnsupportedError),
    ("Patient", "_include", "Observation:patient", UnsupportedError),
    ("Patient", "_include:recurse", "Patient:link", UnsupportedError),
    ("Patient", "_include:logical", "Patient:link", UnsupportedError),
    ("Patient", "_revinclude", "*", InvalidError),
    ("Patient", "_revinclude", "Observation:encounter", UnsupportedError),
    ("Patient", "_summary", "yes", InvalidError),
    ("Patient", "_sort", ",".join(["_id"] * 9), InvalidError),
    ("Patient", "family", "x" * 20_000, InvalidError),
    ("Patient", "phonetic", "123", InvalidError),
    ("Claim", "_id", "1", UnsupportedError),
    ("Observation", "date", "xx2024", InvalidError),
    ("Observation", "date", "ap", InvalidError),
    ("Observation", "date", "2024-02-30", InvalidError),
    ("Observation", "date", "yesterday", InvalidError),
    ("Observation", "date", "ge", InvalidError),
    ("Observation", "date", "10:00", InvalidError),
    ("Observation", "patient", "", InvalidError),
    ("Observation", "patient", "  ", InvalidError),
    ("Observation", "patient", "Group/1", InvalidError),
    ("Observation", "subject:Patient", "Group/1", InvalidError),
    ("Observation", "subject", "not an id", InvalidError),
    ("Observation", "code", "|", InvalidError),
    ("Observation", "code", "a,,b", InvalidError),
    ("Observation", "code:missing", "maybe", InvalidError),
    ("Patient", "family", "\u00b4", InvalidError),
    ("Patient", "_count", "-1", InvalidError),
    ("Patient", "_count", "ten", InvalidError),
    ("Patient", "_count", "1.5", InvalidError),
    ("Patient", "_count", "٣", InvalidError),
    ("Patient", "_total", "some", InvalidError),
    ("Patient", "_cursor", "a b", InvalidError),
    ("Patient", "_id", ",".join("a" * 201), InvalidError),
]


@pytest.mark.parametrize(("resource_type", "name", "value", "error"), BAD)
def test_what_would_answer_another_question_is_refused_even_when_lenient(
    resource_type: str, name: str, value: str, error: type[CorridorError]
) -> None:
    with pytest.raises(error) as caught:
        read_search(resource_type, [(name, value)])
    assert caught.type is error
    assert caught.value.message.endswith(".")
    assert all(len(each) <= 64 for each in caught.value.expression)


def test_an_unknown_sort_is_left_out_or_refused() -> None:
    assert read_search("Patient", [("_sort", "shoe-size")]).warnings
    with pytest.raises(UnsupportedError):
        read_search("Patient", [("_sort", "date")], strict=True)


def test_only_elements_of_the_type_can_be_chosen() -> None:
    found = read_search("Patient", [("_elements", "Patient.name,shoe,deceased")])
    assert found.subset == Subset(elements=("name", "deceased"))
    assert found.understood == (("_elements", "name,deceased"),)
    assert found.warnings
    with pytest.raises(UnsupportedError):
        read_search("Patient", [("_elements", "shoe")], strict=True)
    with pytest.raises(InvalidError):
        read_search("Patient", [("_elements", "name"), ("_summary", "true")])


def test_a_summary_that_only_counts_asks_storage_for_nothing_else() -> None:
    found = read_search("Patient", [("_summary", "count"), ("_total", "none")])
    assert (found.query.count, found.query.total) == (0, "accurate")
    assert read_search("Patient", [("_contained", "false")], strict=True).understood == (("_contained", "false"),)


def test_a_search_has_a_bounded_number_of_parameters() -> None:
    with pytest.raises(InvalidError):
        read_search("Patient", [("_id", "a")] * (MAX_PAIRS + 1))


NAMES = st.one_of(
    st.text(max_size=20),
    st.lists(
        st.sampled_from(
            [
                "",
                *["_has", "Observation", "patient", "subject", "Patient", "code", "name", "identifier", "encounter"],
                *["missing", "in", "_include", "iterate", "*", "value-quantity", "code-value-quantity"],
            ]
        ),
        max_size=8,
    ).flatmap(lambda parts: st.lists(st.sampled_from(":."), min_size=len(parts), max_size=len(parts)).map(
        lambda signs: "".join(part + sign for part, sign in zip(parts, signs, strict=True))[:-1]
    )),
)  # fmt: skip
VALUES_WRITTEN = st.text(st.one_of(st.characters(), st.sampled_from("|,$\\:eqap0159.-T")), max_size=30)


@given(NAMES, VALUES_WRITTEN, st.booleans())
def test_any_pair_gives_a_search_or_an_error_of_ours(name: str, value: str, strict: bool) -> None:  # noqa: FBT001 -- Hypothesis gives it by place
    with suppress(CorridorError):
        read_search("Observation", [(name, value)], strict=strict)


@given(
    st.sampled_from(
        [
            *[
                "date",
                "code",
                "patient",
                "status",
                "_lastUpdated",
                "_id",
                "_count",
                "_sort",
                "value-quantity",
                "subject",
                "code:in",
                "code:below",
            ],
            *["code-value-quantity", "_include", "_revinclude", "_has:Observation:focus:code", "identifier:of-type"],
            *["subject:identifier", "_profile:below", "_elements", "_summary"],
        ]
    ),
    VALUES_WRITTEN,
)
def test_any_value_of_a_known_parameter_gives_a_search_or_an_error_of_ours(name: str, value: str) -> None:
    with suppress(CorridorError):
        read_search("Observation", [(name, value)])


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", utc(2024, 1, 1), utc(2025, 1, 1)),
        ("2024-12", utc(2024, 12, 1), utc(2025, 1, 1)),
        ("2024-02-29", utc(2024, 2, 29), utc(2024, 3, 1)),
        ("2024-03-02T10:00", utc(2024, 3, 2, 10), utc(2024, 3, 2, 10, 1)),
        ("2024-03-02T10:00:00-05:00", utc(2024, 3, 2, 15), utc(2024, 3, 2, 15, 0, 1)),
        ("2024-03-02T10:00:00.5Z", utc(2024, 3, 2, 10, 0, 0, 500_000), utc(2024, 3, 2, 10, 0, 0, 600_000)),
        ("2024-12-31T23:59:60Z", utc(2024, 12, 31, 23, 59, 59), utc(2025, 1, 1)),
        ("9999", utc(9999, 1, 1), FAR_FUTURE),
        ("9999-12-31", FAR_FUTURE, FAR_FUTURE),
        ("0001-01-01T00:00:00+05:00", FAR_PAST, FAR_PAST),
    ],
)
def test_a_date_is_as_wide_as_it_was_written(text: str, start: datetime, end: datetime) -> None:
    assert interval(text) == (start, end)


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.sampled_from([4, 7, 10]))  # noqa: DTZ001 -- Hypothesis wants bounds without a zone
def test_a_shorter_date_holds_the_longer_one(at: datetime, length: int) -> None:
    text = at.strftime("%Y").zfill(4) + at.strftime("-%m-%dT%H:%M:%SZ")
    inner, outer = interval(text), interval(text[:length])
    assert outer[0] <= inner[0] < inner[1] <= outer[1]


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_forgets_case_accents_and_spaces() -> None:
    assert fold("  ÑÚÑEZ   de la  Peña ") == "nunez de la pena"


def test_only_addresses_of_this_node_are_local() -> None:
    assert local_reference("Patient/p1/_history/3") == ("Patient", "p1")
    for other in ("#a", "urn:uuid:1", "https://x.example/Patient/p1", "Patient", "Patient?x=y", "patient/p1"):
        assert local_reference(other) is None


def test_every_parameter_of_the_table_can_be_searched() -> None:
    for resource_type, parameter in every_parameter():
        found = read_search(resource_type, [(parameter.name, example(parameter))], strict=True)
        assert len(found.query.criteria) == 1


def test_types_know_their_main_code_and_clinical_date() -> None:
    for resource_type in HELD:
        assert clinical_date(resource_type) in {"", *parameters(resource_type)}
        assert main_code(resource_type) in {"", *parameters(resource_type)}
    wanted = {"_id", "patient", "subject", "code", "category", "status", "date", "identifier"}
    assert wanted - {"_id"} <= parameters("Observation").keys()


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "x\x08"])
def test_a_value_has_no_control_characters(value: str) -> None:
    for name in ("family", "identifier", "_id", "birthdate"):
        with pytest.raises(InvalidError):
            read_search("Patient", [(name, value)])
