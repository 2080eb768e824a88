"""Boosted decision trees as data: trained elsewhere, evaluated here in plain Python, in tens of microseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec

Node: TypeAlias = "tuple[int, float, Node, Node] | float"
"""A question (number of the input, limit, where it is at most that, where it is more), or a part of the log odds."""

_DEEP = 60


class Trees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trained model.

    Attributes:
        meta: where it comes from and how good it was.
        cuts: probabilities from which something is done, chosen together with the model and by name.
        inputs: names of the numbers that it is asked with, in order.
        trees: each gives a part of the log odds; their sum is the whole.
    """

    meta: dict[str, Any]
    cuts: dict[str, float]
    inputs: tuple[str, ...]
    bias: float
    trees: tuple[Any, ...]

    def log_odds(self, row: Sequence[float]) -> float:
        """The logarithm of the odds that the answer is yes.

        Args:
            row: one number per name in `inputs`.
        """
        total = self.bias
        for node in self.trees:
            while type(node) is tuple:
                number, limit, low, high = node
                node = low if row[number] <= limit else high  # noqa: PLW2901 - walking down is what the loop does
            total += node
        return total


def _node(raw: Any) -> Node:
    """A node as tuples and numbers, which is what evaluation is quick on."""
    if isinstance(raw, list):
        number, limit, low, high = raw
        return (number, limit, _node(low), _node(high))
    return float(raw)


@lru_cache(maxsize=4)
def packaged(name: str) -> Trees:
    """A model that ships with the package, by the name of its file."""
    model = msgspec.json.decode(files("corridor.domain.identity").joinpath(name).read_bytes(), type=Trees)
    return msgspec.structs.replace(model, trees=tuple(_node(tree) for tree in model.trees))


def probability(log_odds: float) -> float:
    """A probability from log odds, safe at either end."""
    return 1.0 / (1.0 + math.exp(-max(-_DEEP, min(_DEEP, log_odds))))
