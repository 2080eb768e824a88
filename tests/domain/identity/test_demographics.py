"""A description of a person is well formed or is none, survives sealing, and cannot be read by accident."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import (
    DETAILS_MAX,
    SEXES,
    Birth,
    Demographics,
    Detail,
    DetailKind,
    Document,
    DocumentKind,
)
from corridor.domain.identity.register import Flags, Token, flags_of

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40)
NAME = NAMES.filter(str.strip)
BIRTHS = st.one_of(
    st.none(),
    st.dates().map(lambda on: (on.year, on.month, on.day)),
    st.integers(1900, 2020).map(lambda year: (year, None, None)),
    st.tuples(st.integers(1900, 2020), st.integers(1, 12), st.none()),
)
PAPERS = st.builds(Document, st.sampled_from(("VE", "CO")).map(Country), st.sampled_from(DocumentKind), NAME)
PEOPLE = st.builds(
    Demographics,
    st.lists(NAME, min_size=1, max_size=3).map(tuple),
    st.lists(NAME, max_size=3).map(tuple),
    BIRTHS,
    st.sampled_from(sorted(SEXES)),
    st.lists(PAPERS, max_size=3).map(tuple),
    st.lists(st.builds(Detail, st.sampled_from(DetailKind), NAME), max_size=3).map(tuple),
)


@given(PEOPLE)
@settings(deadline=None)
def test_what_is_sealed_comes_back_equal(who: Demographics) -> None:
    assert Demographics.from_json(who.to_json()) == who


@given(PEOPLE)
@settings(deadline=None)
def test_nothing_of_a_person_shows_in_its_text_form(who: Demographics) -> None:
    assert {repr(who), str(who), f"{who}"} == {"Demographics(…)"}
    assert {repr(paper) for paper in who.documents} <= {"Document(…)"}
    assert {repr(detail) for detail in who.details} <= {"Detail(…)"}


GOOD = b'[["Ana"],["P\\u00e9rez"],[1990,2,3],"female",[["VE","national","1"]]]'


def test_the_form_that_is_sealed_is_stable() -> None:
    expected = Demographics(
        ("Ana",), ("Pérez",), (1990, 2, 3), "female", (Document(Country("VE"), DocumentKind.NATIONAL, "1"),)
    )
    assert Demographics.from_json(GOOD) == expected
    detailed = replace(expected, details=(Detail(DetailKind.PHONE, "0276 341"),))
    assert Demographics.from_json(GOOD[:-1] + b',[["phone","0276 341"]]]') == detailed
    assert detailed.to_json() == GOOD[:-1].replace(b"\\u00e9", "é".encode()) + b',[["phone","0276 341"]]]'


BAD = [
    b"",
    b"null",
    b"{}",
    b"\xff\xfe",
    b"[" * 100_000,
    GOOD[:-1],
    GOOD + b"x",
    GOOD.replace(b'["Ana"]', b"[1]"),
    GOOD.replace(b'["Ana"]', b'[""]'),
    GOOD.replace(b'["Ana"]', b'["A\\u0000"]'),
    GOOD.replace(b'["Ana"],["P\\u00e9rez"]', b"[],[]"),
    GOOD.replace(b"1990", b'"1990"'),
    GOOD.replace(b"1990,2,3", b"1990,2,30"),
    GOOD.replace(b"1990,2,3", b"1990,null,3"),
    GOOD.replace(b"1990,2,3", b"1990,0,null"),
    GOOD.replace(b"1990", b"99999"),
    GOOD.replace(b"1990", b"99999999999999999999"),
    GOOD.replace(b"female", b"f"),
    GOOD.replace(b'"VE"', b'"Venezuela"'),
    GOOD.replace(b"national", b"secret"),
    GOOD.replace(b'"1"', b'" "'),
    GOOD.replace(b"Ana", b"A" * 121),
    GOOD[:-1] + b',[["fax","1"]]]',
    GOOD[:-1] + b',[["phone"," "]]]',
    GOOD[:-1] + b",[],[]]",
]


@pytest.mark.parametrize("content", BAD)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError):
        Demographics.from_json(content)


@pytest.mark.parametrize("birth", [(0, 1, 1), (2001, 2, 29), (1990, 13, 1), (1990, -1, None), (10_000, None, None)])
def test_a_date_that_no_calendar_has_is_refused(birth: Birth) -> None:
    with pytest.raises(InvalidError):
        Demographics(("Ana",), (), birth)


def test_too_many_details_are_refused() -> None:
    with pytest.raises(InvalidError):
        Demographics(("Ana",), (), details=(Detail(DetailKind.PHONE, "1"),) * (DETAILS_MAX + 1))


def test_too_many_names_or_papers_are_refused() -> None:
    paper = Document(Country("VE"), DocumentKind.OTHER, "1")
    for given_names, papers in [(("Ana",) * 9, ()), (("Ana",), (paper,) * 13)]:
        with pytest.raises(InvalidError):
            Demographics(given_names, (), None, "", papers)


def test_tokens_and_flags_exist_only_when_well_formed() -> None:
    assert flags_of([2, 2, 3, 7]) == Flags(2, 2, 3, 7)
    assert flags_of([2, 2, 3, 7, 1, 5]).integers() == (2, 2, 3, 7, 1, 5)
    wrong = ([], [1, 1, 1], [4, 0, 0, 0], [0, 0, 0, 8], [-1, 0, 0, 0], [True, 0, 0, 0], [0] * 7, [0, 0, 0, 0, 4, 0])
    for integers in wrong:
        with pytest.raises(InvalidError):
            flags_of(integers)
    for kind, value in [(256, bytes(16)), (-1, bytes(16)), (1, bytes(15))]:
        with pytest.raises(InvalidError):
            Token(kind, value)
    assert repr(Token(1, bytes(16))) == str(Token(1, bytes(16))) == "Token(…)"
