"""What of a person becomes tokens: combinations that survive a clerk's errors and that none can be named by.

A feature is left out wherever its value could be popular enough to name itself by its count: a name without a date, a
date without a name, one given name and one surname with only a year, a document's part without a year or a name, an
address without a name or a birth. Whoever has one given name and one surname only gets more features of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from corridor.domain.identity.demographics import Birth, Demographics, Document, DocumentKind
from corridor.domain.identity.details import at_home, house_number, whereabouts
from corridor.domain.identity.kinds import Kind
from corridor.domain.identity.normalise import (
    document_blocks,
    document_core,
    given_words,
    skeleton,
    sound,
    surname_words,
)

FEATURES_MAX = 40
TWO_NAMED_MAX = 25
"""Most features of a person who has two given names or two surnames, before details: two names tell enough."""

EDGE_LETTERS = 3
EDGE_DIGITS = 4
PAPERS_WHOLE, PAPERS_IN_PARTS = 3, 2


@dataclass(frozen=True, slots=True, repr=False)
class Feature:
    """One combination of a person's traits, as plain text; it never leaves the node unblinded."""

    kind: int
    text: str

    def __repr__(self) -> str:
        return "Feature(…)"


_PAPER_ORDER = (
    DocumentKind.NATIONAL,
    DocumentKind.PERMIT,
    DocumentKind.PASSPORT,
    DocumentKind.RESIDENCE,
    DocumentKind.OTHER,
)


@dataclass(frozen=True, slots=True)
class _Named:
    """Names that tell something, at most two of each, and what is known of the birth."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    year: str
    month: str
    day: int | None
    turn: str

    @property
    def single(self) -> bool:
        return len(self.given) < 2 and len(self.surnames) < 2  # noqa: PLR2004 - two is two

    @property
    def names(self) -> tuple[str, ...]:
        return self.given + self.surnames

    @property
    def first(self) -> tuple[str, ...]:
        return self.given[:1] + self.surnames[:1]

    @property
    def date(self) -> str:
        return f"{self.year}-{self.turn}" if self.turn else ""

    @property
    def year_day(self) -> str:
        return f"{self.year}--{self.day}" if self.day else ""


def _named(who: Demographics) -> _Named:
    given = tuple(word for word in given_words(who.given)[:2] if skeleton(word))
    surnames = tuple(word for word in surname_words(who.surnames)[:2] if skeleton(word))
    year, month, day = who.birth or (None, None, None)
    turn = "/".join(map(str, sorted((day, month)))) if month and day else ""
    return _Named(given, surnames, str(year or ""), f"{year}-{month}" if month else "", day, turn)


def features(demographics: Demographics) -> tuple[Feature, ...]:
    """At most 40 distinct features of a person, the same whoever wrote the person down.

    Source: measured set of safe features of the federation's identity protocol; see docs/identity.md and ADR 29.
    """
    named = _named(demographics)
    cores = _cores(demographics.documents)
    found = [*_of_whole_papers(cores), *_of_names(named), *_of_pairs(named), *_of_year(named)]
    if named.single:
        found += [*_of_a_single_pair(named), *_of_digits(named, demographics.birth)]
    found += _of_papers_in_parts(cores, named)
    if named.single:
        found += _of_paper_edges(cores, named)
    first = list(dict.fromkeys(found))[: FEATURES_MAX if named.single else TWO_NAMED_MAX]
    return tuple(dict.fromkeys((*first, *_of_details(named, demographics))))[:FEATURES_MAX]


def _feature(kind: Kind, *parts: str) -> Iterator[Feature]:
    """One feature, or none where a part of it is unknown."""
    if all(parts):
        yield Feature(int(kind), "|".join(parts))


def _start(word: str) -> str:
    return sound(word)[:EDGE_LETTERS]


def _end(word: str) -> str:
    return sound(word)[-EDGE_LETTERS:]


def _in_no_order(*parts: str) -> str:
    return "&".join(sorted(parts))


def _pair(named: _Named, part: Callable[[str], str]) -> str:
    """First name and surname in no order, each by a part of it; empty where one of them is unknown."""
    return _in_no_order(*map(part, named.first)) if named.given and named.surnames else ""


def _cores(documents: tuple[Document, ...]) -> list[tuple[str, str]]:
    """Issuer and number only, as kinds are miscoded."""
    papers = sorted(documents, key=lambda paper: _PAPER_ORDER.index(paper.kind))
    cores = [(str(paper.country), document_core(paper.country, paper.number)) for paper in papers]
    return list(dict.fromkeys((issuer, core) for issuer, core in cores if core))


def _of_whole_papers(cores: list[tuple[str, str]]) -> Iterator[Feature]:
    for issuer, core in cores[:PAPERS_WHOLE]:
        yield from _feature(Kind.DOCUMENT, issuer, core)


def _of_names(named: _Named) -> Iterator[Feature]:
    """One name with the whole date, so that what stands in the wrong place or beside an error still meets."""
    for name in named.names:
        yield from _feature(Kind.NAME_DATE, skeleton(name), named.date)
    for name in named.first:
        yield from _feature(Kind.START_DATE, _start(name), named.date)
        yield from _feature(Kind.END_DATE, _end(name), named.date)


def _of_pairs(named: _Named) -> Iterator[Feature]:
    """A given name with a surname, leaving out only the second with the second: any one of the four may be lost."""
    pairs = [(name, surname) for name in named.given for surname in named.surnames][:3]
    for name, surname in pairs:
        pair = _in_no_order(skeleton(name), skeleton(surname))
        yield from _feature(Kind.PAIR_MONTH, pair, named.month)
        yield from _feature(Kind.PAIR_TURN, pair, named.turn)


def _of_year(named: _Named) -> Iterator[Feature]:
    """Three names and the year, for dates of which no more is known."""
    if len(named.surnames) > 1:
        both = _in_no_order(*map(skeleton, named.surnames))
        for name in named.given:
            yield from _feature(Kind.GIVEN_SURNAMES_YEAR, skeleton(name), both, named.year)
    if len(named.given) > 1:
        both = _in_no_order(*map(skeleton, named.given))
        for surname in named.surnames[:1]:
            yield from _feature(Kind.GIVENS_SURNAME_YEAR, both, skeleton(surname), named.year)


def _of_a_single_pair(named: _Named) -> Iterator[Feature]:
    """More of the one pair that there is, with any part of the date missing and any end of the names wrong."""
    if not named.given or not named.surnames:
        return
    whole, start, end = (_pair(named, part) for part in (skeleton, _start, _end))
    yield from _feature(Kind.PAIR_YEAR_DAY, whole, named.year_day)
    yield from _feature(Kind.START_PAIR_TURN, start, named.turn)
    yield from _feature(Kind.START_PAIR_MONTH, start, named.month)
    yield from _feature(Kind.START_PAIR_YEAR_DAY, start, named.year_day)
    yield from _feature(Kind.END_PAIR_TURN, end, named.turn)
    yield from _feature(Kind.END_PAIR_MONTH, end, named.month)
    yield from _feature(Kind.END_PAIR_YEAR_DAY, end, named.year_day)


def _of_digits(named: _Named, birth: Birth | None) -> Iterator[Feature]:
    """Any two digits of the date may have changed places."""
    if birth is None or not named.turn:
        return
    year, month, day = birth
    digits = "".join(sorted(f"{year}{month:02}{day:02}"))
    for name in named.names:
        yield from _feature(Kind.NAME_DIGITS, skeleton(name), digits)


def _of_papers_in_parts(cores: list[tuple[str, str]], named: _Named) -> Iterator[Feature]:
    """A number with a wrong digit, never alone: numbers that differ in few digits are given out by the thousand."""
    for issuer, core in cores[:PAPERS_IN_PARTS]:
        for block in document_blocks(core):
            yield from _feature(Kind.DOCUMENT_PART_YEAR, issuer, block, named.year)
            for name in named.names if named.single else ():
                yield from _feature(Kind.DOCUMENT_PART_NAME, issuer, block, skeleton(name))
        for name in named.names if named.single else ():
            yield from _feature(Kind.DOCUMENT_DIGITS_NAME, issuer, "".join(sorted(core)), skeleton(name))


def _of_paper_edges(cores: list[tuple[str, str]], named: _Named) -> Iterator[Feature]:
    """Either end of the first number with both names, for a digit too many or too few beside any error in the date."""
    for issuer, core in cores[:1]:
        for edge in (f"{core[:EDGE_DIGITS]}-", f"-{core[-EDGE_DIGITS:]}"):
            yield from _feature(Kind.DOCUMENT_EDGE_PAIR, issuer, edge, _pair(named, skeleton))


def _of_details(named: _Named, who: Demographics) -> Iterator[Feature]:
    homes, streets = at_home(who.details)
    places = whereabouts(who.details)
    for home in homes:
        yield from _of_home(named, home, places)
    for street in streets:
        for name, place in product(named.first, places):
            yield from _feature(Kind.STREET_PLACE_NAME, skeleton(name), street, place)
        yield from _feature(Kind.HOME_DATE, named.date, street)
    for place in places:
        yield from _of_place(named, place)
        if named.single:
            yield from _feature(Kind.NUMBER_PLACE_PAIR, house_number(who.details), place, _pair(named, _start))


def _of_home(named: _Named, home: str, places: list[str]) -> Iterator[Feature]:
    for name in named.first:
        yield from _feature(Kind.HOME_NAME, skeleton(name), home)
        yield from _feature(Kind.HOME_START, _start(name), home)
    yield from _feature(Kind.HOME_DATE, named.date, home)
    for place in places:
        yield from _feature(Kind.HOME_PLACE_YEAR, home, place, named.year)


def _of_place(named: _Named, place: str) -> Iterator[Feature]:
    if named.turn != "1/1":  # the date that is written where none is known: too many share it
        yield from _feature(Kind.PLACE_DATE, named.date, place)
    yield from _feature(Kind.PLACE_PAIR_YEAR, _pair(named, _start), named.year, place)
    for name in named.first:
        yield from _feature(Kind.PLACE_NAME_MONTH, skeleton(name), named.month, place)
