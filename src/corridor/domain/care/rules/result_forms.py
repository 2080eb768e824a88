"""Parts of rules that ask for tests and for the person: a missing or an old result is never a normal one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from corridor.domain.care.interval import Interval, number
from corridor.domain.care.rules.asked import asked
from corridor.domain.care.rules.verdict import NO, Reason, Test, Verdict, unknown, yes
from corridor.domain.care.situation import Answer, Result, Situation

_ONE = Decimal(1)
_FERTILE_FROM, _FERTILE_UNTIL = 10, 55

Judge = Callable[[Result], bool | None]


def lab(wanted: Mapping[str, Any]) -> Test:
    """A test is positive, negative or unknown, below or above a number, rising, or too old to count."""
    name = str(wanted["lab"])
    if wanted.get("is") == "unknown":
        return _untested(name)
    if "older_days" in wanted:
        return _too_old(name, int(wanted["older_days"]))
    if wanted.get("rise"):
        return _rising(name)
    return _judged(name, _judge(wanted))


def _judge(wanted: Mapping[str, Any]) -> Judge:
    if "is" in wanted:
        return lambda result: _is(result.answer, str(wanted["is"]))
    if "lt" in wanted:
        below = number(str(wanted["lt"]))
        return lambda result: None if result.amount is None else result.amount.below(below)
    above = number(str(wanted["gt"]))
    return lambda result: None if result.amount is None else exceeds(result.amount, above)


def _is(answer: Answer | None, wanted: str) -> bool | None:
    return None if answer in {None, Answer.UNCLEAR} else answer == wanted


def exceeds(amount: Interval, threshold: Decimal) -> bool | None:
    """Whether every value lies above the threshold; a number that was written as the threshold itself does not."""
    if amount.upper is not None and amount.upper <= threshold:
        return False
    if amount.lower is None or amount.lower < threshold:
        return None
    if amount.lower > threshold or amount.upper is None:
        return True
    return False if amount.upper - amount.lower <= _ONE else None


def _judged(name: str, judge: Judge) -> Test:
    """The latest results decide; a bad result counts however old it is, a good one only while it is fresh."""

    def test(situation: Situation) -> Verdict:
        results = latest(name, situation)
        found = [(judge(result), result) for result in results]
        bad = [result for holds, result in found if holds and _lasts(name, result, situation)]
        if bad:
            return yes(Reason("result", name, result.event) for result in bad)
        if any(holds is False and fresh(name, result, situation) for holds, result in found) and all(
            holds is False for holds, _ in found
        ):
            return NO
        return unknown(*_missing(name, situation))

    return test


def latest(name: str, situation: Situation) -> tuple[Result, ...]:
    """The results of the latest day, and those without a day; all results of a test that is done once in a life."""
    told = situation.results.get(name, ())
    results = tuple(result for result in told if usable(result)) or told
    if asked().tests[name].once:
        return results
    last = max((result.on for result in results if result.on is not None), default=None)
    return tuple(result for result in results if result.on is None or result.on == last)


def usable(result: Result) -> bool:
    """Whether a result says anything; one that says nothing must not hide an older one that does."""
    return result.amount is not None or result.answer not in {None, Answer.UNCLEAR}


def fresh(name: str, result: Result, situation: Situation) -> bool:
    """Whether a reassuring result may still be relied on; one without a date may not, save what never changes."""
    days = asked().tests[name].fresh_days
    if days is None:
        return True
    return result.on is not None and (situation.today - result.on).days <= days


def _lasts(name: str, result: Result, situation: Situation) -> bool:
    """Whether a worrying result still speaks of today; nearly all do, a pregnancy does not."""
    days = asked().tests[name].lasts_days
    return days is None or (result.on is not None and (situation.today - result.on).days <= days)


def _missing(name: str, situation: Situation) -> tuple[str, ...]:
    """What to ask for: the test, or what it takes to make use of a creatinine that is there."""
    if name == "egfr" and any(fresh("creatinine", each, situation) for each in latest("creatinine", situation)):
        person = situation.person
        lacking = [key for key, value in (("sex", person.sex), ("age", person.born_from)) if value is None]
        return tuple(lacking) or (name,)
    return (name,)


def _untested(name: str) -> Test:
    def test(situation: Situation) -> Verdict:
        relied = [each for each in latest(name, situation) if usable(each) and fresh(name, each, situation)]
        return NO if relied else yes([Reason("untested", name)])

    return test


def _too_old(name: str, days: int) -> Test:
    def test(situation: Situation) -> Verdict:
        results = situation.results.get(name, ())
        if any(result.on is not None and (situation.today - result.on).days <= days for result in results):
            return NO
        told = [Reason("outdated", name, result.event) for result in latest(name, situation)]
        return yes(told or [Reason("untested", name)])

    return test


def _rising(name: str) -> Test:
    def test(situation: Situation) -> Verdict:
        dated = [result for result in situation.results.get(name, ()) if result.on and result.amount]
        if len(dated) <= 1 or dated[0].amount is None or dated[1].amount is None:
            return unknown(name)
        now, then = dated[0].amount.lower, dated[1].amount.upper
        if now is not None and then is not None and now >= then:
            return yes(Reason("result", name, result.event) for result in dated[:2])
        return NO

    return test


def viral_load(wanted: Mapping[str, Any]) -> Test:
    """The last viral load lies below or above a number of copies per millilitre."""
    return lab({"lab": "viral_load", **wanted})


def who_stage(stages: Sequence[int]) -> Test:
    """The last WHO clinical stage is one of these."""

    def judge(result: Result) -> bool | None:
        return None if result.amount is None or result.amount.lower is None else int(result.amount.lower) in stages

    return _judged("who_stage", judge)


def sex(wanted: str) -> Test:
    """The person's sex, where all records agree."""

    def test(situation: Situation) -> Verdict:
        if situation.person.sex is None:
            return unknown("sex")
        return yes([Reason("person", "sex")]) if situation.person.sex == wanted else NO

    return test


def age_lt(years: int) -> Test:
    """The person is surely younger than this; where only the year of birth is known, the edge stays unknown."""

    def test(situation: Situation) -> Verdict:
        oldest, youngest = situation.person.age_years(situation.today)
        if oldest is None or youngest is None:
            return unknown("age")
        if oldest < years:
            return yes([Reason("person", "age")])
        return NO if youngest >= years else unknown("age")

    return test


def age_ge(years: int) -> Test:
    """The person is surely this old."""
    younger = age_lt(years)

    def test(situation: Situation) -> Verdict:
        verdict = younger(situation)
        return verdict if verdict.holds is None else _swapped(verdict)

    return test


def _swapped(verdict: Verdict) -> Verdict:
    return NO if verdict.holds else yes([Reason("person", "age")])


def pregnancy(_: object = None) -> Test:
    """The person is pregnant, as a record or a test says; unknown where it may be and nobody told."""
    tested = _judged("pregnancy", lambda result: _is(result.answer, Answer.POSITIVE))

    def test(situation: Situation) -> Verdict:
        if told := situation.conditions.get("pregnancy"):
            return yes(Reason("condition", "pregnancy", event) for event in told)
        return tested(situation) if _may_be_pregnant(situation) else NO

    return test


def _may_be_pregnant(situation: Situation) -> bool:
    oldest, youngest = situation.person.age_years(situation.today)
    out_of_age = oldest is not None and youngest is not None and (oldest < _FERTILE_FROM or youngest > _FERTILE_UNTIL)
    return situation.person.sex != "male" and not out_of_age
