"""Dates as tables write them; a FHIR date says no more than was written."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from corridor.fhir.mapping import Source

SERIAL = "serial"
"""The form of dates that a spreadsheet shows as numbers: days since 1899-12-30."""

_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_DAYS = re.compile(r"([0-9]{2,5})(?:[.,]([0-9]{1,12}))?")
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # a calendar's day, of no zone
_FIRST_DAY = 61
"""Spreadsheets count a 29 February 1900 that never was; before it they name other days."""
_DAY_SECONDS = 86_400
_PROBE = datetime(1987, 6, 25, 13, 45, 59)  # noqa: DTZ001  # written and read again to learn what a form names


@dataclass(frozen=True, slots=True)
class Detail:
    """What a form names besides the year."""

    month: bool = True
    day: bool = True
    time: bool = False
    century: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it was written.

    Attributes:
        at: without a zone, except where one was written.
        ahead: whether it lies in the future only because its year was written with two digits.
    """

    at: datetime
    detail: Detail
    ahead: bool = False

    @property
    def date(self) -> str:
        """Year, month and day, as far as they were written."""
        parts = 3 if self.detail.day else 2 if self.detail.month else 1
        return "-".join(self.at.date().isoformat().split("-")[:parts])

    def datetime(self, zone: str) -> str:
        """The same with the time, where one was written."""
        if not self.detail.time:
            return self.date
        return (self.at if self.at.tzinfo else self.at.replace(tzinfo=ZoneInfo(zone or "UTC"))).isoformat()


@lru_cache(maxsize=256)
def detail(form: str) -> Detail | None:
    """What a form of `strptime` names; None where that makes no date."""
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007  # of no zone, as above
    except (ValueError, re.error):
        return None
    month, day = read.month == _PROBE.month, read.day == _PROBE.day
    time = read.hour == _PROBE.hour
    if read.year != _PROBE.year or (day and not month) or (time and not day):
        return None
    return Detail(month, day, time, century="%y" not in form.replace("%%", ""))


def read_moment(text: str, source: Source) -> Moment | None:
    """The date that a text writes in one of the source's forms; None where it is none of the calendar's."""
    found = _ISO.fullmatch(text)
    with suppress(ValueError):
        if found:
            zone = (found[3] or "").replace("Z", "+00:00")
            return Moment(
                datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}{zone}"), Detail(time=bool(found[2]))
            )
    return next(filter(None, (_by_form(text, form) for form in source.dates)), None)


def _by_form(text: str, form: str) -> Moment | None:
    if form == SERIAL:
        return _serial(text)
    named = detail(form)
    with suppress(ValueError):
        at = datetime.strptime(text, form)  # noqa: DTZ007  # the zone is the source's
        return Moment(at, named, _is_ahead(at, named)) if named else None
    return None


def _is_ahead(at: datetime, named: Detail) -> bool:
    return not named.century and at.date() > datetime.now(UTC).date()


def _serial(text: str) -> Moment | None:
    found = _DAYS.fullmatch(text)
    if not found or int(found[1]) < _FIRST_DAY:
        return None
    seconds = round(float(f"0.{found[2]}") * _DAY_SECONDS) if found[2] else 0
    return Moment(_DAY_ZERO + timedelta(days=int(found[1]), seconds=seconds), Detail(time=bool(found[2])))
