"""The demo's people: invented migrants from Venezuela to Chile, each written differently at every border.

The same seed gives the same people. Person *n* depends on the seed and *n* alone, so thousands can be made lazily.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.care import Course, Stay, care_of, stays
from demo.clerks import Slip, Truth, write_down
from demo.names import CITIES, MEN, SECOND_MEN, SECOND_WOMEN, SURNAMES, WOMEN
from demo.papers import home_paper, host_paper, passport
from demo.story import the_woman
from demo.values import LAST_DAY, Agreement, AgreementKind, Outcome, Paper, Person, Registration, Written

ROADS = (
    ("VE", "CO", "PE"),
    ("VE", "CO", "EC", "PE"),
    ("VE", "PE"),
    ("VE", "CO", "CL"),
    ("CO", "EC"),
    ("VE", "EC", "PE"),
    ("VE", "CO", "PE", "CL"),
    ("EC", "PE", "CL"),
    ("VE", "CO"),
    ("PE", "CL"),
)
"""Which countries, from the first to where the person is now."""

ROTA = (
    *(Outcome.BY_NAMES,) * 6,
    *(Outcome.BY_PAPER,) * 3,
    *(Outcome.SIBLING,) * 2,
    *(Outcome.TWIN,) * 2,
    Outcome.WITHDRAWN_ABROAD,
    Outcome.WITHDRAWN_HERE,
    Outcome.REFUSED_ABROAD,
    Outcome.EXPIRED,
    Outcome.NO_CONSENT,
    Outcome.LIMITED,
    Outcome.UNRESOLVABLE,
)
"""The outcomes that come round again every twenty people; siblings and twins stand beside each other."""

MILD = (Slip.LOST_GIVEN, Slip.LOST_SURNAME, Slip.DAY_MONTH, Slip.SPELLING, Slip.NO_ACCENTS, Slip.JOINED, Slip.DAY)
"""Slips of which one does not hide a person."""

HOPELESS = (Slip.LOST_SURNAME, Slip.NICKNAME, Slip.YEAR_ONLY)
"""Slips that together leave nothing to go by."""

COURSES = (*(Course.STEADY,) * 4, *(Course.STOCK_OUT,) * 3, *(Course.FAILING,) * 2, Course.TUBERCULOSIS)


@dataclass(frozen=True, slots=True)
class _Draw:
    """One person's dice and what has been fixed by them."""

    rng: Random
    number: int
    outcome: Outcome
    road: tuple[Stay, ...]


def people(seed: int = 7, *, count: int = 60) -> Iterator[Person]:
    """The first `count` people; the first of all is the woman of the story."""
    return (person(seed, number) for number in range(count))


def person(seed: int, number: int) -> Person:
    """One of the people, the same whenever it is asked for; number 0 is the woman of the story."""
    if number == 0:
        return the_woman()
    outcome = ROTA[(number - 1) % len(ROTA)]
    rng = Random(f"{seed}/{number}")
    course = rng.choice(COURSES)
    road = stays(rng, ROADS[rng.randrange(len(ROADS))], course=course)
    draw = _Draw(rng, number, outcome, road)
    truth = _truth(draw, seed)
    cares = care_of(rng, road, course=course)
    papers = _papers(draw)
    registrations = tuple(
        Registration(
            country=stay.country,
            id=f"p{number:05d}",
            written=_written(draw, truth, place=place, papers=papers[place]),
            care=care,
            agreements=agreements(outcome, road, place=place),
        )
        for place, (stay, care) in enumerate(zip(road, cares, strict=True))
    )
    return Person(number, outcome, registrations)


def agreements(outcome: Outcome, road: tuple[Stay, ...], *, place: int) -> tuple[Agreement, ...]:
    """What somebody with this outcome signed in the country at this place of the road, oldest first."""
    here, on = road[-1].country, road[place].start
    end = date(LAST_DAY.year + 9, 12, 31)
    if place < len(road) - 1:
        return _abroad(outcome, road, place=place)
    match outcome:
        case Outcome.NO_CONSENT:
            return ()
        case Outcome.LIMITED:
            return (Agreement(AgreementKind.LIMITED, (here,), on, end),)
        case Outcome.WITHDRAWN_HERE:
            return (Agreement(AgreementKind.WITHDRAWN, (here,), on, end),)
        case Outcome.EXPIRED:
            return (Agreement(AgreementKind.GIVEN, (here,), on, on + timedelta(days=30)),)
        case _:
            return (Agreement(AgreementKind.GIVEN, (here,), on, end),)


def _abroad(outcome: Outcome, road: tuple[Stay, ...], *, place: int) -> tuple[Agreement, ...]:
    on, end = road[place].start, date(LAST_DAY.year + 9, 12, 31)
    if place != len(road) - 2:
        return ()
    if outcome is Outcome.REFUSED_ABROAD:
        return (Agreement(AgreementKind.REFUSED, (), on, end),)
    if outcome is Outcome.WITHDRAWN_ABROAD:
        return (
            Agreement(AgreementKind.WITHDRAWN, (road[-1].country,), on, end),
            Agreement(AgreementKind.REFUSED, (), on + timedelta(days=60), end),
        )
    return ()


def _truth(draw: _Draw, seed: int) -> Truth:
    rng, family = draw.rng, draw.rng
    if draw.outcome in {Outcome.SIBLING, Outcome.TWIN}:
        first = draw.number - (ROTA[(draw.number - 2) % len(ROTA)] is draw.outcome)
        family = Random(f"{seed}/family/{first}")
    surnames = (family.choice(SURNAMES), family.choice(SURNAMES))
    days = rng if draw.outcome is Outcome.SIBLING else family
    birth = date(days.randrange(1962, 2004), days.randrange(1, 13), days.randrange(1, 29))
    woman = rng.random() < 0.45
    first_names, second_names = (WOMEN, SECOND_WOMEN) if woman else (MEN, SECOND_MEN)
    given = (rng.choice(first_names), rng.choice(second_names))
    return Truth(given, surnames, birth, "female" if woman else "male")


def _written(draw: _Draw, truth: Truth, *, place: int, papers: tuple[Paper, ...]) -> Written:
    stay = draw.road[place]
    script = write_down(truth, _slips(draw, place))
    return Written(
        given=script.given,
        surnames=script.surnames,
        birth=script.birth,
        gender=truth.gender,
        papers=papers,
        city=draw.rng.choice(CITIES[stay.country]),
        phone=f"+00 9{draw.rng.randrange(10_000_000, 99_999_999)}",
    )


def _slips(draw: _Draw, place: int) -> tuple[Slip, ...]:
    if place == 0:
        return ()
    if draw.outcome is Outcome.UNRESOLVABLE:
        return HOPELESS if place < len(draw.road) - 1 else (Slip.YEAR, Slip.SURNAMES_SWAPPED, *HOPELESS)
    if draw.outcome is Outcome.BY_PAPER:
        return (Slip.SURNAMES_SWAPPED,) if draw.rng.random() < 0.5 else tuple(draw.rng.sample(MILD[:4], 2))
    return (draw.rng.choice(MILD),) if place < len(draw.road) - 1 else (Slip.NO_ACCENTS,)


def _papers(draw: _Draw) -> list[tuple[Paper, ...]]:
    rng, born = draw.rng, draw.road[0].country
    home, travel = home_paper(rng, born), passport(rng, born)
    shown = {Outcome.BY_PAPER: (travel,)}.get(draw.outcome, ())
    hosts = [(host_paper(rng, stay.country),) if rng.random() < 0.6 else () for stay in draw.road[1:]]
    return [(home, *shown), *[(*host, *shown) for host in hosts]]
