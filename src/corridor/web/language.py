"""The three languages of the pages: Spanish unless another was chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol
from starlette.requests import Request

COOKIE = "lang"
"""The choice is not tied to a person and is shared by all sites of a machine."""

_SHARED = Path(__file__).parent / "words"
_NARROW_SPACE = "\u202f"
_LARGEST_DIGITS = 18


class Language(StrEnum):
    """A language that every page speaks whole."""

    ES = "es"
    EN = "en"
    PT = "pt"


def language_of(request: Request) -> Language:
    """The language that was asked for now, or chosen before, or the first of this country, or Spanish."""
    usual = getattr(getattr(request.scope.get("app"), "state", None), "language", None)
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE), usual):
        if wish in set(Language):
            return Language(wish)
    return Language.ES


class Words:
    """Everything that pages of one room say in one language."""

    def __init__(self, language: Language, table: Mapping[str, str], zone: str = "UTC") -> None:
        self.language = language
        self._table = table
        self._zone = ZoneInfo(zone)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key, with its gaps filled."""
        sentence = self._table[key]
        return sentence.format(**values) if values else sentence

    def knows(self, key: str) -> bool:
        """Whether there is a sentence for a key."""
        return key in self._table

    def name(self, kind: str, code: str) -> str:
        """The word for a code, such as a country; the code itself where no word is known.

        A country that joins needs no words of ours: its name is that of CLDR.
        """
        found = self._table.get(f"{kind}.{code}")
        if found is None and kind == "country":
            return str(Locale(self.language.value).territories.get(code, code))
        return found or code

    def count(self, key: str, number: int) -> str:
        """A sentence about a number of things, in the singular or the plural."""
        return self(f"{key}.{'one' if number == 1 else 'many'}", n=self.number(number))

    def day(self, on: date) -> str:
        """A day that cannot be misread: the month is a word."""
        return format_date(on, "d MMM y", self.language).replace(".", "")

    def day_of(self, at: datetime) -> str:
        """The day of an instant on the site's own clock."""
        return self.day(at.astimezone(self._zone))

    def short_day(self, on: date) -> str:
        """A day where its year stands beside."""
        return format_date(on, "d MMM", self.language).replace(".", "")

    def month_name(self, on: date) -> str:
        """The month of a day, in its short form."""
        return format_date(on, "MMM", self.language).replace(".", "")

    def month(self, on: date) -> str:
        """A month and its year."""
        return format_date(on, "MMM y", self.language).replace(".", "")

    def moment(self, at: datetime) -> str:
        """An instant on the site's own clock, to the minute, with the clock named."""
        local = at.astimezone(self._zone)
        zone = f"{local:%Z}"
        return f"{self.day(local)}, {local:%H:%M} {zone if zone.isalpha() else f'UTC{zone}'}"

    def number(self, value: float) -> str:
        """A number in groups of three, parted by a narrow space that no country reads as a decimal point."""
        if isinstance(value, float) and not value.is_integer() and abs(value) < 10**_LARGEST_DIGITS:
            return f"{value:,.1f}".replace(",", _NARROW_SPACE).replace(".", get_decimal_symbol(self.language))
        return f"{int(value):,}".replace(",", _NARROW_SPACE)


@cache
def words(language: Language, room: Path, zone: str = "UTC") -> Words:
    """The words of one room: the shared ones and its own `words/LANGUAGE*.json`."""
    table: dict[str, str] = {}
    for folder in (_SHARED, room / "words"):
        for file in sorted(folder.glob(f"{language}*.json")):
            table |= json.loads(file.read_text(encoding="utf-8"))
    return Words(language, table, zone)
