"""Worlds of clerks who type: a letter or digit of any field may be wrong, missing, too many or changed over.

The kinds of errors are those of the published generator of FEBRL; names, dates and papers are this corpus's own.

Source: Christen and Pudjijono, Accurate synthetic generation of realistic personal information (2009).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.andean_people import World, dice, misspelt, person
from bench.identity.dates import calendar
from bench.identity.worlds import Repeated, details_of, single_named
from corridor.domain.identity.demographics import Birth, Demographics, Detail, DetailKind, Document

DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
_FIELDS = ("given", "surname", "birth", "paper", DetailKind.ADDRESS, DetailKind.RESIDENCE, DetailKind.POSTCODE)
_PER_FIELD = 2


def mistyped(rng: random.Random, text: str, alphabet: str) -> str:
    """A text with one character too many, missing, wrong, or changed over with its neighbour."""
    place = rng.randrange(len(text))
    before, at, after = text[:place], text[place], text[place + 1 :]
    other = rng.choice(alphabet)
    written = (before + other + at + after, before + after, before + other + after, before + after[:1] + at + after[1:])
    return rng.choice(written).strip() or text


@dataclass(frozen=True, slots=True)
class Typist:
    """How a clerk gets fields wrong, by what of ten errors are.

    Attributes:
        errors: mean number of errors in one entry; at most two in a field.
        typed, misspelt, missing: shares of errors; what is left is another value altogether.
        crossed: how often given name and surname, or street and town, stand in each other's place.
    """

    errors: float
    typed: float = 0.6
    misspelt: float = 0.15
    missing: float = 0.15
    crossed: float = 0.03

    def copy(self, rng: random.Random, who: Demographics) -> Demographics:
        """An entry of a single-named person, written by this clerk."""
        fields = [field for field in _FIELDS if _has(who, field)] * _PER_FIELD
        count = min(len(fields), int(rng.expovariate(1 / self.errors) + 0.5))
        for field in rng.sample(fields, count):
            who = self._wrong(rng, who, field)
        if rng.random() < self.crossed:
            who = replace(who, given=who.surnames, surnames=who.given)
        who = _streets_crossed(who) if rng.random() < self.crossed else who
        return who

    def _wrong(self, rng: random.Random, who: Demographics, field: str) -> Demographics:
        other = single_named(person(rng))
        if field == "birth":
            return replace(who, birth=self._birth(rng, who.birth, other.birth))
        if field == "paper":
            return replace(who, documents=self._papers(rng, who.documents, other.documents))
        if field in {"given", "surname"}:
            return self._named(rng, who, other=other, field=field)
        return replace(who, details=self._details(rng, who.details, field))

    def _named(self, rng: random.Random, who: Demographics, *, other: Demographics, field: str) -> Demographics:
        kept, new, rest = who.given, other.given, who.surnames
        if field == "surname":
            kept, new, rest = who.surnames, other.surnames, who.given
        written = self._text(rng, kept[0], other=new[0], alphabet=LETTERS) if kept else ""
        names = (written,) if written else () if rest else kept
        return replace(who, surnames=names) if field == "surname" else replace(who, given=names)

    def _text(self, rng: random.Random, text: str, *, other: str, alphabet: str) -> str:
        luck = rng.random()
        if luck < self.typed:
            return mistyped(rng, text, alphabet)
        if luck < self.typed + self.misspelt:
            return misspelt(rng, text) if alphabet is LETTERS else mistyped(rng, text, alphabet)
        return "" if luck < self.typed + self.misspelt + self.missing else other

    def _birth(self, rng: random.Random, birth: Birth | None, other: Birth | None) -> Birth | None:
        if birth is None or other is None or birth[2] is None or birth[1] is None:
            return birth
        digits, others = (f"{year}{month:02}{day:02}" for year, month, day in (birth, other))
        digits = self._text(rng, digits, other=others, alphabet=DIGITS)
        return calendar(digits)

    def _papers(
        self, rng: random.Random, papers: Sequence[Document], other: Sequence[Document]
    ) -> tuple[Document, ...]:
        numbers = [(paper, self._text(rng, paper.number, other=other[0].number, alphabet=DIGITS)) for paper in papers]
        return tuple(replace(paper, number=number) for paper, number in numbers if number.strip("-. "))

    def _details(self, rng: random.Random, details: Sequence[Detail], field: str) -> tuple[Detail, ...]:
        others = {each.kind: each.text for each in details_of(rng)}
        alphabet = DIGITS if field == DetailKind.POSTCODE else LETTERS + DIGITS[:3]
        written = [
            replace(each, text=self._text(rng, each.text, other=others[each.kind], alphabet=alphabet) or "-")
            if each.kind == field
            else each
            for each in details
        ]
        return tuple(each for each in written if each.text != "-")


def _has(who: Demographics, field: str) -> bool:
    known = {"given": who.given, "surname": who.surnames, "birth": who.birth, "paper": who.documents}
    return bool(known[field]) if field in known else any(each.kind == field for each in who.details)


def _streets_crossed(who: Demographics) -> Demographics:
    other = {DetailKind.ADDRESS: DetailKind.RESIDENCE, DetailKind.RESIDENCE: DetailKind.ADDRESS}
    return replace(who, details=tuple(replace(each, kind=other.get(each.kind, each.kind)) for each in who.details))


def _as_known(papers: bool, details: bool) -> Callable[[random.Random], Demographics]:  # noqa: FBT001 - a recipe's own
    """Draws a single-named person of whom so much is known."""

    def draw(rng: random.Random) -> Demographics:
        who = single_named(person(rng))
        homes = tuple(each for each in details_of(rng) if each.kind in _FIELDS)
        return replace(who, sex="", documents=who.documents[:1] if papers else (), details=homes if details else ())

    return draw


@dataclass(frozen=True, slots=True)
class CarelessRecipe:
    """How a world of typing clerks is made.

    Attributes:
        asked: people who arrive, written with `errors`; those registered were written with a third of them.
        known: share of arrivals who are registered.
    """

    seed: int
    registered: int
    asked: int
    errors: float
    known: float = 0.9
    papers: bool = False
    details: bool = False

    def make(self) -> World:
        """The world; the same recipe gives the same one."""
        rng, draw = dice(self.seed), _as_known(self.papers, self.details)
        people = [draw(rng) for _ in range(self.registered)]
        careful, careless = Typist(self.errors / 3), Typist(self.errors)
        register = tuple(careful.copy(rng, who) for who in people)
        places = [rng.randrange(self.registered) if rng.random() < self.known else None for _ in range(self.asked)]
        asked = [careless.copy(rng, draw(rng) if place is None else people[place]) for place in places]
        return World(register, tuple(asked), tuple(places))


@dataclass(frozen=True, slots=True)
class CarelessRepeatedRecipe:
    """How a register of typing clerks with up to six entries of a person is made."""

    seed: int
    people: int
    errors: float
    papers: bool = False
    details: bool = False

    def make(self) -> Repeated:
        """The register; the same recipe gives the same one."""
        rng, draw, clerk = dice(self.seed), _as_known(self.papers, self.details), Typist(self.errors)
        found: list[Demographics] = []
        number: list[int] = []
        for place in range(self.people):
            who = draw(rng)
            entries = [who, *(clerk.copy(rng, who) for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5))))]
            found += entries
            number += [place] * len(entries)
        return Repeated(tuple(found), tuple(number))
