"""Features survive what clerks do, stay few, and are never popular by themselves."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.andean_people import ARRIVAL, dice, person, written_down
from corridor.domain.country import Country
from corridor.domain.identity.demographics import Demographics, Detail, DetailKind, Document, DocumentKind
from corridor.domain.identity.features import FEATURES_MAX, TWO_NAMED_MAX, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.kinds import Kind

VE = Country("VE")
CARD = Document(VE, DocumentKind.NATIONAL, "V-14.532.871")
MARIA = Demographics(("María", "José"), ("González", "Pérez"), (1987, 4, 9), "female", (CARD,))


def kinds_in_common(left: Demographics, right: Demographics) -> set[int]:
    return {feature.kind for feature in set(features(left)) & set(features(right))}


WRITTEN_OTHERWISE = {
    "spelt otherwise": replace(MARIA, given=("Maria", "Hosé"), surnames=("Gonsales", "Peres")),
    "in capitals, without accents": replace(MARIA, given=("MARIA JOSE",), surnames=("GONZALEZ PEREZ",)),
    "day and month swapped": replace(MARIA, birth=(1987, 9, 4)),
    "second surname lost": replace(MARIA, surnames=("González",)),
    "first surname lost": replace(MARIA, surnames=("Pérez",)),
    "second given name lost": replace(MARIA, given=("María",)),
    "first given name lost": replace(MARIA, given=("José",)),
    "surnames reversed": replace(MARIA, surnames=("Pérez", "González")),
    "married": replace(MARIA, surnames=("González", "de Ramírez")),
    "another day": replace(MARIA, birth=(1987, 4, 19)),
    "another year": replace(MARIA, birth=(1978, 4, 9)),
    "a fond form": replace(MARIA, given=("Mari", "José")),
    "with particles": replace(MARIA, given=("María de José",), surnames=("de González", "y Pérez")),
}


@pytest.mark.parametrize("other", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_one_person_written_otherwise_and_without_papers_meets_in_several_features(other: Demographics) -> None:
    assert len(set(features(MARIA)) & set(features(replace(other, documents=())))) >= 2


def test_a_person_of_whom_only_the_year_is_known_still_meets() -> None:
    year_only = replace(MARIA, birth=(1987, None, None), documents=())
    assert kinds_in_common(MARIA, year_only) == {Kind.GIVEN_SURNAMES_YEAR, Kind.GIVENS_SURNAME_YEAR}


def test_a_month_without_a_day_meets_too() -> None:
    assert Kind.PAIR_MONTH in kinds_in_common(MARIA, replace(MARIA, birth=(1987, 4, None), documents=()))


def test_a_document_meets_whatever_its_kind_and_look_and_with_one_wrong_digit() -> None:
    stranger = Demographics(("Otra",), ("Cosa",), None, "", (Document(VE, DocumentKind.OTHER, "014532871"),))
    assert kinds_in_common(MARIA, stranger) == {Kind.DOCUMENT}
    near = Demographics(
        ("Otra",), ("Cosa",), (1987, None, None), "", (Document(VE, DocumentKind.NATIONAL, "V14532971"),)
    )
    assert kinds_in_common(MARIA, near) == {Kind.DOCUMENT_PART_YEAR}
    abroad = replace(stranger, documents=(Document(Country("CO"), DocumentKind.NATIONAL, "14532871"),))
    assert kinds_in_common(MARIA, abroad) == set()


@pytest.mark.parametrize(
    "unsafe",
    [
        Demographics(("María",), ("González",)),
        Demographics((), ("González",), (1987, None, None)),
        Demographics(("María",), ("González",), (1987, None, None)),
        Demographics(("María", "José"), ("González", "Pérez")),
        Demographics(("王",), ("李",), (1987, 4, 9)),
    ],
)
def test_what_its_count_could_name_gives_no_feature(unsafe: Demographics) -> None:
    assert features(unsafe) == ()


def test_a_feature_needs_a_date_or_a_document() -> None:
    for feature in features(MARIA):
        dated = "1987" in feature.text or "4/9" in feature.text
        assert dated is (feature.kind != Kind.DOCUMENT)


ANA = Demographics(("Ana",), ("Vera",), (1990, 5, 23), "female", (CARD,))
HOME = (
    Detail(DetailKind.ADDRESS, "Calle Los Jabillos 12-30"),
    Detail(DetailKind.RESIDENCE, "San Cristóbal"),
    Detail(DetailKind.POSTCODE, "5001"),
    Detail(DetailKind.PHONE, "+58 276 341 2233"),
    Detail(DetailKind.MOTHER, "Carmen Rosa"),
)


def test_names_in_each_others_place_meet() -> None:
    swapped = replace(ANA, given=ANA.surnames, surnames=ANA.given, documents=())
    assert {Kind.NAME_DATE, Kind.PAIR_MONTH, Kind.PAIR_TURN} <= kinds_in_common(ANA, swapped)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANA, surnames=("Mora",), birth=(1990, 5, 24), documents=(replace(CARD, number="V-14.532.817"),)),
        replace(ANA, birth=(1909, 5, 23), documents=()),
        replace(ANA, given=("Bna",), surnames=("Vdrd",), documents=(replace(CARD, number="V-14.532.872"),)),
    ],
    ids=["digits of the card turned", "digits of the year turned", "both names misspelt and a wrong digit"],
)
def test_who_has_one_name_of_each_meets_in_what_is_left(other: Demographics) -> None:
    assert kinds_in_common(ANA, other)


def test_who_has_two_names_has_at_most_25_features_and_who_has_not_at_most_40() -> None:
    papers = tuple(Document(VE, kind, f"8{kind.value.__len__()}432871") for kind in DocumentKind)
    assert len(features(replace(MARIA, documents=papers))) == TWO_NAMED_MAX
    assert TWO_NAMED_MAX < len(features(replace(ANA, documents=papers))) <= FEATURES_MAX
    assert len(features(replace(ANA, documents=papers, details=HOME))) == FEATURES_MAX


def test_who_lives_in_the_same_home_meets_however_it_is_written() -> None:
    bare = replace(ANA, documents=(), details=HOME)
    elsewhere = replace(
        bare,
        surnames=("Zárate",),
        birth=None,
        details=(Detail(DetailKind.ADDRESS, "Av. los javillos N° 12 30"), Detail(DetailKind.PHONE, "0276-3412233")),
    )
    assert kinds_in_common(bare, elsewhere) == {Kind.HOME_NAME, Kind.HOME_START}
    town = replace(bare, details=HOME[1:3])
    assert Kind.PLACE_DATE in kinds_in_common(town, replace(town, given=("Zoila",), surnames=("Zárate",)))


def test_both_names_meet_beside_a_digit_too_many_or_another_street_of_the_same_number() -> None:
    card = Document(VE, DocumentKind.NATIONAL, "V-18234567")
    longer = replace(card, number="V-182345677")
    undated = replace(ANA, birth=None, documents=(longer,))
    assert kinds_in_common(replace(ANA, documents=(card,)), undated) == {Kind.DOCUMENT_EDGE_PAIR}
    known = replace(ANA, documents=(), details=HOME[:3])
    moved = replace(known, birth=None, details=(Detail(DetailKind.ADDRESS, "Sucre 12-30"), HOME[1]))
    assert kinds_in_common(known, moved) == {Kind.NUMBER_PLACE_PAIR}


def test_an_address_or_a_place_alone_gives_no_feature() -> None:
    assert features(Demographics(("王",), (), None, "", (), HOME)) == ()
    names_only = {feature.kind for feature in features(Demographics(("Ana",), ("Vera",), None, "", (), HOME))}
    assert names_only == {Kind.HOME_NAME, Kind.HOME_START, Kind.STREET_PLACE_NAME, Kind.NUMBER_PLACE_PAIR}


def test_the_first_of_january_in_a_town_gives_no_feature_as_it_is_written_for_unknown_dates() -> None:
    born = replace(ANA, birth=(1990, 1, 1), details=HOME[1:2], documents=())
    assert Kind.PLACE_DATE not in {feature.kind for feature in features(born)}


@given(seed=st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_features_are_few_distinct_and_the_same_each_time(seed: int) -> None:
    who = written_down(dice(seed), person(dice(seed)), ARRIVAL)
    found = features(who)
    assert found == features(Demographics.from_json(who.to_json()))
    assert len(found) == len(set(found)) <= FEATURES_MAX
    assert flags(who).integers() == flags(Demographics.from_json(who.to_json())).integers()


def test_no_value_is_popular_among_many_people() -> None:
    rng = dice(11)
    people = [person(rng) for _ in range(4_000)]
    counts = Counter(feature for who in people for feature in features(who))
    assert max(counts.values()) <= 5


@given(
    texts=st.lists(st.text(min_size=1, max_size=30).filter(str.isprintable).filter(str.strip), min_size=1, max_size=4)
)
@settings(deadline=None)
def test_any_printable_name_gives_features_or_none(texts: list[str]) -> None:
    who = Demographics(tuple(texts), tuple(texts), (1990, 1, 2), "", ())
    assert len(features(who)) <= FEATURES_MAX


def test_flags_count_names_date_parts_and_kinds_of_papers() -> None:
    assert flags(MARIA).integers() == (2, 2, 3, 1, 2, 0)
    assert flags(replace(MARIA, sex="other", details=HOME)).integers() == (2, 2, 3, 1, 3, 7)
    papers = (
        Document(VE, DocumentKind.PASSPORT, "P1234987"),
        Document(VE, DocumentKind.PERMIT, "5512349"),
        Document(VE, DocumentKind.NATIONAL, "S/N"),
    )
    many = Demographics(("A B C D",), (), (1987, 4, None), "", papers)
    assert flags(many).integers() == (3, 0, 2, 6, 0, 0)
    assert flags(Demographics(("Ana",), ())).integers() == (1, 0, 0, 0, 0, 0)
