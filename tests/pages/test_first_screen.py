from __future__ import annotations

from dataclasses import replace

from corridor.domain.grade import Grade
from corridor.domain.history import Entry, History, Silence, SilenceReason
from corridor.web.clinician.facts import rows
from corridor.web.clinician.histories import read
from corridor.web.clinician.routes import ROOM
from corridor.web.clinician.summary import Summary, summary
from corridor.web.language import Language, words
from tests.pages.town import CL, CO, EC, NOW, STORY, VE, answer, cd4, took, viral_load

SPANISH = words(Language.ES, ROOM)


def first(*answers: object, silences: tuple[Silence, ...] = ()) -> Summary:
    history = replace(STORY, answers=answers, silences=silences)
    care, unreadable = read(history)
    return summary(history, care, unreadable=unreadable)


def test_the_regimen_that_began_last_is_shown_even_beside_an_old_one_without_an_end() -> None:
    shown = first(
        answer(VE, Grade.CERTAIN, took("Atripla", "2015-01-01")),
        answer(CO, Grade.CERTAIN, took("TDF/3TC/DTG", "2019-01-01", "2021-06-01")),
    )
    assert shown.regimen is not None
    assert shown.regimen.label == "TDF + 3TC + DTG"
    assert shown.days_since == (NOW.date() - shown.regimen.end).days


def test_an_annulled_regimen_is_never_the_last_one() -> None:
    annulled = took("TDF/3TC/DTG", "2024-01-01") | {"status": "entered-in-error"}
    shown = first(answer(VE, Grade.CERTAIN, took("Atripla", "2015-01-01"), annulled))
    assert shown.regimen is not None
    assert shown.regimen.label == "TDF + FTC + EFV"


def test_a_result_that_cannot_tell_stays_unknown() -> None:
    assert first(answer(VE, Grade.CERTAIN, viral_load("2024-01-01", 5000, "<"))).suppressed is None
    assert first(answer(VE, Grade.CERTAIN, viral_load("2024-01-01", 839, "<"))).suppressed is True
    assert first(answer(VE, Grade.CERTAIN, viral_load("2024-01-01", 1830))).suppressed is False


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
    assert {row.source for row in rows(care, SPANISH)} == {f"{entry.resource_type}/{entry.id}" for entry in told}


def test_dates_are_no_more_exact_than_they_were_written() -> None:
    history = replace(STORY, answers=(answer(VE, Grade.CERTAIN, took("Atripla", "2014-03", "2016")),), silences=())
    care, _ = read(history)
    assert rows(care, SPANISH)[0].when == SPANISH("table.from-to", start="mar 2014", end="2016")


def test_an_entry_that_is_no_resource_stays_in_the_table() -> None:
    broken: History = replace(
        STORY, answers=(replace(STORY.answers[0], entries=(Entry("Observation", "x", b"\xff{"),)),), silences=()
    )
    care, _ = read(broken)
    assert [row.source for row in rows(care, SPANISH)] == ["Observation/x"]
