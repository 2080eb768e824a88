"""How the same person is written down at each border: what clerks lose, swap and hear differently."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from demo.names import NICKNAMES, SPELLINGS


@dataclass(frozen=True, slots=True)
class Truth:
    """Who the person is, as nobody's papers say in full.

    Attributes:
        given: two given names.
        surnames: the father's and the mother's.
        gender: AdministrativeGender code.
    """

    given: tuple[str, str]
    surnames: tuple[str, str]
    birth: date
    gender: str


@dataclass(frozen=True, slots=True)
class Script:
    """Names and birth date on one form, between the person's mouth and the register."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    birth: str


class Slip(StrEnum):
    """One thing that goes wrong on a form."""

    LOST_GIVEN = "lost-given"
    LOST_SURNAME = "lost-surname"
    SURNAMES_SWAPPED = "surnames-swapped"
    DAY_MONTH = "day-month"
    DAY = "day"
    YEAR = "year"
    YEAR_ONLY = "year-only"
    SPELLING = "spelling"
    NICKNAME = "nickname"
    NO_ACCENTS = "no-accents"
    JOINED = "joined"


def write_down(truth: Truth, slips: tuple[Slip, ...]) -> Script:
    """The form that a clerk fills in when these things go wrong, in this order."""
    script = Script(truth.given, truth.surnames, truth.birth.isoformat())
    for slip in slips:
        script = _SLIPS[slip](script)
    return script


def spell_otherwise(name: str) -> str:
    """The name with one group of letters as another clerk would write what they hear."""
    folded = name.lower()
    for written, heard in SPELLINGS:
        if written in folded:
            return folded.replace(written, heard, 1).capitalize()
    return name


def _lost_given(script: Script) -> Script:
    return Script(script.given[:1], script.surnames, script.birth)


def _lost_surname(script: Script) -> Script:
    return Script(script.given, script.surnames[:1], script.birth)


def _surnames_swapped(script: Script) -> Script:
    return Script(script.given, script.surnames[::-1], script.birth)


def _day_month(script: Script) -> Script:
    year, month, day = script.birth.split("-")
    return Script(script.given, script.surnames, f"{year}-{day}-{month}" if int(day) <= 12 else script.birth)


def _day(script: Script) -> Script:
    day = date.fromisoformat(script.birth)
    near = day + timedelta(days=1)
    return Script(script.given, script.surnames, (near if near.month == day.month else day).isoformat())


def _year(script: Script) -> Script:
    return Script(script.given, script.surnames, f"{int(script.birth[:4]) - 3}{script.birth[4:]}")


def _year_only(script: Script) -> Script:
    return Script(script.given, script.surnames, script.birth[:4])


def _spelling(script: Script) -> Script:
    given = (spell_otherwise(script.given[0]), *script.given[1:])
    return Script(given, script.surnames, script.birth)


def _nickname(script: Script) -> Script:
    first = script.given[0]
    return Script((NICKNAMES.get(first, first[:4]),), script.surnames, script.birth)


def _no_accents(script: Script) -> Script:
    return Script(tuple(map(_plain, script.given)), tuple(map(_plain, script.surnames)), script.birth)


def _joined(script: Script) -> Script:
    return Script((" ".join(script.given),), (" ".join(script.surnames),), script.birth)


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))


_SLIPS: dict[Slip, Callable[[Script], Script]] = {
    Slip.LOST_GIVEN: _lost_given,
    Slip.LOST_SURNAME: _lost_surname,
    Slip.SURNAMES_SWAPPED: _surnames_swapped,
    Slip.DAY_MONTH: _day_month,
    Slip.DAY: _day,
    Slip.YEAR: _year,
    Slip.YEAR_ONLY: _year_only,
    Slip.SPELLING: _spelling,
    Slip.NICKNAME: _nickname,
    Slip.NO_ACCENTS: _no_accents,
    Slip.JOINED: _joined,
}
