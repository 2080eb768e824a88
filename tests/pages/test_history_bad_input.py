"""What laboratories, clerks and attackers send: the page shows what is certain, names the rest, and never breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from corridor.domain.care.doubts import DoubtKind, ToldPerson, doubts, person_of
from corridor.domain.care.formulary import Availability
from corridor.domain.grade import Grade
from corridor.fhir.projection_writers import WITHHELD_URL
from corridor.web.clinician.picture import picture
from corridor.web.clinician.shelf import PulledHistory
from tests.pages import cases
from tests.pages.conftest import LAPTOP, visiting
from tests.pages.test_history_page import PHONE, violations
from tests.pages.town import CO, NOW, PEOPLE, STORY, VE, answer, took
from tests.pages.ward import opened, ward

TODAY = NOW.date()


def told(*resources: dict[str, Any]) -> PulledHistory:
    """A history of one country."""
    return PulledHistory(PEOPLE[0], replace(STORY, answers=(answer(VE, Grade.CERTAIN, *resources),)))


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_hostile_history_is_shown_and_does_nothing(browser: Browser, size: dict[str, int]) -> None:
    spoken: list[str] = []
    with ward(**cases.hostile()) as place, visiting(browser, viewport=size) as page:
        page.on("dialog", lambda dialog: spoken.append(dialog.message))
        page.on("console", lambda message: spoken.append(message.text))
        opened(page, place)
        assert "owned" not in page.title()
        assert page.locator("main script, main img").count() == 0
        assert spoken == []
        assert len(page.content().encode()) < 200_000
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == []


def test_what_does_not_fit_is_named_with_its_records(browser: Browser) -> None:
    with ward(**cases.hostile()) as place, visiting(browser) as page:
        opened(page, place)
        named = page.locator("section[aria-labelledby=doubts]").inner_text()
        for sentence in (
            "El sexo no coincide. aquí: mujer, Venezuela: hombre.",
            "El año de nacimiento no coincide. aquí: 1987, Venezuela: 1991.",
            "son de antes de nacer",
            "terminan antes de empezar",
            "tiene una fecha que aún no llega",
            "no se pudieron leer",
            "no tienen fecha que se pueda leer",
        ):
            assert sentence in named
        assert page.locator("section[aria-labelledby=doubts] details.source").count() >= 4


def test_no_record_is_lost_however_broken(browser: Browser) -> None:
    case = cases.hostile()
    sent = [entry for one in case["history"].answers for entry in one.entries if entry.resource_type != "Patient"]
    with ward(**case) as place, visiting(browser) as page:
        opened(page, place)
        records = page.locator("table.facts .record").all_text_contents()
        assert sorted(records) == sorted(f"{entry.resource_type}/{entry.id}" for entry in sent)
        assert "positivo" in page.locator("table.facts").inner_text()
        assert "Unobtainium 300" in page.locator("table.facts").inner_text()


def test_where_nobody_told_anything_no_section_says_that_nothing_was(browser: Browser) -> None:
    with ward(**cases.nothing()) as place, visiting(browser) as page:
        opened(page, place)
        assert page.locator(".glance .value.absent").count() == 3
        assert page.locator(".glance >> text=No se sabe de: Ecuador").count() == 3
        assert (
            "No se sabe qué medicinas resiste el virus"
            in page.locator("section[aria-labelledby=resisted]").inner_text()
        )
        assert violations(page) == []


def test_text_that_stayed_home_is_said_to_have_stayed(browser: Browser) -> None:
    mark = {"url": WITHHELD_URL, "valueCode": "withheld"}
    kept = took("", "2020-01-01") | {"medicationCodeableConcept": {"_text": {"extension": [mark]}}}
    with ward(told(kept).history) as place, visiting(browser) as page:
        opened(page, place)
        assert "1 medicina no se pudo leer" in page.locator(".regimen-card").inner_text()
        assert "Texto retenido en Venezuela." in page.locator("section[aria-labelledby=taken]").inner_text()
        assert "Texto retenido en Venezuela." in page.locator(".facts").inner_text()


def test_a_regimen_that_nobody_can_read_is_shown_as_written_and_as_unread() -> None:
    seen = picture(told(took("Unobtainium 300", "2020-02-02")))
    assert [doubt.kind for doubt in seen.doubts] == [DoubtKind.UNREAD]
    assert seen.stand.regimen is None
    assert (seen.options.availability, seen.options.options) == (Availability.UNKNOWN, ())


def test_what_agrees_raises_no_doubt() -> None:
    seen = picture(told(took("TDF/3TC/DTG", "2020-02-02", "2021-02-02")))
    assert seen.doubts == ()


def test_annulled_records_raise_no_doubt() -> None:
    annulled = took("TDF/3TC/DTG", "1950-01-01") | {"status": "entered-in-error"}
    assert picture(told(annulled)).doubts == ()


def test_sexes_and_births_count_as_known_only_where_everybody_agrees() -> None:
    here, there = ToldPerson(None, "female", "1987-04-23"), ToldPerson(CO, "female", "1987")
    assert person_of([here, there]).sex == "female"
    assert person_of([here, there]).born_from == person_of([here]).born_until
    assert person_of([here, ToldPerson(CO, "male", "1991")]).sex is None
    assert person_of([here, ToldPerson(CO, "male", "1991")]).born_from is None
    assert person_of([ToldPerson(CO, "", "nunca")]).born_from is None
    assert person_of([]).sex is None


def test_unknown_sexes_contradict_nobody() -> None:
    people = [ToldPerson(None, "female", "1987"), ToldPerson(CO, "unknown", ""), ToldPerson(VE, "", "1987-04")]
    care = picture(told()).care
    assert doubts(care, people, today=TODAY) == ()
