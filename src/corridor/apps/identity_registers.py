"""Registers of people and lists of who is whom, read from CSV files of strangers; a bad row is told and never lost."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import (
    DOCUMENTS_MAX,
    TEXT_MAX,
    Birth,
    Demographics,
    Document,
    DocumentKind,
)

COLUMNS = ("id", "given", "surname1", "surname2", "birth_date", "sex", "documents")
TRUTH_COLUMNS = ("left", "right")
NAMELESS = "?"
"""Stands for a person whose row has no name; it gives no feature."""

_SEXES = {"m": "male", "male": "male", "f": "female", "female": "female", "other": "other", "unknown": "", "": ""}
_KINDS = {
    DocumentKind.NATIONAL: ("national", "ni", "nn", "ci", "cc", "dni", "cedula", "run", "rut"),
    DocumentKind.PASSPORT: ("passport", "ppn", "pasaporte"),
    DocumentKind.PERMIT: ("permit", "ppt", "ptp", "cpp", "pep"),
    DocumentKind.RESIDENCE: ("residence", "prc", "ce"),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_DATE_DIGITS = 8
_PARTS = 3

Tell = Callable[[str], None]


@contextmanager
def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Iterator[tuple[int, dict[str, str]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise InvalidError(f"{path.name} lacks the columns {', '.join(missing)}.")
            yield ((reader.line_num, {column: (row[column] or "").strip() for column in columns}) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InvalidError(f"{path.name} is no CSV file in UTF-8 that can be read.") from None


def read_people(path: Path, tell: Tell) -> Iterator[tuple[str, Demographics]]:
    """Everyone of a register, with the identifier of the row; one person at a time is in memory.

    Args:
        path: a CSV file with the columns `id,given,surname1,surname2,birth_date,sex,documents`; others are ignored.
        tell: takes a sentence for each value that could not be used; the rest of its row is.

    Raises:
        InvalidError: the file cannot be read, lacks a column, or has a row without an identifier or with another's.
    """
    seen: set[str] = set()
    with _rows(path, COLUMNS) as rows:
        for line, row in rows:
            if not row["id"] or row["id"] in seen:
                raise InvalidError(f"{path.name}, line {line}: the identifier is missing or another row's.")
            seen.add(row["id"])
            yield row["id"], _person(row, _of_line(f"{path.name}, line {line}", tell))


def row_of(who: Demographics) -> dict[str, str]:
    """A person as the columns of a register but for the identifier."""
    first, *more = who.surnames or ("",)
    papers = ";".join(f"{each.country}:{each.kind.value}:{each.number}" for each in who.documents)
    born = "-".join(f"{part:02}" for part in who.birth or () if part is not None)
    return dict(zip(COLUMNS[1:], (" ".join(who.given), first, " ".join(more), born, who.sex, papers), strict=True))


def _of_line(where: str, tell: Tell) -> Tell:
    return lambda what: tell(f"{where}: {what}")


def _person(row: dict[str, str], tell: Tell) -> Demographics:
    given = _name(row["given"], tell)
    surnames = _name(row["surname1"], tell) + _name(row["surname2"], tell)
    sex = _SEXES.get(row["sex"].lower())
    if sex is None:
        tell("the sex is none of male, female and other, and is left out.")
    if not given and not surnames:
        tell("there is no name; the person is kept without one.")
        given = (NAMELESS,)
    return Demographics(given, surnames, _birth(row["birth_date"], tell), sex or "", _documents(row["documents"], tell))


def _name(text: str, tell: Tell) -> tuple[str, ...]:
    written = "".join(letter if letter.isprintable() else " " for letter in text)[:TEXT_MAX].strip()
    if written != text:
        tell("a name is longer than any or holds control characters; what can be read of it is used.")
    return (written,) if written else ()


def _birth(text: str, tell: Tell) -> Birth | None:
    """As much of an ISO date as a calendar has: a day that does not exist leaves year and month."""
    if not text:
        return None
    compact = len(text) == _DATE_DIGITS and text.isdigit()
    parts = (text[:4], text[4:6], text[6:]) if compact else tuple(text.split("-"))
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in parts[:_PARTS]]
    known = next((numbers[:end] for end in range(len(numbers), 0, -1) if _exists(numbers[:end])), [])
    if len(known) < len(parts):
        tell(f"the birth date is in no calendar; {'its first part is used' if known else 'it is left out'}.")
    padded = [*known, None, None]
    return (known[0], padded[1], padded[2]) if known else None


def _exists(numbers: list[int]) -> bool:
    year, month, day = [*numbers, 1, 1][:_PARTS]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _documents(text: str, tell: Tell) -> tuple[Document, ...]:
    found: list[Document] = []
    for paper in filter(None, (each.strip() for each in text.split(";"))):
        issuer, _, rest = paper.partition(":")
        kind, _, number = rest.partition(":")
        try:
            code: Country = country(issuer.strip().upper())
            found.append(Document(code, _KIND_OF.get(kind.strip().lower(), DocumentKind.OTHER), number.strip()))
        except InvalidError:
            tell("a document is not written as COUNTRY:TYPE:NUMBER, and is left out.")
    if len(found) > DOCUMENTS_MAX:
        tell(f"only the first {DOCUMENTS_MAX} documents are used.")
    return tuple(found[:DOCUMENTS_MAX])


def read_truth(path: Path) -> set[tuple[str, str]]:
    """Who of one register is who of the other, as pairs of identifiers.

    Raises:
        InvalidError: the file cannot be read or lacks a column.
    """
    with _rows(path, TRUTH_COLUMNS) as rows:
        return {(row["left"], row["right"]) for _, row in rows}
