"""Which invented worlds the models learn from, and on which others, of other seeds, thresholds are chosen.

No seed of these is one of a corpus that `bench identity` reports on, and no table of FEBRL is read.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TypeAlias

from bench.identity.careless import CarelessRecipe, CarelessRepeatedRecipe
from bench.identity.worlds import Recipe, RepeatedRecipe
from corridor.domain.identity.demographics import DetailKind

AnyRecipe: TypeAlias = "Recipe | RepeatedRecipe | CarelessRecipe | CarelessRepeatedRecipe"


def written(recipe: AnyRecipe) -> str:
    """A recipe in a line: what it is called, and everything in which it is not the usual one."""
    told = [
        f"{each.name}={getattr(recipe, each.name)}"
        for each in fields(recipe)
        if each.name != "kinds" and getattr(recipe, each.name) != each.default
    ]
    return f"{type(recipe).__name__}({', '.join(told)})"


TRAINING: tuple[AnyRecipe, ...] = (
    Recipe(1, 8_000, 5_000),
    Recipe(2, 30_000, 6_000),
    Recipe(3, 20_000, 6_000, noise=2),
    Recipe(4, 5_000, 4_000, noise=0.5, known=0.9, sexes=False),
    Recipe(18, 40_000, 8_000, noise=0.5),
    Recipe(28, 40_000, 8_000),
    Recipe(38, 40_000, 8_000, noise=2),
    Recipe(22, 5_000, 4_000, known=0.9, papers=False, sexes=False),
    Recipe(13, 20_000, 5_000, error=0.2, kinds=tuple(DetailKind)),
    Recipe(5, 5_000, 5_000, known=0.9, single=True, sexes=False),
    Recipe(6, 20_000, 5_000, single=True, sexes=False),
    Recipe(7, 2_000, 2_000, noise=1.5, known=0.5, single=True),
    Recipe(11, 5_000, 5_000, known=0.9, single=True, papers=False, sexes=False),
    Recipe(12, 20_000, 5_000, known=0.6, single=True, papers=False, sexes=False),
    Recipe(9, 5_000, 5_000, known=0.9, single=True, papers=False, sexes=False, error=0.25),
    Recipe(10, 20_000, 5_000, single=True, papers=False, sexes=False, error=0.2),
    Recipe(48, 10_000, 5_000, kin=0.35),
    Recipe(58, 120_000, 8_000),
    Recipe(68, 20_000, 8_000, noise=2),
    RepeatedRecipe(34, 2_500, papers=False, details=True),
    RepeatedRecipe(31, 2_500),
    RepeatedRecipe(32, 2_500, papers=False),
    RepeatedRecipe(33, 3_000, single=False),
    CarelessRecipe(201, 5_000, 5_000, errors=0.6, known=1, papers=True),
    CarelessRecipe(202, 20_000, 5_000, errors=1, known=0.5, papers=True),
    CarelessRecipe(203, 5_000, 5_000, errors=0.5, known=1),
    CarelessRecipe(204, 20_000, 5_000, errors=0.8, known=0.6),
    CarelessRecipe(205, 5_000, 5_000, errors=1.5, known=1, details=True),
    CarelessRecipe(206, 20_000, 5_000, errors=2, known=0.6, details=True),
    CarelessRepeatedRecipe(231, 2_000, errors=1.5, details=True),
    CarelessRepeatedRecipe(232, 2_000, errors=0.6),
    CarelessRepeatedRecipe(233, 2_000, errors=0.8, papers=True),
)
"""What the models learn from: worlds in which people arrive, and registers in which people stand more than once."""

NOISIEST = tuple(Recipe(seed, 40_000, 8_000, noise=2) for seed in (338, 348, 358))
"""Where the most homes are asked about somebody whom they do not know: the gate is chosen on these."""

CHOOSING: tuple[AnyRecipe, ...] = (
    Recipe(318, 40_000, 8_000, noise=0.5),
    Recipe(328, 40_000, 8_000),
    *NOISIEST,
    Recipe(305, 5_000, 5_000, known=0.9, single=True, sexes=False),
    Recipe(311, 5_000, 5_000, known=0.9, single=True, papers=False, sexes=False),
    Recipe(309, 5_000, 5_000, known=0.9, single=True, papers=False, sexes=False, error=0.25),
    CarelessRecipe(351, 5_000, 5_000, errors=0.6, known=1, papers=True),
    CarelessRecipe(353, 5_000, 5_000, errors=0.5, known=1),
    CarelessRecipe(355, 5_000, 5_000, errors=1.5, known=1, details=True),
    CarelessRepeatedRecipe(361, 2_000, errors=1.5, details=True),
    CarelessRepeatedRecipe(362, 2_000, errors=0.6),
    RepeatedRecipe(331, 2_500, papers=False, details=True),
)
"""Worlds of every sort that no model learned from: the threshold of the hub alone is chosen on them."""
