"""Results of the tests that rules ask for, newest first, in one unit each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.kidney import MICROMOLES_A_MILLIGRAM, egfr
from corridor.domain.care.lexicon import fold
from corridor.domain.care.measures import cells_per_ul, is_percentage, stage_number
from corridor.domain.care.rules.asked import asked
from corridor.domain.care.situation import Answer, Person, Result
from corridor.domain.care.timeline import Timeline
from corridor.domain.care.viral_load import ViralLoad

Convert = Callable[[Event], Interval | None]

_ANSWERED = ("hbsag", "hla-b5701", "pregnancy")
_NOT = re.compile(
    r"(?:no|nao|not|non|sin|sem)[ -]?(?:se )?(?:reactiv|reag|reactive|detect|embaraz|pregnan|gravid|gestant|present)\w*"
    r"|nonreactive|negativ\w*|ausente|absent|260385009|260415000|131194007|60001007"
)
_YES = re.compile(
    r"reactiv|\breag|positiv|detect|present|embaraz|pregnan|gravid|gestant|10828004|260373001|77386006|\bsi\b|\bsim\b"
    r"|\byes\b|\btrue\b"
)
_UNCLEAR = re.compile(r"indetermin|equivoc|dudos|pendi|pending|inval|insufic|insuff|rechaz|reject")
_NO_ALONE = re.compile(r"^\W*(?:no|nao|false)\W*$")
_GRAMS_A_KILOGRAM, _KILOGRAMS_A_POUND = Decimal("0.001"), Decimal("0.45359237")
_WEIGHTS = {"kg": Decimal(1), "kilo": Decimal(1), "g": _GRAMS_A_KILOGRAM, "[lb_av]": _KILOGRAMS_A_POUND}
_WEIGHTS |= {"lb": _KILOGRAMS_A_POUND, "lbs": _KILOGRAMS_A_POUND}
_EVERY_ASSAY_SEES = 1000
"""Copies per millilitre: a result without a number that says that nothing was seen lies below."""
_MICROMOLES = re.compile(r"(?:u|mc|micro)mol/l")


def results(care: Timeline, person: Person) -> Mapping[str, tuple[Result, ...]]:
    """All results that happened, by the test's name in the rules; a creatinine gives a filtration rate as well."""
    measured = {name: tuple(_about(name, care.others)) for name in asked().tests}
    found = {name: [_answered(event) for event in measured[name]] for name in _ANSWERED}
    found |= {
        name: [Result(event.start, event, amount=read(event)) for event in measured[name]] for name, read in _READ
    }
    found["egfr"] += [_filtration(result, person) for result in found["creatinine"]]
    counts = [event for event in care.cd4s if event.counts and event.about in {"", "cd4"} and not is_percentage(event)]
    found["cd4"] = [Result(event.start, event, amount=cells_per_ul(event)) for event in counts]
    loads = [event for event in care.viral_loads if event.counts]
    found["viral_load"] = [Result(event.start, event, amount=_copies(event)) for event in loads]
    return MappingProxyType({name: tuple(sorted(each, key=_newest)) for name, each in found.items() if each})


def _newest(result: Result) -> tuple[object, ...]:
    """Undated last; a total order, so that the order of arrival changes nothing."""
    event = result.event
    return -(result.on or date.min).toordinal(), event.country, event.source, event.raw, str(result.amount)


def _about(name: str, events: Iterable[Event]) -> Iterator[Event]:
    """Records that are this test by their code, or by their words where they have none."""
    wanted = asked().tests[name]
    for event in events:
        if not event.counts or event.source.startswith(("Medication", "Condition/")):
            continue
        by_words = wanted.words is not None and wanted.words.search(fold(event.label))
        if event.about in wanted.groups or (not event.about and by_words):
            yield event


def _answered(event: Event) -> Result:
    return Result(event.start, event, answer=answer(event.raw))


def answer(text: str) -> Answer | None:
    """What a laboratory's words say: positive, negative, unclear, or None where they say nothing."""
    folded = fold(text)
    left, denials = _NOT.subn(" ", folded)
    affirmed = _YES.search(left) is not None
    if _UNCLEAR.search(folded) or (denials and affirmed):
        return Answer.UNCLEAR
    if denials or _NO_ALONE.match(folded):
        return Answer.NEGATIVE
    return Answer.POSITIVE if affirmed else None


def _filtration(creatinine: Result, person: Person) -> Result:
    on, amount = creatinine.on, creatinine.amount
    oldest, youngest = person.age_years(on) if on else (None, None)
    rate = None
    if amount is not None and person.sex is not None and oldest is not None and youngest is not None:
        rate = egfr(amount, sex=person.sex, oldest_years=oldest, youngest_years=youngest)
    return Result(on, creatinine.event, amount=rate)


def _rate(event: Event) -> Interval | None:
    """Millilitres a minute; a rate per second or without a unit is not read."""
    return event.value if isinstance(event.value, Interval) and "min" in fold(event.unit) else None


def _creatinine(event: Event) -> Interval | None:
    """Milligrams per decilitre; without a unit nobody knows which of the two it is."""
    unit = fold(event.unit).replace(" ", "")
    if unit == "mg/dl":
        return _scaled(event, Decimal(1))
    return _scaled(event, 1 / MICROMOLES_A_MILLIGRAM) if _MICROMOLES.fullmatch(unit) else None


def _weight(event: Event) -> Interval | None:
    factor = _WEIGHTS.get(fold(event.unit).strip().rstrip("."))
    return _scaled(event, factor) if factor is not None else None


def _scaled(event: Event, factor: Decimal) -> Interval | None:
    if not isinstance(event.value, Interval):
        return None
    lower, upper = event.value.lower, event.value.upper
    return Interval(None if lower is None else lower * factor, None if upper is None else upper * factor)


def _stage(event: Event) -> Interval | None:
    number = stage_number(event)
    return None if number is None else Interval(Decimal(number), Decimal(number + 1))


def _copies(event: Event) -> Interval | None:
    """Copies per millilitre; a result that says nothing of them, as IU, must not hide an older one."""
    if not isinstance(event.value, ViralLoad):
        return None
    copies = event.value.copies_per_ml
    if copies.upper is None and not copies.lower:
        seen_by_all = event.value.suppressed(_EVERY_ASSAY_SEES)
        return Interval(Decimal(0), Decimal(_EVERY_ASSAY_SEES)) if seen_by_all else None
    return copies


_READ: tuple[tuple[str, Convert], ...] = (
    ("egfr", _rate),
    ("creatinine", _creatinine),
    ("weight", _weight),
    ("who_stage", _stage),
)
