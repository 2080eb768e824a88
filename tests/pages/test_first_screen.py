from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridor.domain.care.standing import standing
from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.history import Entry, History, Silence, SilenceReason
from corridor.fhir.events import events
from corridor.web.clinician.facts import rows
from corridor.web.clinician.picture import read
from corridor.web.clinician.routes import ROOM
from corridor.web.clinician.summary import Summary, summary
from corridor.web.clinician.wording import as_written, began_text, duration, ended_text
from corridor.web.language import Language, words
from tests.pages.town import CL, CO, EC, NOW, STORY, VE, answer, cd4, took, viral_load

SPANISH = words(Language.ES, ROOM)


def first(*answers: object, silences: tuple[Silence, ...] = ()) -> Summary:
    history = replace(STORY, answers=answers, silences=silences)
    care, unreadable = read(history)
    return summary(history, care, standing(care, today=NOW.date()), unreadable=unreadable)


def test_the_regimen_that_began_last_is_shown_even_beside_an_old_one_without_an_end() -> None:
    shown = first(
        answer(VE, Grade.CERTAIN, took("Atripla", "2015-01-01")),
        answer(CO, Grade.CERTAIN, took("TDF/3TC/DTG", "2019-01-01", "2021-06-01")),
    )
    assert shown.regimen is not None
    assert shown.regimen.span.label == "TDF + 3TC + DTG"
    assert shown.days_without == (NOW.date() - date(2021, 6, 1)).days


def test_an_annulled_regimen_is_never_the_last_one() -> None:
    annulled = took("TDF/3TC/DTG", "2024-01-01") | {"status": "entered-in-error"}
    shown = first(answer(VE, Grade.CERTAIN, took("Atripla", "2015-01-01"), annulled))
    assert shown.regimen is not None
    assert shown.regimen.span.label == "TDF + FTC + EFV"


def test_a_result_that_cannot_tell_stays_unknown() -> None:
    results = (viral_load("2024-01-01", 5000, "<"), viral_load("2024-01-01", 839, "<"), viral_load("2024-01-01", 1830))
    shown = [first(answer(VE, Grade.CERTAIN, result)).viral_load for result in results]
    assert [one and one.below_1000 for one in shown] == [None, True, False]


def test_a_low_count_is_advanced_disease() -> None:
    assert first(answer(VE, Grade.CERTAIN, cd4("2024-01-01", 142))).advanced is True
    assert first(answer(VE, Grade.CERTAIN, cd4("2024-01-01", 350))).advanced is False


def test_every_country_has_a_voice_and_the_silent_are_named() -> None:
    shown = first(
        answer(CL, Grade.PROBABLE, took("Atripla", "2015")),
        answer(CO, None),
        answer(VE, Grade.CERTAIN, took("Atripla", "2015")),
        silences=(Silence(EC, SilenceReason.UNREACHABLE, NOW),),
    )
    assert [(voice.country, voice.tone) for voice in shown.voices] == [
        (CL, "probable"),
        (CO, "nothing"),
        (EC, "silent"),
        (VE, "certain"),
    ]
    assert (shown.silent, shown.heard) == ((EC,), 3)
    assert shown.unsure(CL)
    assert not shown.unsure(VE)


def test_no_fact_is_lost_between_record_and_table() -> None:
    care, _ = read(STORY)
    told = [entry for one in STORY.answers for entry in one.entries]
    assert len(rows(care, SPANISH)) == len(told)
    assert {row.source.record for row in rows(care, SPANISH)} == {f"{entry.resource_type}/{entry.id}" for entry in told}


def test_what_the_country_itself_has_on_record_counts_with_what_others_told() -> None:
    history = replace(STORY, answers=(answer(VE, Grade.CERTAIN, viral_load("2019-05-02", 40)),), silences=())
    home = Country("PE")
    own = events(answer(home, None, viral_load("2026-09-01", 52_300)).entries, home)
    care, _ = read(history, own)
    last = standing(care, today=NOW.date()).suppression
    assert last is not None
    assert (last.event.country, last.below_1000) == (home, False)


def test_dates_are_no_more_exact_than_they_were_written() -> None:
    history = replace(STORY, answers=(answer(VE, Grade.CERTAIN, took("Atripla", "2014-03", "2016")),), silences=())
    care, _ = read(history)
    assert rows(care, SPANISH)[0].source.when == SPANISH("table.from-to", start="mar 2014", end="2016")


def test_an_entry_that_is_no_resource_stays_in_the_table() -> None:
    broken: History = replace(
        STORY, answers=(replace(STORY.answers[0], entries=(Entry("Observation", "x", b"\xff{"),)),), silences=()
    )
    care, _ = read(broken)
    assert [row.source.record for row in rows(care, SPANISH)] == ["Observation/x"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 día"),
        (59, "59 días"),
        (61, "2 meses"),
        (365, "1 año"),
        (2032, "5 años y 7 meses"),
        (396, "1 año y 1 mes"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(days: int, said: str) -> None:
    assert duration(days, SPANISH) == said


def test_units_are_words_and_a_text_that_says_the_same_is_not_repeated() -> None:
    result = viral_load("2024-01-01", 96_700)
    result["valueQuantity"]["unit"] = "{copies}/mL"
    care, _ = read(replace(STORY, answers=(answer(VE, Grade.CERTAIN, result),)))
    (row,) = rows(care, SPANISH)
    assert (row.value, row.repeats) == ("96\u202f700 copias/mL", True)
    assert as_written("<20 {copies}/mL; 5 {cells}/uL", SPANISH) == "<20 copias/mL; 5 células/µL"


def test_the_end_of_a_regimen_is_said_no_more_exactly_than_it_was_told() -> None:
    shown = first(answer(VE, Grade.CERTAIN, took("TDF/3TC/DTG", "2019", "2021-04")))
    assert shown.regimen is not None
    assert began_text(shown.regimen.span, SPANISH) == "2019"
    assert ended_text(shown.regimen.span, SPANISH) == "abr 2021"


def test_what_is_wrong_of_a_part_of_a_regimen_is_not_said_of_it() -> None:
    parts = (took(drug, "2018-09-03", "2021-04-30") for drug in ("DRV/r", "DTG", "ETR"))
    care, _ = read(replace(STORY, answers=(answer(CO, Grade.CERTAIN, *parts),)))
    assert [row.flags for row in rows(care, SPANISH)] == [(), (), ()]
    assert care.spans[0].flags == ("third_line_like",)
