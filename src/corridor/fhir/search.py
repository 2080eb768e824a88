"""The query string of a search, read strictly: nothing that is not understood is ever ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

import msgspec

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import Criterion, Include, Query, Sort
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.conditions import REFUSED, Asked, is_repeated, is_spoken, read_condition, repeated
from corridor.fhir.includes import MAX_INCLUDES, is_include, read_include
from corridor.fhir.parameters import Parameter, known_parameters
from corridor.fhir.schema import HELD
from corridor.fhir.search_text import shown
from corridor.fhir.search_wanted import Terms
from corridor.fhir.search_weight import check_weight
from corridor.fhir.subset import SUMMARIES, WHOLE, Subset, is_element

MAX_COUNT = 500
DEFAULT_COUNT = 20
MAX_PAIRS = 64
MAX_SORTS = 8
MAX_LENGTH = 16_384
"""Characters of one value: more than any list of 200 identifiers."""

Pair = tuple[str, str]


class Search(msgspec.Struct, frozen=True):
    """A search as it was understood.

    Attributes:
        query: what storage answers.
        warnings: one text for each part that was left out (lenient handling only).
        understood: the pairs that were not left out, for the `self` link; the cursor is not among them.
        subset: what of each resource is sent.
    """

    query: Query
    warnings: tuple[str, ...]
    understood: tuple[Pair, ...]
    subset: Subset = WHOLE


_ONCE = frozenset({"_count", "_sort", "_total", "_summary"})
_TOTALS = frozenset({"none", "estimate", "accurate"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CURSOR = re.compile(r"[A-Za-z0-9_\-.=~]{1,4096}")


def read_search(
    resource_type: str,
    pairs: Iterable[Pair],
    *,
    strict: bool = False,
    zone: tzinfo = UTC,
    base: str = "",
    now: datetime | None = None,
) -> Search:
    """The search that a list of (name, value) pairs asks for.

    Args:
        resource_type: the type that is searched.
        pairs: decoded, in order, as they stand in the address or form.
        strict: refuse what is not known instead of warning about it.
        zone: read for dates that name none.
        base: address of this node's FHIR base; references that start with it are its own.
        now: what dates are near to or far from, for `ap`; left out, it is the clock's.

    Raises:
        UnsupportedError: an unknown parameter in strict handling; what R4 knows and this node does not, in either.
        InvalidError: a value that its parameter cannot have.

    Source: https://hl7.org/fhir/R4/search.html
    """
    if resource_type not in HELD:
        raise UnsupportedError("Resources of this type are not held here.", ("resourceType",))
    listed = [*pairs]
    if len(listed) > MAX_PAIRS:
        raise InvalidError(f"A search has at most {MAX_PAIRS} parameters.")
    reading = _Reading(resource_type, strict=strict, terms=Terms(zone, now, base, strict))
    for name, value in listed:
        reading.take(name, value)
    check_weight(reading.criteria)
    return reading.search()


@dataclass(slots=True)
class _Reading:
    """What has been understood so far."""

    resource_type: str
    strict: bool
    terms: Terms
    criteria: list[Criterion] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    understood: list[Pair] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    sort: tuple[Sort, ...] = ()
    count: int = DEFAULT_COUNT
    after: str = ""
    total: str = "accurate"
    summary: str = ""
    elements: tuple[str, ...] = ()
    known: Mapping[str, Parameter] = field(init=False)

    def __post_init__(self) -> None:
        self.known = known_parameters(self.resource_type)

    def search(self) -> Search:
        if self.elements and self.summary not in {"", "false"}:
            raise InvalidError("Either a summary or elements can be asked for.", ("_elements",))
        if self.includes and self.summary == "text":
            raise InvalidError("A summary of text is of matches alone, without includes.", ("_summary",))
        only_counted = self.summary == "count"
        query = Query(
            self.resource_type,
            tuple(self.criteria),
            self.sort,
            0 if only_counted else self.count,
            self.after,
            "accurate" if only_counted else self.total,
            tuple(dict.fromkeys(self.includes)) if self.includes else (),
        )
        subset = Subset(self.summary, self.elements) if self.summary or self.elements else WHOLE
        return Search(query, tuple(self.warnings), tuple(self.understood), subset)

    def take(self, name: str, value: str) -> None:
        if name in ANSWER_FORM:
            self.understood.append((name, value))
            return
        _check_value(name, value)
        result = _RESULT.get(name)
        if result:
            if name in _ONCE and name in dict(self.understood):
                raise InvalidError("The parameter is given once.", (name,))
            result(self, name, value)
        elif name not in self.known and is_include(name):
            self._include(name, value)
        else:
            self._condition(name, value)

    def _condition(self, name: str, value: str) -> None:
        if is_repeated(self.resource_type, name, value):
            self.criteria.append(repeated(self.resource_type, (name, value), self.terms))
        elif name in self.known or is_spoken(self.resource_type, name) or "." in name:
            self.criteria.append(read_condition(self.resource_type, Asked(name, value), self.terms))
        else:
            self.leave_out(name, "No such search parameter is known for this type.")
            return
        self.understood.append((name, value))

    def _include(self, name: str, value: str) -> None:
        self.includes.append(read_include(self.resource_type, name, value))
        if len(self.includes) > MAX_INCLUDES:
            raise InvalidError(f"A search has at most {MAX_INCLUDES} includes.", (name,))
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
        if len(keys) > MAX_SORTS:
            raise InvalidError(f"A search has at most {MAX_SORTS} sort keys.", (name,))
        if {each.parameter for each in keys} <= sortable(self.resource_type):
            self.sort = tuple(keys)
            self.understood.append((name, value))
        else:
            self.leave_out(name, "Results are sorted by parameters of their type only.")

    def take_total(self, name: str, value: str) -> None:
        if value not in _TOTALS:
            raise InvalidError("A total is none, estimate or accurate.", (name,))
        self.total = value
        self.understood.append((name, value))

    def take_summary(self, name: str, value: str) -> None:
        if value not in SUMMARIES:
            raise InvalidError("A summary is true, text, data, count or false.", (name,))
        self.summary = value
        self.understood.append((name, value))

    def take_elements(self, name: str, value: str) -> None:
        names = [each.removeprefix(f"{self.resource_type}.") for each in value.split(",")]
        known = [each for each in names if is_element(self.resource_type, each)]
        if len(known) < len(names):
            self.leave_out(name, "The type has no such element.")
        if known:
            self.elements = (*self.elements, *known)
            self.understood.append((name, ",".join(known)))

    def take_contained(self, name: str, value: str) -> None:
        if value != "false":
            raise UnsupportedError(REFUSED["_containedType"], (name,))
        self.understood.append((name, value))

    def take_cursor(self, name: str, value: str) -> None:
        if not _CURSOR.fullmatch(value):
            raise InvalidError("The cursor is not one of ours.", (name,))
        self.after = value


def _check_value(name: str, value: str) -> None:
    if not value.strip():
        raise InvalidError("A search parameter has a value.", (shown(name),))
    if len(value) > MAX_LENGTH:
        raise InvalidError(f"A value has at most {MAX_LENGTH} characters.", (shown(name),))
    if not value.isprintable() and _CONTROL.search(value):
        raise InvalidError("A value to search for has no control characters.", (shown(name),))


_RESULT: dict[str, Callable[[_Reading, str, str], None]] = {
    "_count": _Reading.take_count,
    "_sort": _Reading.take_sort,
    "_total": _Reading.take_total,
    "_summary": _Reading.take_summary,
    "_elements": _Reading.take_elements,
    "_contained": _Reading.take_contained,
    "_cursor": _Reading.take_cursor,
}


def sortable(resource_type: str) -> frozenset[str]:
    """Keys that results of this type can be sorted by."""
    known = known_parameters(resource_type).values()
    return frozenset(each.name for each in known if each.kind != "composite")
