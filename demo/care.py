"""Histories along the road: regimens, gaps, tuberculosis and results, divided among the countries that saw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from random import Random

from demo.drugs import ALLERGIES, FIRST, GENOTYPES, SECOND, THIRD
from demo.values import LAST_DAY, Care, Regimen, Result, ResultKind

TO_SUPPRESS_DAYS = 150
"""After this long on medicines that work, the invented viral loads are suppressed."""


class Course(StrEnum):
    """How a treatment went."""

    STEADY = "steady"
    FAILING = "failing"
    STOCK_OUT = "stock-out"
    TUBERCULOSIS = "tuberculosis"


@dataclass(frozen=True, slots=True)
class Stay:
    """Time in one country; `end` is None in the last one."""

    country: str
    start: date
    end: date | None

    @property
    def last(self) -> date:
        """The last day that anything was recorded here."""
        return self.end or LAST_DAY


@dataclass(frozen=True, slots=True)
class _Clinic:
    """What stays the same from one country to the next while a history is drawn."""

    rng: Random
    course: Course
    diagnosed_on: date
    weight_kg: float


_Plan = list[list[tuple[int, tuple[str, ...]]]]
"""For each country, line and products of one regimen after another."""


def stays(rng: Random, countries: tuple[str, ...], *, course: Course) -> tuple[Stay, ...]:
    """When the person was in each country, with days on the road and, in bad courses, months without treatment."""
    arrivals = [date(2015, 1, 1) + timedelta(days=rng.randrange(900))]
    for _ in countries[1:]:
        arrivals.append(arrivals[-1] + timedelta(days=rng.randrange(500, 1050)))
    away_days = (90, 240) if course in {Course.STOCK_OUT, Course.FAILING} else (6, 45)
    ends = [day - timedelta(days=rng.randrange(*away_days)) for day in arrivals[1:]]
    return tuple(
        Stay(country, start, end) for country, start, end in zip(countries, arrivals, [*ends, None], strict=True)
    )


def care_of(rng: Random, road: tuple[Stay, ...], *, course: Course) -> tuple[Care, ...]:
    """What each country of the road did and saw, in order of the road."""
    clinic = _Clinic(rng, course, road[0].start, rng.uniform(46, 84))
    return tuple(
        _care_here(clinic, stay, regimens=regimens)
        for stay, regimens in zip(road, _regimens(rng, road, course=course), strict=True)
    )


def _regimens(rng: Random, road: tuple[Stay, ...], *, course: Course) -> list[tuple[Regimen, ...]]:
    plan = _plan(rng, len(road), course=course)
    return [
        _in_turn(plan[place], stay, stopped=_stopped(course, last=stay.end is None)) for place, stay in enumerate(road)
    ]


def _plan(rng: Random, length: int, *, course: Course) -> _Plan:
    steady: _Plan = [[(1, ("TLD",))] for _ in range(length)]
    match course:
        case Course.FAILING:
            third: tuple[str, ...] = rng.choice(THIRD)
            return [[(1, ("TLE",)), (2, rng.choice(SECOND))], *([(3, third)] for _ in steady[1:])]
        case Course.TUBERCULOSIS:
            return [[(1, ("TLE",))], [(1, ("TLD", "DTG")), (1, ("TLD",))], *steady[2:]]
        case Course.STOCK_OUT:
            return [[(1, ("TLE",)), (1, rng.choice(FIRST))], *steady[1:]]
        case Course.STEADY:
            return [[(1, rng.choice(FIRST))], *steady[1:]]


def _in_turn(steps: list[tuple[int, tuple[str, ...]]], stay: Stay, *, stopped: str) -> tuple[Regimen, ...]:
    days = (stay.last - stay.start).days
    cuts = [stay.start + timedelta(days=20 + (days - 20) * place // len(steps)) for place in range(len(steps) + 1)]
    ended = [*["Cambio de esquema"] * (len(steps) - 1), stopped]
    return tuple(
        Regimen(products, start, None if end >= LAST_DAY else end - timedelta(days=1), reason, line)
        for (line, products), (start, end), reason in zip(steps, pairwise(cuts), ended, strict=True)
    )


def _stopped(course: Course, *, last: bool) -> str:
    if last:
        return ""
    return "Desabastecimiento" if course is Course.STOCK_OUT else "Salida del país"


def _care_here(clinic: _Clinic, stay: Stay, *, regimens: tuple[Regimen, ...]) -> Care:
    rng, course = clinic.rng, clinic.course
    ill_on = regimens[0].start if regimens[0].products == ("TLD", "DTG") else None
    visits = _visits(rng, stay)
    results = [result for day in visits[-12:] for result in _results_on(clinic, day, regimens=regimens)]
    if course is Course.FAILING and regimens[-1].line == 3:
        gene, mutations = rng.choice(GENOTYPES)
        results.append(Result(ResultKind.GENOTYPE, visits[0], text=f"{gene} {mutations}"))
    if ill_on:
        regimens = (*regimens, *_tuberculosis(ill_on))
        results.append(Result(ResultKind.SPUTUM, ill_on - timedelta(days=3), text="detected"))
    allergies = (rng.choice(sorted(ALLERGIES)),) if rng.random() < 0.25 else ()
    return Care(regimens, tuple(results), visits, allergies, ill_on, clinic.diagnosed_on)


def _tuberculosis(ill_on: date) -> tuple[Regimen, Regimen]:
    turn, end = ill_on + timedelta(days=60), ill_on + timedelta(days=182)
    return (
        Regimen(("RHZE",), ill_on, turn - timedelta(days=1), "Fin de primera fase", 0),
        Regimen(("RH",), turn, end, "Tratamiento terminado", 0),
    )


def _visits(rng: Random, stay: Stay) -> tuple[date, ...]:
    days, day = [], stay.start + timedelta(days=20)
    while day < stay.last:
        days.append(day)
        day += timedelta(days=rng.randrange(150, 200))
    return tuple(days) or (stay.start,)


def _results_on(clinic: _Clinic, day: date, *, regimens: tuple[Regimen, ...]) -> list[Result]:
    rng = clinic.rng
    treated_days = max(((day - regimen.start).days for regimen in regimens if regimen.start <= day), default=0)
    failing = clinic.course is Course.FAILING and regimens[0].line == 1
    suppressed = treated_days > TO_SUPPRESS_DAYS and not failing
    copies = float(rng.choice((0, 0, 20, 35))) if suppressed else float(rng.randrange(1_200, 240_000))
    cells = rng.randrange(380, 820) if suppressed else rng.randrange(48, 420)
    return [
        Result(ResultKind.VIRAL_LOAD, day, copies),
        Result(ResultKind.CD4, day, float(cells)),
        Result(ResultKind.WEIGHT, day, round(clinic.weight_kg + rng.uniform(-3, 3), 1)),
        *([Result(ResultKind.CREATININE, day, round(rng.uniform(0.5, 1.3), 2))] if rng.random() < 0.4 else []),
    ]
