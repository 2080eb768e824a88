"""A new person, read from the form in front of the clinician; what was typed stays whatever is wrong with it."""

from __future__ import annotations

import re
from datetime import date

from corridor.domain.country import Country
from corridor.fhir.identifiers import COUNTRIES
from corridor.fhir.new_patient import NewPaper, NewPerson
from corridor.web.clinician.visit.plain import plain
from corridor.web.form import Form

LONGEST_NAME = 80
LONGEST_NUMBER = 40
PAPERS = 3
KINDS = ("national", "passport", "residence", "permit", "other")
SEXES = ("female", "male", "other", "unknown")
ISSUERS = tuple(sorted(set(COUNTRIES.values())))
EARLIEST_YEAR = 1900

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z .\-/]*")
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{4,28}")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ])?(\d{4})")


def read_person(form: Form, *, today: date) -> tuple[NewPerson, frozenset[str]]:
    """The person as far as they were described, and the questions whose answer cannot be kept."""
    given, first, second = (plain(form.one(name)) for name in ("given", "first", "second"))
    birth = read_birth(form.one("birth"), today=today)
    papers, wrong = _papers(form)
    phone, mother = plain(form.one("phone")), plain(form.one("mother"))
    faults = {
        "name": not (given or first or second),
        "long": any(len(each) > LONGEST_NAME for each in (given, first, second, mother)),
        "birth": birth is None,
        "sex": form.one("sex") not in SEXES,
        "phone": bool(phone) and not _PHONE.fullmatch(phone),
    }
    faults |= {f"paper-{place}": True for place in wrong}
    person = NewPerson(given, first, second, birth or "", form.one("sex"), papers, phone, mother)
    return person, frozenset(question for question, faulty in faults.items() if faulty)


def read_birth(text: str, *, today: date) -> str | None:
    """A birth date as FHIR writes it, as exactly as it was typed; empty where none was, None where it is none.

    `1987`, `1987-04`, `1987-04-23`, `23/04/1987` and `04/1987` are understood; a day that is still to come is not.
    """
    text = plain(text)
    if not text:
        return ""
    found = _ISO.fullmatch(text)
    parts = found.groups() if found else _reversed(text)
    if parts is None:
        return None
    numbers = [int(each) for each in parts if each]
    try:
        first = date(numbers[0], *[*numbers[1:], 1, 1][:2])
    except ValueError:
        return None
    if first.year < EARLIEST_YEAR or first > today:
        return None
    return "-".join(f"{number:02}" for number in numbers)


def _reversed(text: str) -> tuple[str | None, ...] | None:
    found = _DAY_FIRST.fullmatch(text)
    return (found[3], found[2], found[1]) if found else None


def _papers(form: Form) -> tuple[tuple[NewPaper, ...], tuple[int, ...]]:
    """The documents whose number was typed, each once, and the places of those that are not whole."""
    papers: dict[NewPaper, None] = {}
    wrong: list[int] = []
    for place in range(PAPERS):
        kind, country = form.one(f"kind-{place}"), form.one(f"issuer-{place}")
        number = plain(form.one(f"number-{place}"))
        whole = kind in KINDS and country in ISSUERS and _NUMBER.fullmatch(number) and len(number) <= LONGEST_NUMBER
        if number and whole:
            papers[NewPaper(kind, Country(country), number)] = None
        elif number:
            wrong.append(place)
    return tuple(papers), tuple(wrong)
