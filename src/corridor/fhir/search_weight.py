"""How much a search compares: one short request must not keep a node from answering everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import (
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

MOST = 5_000
"""A search may weigh so much: 200 of anything in one parameter do, or a chain that may lead to every type.

A text weighs 1, and everything else by how long a statement takes to be written with it: some 0.1 ms for 1.
"""

_DATE, _AMOUNT, _PAIR = 8, 4, 20
_TYPE = 150
"""Each type that a reference may lead to is looked through by itself."""
_ACROSS = 3
"""What holds of another resource is looked for from both ends."""


def check_weight(criteria: Iterable[Criterion]) -> None:
    """Let pass what a node can answer beside everything else that it is asked.

    Raises:
        UnsupportedError: it compares too much.
    """
    if sum(map(weight, criteria)) > MOST:
        raise UnsupportedError("The search compares too much at once: ask for fewer values, or name types in chains.")


def weight(criterion: Criterion) -> int:
    """How much a criterion compares; codes of one system, ids of one type are compared all at once."""
    return _WEIGHTS[type(criterion)](criterion)


def _composite(criterion: CompositeCriterion) -> int:
    return sum(_PAIR + sum(map(weight, parts)) for parts in criterion.any_of)


_WEIGHTS: dict[type, Callable[[Any], int]] = {
    TokenCriterion: lambda asked: len({system for system, _ in asked.any_of}),
    ReferenceCriterion: lambda asked: len({kind for kind, _ in asked.any_of}),
    StringCriterion: lambda asked: len(asked.any_of),
    UriCriterion: lambda asked: len(asked.any_of),
    DateCriterion: lambda asked: _DATE * len(asked.any_of),
    NumberCriterion: lambda asked: _AMOUNT * len(asked.any_of),
    QuantityCriterion: lambda asked: _AMOUNT * len(asked.any_of),
    MissingCriterion: lambda _: 1,
    CompositeCriterion: _composite,
    ChainCriterion: lambda asked: len(asked.target_types) * (_TYPE + _ACROSS * weight(asked.criterion)),
    HasCriterion: lambda asked: _TYPE + _ACROSS * weight(asked.criterion),
}
