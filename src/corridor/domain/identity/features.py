"""What of a person becomes tokens: combinations that survive a clerk's errors and that none can be named by.

A feature is left out wherever its value could be popular enough to name itself by its count: a name without a date, a
date without a name, one given name and one surname with only a year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from corridor.domain.identity.demographics import Demographics, Document, DocumentKind
from corridor.domain.identity.normalise import (
    document_blocks,
    document_core,
    given_words,
    skeleton,
    sound,
    surname_words,
)

FEATURES_MAX = 25
PREFIX_LETTERS = 3


class Kind(IntEnum):
    """The kinds of features; elsewhere they are plain numbers that say nothing."""

    GIVEN_SURNAME_MONTH = 1
    GIVEN_SURNAME_DAY = 2
    GIVEN_SURNAMES_YEAR = 3
    GIVENS_SURNAME_YEAR = 4
    SURNAME_DATE = 5
    GIVEN_DATE = 6
    GIVEN_PREFIX_DATE = 7
    SURNAME_PREFIX_DATE = 8
    DOCUMENT = 9
    DOCUMENT_BLOCK = 10
    GIVEN_SURNAMES_DAY = 11


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


def features(demographics: Demographics) -> tuple[Feature, ...]:
    """At most 25 distinct features of a person, the same whoever wrote the person down.

    Source: measured set of safe features of the federation's identity protocol; see `bench/train_scoring.py`.
    """
    given = [word for word in given_words(demographics.given)[:2] if skeleton(word)]
    surnames = [word for word in surname_words(demographics.surnames)[:2] if skeleton(word)]
    found = [*_of_date(given, surnames, demographics), *_of_year(given, surnames, demographics)]
    found += _of_documents(demographics.documents)
    return tuple(dict.fromkeys(found))[:FEATURES_MAX]


def _feature(kind: Kind, *parts: str) -> Feature:
    return Feature(int(kind), "|".join(parts))


def _pairs(given: list[str], surnames: list[str]) -> list[tuple[str, str]]:
    """A given name with a surname, leaving out only the second with the second: any one of the four may be lost."""
    pairs = [(skeleton(name), skeleton(surname)) for name in given for surname in surnames]
    return pairs[:3]


def _of_date(given: list[str], surnames: list[str], demographics: Demographics) -> Iterator[Feature]:
    """Features that need the whole date; day and month stand in order of size, so that swapped ones meet."""
    year, month, day = demographics.birth or (0, None, None)
    if month is not None:
        for name, surname in _pairs(given, surnames):
            yield _feature(Kind.GIVEN_SURNAME_MONTH, name, surname, f"{year}-{month}")
    if month is None or day is None:
        return
    turn = "/".join(map(str, sorted((day, month))))
    for name, surname in _pairs(given, surnames):
        yield _feature(Kind.GIVEN_SURNAME_DAY, name, surname, turn)
    if given and len(surnames) > 1:
        yield _feature(Kind.GIVEN_SURNAMES_DAY, skeleton(given[0]), *sorted(map(skeleton, surnames)), turn)
    yield from _of_one_name(given, surnames, f"{year}-{turn}")


def _of_one_name(given: list[str], surnames: list[str], whole: str) -> Iterator[Feature]:
    """Features of one name and the whole date."""
    for surname in surnames:
        yield _feature(Kind.SURNAME_DATE, skeleton(surname), whole)
    for name in given:
        yield _feature(Kind.GIVEN_DATE, skeleton(name), whole)
    for name in given[:1]:
        yield _feature(Kind.GIVEN_PREFIX_DATE, sound(name)[:PREFIX_LETTERS], whole)
    for surname in surnames[:1]:
        yield _feature(Kind.SURNAME_PREFIX_DATE, sound(surname)[:PREFIX_LETTERS], whole)


def _of_year(given: list[str], surnames: list[str], demographics: Demographics) -> Iterator[Feature]:
    """Features of three names and the year, for dates of which no more is known; the order of two alike is free."""
    if demographics.birth is None:
        return
    year = str(demographics.birth[0])
    if len(surnames) > 1:
        both = sorted(map(skeleton, surnames))
        for name in given:
            yield _feature(Kind.GIVEN_SURNAMES_YEAR, skeleton(name), *both, year)
    if len(given) > 1:
        both = sorted(map(skeleton, given))
        for surname in surnames[:1]:
            yield _feature(Kind.GIVENS_SURNAME_YEAR, *both, skeleton(surname), year)


def _of_documents(documents: tuple[Document, ...]) -> list[Feature]:
    """Each paper whole, then with a quarter of its number hidden; issuer and number only, as kinds are miscoded."""
    papers = sorted(documents, key=lambda paper: _PAPER_ORDER.index(paper.kind))
    cores = [(paper.country, document_core(paper.country, paper.number)) for paper in papers]
    known = [(issuer, core) for issuer, core in cores if core]
    whole = [_feature(Kind.DOCUMENT, issuer, core) for issuer, core in known]
    parts = [_feature(Kind.DOCUMENT_BLOCK, issuer, block) for issuer, core in known for block in document_blocks(core)]
    return whole[:4] + parts
