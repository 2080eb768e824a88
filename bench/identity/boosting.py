"""Boosted trees trained by LightGBM and written down as the product reads them: JSON, one tree to a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import lightgbm
import numpy as np

from corridor.domain.identity import trees

HERE = Path(trees.__file__).parent
DIGITS = 4
SMALLEST = 0.0001
Rows: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.float32]]"


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a model learns from.

    Attributes:
        rows: one list of numbers per pair.
        same: whether the pair is one person.
        offsets: log odds that are known beforehand, per pair.
        weights: how much each pair counts.
    """

    rows: Sequence[Sequence[float]]
    same: Sequence[bool]
    offsets: Sequence[float]
    weights: Sequence[float]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model is, and which inputs may only speak for a match."""

    trees: int
    leaves: int
    rate: float
    rising: frozenset[str]


def train(lessons: Lessons, inputs: Sequence[str], shape: Shape) -> tuple[float, list[Any]]:
    """Bias and trees; the same lessons give the same model."""
    settings = {
        "objective": "binary", "learning_rate": shape.rate, "num_leaves": shape.leaves, "min_data_in_leaf": 25,
        "lambda_l2": 5.0, "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": 3,
        "monotone_constraints": [int(name in shape.rising) for name in inputs], "verbose": -1, "num_threads": 1,
        "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    rows: Rows = np.array(lessons.rows, np.float32)
    offsets, weights = np.array(lessons.offsets), np.array(lessons.weights)
    given = lightgbm.Dataset(rows, np.array(lessons.same, int), weight=weights, init_score=offsets)
    model = lightgbm.train(settings, given, shape.trees)
    return 0.0, [_node(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _node(raw: dict[str, Any]) -> Any:
    if "leaf_value" in raw:
        return round(raw["leaf_value"], DIGITS)
    low, high = _node(raw["left_child"]), _node(raw["right_child"])
    return [raw["split_feature"], _limit(raw["threshold"]), low, high]


def _limit(threshold: float) -> float:
    """A limit in few digits; LightGBM's "just above 0" and "just below 0" stay on their side of it."""
    short = round(threshold, DIGITS)
    return short or (SMALLEST if threshold > 0 else -SMALLEST)


def write(
    name: str,
    *,
    meta: Mapping[str, Any],
    cuts: Mapping[str, float],
    inputs: Sequence[str],
    trained: tuple[float, list[Any]],
) -> None:
    """Put a model into the package, one tree to a line, so that a change can be read as a difference."""
    bias, grown = trained
    lines = ",\n  ".join(json.dumps(tree, separators=(",", ":")) for tree in grown)
    head = f'{{\n "meta": {json.dumps(meta, indent=2)},\n "cuts": {json.dumps(cuts)},\n'
    named = f' "inputs": {json.dumps(list(inputs))},\n "bias": {bias},\n'
    (HERE / name).write_text(f'{head}{named} "trees": [\n  {lines}\n ]\n}}\n', encoding="utf-8")
    trees.packaged.cache_clear()
