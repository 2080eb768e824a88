"""What the prefixes of ordered values mean in SQL (https://hl7.org/fhir/R4/search.html#prefix)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, not_, or_

from corridor.domain.query import Prefix
from corridor.storage.node.elements import Condition

Ends = tuple[Any, Any]
"""The two ends of an interval: columns, or parameters."""


def span_is(prefix: Prefix, stored: Ends, asked: Ends) -> Condition:
    """Whether a stored half-open interval of time is what the prefix asks for."""
    return _SPANS[prefix](stored, asked)


def instant_is(prefix: Prefix, stored: Any, asked: Ends) -> Condition:
    """Whether a stored instant is what the prefix asks for, in a form that an index of instants can find."""
    return _INSTANTS[prefix](stored, asked)


def amount_is(prefix: Prefix, stored: Ends, asked: Ends) -> Condition:
    """Whether a stored amount, from its least to its greatest value, is what the prefix asks for."""
    return _AMOUNTS[prefix](stored, asked)


Comparison = Callable[[Ends, Ends], Condition]


def _inside(stored: Ends, asked: Ends) -> Condition:
    return and_(stored[0] >= asked[0], stored[1] <= asked[1])


_SPANS: dict[Prefix, Comparison] = {
    Prefix.EQ: _inside,
    Prefix.NE: lambda stored, asked: not_(_inside(stored, asked)),
    Prefix.GT: lambda stored, asked: stored[1] > asked[1],
    Prefix.LT: lambda stored, asked: stored[0] < asked[0],
    Prefix.GE: lambda stored, asked: or_(stored[1] > asked[1], _inside(stored, asked)),
    Prefix.LE: lambda stored, asked: or_(stored[0] < asked[0], _inside(stored, asked)),
    Prefix.SA: lambda stored, asked: stored[0] >= asked[1],
    Prefix.EB: lambda stored, asked: stored[1] <= asked[0],
    Prefix.AP: lambda stored, asked: and_(stored[0] < asked[1], stored[1] > asked[0]),
}


_INSTANTS: dict[Prefix, Callable[[Any, Ends], Condition]] = {
    Prefix.EQ: lambda stored, asked: and_(stored >= asked[0], stored < asked[1]),
    Prefix.NE: lambda stored, asked: or_(stored < asked[0], stored >= asked[1]),
    Prefix.GT: lambda stored, asked: stored >= asked[1],
    Prefix.LT: lambda stored, asked: stored < asked[0],
    Prefix.GE: lambda stored, asked: stored >= asked[0],
    Prefix.LE: lambda stored, asked: stored < asked[1],
    Prefix.SA: lambda stored, asked: stored >= asked[1],
    Prefix.EB: lambda stored, asked: stored < asked[0],
    Prefix.AP: lambda stored, asked: and_(stored >= asked[0], stored < asked[1]),
}


def _equal(stored: Ends, asked: Ends) -> Condition:
    """Within the half-open interval that the number as written stands for."""
    return and_(stored[0] >= asked[0], stored[1] < asked[1])


_AMOUNTS: dict[Prefix, Comparison] = {
    Prefix.EQ: _equal,
    Prefix.NE: lambda stored, asked: not_(_equal(stored, asked)),
    Prefix.GT: lambda stored, asked: stored[1] > asked[1],
    Prefix.LT: lambda stored, asked: stored[0] < asked[0],
    Prefix.GE: lambda stored, asked: stored[1] >= asked[1],
    Prefix.LE: lambda stored, asked: stored[0] <= asked[0],
    Prefix.SA: lambda stored, asked: stored[0] > asked[1],
    Prefix.EB: lambda stored, asked: stored[1] < asked[0],
    Prefix.AP: lambda stored, asked: and_(stored[0] < asked[1], stored[1] >= asked[0]),
}
