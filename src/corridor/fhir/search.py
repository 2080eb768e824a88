"""The query string of a search, read strictly: nothing that is not understood is ever ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import Criterion, Query, Sort
from corridor.fhir.criteria import read_criterion, shown
from corridor.fhir.parameters import Parameter, Route, clinical_date, parameters
from corridor.fhir.schema import HELD

MAX_COUNT = 500
DEFAULT_COUNT = 20
MAX_PAIRS = 64

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was understood.

    Attributes:
        query: what storage answers.
        warnings: one text for each part that was left out (lenient handling only).
        understood: the pairs that were not left out, for the `self` link; the cursor is not among them.
    """

    query: Query
    warnings: tuple[str, ...]
    understood: tuple[Pair, ...]


_REFUSED = re.compile(
    r"(_include|_revinclude|_has|_filter|_query|_text|_content|_list|_contained|_type)(:.*)?|[^:]*\.\S.*"
)
"""They would change what is found, so leaving them out would answer another question."""

_SILENT = frozenset({"_format", "_pretty"})
"""They tell how the answer is written; the door reads them."""

_OWN: dict[str, Parameter] = {
    "_id": Parameter("_id", "token", "http://hl7.org/fhir/SearchParameter/Resource-id", (Route("_id", ("id",), "id"),)),
    "_lastUpdated": Parameter(
        "_lastUpdated",
        "date",
        "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated",
        (Route("_lastUpdated", ("meta", "lastUpdated"), "instant"),),
    ),
}
"""Parameters of every type."""

_TOTALS = frozenset({"none", "estimate", "accurate"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CURSOR = re.compile(r"[A-Za-z0-9_\-.=~]{1,1024}")


def known_parameters(resource_type: str) -> dict[str, Parameter]:
    """Every parameter that a search of this type may name."""
    return _OWN | dict(parameters(resource_type))


def read_search(resource_type: str, pairs: Iterable[Pair], *, strict: bool = False, zone: tzinfo = UTC) -> Search:
    """The search that a list of (name, value) pairs asks for.

    Args:
        resource_type: the type that is searched.
        pairs: decoded, in order, as they stand in the address or form.
        strict: refuse what is not known instead of warning about it.
        zone: read for dates that name none.

    Raises:
        UnsupportedError: an unknown parameter in strict handling; a modifier, chain or include in either.
        InvalidError: a value that its parameter cannot have.

    Source: https://hl7.org/fhir/R4/search.html
    """
    if resource_type not in HELD:
        raise UnsupportedError("Resources of this type are not held here.", ("resourceType",))
    listed = [*pairs]
    if len(listed) > MAX_PAIRS:
        raise InvalidError(f"A search has at most {MAX_PAIRS} parameters.")
    reading = _Reading(resource_type, strict=strict, zone=zone)
    for name, value in listed:
        reading.take(name, value)
    return reading.search()


@dataclass(slots=True)
class _Reading:
    """What has been understood so far."""

    resource_type: str
    strict: bool
    zone: tzinfo
    criteria: list[Criterion] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    understood: list[Pair] = field(default_factory=list)
    sort: tuple[Sort, ...] = (Sort("_lastUpdated", descending=True),)
    count: int = DEFAULT_COUNT
    after: str = ""
    total: str = "accurate"

    def search(self) -> Search:
        query = Query(self.resource_type, tuple(self.criteria), self.sort, self.count, self.after, self.total)
        return Search(query, tuple(self.warnings), tuple(self.understood))

    def take(self, name: str, value: str) -> None:
        if name in _SILENT:
            return
        if not value.strip():
            raise InvalidError("A search parameter has a value.", (shown(name),))
        if _CONTROL.search(value):
            raise InvalidError("A value to search for has no control characters.", (shown(name),))
        result = _RESULT.get(name)
        if result:
            result(self, name, value)
        elif _REFUSED.fullmatch(name):
            raise UnsupportedError("Chains, includes and filters are not spoken here.", (shown(name),))
        else:
            self._criterion(name, value)

    def _criterion(self, name: str, value: str) -> None:
        code, _, modifier = name.partition(":")
        parameter = known_parameters(self.resource_type).get(code)
        if parameter is None:
            self.leave_out(name, "No such search parameter is known for this type.")
            return
        self.criteria.append(read_criterion(parameter, modifier, value, zone=self.zone))
        self.understood.append((name, value))

    def leave_out(self, name: str, message: str) -> None:
        if self.strict:
            raise UnsupportedError(message, (shown(name),))
        self.warnings.append(f"{message} It was left out: {shown(name)}.")

    def take_count(self, name: str, value: str) -> None:
        if not (value.isascii() and value.isdecimal()):
            raise InvalidError("A page size is a whole number from 0.", (name,))
        self.count = min(int(value[:9]), MAX_COUNT)
        if self.count != int(value[:9]):
            self.warnings.append(f"A page has at most {MAX_COUNT} entries.")
        self.understood.append((name, str(self.count)))

    def take_sort(self, name: str, value: str) -> None:
        keys = [Sort(each.removeprefix("-"), each.startswith("-")) for each in value.split(",")]
        if {each.parameter for each in keys} <= sortable(self.resource_type):
            self.sort = tuple(keys)
            self.understood.append((name, value))
        else:
            self.leave_out(name, "Results are sorted by _lastUpdated, _id or date only.")

    def take_total(self, name: str, value: str) -> None:
        if value not in _TOTALS:
            raise InvalidError("A total is none, estimate or accurate.", (name,))
        self.total = value
        self.understood.append((name, value))

    def take_cursor(self, name: str, value: str) -> None:
        if not _CURSOR.fullmatch(value):
            raise InvalidError("The cursor is not one of ours.", (name,))
        self.after = value


_RESULT: dict[str, Callable[[_Reading, str, str], None]] = {
    "_count": _Reading.take_count,
    "_sort": _Reading.take_sort,
    "_total": _Reading.take_total,
    "_cursor": _Reading.take_cursor,
}


def sortable(resource_type: str) -> frozenset[str]:
    """Keys that results of this type can be sorted by."""
    return frozenset({"_lastUpdated", "_id", *(["date"] if clinical_date(resource_type) else [])})
