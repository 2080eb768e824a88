"""The parameters of a history, read strictly: what is not understood is refused, because no entry could warn of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.versions import VersionQuery
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.search_text import shown
from corridor.fhir.search_values import Interval, interval

MAX_COUNT = 500

Pair = tuple[str, str]


_ORDERS = {"-_lastUpdated": True, "_lastUpdated": False}
_TOTALS = {"none": False, "estimate": True, "accurate": True}
_CURSOR = re.compile(r"[A-Za-z0-9_\-]{1,512}")


@dataclass(frozen=True, slots=True)
class VersionSearch:
    """A history as it was understood.

    Attributes:
        query: what storage answers.
        understood: the pairs for the `self` link; the place of the page is not among them.
    """

    query: VersionQuery
    understood: tuple[Pair, ...]


def read_versions(place: tuple[str, str], pairs: Iterable[Pair], *, zone: tzinfo = UTC) -> VersionSearch:
    """The history that a list of (name, value) pairs asks for.

    Versions of one resource are always counted; those of a type or of the whole base where `_total` asks for it.

    Args:
        place: type and id, each empty where the address names none.
        pairs: decoded, in order, as they stand in the address.
        zone: read for dates that name none.

    Raises:
        UnsupportedError: an unknown parameter or order.
        InvalidError: a value that its parameter cannot have, or one parameter twice.

    Source: https://hl7.org/fhir/R4/http.html#history
    """
    resource_type, logical_id = place
    query = VersionQuery(resource_type, logical_id, counted=bool(logical_id))
    understood: list[Pair] = []
    seen: set[str] = set()
    for name, value in pairs:
        if name in ANSWER_FORM:
            continue
        query, value = _take(query, (name, value), zone)  # noqa: PLW2901  # a capped page size is told as it is used
        if name in seen:
            raise InvalidError("A parameter of a history is given once.", (shown(name),))
        seen.add(name)
        if name != "_cursor":
            understood.append((name, value))
    return VersionSearch(query, tuple(understood))


def _take(query: VersionQuery, pair: Pair, zone: tzinfo) -> tuple[VersionQuery, str]:
    name, value = pair
    taking = _TAKING.get(name)
    if taking is None:
        raise UnsupportedError("No such parameter is known for a history.", (shown(name),))
    return taking(query, value, zone)


def _since(query: VersionQuery, value: str, zone: tzinfo) -> tuple[VersionQuery, str]:
    value = _zoned(value)
    return replace(query, since=_interval("_since", value, zone)[0]), value


def _at(query: VersionQuery, value: str, zone: tzinfo) -> tuple[VersionQuery, str]:
    value = _zoned(value)
    return replace(query, at=_interval("_at", value, zone)), value


def _zoned(value: str) -> str:
    """A plus sign that was not escaped in the address has become a space."""
    return value.replace(" ", "+")


def _interval(name: str, value: str, zone: tzinfo) -> Interval:
    try:
        return interval(value, zone)
    except InvalidError as error:
        raise InvalidError(error.message, (name,)) from None


def _count(query: VersionQuery, value: str, _zone: tzinfo) -> tuple[VersionQuery, str]:
    if not (value.isascii() and value.isdecimal()):
        raise InvalidError("A page size is a whole number from 0.", ("_count",))
    count = min(int(value[:9]), MAX_COUNT)
    return replace(query, count=count), str(count)


def _sort(query: VersionQuery, value: str, _zone: tzinfo) -> tuple[VersionQuery, str]:
    if value not in _ORDERS:
        raise UnsupportedError("Versions are sorted by _lastUpdated or -_lastUpdated.", ("_sort",))
    return replace(query, descending=_ORDERS[value]), value


def _total(query: VersionQuery, value: str, _zone: tzinfo) -> tuple[VersionQuery, str]:
    if value not in _TOTALS:
        raise InvalidError("A total is none, estimate or accurate.", ("_total",))
    return replace(query, counted=_TOTALS[value]), value


def _cursor(query: VersionQuery, value: str, _zone: tzinfo) -> tuple[VersionQuery, str]:
    if not _CURSOR.fullmatch(value):
        raise InvalidError("The cursor is not one of ours.", ("_cursor",))
    return replace(query, after=value), value


_TAKING: dict[str, Callable[[VersionQuery, str, tzinfo], tuple[VersionQuery, str]]] = {
    "_since": _since,
    "_at": _at,
    "_count": _count,
    "_sort": _sort,
    "_total": _total,
    "_cursor": _cursor,
}
