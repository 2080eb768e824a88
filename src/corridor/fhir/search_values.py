"""Texts, dates and references as search compares them; facts and queries are made by the same rules."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from corridor.domain.errors import InvalidError

FAR_PAST = datetime.min.replace(tzinfo=UTC)
FAR_FUTURE = datetime.max.replace(microsecond=0, tzinfo=UTC)
"""Open ends of periods."""

_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?",
)
_REFERENCE = re.compile(r"([A-Z][A-Za-z]{2,40})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_MONTHS = 12
_LEAP_SECOND = "60"
_SECOND = len("2026-11-22T10:30:")
_MICROSECOND_DIGITS = 6

Interval = tuple[datetime, datetime]


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Lower case without accents and with single spaces, so that `Muñoz` is found by `munoz`."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(text.casefold().split())


@lru_cache(maxsize=1024)
def interval(text: str, zone: tzinfo = UTC) -> Interval:
    """The half-open UTC interval [start, end) that a FHIR date may lie in.

    Args:
        text: year, month, day or instant; minutes without seconds are read too, as search allows.
        zone: read where the text names none.

    Raises:
        InvalidError: no date, or none that a calendar has.

    Source: https://hl7.org/fhir/R4/search.html#date
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise InvalidError("A date is written as YYYY, YYYY-MM, YYYY-MM-DD or with a time and a zone.")
    try:
        return _clock(found, zone) if found[4] else _calendar(found, zone)
    except ValueError:
        raise InvalidError("The date is in no calendar.") from None
    except OverflowError:
        edge = FAR_PAST if text < "5" else FAR_FUTURE
        return edge, edge


def last_instant(text: str, zone: tzinfo = UTC) -> datetime:
    """The last instant that a FHIR date may lie in: the end of a period that includes its ends; errors as above."""
    _, end = interval(text, zone)
    return end if end == FAR_PAST else end - timedelta.resolution


def _calendar(found: re.Match[str], zone: tzinfo) -> Interval:
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    start = datetime(year, month, day, tzinfo=zone)
    if found[3]:
        end = start + timedelta(days=1)
    elif found[2]:
        end = (
            datetime(year + month // _MONTHS, month % _MONTHS + 1, 1, tzinfo=zone)
            if _later(year, month)
            else FAR_FUTURE
        )
    else:
        end = datetime(year + 1, 1, 1, tzinfo=zone) if _later(year, _MONTHS) else FAR_FUTURE
    return start.astimezone(UTC), end.astimezone(UTC)


def _later(year: int, month: int) -> bool:
    """Whether a next month can be written in four digits of year."""
    return (year, month) < (FAR_FUTURE.year, _MONTHS)


def _clock(found: re.Match[str], zone: tzinfo) -> Interval:
    text, second, fraction = found[0], found[6], found[7]
    if second == _LEAP_SECOND:  # clocks of computers know none
        text = f"{text[:_SECOND]}59{text[_SECOND + 2 :]}"
    start = datetime.fromisoformat(text)
    if fraction:
        width = timedelta(microseconds=10 ** max(0, _MICROSECOND_DIGITS - len(fraction)))
    else:
        width = timedelta(seconds=1) if second else timedelta(minutes=1)
    utc = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(UTC)
    return utc, utc + width


def approximate(span: Interval, now: datetime) -> Interval:
    """The interval widened by a tenth of its distance from now, as `ap` compares.

    Source: https://hl7.org/fhir/R4/search.html#prefix
    """
    gap = abs(now - span[0]) / 10
    start = span[0] - gap if span[0] - FAR_PAST > gap else FAR_PAST
    end = span[1] + gap if FAR_FUTURE - span[1] > gap else FAR_FUTURE
    return start, end


def local_reference(text: str) -> tuple[str, str] | None:
    """Type and id of a reference to a resource of this node, or None for any other reference."""
    found = _REFERENCE.fullmatch(text)
    return (found[1], found[2]) if found else None
