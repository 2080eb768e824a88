"""Instants as rows keep them: whole microseconds since 1970, so that both databases compare and index them alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=1024)
def to_micros(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware instant; negative before it."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of a stored number of microseconds."""
    return _EPOCH + timedelta(microseconds=micros)
