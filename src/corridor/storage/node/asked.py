"""A search as its form, for which SQL is written once; its values are bound each time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
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
from corridor.storage.node.parts import bounded

MOST = 200
"""Values that one criterion may compare with one by one; codes and ids may be more."""

Form = tuple[Hashable, ...]


def form(criterion: Criterion) -> Form:
    """Everything about a criterion but its values: two of one form have the same SQL.

    Raises:
        InvalidError: more values than one statement can compare with.
    """
    if len(getattr(criterion, "any_of", ())) > MOST:
        _check_length(criterion)
    return (type(criterion).__name__, *_FORMS[type(criterion)](criterion))


class Size(IntEnum):
    """How many values stand together: the SQL differs, but not with every number."""

    NONE = 0
    ONE = 1
    SEVERAL = 2


_SIZES = tuple(Size)
_ONE = Size.ONE


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
        return _SIZES[min(len(self.members), 2)]

    @property
    def values(self) -> list[Any]:
        """The members as one value: several are a list, so that a thousand of them make no longer statement."""
        if len(self.members) == 1:
            return [bounded(self.members[0])]
        short = [bounded(each) for each in self.members]
        return [sorted(set(short))] if len(short) > 1 else short


def groups_of(asked: TokenCriterion | ReferenceCriterion) -> list[Group]:
    """What is asked for by system or type, in the order of the first; a resource's own id has no system."""
    only = only_of(asked)
    if only:
        return [Group(only[0], only[1:])]
    members: dict[str | None, list[str]] = {}
    for key, member in asked.any_of:
        if member:
            members.setdefault(None if asked.parameter == "_id" else key, []).append(member)
    alone = dict.fromkeys(key for key, member in asked.any_of if not member and key is not None)
    return [*(Group(key, tuple(each)) for key, each in members.items()), *(Group(key, ()) for key in alone)]


def only_of(asked: TokenCriterion | ReferenceCriterion) -> tuple[str | None, str] | None:
    """The one value that most ask for."""
    only = asked.any_of[0]
    if len(asked.any_of) != 1 or not only[1]:
        return None
    return (None, only[1]) if asked.parameter == "_id" else only


def _check_length(criterion: Criterion) -> None:
    if not isinstance(criterion, TokenCriterion | ReferenceCriterion) or len(groups_of(criterion)) > MOST:
        raise InvalidError(f"A parameter has at most {MOST} values here.", (getattr(criterion, "parameter", ""),))


def _token_form(asked: TokenCriterion) -> Form:
    only = only_of(asked)
    if only:
        return asked.parameter, asked.negated, ((only[0] is None, _ONE),)
    return asked.parameter, asked.negated, tuple((each.key is None, each.size) for each in groups_of(asked))


def _reference_form(asked: ReferenceCriterion) -> Form:
    only = only_of(asked)
    if only:
        return asked.parameter, ((only[0], _ONE),)
    return asked.parameter, tuple((each.key, each.size) for each in groups_of(asked))


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
    ReferenceCriterion: _reference_form,
    MissingCriterion: lambda asked: (asked.parameter, asked.missing),
    CompositeCriterion: _composite_form,
    ChainCriterion: lambda asked: (asked.parameter, asked.target_types, form(asked.criterion)),
    HasCriterion: lambda asked: (asked.source_type, asked.parameter, form(asked.criterion)),
}
