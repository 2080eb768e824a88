"""Dates as clerks leave them behind."""

from __future__ import annotations

from datetime import date

from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import Birth, Demographics

_SOMEBODY = ("x",)


def calendar(digits: str) -> Birth | None:
    """As much of eight digits as a calendar has: the date, or year and month, or the year; else nothing."""
    if len(digits) != len("yyyymmdd") or not digits.isdigit():
        return None
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    for birth in ((year, month, day), (year, month, None), (year, None, None)):
        try:
            date(year, birth[1] or 1, birth[2] or 1)
            Demographics(_SOMEBODY, (), birth)
        except (ValueError, InvalidError):
            continue
        return birth
    return None
