"""Invented histories that the page of a history has to stand: a rich one, a heavy one, a hostile one, a flood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from corridor.domain.care.formulary import Formulary, Presentation, Statement
from corridor.domain.grade import Grade
from corridor.domain.history import Answer, Entry
from corridor.web.clinician.desk import PersonRow
from corridor.web.clinician.picture import Local
from tests.pages.town import (
    CL,
    CO,
    NOW,
    PE,
    STORY,
    VE,
    answer,
    cd4,
    measured,
    took,
    viral_load,
)

ATTACK = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
LIST = Formulary(
    country=PE,
    source="Invented for the tests of Corridor; states nothing about the country",
    reporter="Corridor tests",
    dated=date(2026, 6, 1),
    valid_until=date(2027, 6, 1),
    statement=Statement.DEMONSTRATION,
    complete=False,
    presentations=(
        Presentation(("3TC", "DTG", "TDF"), "300/300/50 mg", "tablet"),
        Presentation(("3TC", "ABC"), "300/600 mg", "tablet"),
        Presentation(("DTG",), "50 mg", "tablet"),
        Presentation(("DRV", "RTV"), "800/100 mg", "tablet"),
    ),
)


def said(code: str, on: str, text: str) -> dict[str, Any]:
    """A result in words."""
    return measured(code, on, valueString=text)


def condition(text: str, on: str) -> dict[str, Any]:
    """An illness."""
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": text},
        "onsetDateTime": on,
    }


def allergy(text: str, on: str) -> dict[str, Any]:
    """An allergy."""
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}, "recordedDate": on}


def patient(sex: str, birth: str) -> dict[str, Any]:
    """The person as a country has them."""
    return {"resourceType": "Patient", "gender": sex, "birthDate": birth}


def rich() -> dict[str, Any]:
    """Three countries, two failures, genotypes, tuberculosis now, an allergy, a pregnancy, a list of medicines."""
    bogota = (
        patient("female", "1987"),
        took("DRV/r + DTG c/12h + ETR", "2018-09-03", "2021-04-30"),
        said("30554-0", "2018-08-20", "M184V, K103N, M41L, T215Y"),
        said("33630-5", "2018-08-20", "I54V, V82A"),
        viral_load("2018-08-20", 96_700),
        viral_load("2019-04-02", 20, "<"),
        viral_load("2020-10-15", 20, "<"),
        cd4("2018-08-20", 74),
        cd4("2019-04-02", 233),
        condition("Tuberculosis pulmonar", "2018-09-06"),
        said("5195-3", "2018-08-20", "HBsAg positivo"),
    )
    caracas = (
        patient("female", "1987"),
        took("Atripla", "2014-06-10", "2016-11-30"),
        took("AZT/3TC + LPV/r", "2016-12-01", "2018-02-14"),
        viral_load("2014-06-02", 148_000),
        said("20447-9", "2015-03-11", "indetectable"),
        viral_load("2016-07-01", 21_500),
        viral_load("2016-11-11", 38_400),
        viral_load("2017-08-22", 21_500),
        cd4("2014-06-02", 212),
        cd4("2016-11-11", 240),
        allergy("Exantema con nevirapina", "2015-02-01"),
    )
    santiago = (
        patient("female", "1987"),
        took("TDF/3TC/DTG", "2024-02-01"),
        took("Rifampicina + isoniazida", "2026-08-01"),
        viral_load("2026-08-20", 5400),
        viral_load("2026-11-02", 8100),
        cd4("2026-08-20", 150),
        condition("Embarazo", "2026-07-15"),
    )
    answers = (
        answer(CL, Grade.PROBABLE, *santiago),
        answer(CO, Grade.CERTAIN, *bogota),
        answer(VE, Grade.CERTAIN, *caracas),
    )
    return {"history": replace(STORY, answers=answers), "local": Local(formulary=LIST)}


def heavy() -> dict[str, Any]:
    """Three hundred resources from three countries, as a life of care leaves them."""
    drugs = ("Atripla", "AZT/3TC + LPV/r", "TDF/3TC/DTG", "ABC/3TC + DRV/r + DTG")
    answers = []
    for place, country in enumerate((CL, CO, VE)):
        began = date(2010 + place * 5, 1, 15)
        facts = [
            took(
                drugs[month // 10 % 4],
                str(began + timedelta(days=30 * month)),
                str(began + timedelta(days=30 * month + 29)),
            )
            for month in range(40)
        ]
        for visit in range(20):
            on = str(began + timedelta(days=60 * visit))
            facts += [viral_load(on, 40 + visit * 977 * (place + 1)), cd4(on, 90 + visit * 21)]
            facts.append(said("2160-0", on, f"creatinina 0.{visit + 50} mg/dL, muestra tomada en ayunas"))
        answers.append(answer(country, Grade.CERTAIN, *facts))
    return {"history": replace(STORY, answers=tuple(answers)), "local": Local(formulary=LIST)}


def hostile() -> dict[str, Any]:
    """Everything that should not be: scripts, five megabytes, days that contradict each other, two sexes, no dates."""
    broken = Answer(
        CL,
        (
            Entry("Observation", "x", b"\xff\xfe{"),
            Entry(
                "MedicationStatement",
                "l",
                '{"medicationCodeableConcept":{"text":"Efavirenz ni\xf1o"}}'.encode("latin-1"),
            ),
        ),
        Grade.PROBABLE,
        NOW,
    )
    facts = (
        patient("male", "1991"),
        took(ATTACK, "2019-01-01"),
        took("\u202eTDF " * 1500, "2020-13-45"),
        took("Atripla", "2021-05-01", "2019-05-01"),
        took("TDF/3TC/DTG", "1984-02-02"),
        took("Unobtainium 300", "2020-02-02"),
        took("TDF/3TC/DTG", "2031-01-01"),
        said("20447-9", "2020-02-02", "positivo"),
        viral_load("2019-01-01", 10**25) | {"note": [{"text": ATTACK}]},
        measured("20447-9", "2022-01-01", valueQuantity={"value": 1200}),
        measured("99999-9", "2022-01-01", valueString="n" * 5_000_000),
        viral_load("", 500),
        took("\u0644\u0627\u0645\u064a", "1871-01-01", "1870-01-01"),
        condition(f"Ca\u00c3\u00b1a {ATTACK}", "2020-01-01"),
    )
    who = PersonRow("p-1", f"{ATTACK} \u202e\u0646\u0627\u062c\u064a {'Ñandú ' * 900}", "1987\u202e", ATTACK, "female")
    return {"history": replace(STORY, answers=(broken, answer(VE, Grade.CERTAIN, *facts))), "who": who}


def flood() -> dict[str, Any]:
    """Ten thousand observations of one country."""
    facts = []
    for place in range(10_000):
        on = str(date(2004, 1, 1) + timedelta(days=place * 5 % 8200))
        facts.append(viral_load(on, 20 + place * 7 % 90_000) if place % 2 else cd4(on, 60 + place % 900))
    return {"history": replace(STORY, answers=(answer(VE, Grade.CERTAIN, *facts),))}


def nothing() -> dict[str, Any]:
    """Nobody told anything, and one country was silent."""
    return {"history": replace(STORY, answers=(answer(CO, None), answer(VE, None)))}
