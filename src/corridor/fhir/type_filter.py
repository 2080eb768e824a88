"""What narrows an export: searches of its types, and the elements that are wanted of its resources.

Source: FHIR Bulk Data Access 2.0, `_typeFilter` and `_elements` (https://hl7.org/fhir/uv/bulkdata/export.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from corridor.domain.bulk import ElementChoice, TypeFilter
from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.holds import looks_elsewhere
from corridor.domain.query import Criterion
from corridor.fhir.schema import HELD
from corridor.fhir.search import read_search
from corridor.fhir.search_wanted import Terms
from corridor.fhir.subset import is_element

FILTERS_MAX = 32
ELEMENTS_MAX = 200

_NAME = "_typeFilter"
_BETWEEN = re.compile(r"(?<!\\),(?=[A-Z][A-Za-z]*\?)")
"""A comma after which another query begins; those within a query stand between its values."""


def read_filters(values: Iterable[str], types: Sequence[str], terms: Terms) -> tuple[TypeFilter, ...]:
    """The searches of an order, several of one type joined by "or".

    Args:
        values: as they were given; one may hold several queries with commas between them.
        types: those that are ordered; none for all.
        terms: how values are read.

    Raises:
        InvalidError: no search, or one of a type that is not ordered.
        UnsupportedError: a search that is not spoken here.
    """
    texts = [each for value in values for each in _BETWEEN.split(value)]
    if len(texts) > FILTERS_MAX:
        raise InvalidError(f"An export has at most {FILTERS_MAX} filters.", (_NAME,))
    return tuple(_filter(each, types, terms) for each in dict.fromkeys(texts))


def criteria_of(wanted: TypeFilter, terms: Terms) -> tuple[Criterion, ...]:
    """What must hold of a resource that a filter lets pass.

    Raises:
        InvalidError: something of it orders or cuts the answer of a search, of which an export has none.
        UnsupportedError: it is not spoken here, or follows references.
    """
    pairs = parse_qsl(wanted.query, keep_blank_values=True)
    criteria = read_search(
        wanted.resource_type, pairs, strict=True, zone=terms.zone, base=terms.base, now=terms.now
    ).query.criteria
    if not pairs or len(criteria) != len(pairs):
        raise InvalidError("A filter says what must hold of a resource, and nothing else.", (_NAME,))
    if any(looks_elsewhere(each) for each in criteria):
        raise UnsupportedError("A filter looks at the resource itself; references are not followed.", (_NAME,))
    return criteria


def read_elements(values: Iterable[str], types: Sequence[str]) -> tuple[ElementChoice, ...]:
    """The elements of an order, each of one type or of all that have it.

    Args:
        values: as they were given, each a list with commas.
        types: those that are ordered; none for all.

    Raises:
        InvalidError: a name that no ordered type has at its root.
    """
    names = list(dict.fromkeys(each.strip() for value in values for each in value.split(",")))
    if len(names) > ELEMENTS_MAX:
        raise InvalidError(f"At most {ELEMENTS_MAX} elements are named.", ("_elements",))
    return tuple(_element(each, types or HELD) for each in names)


def _filter(text: str, types: Sequence[str], terms: Terms) -> TypeFilter:
    kind, _, query = text.strip().partition("?")
    if kind not in HELD:
        raise UnsupportedError(
            "A filter is a search such as Observation?status=final of a type that is held.", (_NAME,)
        )
    if types and kind not in types:
        raise InvalidError("A filter is of a type that is not exported.", (_NAME,))
    found = TypeFilter(kind, query)
    criteria_of(found, terms)
    return found


def _element(text: str, types: Iterable[str]) -> ElementChoice:
    kind, dot, name = text.rpartition(".")
    known = [each for each in types if is_element(each, name)]
    if not known or (dot and kind not in known):
        raise InvalidError("An element is named as it stands at the root of an exported type.", ("_elements",))
    return ElementChoice(kind, name)
