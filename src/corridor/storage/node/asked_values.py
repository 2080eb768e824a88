"""The values of a search, which are bound each time to the statement that is written once for its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from corridor.domain.errors import InvalidError
from corridor.domain.query import (
    Amount,
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    MissingCriterion,
    NumberCriterion,
    QuantityCriterion,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.fhir.search_values import fold
from corridor.storage.node.asked import groups_of, only_of
from corridor.storage.node.parts import TEXT_MAX, WORD_MAX, bounded
from corridor.storage.times import to_micros

LAST = "\U0010ffff"
"""Sorts after every letter: the end of a range of texts with one beginning."""


def values(criterion: Criterion) -> Sequence[Any]:
    """The values of a criterion in the order in which its SQL takes them.

    Raises:
        InvalidError: an address that is too long to be compared by its parts.
    """
    return _VALUES[type(criterion)](criterion)


def bound(criteria: Sequence[Criterion]) -> dict[str, Any]:
    """The values of several criteria by the names of their parameters."""
    return {
        f"c{number}_{at}": value
        for number, each in enumerate(criteria)
        for at, value in enumerate(_VALUES[type(each)](each))
    }


def _token_values(asked: TokenCriterion) -> Sequence[Any]:
    only = only_of(asked)
    if only:
        return [bounded(only[1])] if only[0] is None else [bounded(only[1]), bounded(only[0])]
    found: list[Any] = []
    for each in groups_of(asked):
        found += each.values
        if each.key is not None:
            found.append(bounded(each.key))
    return found


def _reference_values(asked: ReferenceCriterion) -> Sequence[Any]:
    only = only_of(asked)
    return [bounded(only[1])] if only else [value for each in groups_of(asked) for value in each.values]


def _string_values(asked: StringCriterion) -> Sequence[Any]:
    return [value for text in asked.any_of for value in _TEXTS[asked.mode](text)]


_TEXTS: dict[str, Callable[[str], Iterable[Any]]] = {
    "prefix": lambda text: (text[:TEXT_MAX], text[:TEXT_MAX] + LAST),
    "exact": lambda text: (fold(text)[:TEXT_MAX], text),
    "contains": lambda text: (f"%{_escaped(text[:TEXT_MAX])}%",),
    "closed": str.split,  # blind forms have no blanks
    "among": lambda text: (text.split(),),
}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _uri_values(asked: UriCriterion) -> Sequence[Any]:
    if asked.mode == "exact":
        return [bounded(each) for each in asked.any_of]
    if asked.mode == "above":
        return [sorted({bounded(above) for each in asked.any_of for above in _above(each)})]
    if any(len(each) > WORD_MAX // 2 for each in asked.any_of):
        raise InvalidError(f"An address to search below has at most {WORD_MAX // 2} characters.", (asked.parameter,))
    return [value for each in asked.any_of for value in _below(each)]


def _below(address: str) -> tuple[str, str, str]:
    """The address, and from where to where those stand that are under it; it may end in a slash, which "0" follows."""
    bare = address.removesuffix("/")
    return address, f"{bare}/", f"{bare}0"


def _above(address: str) -> Iterator[str]:
    """The address and every one that it is under, with a slash at the end and without."""
    segments = address.split("/")
    for above in accumulate(segments[:-1], lambda above, segment: f"{above}/{segment}"):
        yield from (above, f"{above}/")
    yield address


def _date_values(asked: DateCriterion) -> Sequence[int]:
    return [to_micros(at) for _, start, end in asked.any_of for at in (start, end)]


def _number_values(asked: NumberCriterion) -> Sequence[float]:
    return [end for _, low, high in asked.any_of for end in (low, high)]


def _quantity_values(asked: QuantityCriterion) -> Sequence[Any]:
    return [value for each in asked.any_of for value in _amount_values(each)]


def _amount_values(asked: Amount) -> Iterator[Any]:
    if asked.canonical:
        yield from asked.canonical[:2]
        yield bounded(asked.canonical[2])
        return
    yield from (asked.low, asked.high)
    if asked.system is not None:
        yield bounded(asked.system)
    if asked.code:
        yield bounded(asked.code)


_VALUES: dict[type, Callable[[Any], Sequence[Any]]] = {
    TokenCriterion: _token_values,
    StringCriterion: _string_values,
    UriCriterion: _uri_values,
    DateCriterion: _date_values,
    NumberCriterion: _number_values,
    QuantityCriterion: _quantity_values,
    ReferenceCriterion: _reference_values,
    MissingCriterion: lambda _: (),
    CompositeCriterion: lambda asked: [value for parts in asked.any_of for each in parts for value in values(each)],
    ChainCriterion: lambda asked: values(asked.criterion),
    HasCriterion: lambda asked: values(asked.criterion),
}
