"""How worlds for training are made: of several sizes and noises, with few names, with details, with people twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bench.andean_people import (
    ARRIVAL,
    KIN,
    REGISTRY,
    TAIL,
    Rates,
    World,
    dice,
    noisy,
    person,
    stranger,
    typed,
    world,
    written_down,
)
from corridor.domain.identity.demographics import Demographics, Detail, DetailKind

STREETS = 5_000
HOUSES, TOWNS, POSTCODES = 300, 300, 900
_NUMBERS = "0123456789"


@dataclass(frozen=True, slots=True)
class Clerks:
    """How often single-named people's few traits are mistaken, beside the rates of the registries."""

    names_swapped: float = 0.05
    surname_missing: float = 0.03
    given_missing: float = 0.03
    birth_missing: float = 0.03


CLERKS = Clerks()


def single_named(who: Demographics) -> Demographics:
    """A person as countries with one given name and one surname write them."""
    return replace(who, given=who.given[:1], surnames=who.surnames[:1])


def _carelessly(rng: random.Random, who: Demographics, clerks: Clerks = CLERKS) -> Demographics:
    """What happens to one given name and one surname; a person keeps at least one of them."""
    if rng.random() < clerks.names_swapped and who.given and who.surnames:
        who = replace(who, given=who.surnames, surnames=who.given)
    luck = rng.random()
    if luck < clerks.surname_missing and who.given:
        who = replace(who, surnames=())
    elif luck < clerks.surname_missing + clerks.given_missing and who.surnames:
        who = replace(who, given=())
    return replace(who, birth=None) if rng.random() < clerks.birth_missing else who


def _single_rates(rates: Rates) -> Rates:
    return replace(
        rates, reversed=0, second_surname_lost=0, married=0, date_swap=0.05, year_slip=0.04, typo=0.22, digit_error=0.08
    )


def single_named_world(seed: int, *, registered: int, asked: int, noise: float = 1, known: float = 0.4) -> World:
    """A world of people with one given name, one surname and at most one paper, and careless clerks at arrival."""
    rng = dice(seed)
    people = [single_named(person(rng)) for _ in range(registered)]
    register = tuple(written_down(rng, who, replace(noisy(REGISTRY, noise), home_document=0.9)) for who in people)
    arrivals: list[Demographics] = []
    truth: list[int | None] = []
    for _ in range(asked):
        place, luck = rng.randrange(registered), rng.random()
        who = people[place] if luck < known else single_named(stranger(rng, people[place]))
        seen = written_down(rng, who, _single_rates(noisy(ARRIVAL, noise)))
        papers = seen.documents[:1] if rng.random() < 0.75 else ()
        arrivals.append(_carelessly(rng, replace(seen, documents=papers)))
        truth.append(place if luck < known else None)
    return World(register, tuple(arrivals), tuple(truth))


def _each(of: World, change: Callable[[Demographics], Demographics]) -> World:
    """The same world with everybody changed alike."""
    return World(tuple(map(change, of.registered)), tuple(map(change, of.asked)), of.truth)


def _place(number: int) -> str:
    return f"{TAIL[number % len(TAIL)]} {TAIL[(number * 7 + 3) % len(TAIL)]}"


def details_of(rng: random.Random) -> tuple[Detail, ...]:
    """Where a person lives, by street, town and postcode, their telephone, and their mother's name."""
    street = f"{rng.randrange(HOUSES)} {_place(rng.randrange(STREETS))}"
    phone = "".join(rng.choice(_NUMBERS) for _ in range(9))
    return (
        Detail(DetailKind.ADDRESS, street),
        Detail(DetailKind.RESIDENCE, _place(int(rng.paretovariate(1)) % TOWNS)),
        Detail(DetailKind.POSTCODE, f"{rng.randrange(POSTCODES) + 1000}"),
        Detail(DetailKind.PHONE, phone),
        Detail(DetailKind.MOTHER, person(rng).given[0]),
    )


def _misheard(rng: random.Random, details: Sequence[Detail], error: float) -> Iterator[Detail]:
    """Details as one registry writes them: some wrong, some moved, some missing."""
    for detail in details:
        luck = rng.random()
        if luck < 0.06:
            continue
        if luck < 0.06 + error / 2:
            yield replace(detail, text=typed(rng, detail.text))
        elif luck < 0.06 + error:
            yield next(each for each in details_of(rng) if each.kind is detail.kind)
        else:
            yield detail


_ASKED_FOR = {DetailKind.ADDRESS, DetailKind.RESIDENCE, DetailKind.POSTCODE}


def with_details(of: World, seed: int, *, error: float, kinds: Sequence[DetailKind] = tuple(_ASKED_FOR)) -> World:
    """The same world where people have addresses and places; one stranger in twenty lives with someone registered."""
    rng = dice(seed)

    def own() -> tuple[Detail, ...]:
        return tuple(each for each in details_of(rng) if each.kind in kinds)

    homes = [own() for _ in of.registered]
    register = tuple(
        replace(who, details=tuple(_misheard(rng, home, error / 3)))
        for who, home in zip(of.registered, homes, strict=True)
    )
    asked = []
    for who, truth in zip(of.asked, of.truth, strict=True):
        shared = homes[rng.randrange(len(homes))] if rng.random() < 0.05 else own()
        home = shared if truth is None else homes[truth]
        asked.append(replace(who, details=tuple(_misheard(rng, home, error))))
    return World(register, tuple(asked), of.truth)


@dataclass(frozen=True, slots=True)
class Repeated:
    """One register in which people stand more than once, and who each entry is."""

    registered: tuple[Demographics, ...]
    person: tuple[int, ...]


def repeated(seed: int, *, people: int, single: bool = True, papers: bool = True, details: bool = False) -> Repeated:
    """A register with up to six entries of one person."""
    rng = dice(seed)
    rates = replace(_single_rates(ARRIVAL), home_document=0.9, passport=0, host_document=0) if single else ARRIVAL
    found: list[Demographics] = []
    number: list[int] = []
    for place in range(people):
        who = person(rng)
        who = replace(who, details=details_of(rng)[:3] if details else ())
        for again in range(1 + rng.choice((0, 0, 1, 1, 2, 3, 5))):
            seen = written_down(rng, single_named(who) if single else who, rates)
            seen = replace(seen, details=tuple(_misheard(rng, who.details, 0.25)))
            seen = seen if papers else replace(seen, documents=())
            seen = replace(seen, sex="") if single else seen
            found.append(_carelessly(rng, seen, Clerks(0.05, 0.02, 0.0, 0.04)) if single and again else seen)
            number.append(place)
    return Repeated(tuple(found), tuple(number))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one world is made.

    Attributes:
        single: whether people have one given name and one surname.
        papers, sexes: whether anybody's papers and sexes are known.
        error: how often a detail is wrong at arrival; none are known where it is 0.
        kinds: of details that are known.
        kin: share of strangers who are a sibling of someone registered.
    """

    seed: int
    registered: int
    asked: int
    noise: float = 1
    known: float = 0.4
    single: bool = False
    papers: bool = True
    sexes: bool = True
    error: float = 0
    kinds: tuple[DetailKind, ...] = tuple(sorted(_ASKED_FOR))
    kin: float = KIN

    def make(self) -> World:
        """The world; the same recipe gives the same one."""
        size = {"registered": self.registered, "asked": self.asked}
        if self.single:
            made = single_named_world(self.seed, **size, noise=self.noise, known=self.known)
        else:
            made = world(self.seed, **size, noise=self.noise, known=self.known, kin=self.kin)
        made = made if self.papers else _each(made, lambda who: replace(who, documents=()))
        made = made if self.sexes else _each(made, lambda who: replace(who, sex=""))
        return with_details(made, self.seed, error=self.error, kinds=self.kinds) if self.error else made


@dataclass(frozen=True, slots=True)
class RepeatedRecipe:
    """How a register with people twice and more is made."""

    seed: int
    people: int
    single: bool = True
    papers: bool = True
    details: bool = False

    def make(self) -> Repeated:
        """The register; the same recipe gives the same one."""
        return repeated(self.seed, people=self.people, single=self.single, papers=self.papers, details=self.details)
