"""Properties of alerts: more facts never hide one, their order means nothing, and what is off stays silent."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.care.alerts import alerts
from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.known import situation
from corridor.domain.care.rules.library import rule_book
from corridor.domain.care.situation import Person
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from tests.domain.care.situations import TODAY, VE, fact, fired, warned

FACTS = [
    "art:DTG+3TC+TDF",
    "last:ABC+3TC+DTG",
    "open:EFV+FTC+TDF",
    "before:NVP+3TC+AZT",
    "rx:rifampicina",
    "rx:3HP",
    "rx:Omeprazol",
    "rx:Metformina",
    "rx:jarabe Zyx",
    "cond:Embarazo",
    "cond:Tuberculosis pulmonar",
    "allergy:Abacavir",
    "hbsag:positivo",
    "hbsag:no reactivo@400",
    "hla:positivo",
    "cd4:150",
    "cd4:350@200",
    "vl:25000",
    "egfr:42",
    "creatinine:1.9",
    "weight:18",
    "stage:3",
]
UNRELATED = ["rx:Paracetamol 500 mg", "cond:Fractura de radio", "allergy:Penicilina", "rx:Losartan", "weight:70@2000"]
ALL_ON = replace(rule_book(), rules=tuple(replace(rule, enabled=True) for rule in rule_book().rules))
several = st.lists(st.sampled_from(FACTS), unique=True, max_size=9)


@settings(deadline=None, max_examples=60)
@given(several, st.sampled_from(UNRELATED))
def test_a_fact_that_no_rule_asks_for_takes_no_alert_away(facts: list[str], unrelated: str) -> None:
    assert fired(facts, ALL_ON) <= fired([*facts, unrelated], ALL_ON)


@settings(deadline=None, max_examples=60)
@given(several.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_in_which_facts_arrive_changes_nothing(both: tuple[list[str], list[str]]) -> None:
    assert warned(both[0], ALL_ON) == warned(both[1], ALL_ON)


@settings(deadline=None, max_examples=40)
@given(several, st.sets(st.sampled_from([rule.id for rule in ALL_ON.rules])))
def test_a_rule_that_is_off_never_appears(facts: list[str], off: set[str]) -> None:
    book = replace(ALL_ON, rules=tuple(replace(rule, enabled=rule.id not in off) for rule in ALL_ON.rules))
    seen = warned(facts, book)
    assert not off & ({alert.rule for alert in seen} | {rule for alert in seen for rule in alert.waiting})


@settings(deadline=None, max_examples=60)
@given(several)
def test_every_alert_says_why_and_where_it_comes_from(facts: list[str]) -> None:
    for alert in warned(facts, ALL_ON):
        assert alert.source
        assert alert.because or alert.missing or alert.rule in {"EF02", "CO07"}
        assert alert.text.es
        assert alert.severity_words.pt
        assert alert.action_words.en


@pytest.mark.parametrize(("day", "speaks"), [(14, True), (15, False)])
def test_rifampicin_counts_for_two_weeks_after_its_last_day(day: int, *, speaks: bool) -> None:
    ended = _medicine("Rifampicina", components=("RIF",), end=TODAY - timedelta(days=day))
    assert ("TB01" in _rules(ended)) is speaks


@pytest.mark.parametrize(
    ("status", "start", "speaks"),
    [
        ("", TODAY - timedelta(days=365), True),
        ("", TODAY - timedelta(days=366), False),
        ("active", date(2019, 1, 1), True),
        ("active", None, True),
        ("completed", TODAY - timedelta(days=30), False),
        ("entered-in-error", TODAY, False),
    ],
)
def test_a_medicine_without_an_end_counts_for_a_year_or_as_long_as_it_says(
    status: str, start: date | None, *, speaks: bool
) -> None:
    assert ("ME01" in _rules(_medicine("Metformina", start=start, status=status))) is speaks


def test_latent_or_ruled_out_tuberculosis_is_not_active_tuberculosis() -> None:
    for name in ("Tuberculosis latente", "Tuberculosis descartada", "Antecedente de tuberculosis"):
        assert "TB11" not in fired(["last:DTG+3TC+TDF", f"cond:{name}"])


def test_treatment_with_four_drugs_tells_of_active_tuberculosis_and_prevention_does_not() -> None:
    assert "TB11" in fired(["last:DTG+3TC+TDF", "rx:RHZE"])
    assert "TB11" not in fired(["last:DTG+3TC+TDF", "rx:3HP"])


def test_a_condition_that_was_resolved_is_over() -> None:
    resolved = Event(VE, EventKind.CONDITION, "Embarazo", "Condition/1", TODAY - timedelta(days=100), status="resolved")
    assert "PG01" not in _rules(resolved, art="DRV+COBI+FTC+TAF")


def test_thousands_of_unreadable_results_hide_nothing() -> None:
    ids = count()
    many = [
        Event(VE, EventKind.OTHER, "creatinina", f"Observation/{next(ids)}", TODAY - timedelta(days=n % 3000), raw="?")
        for n in range(2000)
    ]
    assert "HB03" in {alert.rule for alert in warned(["art:DTG+3TC+TDF"], events=many)}


def test_without_any_fact_everything_is_asked_for_and_nothing_is_claimed() -> None:
    care = timeline([])
    found = alerts(situation(care, standing(care, today=TODAY), person=Person()))
    assert all(alert.missing or {reason.what for reason in alert.because} == {"untested"} for alert in found)


def _medicine(
    label: str,
    *,
    components: tuple[str, ...] = (),
    start: date | None = date(2026, 1, 1),
    end: date | None = None,
    status: str = "",
) -> Event:
    kind = EventKind.TUBERCULOSIS if components else EventKind.OTHER
    return Event(VE, kind, label, "MedicationStatement/m", start, end, components=components, raw=label, status=status)


def _rules(event: Event, *, art: str = "DTG+3TC+TDF") -> set[str]:
    told = [one for one in (fact(f"art:{art}"), event) if one is not None]
    care = timeline(told)
    return {alert.rule for alert in alerts(situation(care, standing(care, today=TODAY)))}
