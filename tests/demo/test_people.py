from itertools import combinations, pairwise

from stdnum.cl import rut
from stdnum.ec import ci

from demo.clerks import Slip, Truth, spell_otherwise, write_down
from demo.papers import ecuador_number, run_number
from demo.people import people, person
from demo.values import CATALOGUE, LAST_DAY, Outcome, PaperKind

SIXTY = tuple(people(7, count=60))


def test_the_same_seed_gives_the_same_people() -> None:
    assert tuple(people(7, count=60)) == SIXTY


def test_another_seed_gives_other_people() -> None:
    assert tuple(people(8, count=60))[1:] != SIXTY[1:]


def test_a_person_does_not_depend_on_how_many_are_made() -> None:
    assert person(7, 41) == SIXTY[41]


def test_thousands_come_lazily() -> None:
    many = people(7, count=1_000_000)
    assert next(iter(many)).outcome is Outcome.STORY


def test_sixty_people_show_every_outcome() -> None:
    assert {one.outcome for one in SIXTY} == set(Outcome) == set(CATALOGUE)


def test_everybody_was_in_two_to_four_countries() -> None:
    for one in SIXTY:
        countries = [registration.country for registration in one.registrations]
        assert 2 <= len(countries) <= 4
        assert len(set(countries)) == len(countries)


def test_the_woman_of_the_story_shares_no_paper_between_any_two_countries() -> None:
    papers = [set(registration.written.papers) for registration in SIXTY[0].registrations]
    assert [registration.country for registration in SIXTY[0].registrations] == ["VE", "CO", "EC", "PE"]
    assert not any(one & other for one, other in combinations(papers, 2))


def test_bogota_swapped_the_day_and_the_month_of_the_woman_of_the_story() -> None:
    births = {registration.country: registration.written.birth for registration in SIXTY[0].registrations}
    assert births["PE"] == births["VE"] == "1987-03-08"
    assert births["CO"] == "1987-08-03"


def test_the_woman_of_the_story_is_on_her_third_line() -> None:
    lines = [regimen for registration in SIXTY[0].registrations for regimen in registration.care.regimens]
    assert any(regimen.line == 3 and regimen.products == ("DRV/r", "DTG bid", "ETR") for regimen in lines)


def test_who_is_found_by_paper_showed_one_passport_everywhere() -> None:
    for one in SIXTY:
        if one.outcome is Outcome.BY_PAPER:
            shared = set.intersection(*(set(registration.written.papers) for registration in one.registrations))
            assert {paper.kind for paper in shared} == {PaperKind.PASSPORT}


def test_siblings_share_surnames_and_twins_the_birth_date_too() -> None:
    for one, other in pairwise(SIXTY):
        pair = one.registrations[0].written, other.registrations[0].written
        if one.outcome is other.outcome and one.outcome in {Outcome.SIBLING, Outcome.TWIN}:
            assert pair[0].surnames == pair[1].surnames
            assert (pair[0].birth == pair[1].birth) is (one.outcome is Outcome.TWIN)


def test_regimens_follow_one_another_and_nothing_is_in_the_future() -> None:
    for one in SIXTY:
        for registration in one.registrations:
            for regimen in registration.care.regimens:
                assert regimen.start <= (regimen.end or LAST_DAY) <= LAST_DAY
            assert all(result.on <= LAST_DAY for result in registration.care.results)


def test_the_histories_hold_gaps_tuberculosis_and_third_lines() -> None:
    cares = [registration.care for one in SIXTY for registration in one.registrations]
    assert sum(care.tuberculosis_on is not None for care in cares) >= 3
    assert sum(any(regimen.line == 3 for regimen in care.regimens) for care in cares) >= 10
    assert sum(any(regimen.stopped == "Desabastecimiento" for regimen in care.regimens) for care in cares) >= 5


def test_chilean_and_ecuadorian_numbers_carry_their_check_digits() -> None:
    assert run_number(12216373) == "12216373-3"
    assert rut.is_valid(run_number(24_000_123))
    assert ci.is_valid(ecuador_number("170123456"))


def test_a_clerk_loses_swaps_and_mishears() -> None:
    truth = Truth(("José", "Antonio"), ("Rondón", "Peña"), SIXTY[0].registrations[0].care.diagnosed_on, "male")
    assert write_down(truth, (Slip.NICKNAME, Slip.LOST_SURNAME)).given == ("Cheo",)
    assert write_down(truth, (Slip.SURNAMES_SWAPPED,)).surnames == ("Peña", "Rondón")
    assert write_down(truth, (Slip.YEAR_ONLY,)).birth == "2014"
    assert write_down(truth, (Slip.NO_ACCENTS,)).surnames == ("Rondon", "Pena")
    assert spell_otherwise("González") == "Gonzáles" or spell_otherwise("Gonzalez") == "Gonzales"
