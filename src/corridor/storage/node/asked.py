"""A search as its form, for which SQL is written once, and its values, which are bound each time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
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
from corridor.storage.node.parts import TEXT_MAX, WORD_MAX, bounded
from corridor.storage.times import to_micros

LAST = "\U0010ffff"
"""Sorts after every letter: the end of a range of texts with one beginning."""
MOST = 200
"""Values that one criterion may compare with one by one; codes and ids may be more."""

Form = tuple[Hashable, ...]


def form(criterion: Criterion) -> Form:
    """Everything about a criterion but its values: two of one form have the same SQL.

    Raises:
        InvalidError: more values than one statement can compare with.
    """
    _check_length(criterion)
    return (type(criterion).__name__, *_FORMS[type(criterion)](criterion))


def values(criterion: Criterion) -> Sequence[Any]:
    """The values of a criterion in the order in which its SQL takes them.

    Raises:
        InvalidError: an address that is too long to be compared by its parts.
    """
    return _VALUES[type(criterion)](criterion)


def bound(criteria: Sequence[Criterion]) -> dict[str, Any]:
    """The values of several criteria by the names of their parameters."""
    found: dict[str, Any] = {}
    for number, each in enumerate(criteria):
        for at, value in enumerate(values(each)):
            found[f"c{number}_{at}"] = value
    return found


class Size(IntEnum):
    """How many values stand together: the SQL differs, but not with every number."""

    NONE = 0
    ONE = 1
    SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Codes of one system, or ids of one type.

    Attributes:
        key: the system or type; None for any.
        members: none where the key alone is asked for.
    """

    key: str | None
    members: tuple[str, ...]

    @property
    def size(self) -> Size:
        """How many."""
        return Size(min(len(self.members), 2))

    @property
    def values(self) -> list[Any]:
        """The members as one value: several are a list, so that a thousand of them make no longer statement."""
        if len(self.members) == 1:
            return [bounded(self.members[0])]
        short = [bounded(each) for each in self.members]
        return [sorted(set(short))] if len(short) > 1 else short


def groups_of(asked: TokenCriterion | ReferenceCriterion) -> list[Group]:
    """What is asked for by system or type, in the order of the first; a resource's own id has no system."""
    only = _only(asked)
    if only:
        return [Group(None if asked.parameter == "_id" else only[0], only[1:])]
    members: dict[str | None, list[str]] = {}
    for key, member in asked.any_of:
        if member:
            members.setdefault(None if asked.parameter == "_id" else key, []).append(member)
    alone = dict.fromkeys(key for key, member in asked.any_of if not member and key is not None)
    return [*(Group(key, tuple(each)) for key, each in members.items()), *(Group(key, ()) for key in alone)]


def _only(asked: TokenCriterion | ReferenceCriterion) -> tuple[str | None, str] | None:
    """The one value that most ask for."""
    only = asked.any_of[0]
    return only if len(asked.any_of) == 1 and only[1] else None


def _check_length(criterion: Criterion) -> None:
    asked: Sequence[Any] = getattr(criterion, "any_of", ())
    if len(asked) <= MOST:
        return
    if not isinstance(criterion, TokenCriterion | ReferenceCriterion) or len(groups_of(criterion)) > MOST:
        raise InvalidError(f"A parameter has at most {MOST} values here.", (getattr(criterion, "parameter", ""),))


# ---------------------------------------------------------------- forms


def _token_form(asked: TokenCriterion) -> Form:
    return asked.parameter, asked.negated, tuple((each.key is None, each.size) for each in groups_of(asked))


def _mode_form(asked: StringCriterion | UriCriterion) -> Form:
    return asked.parameter, asked.mode, len(asked.any_of)


def _prefix_form(asked: DateCriterion | NumberCriterion) -> Form:
    return asked.parameter, tuple(each[0] for each in asked.any_of)


def _quantity_form(asked: QuantityCriterion) -> Form:
    return asked.parameter, tuple(_amount_form(each) for each in asked.any_of)


def _amount_form(asked: Amount) -> Form:
    return asked.prefix, asked.system is None, not asked.code, asked.canonical is None


def _composite_form(asked: CompositeCriterion) -> Form:
    return asked.parameter, tuple(tuple(form(each) for each in parts) for parts in asked.any_of)


_FORMS: dict[type, Callable[[Any], Form]] = {
    TokenCriterion: _token_form,
    StringCriterion: _mode_form,
    UriCriterion: _mode_form,
    DateCriterion: _prefix_form,
    NumberCriterion: _prefix_form,
    QuantityCriterion: _quantity_form,
    ReferenceCriterion: lambda asked: (asked.parameter, tuple((each.key, each.size) for each in groups_of(asked))),
    MissingCriterion: lambda asked: (asked.parameter, asked.missing),
    CompositeCriterion: _composite_form,
    ChainCriterion: lambda asked: (asked.parameter, asked.target_types, form(asked.criterion)),
    HasCriterion: lambda asked: (asked.source_type, asked.parameter, form(asked.criterion)),
}


# ---------------------------------------------------------------- values
def _token_values(asked: TokenCriterion) -> Sequence[Any]:
    found: list[Any] = []
    for each in groups_of(asked):
        found += each.values
        if each.key is not None:
            found.append(bounded(each.key))
    return found


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
    return [value for each in asked.any_of for value in (each, f"{each}/", f"{each}0")]  # "0" follows "/"


def _above(address: str) -> Iterator[str]:
    """The address and every one that it is under."""
    segments = address.split("/")
    yield from accumulate(segments, lambda above, segment: f"{above}/{segment}")


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
    ReferenceCriterion: lambda asked: [value for each in groups_of(asked) for value in each.values],
    MissingCriterion: lambda _: (),
    CompositeCriterion: lambda asked: [value for parts in asked.any_of for each in parts for value in values(each)],
    ChainCriterion: lambda asked: values(asked.criterion),
    HasCriterion: lambda asked: values(asked.criterion),
}
