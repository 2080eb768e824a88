"""What people decided about ties is given to those who train the scoring, and nothing of whom it was about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from corridor.domain.tie import LabelledPair
from corridor.flows.ports.units import Units

Lesson: TypeAlias = "tuple[str, str, int]"
"""How traits compared, the grade that was given, and 1 for one person or 0 for two."""

COLUMNS = ("pattern", "grade", "same")


async def export_labels(*, units: Units) -> tuple[Lesson, ...]:
    """Every decision as an example to learn from.

    No name, number, pseudonym, country or time is in it, and the order is that of the words, so that no decision can
    be told from another that came out alike.

    Source: IDENTITY section 4, home-node decisions supply the labels; ADR 32.
    """
    async with units.begin() as unit:
        return _lessons(await unit.ties.labels())


def _lessons(decisions: Iterable[LabelledPair]) -> tuple[Lesson, ...]:
    """Decisions without their time, in the order of their words."""
    return tuple(sorted((" ".join(each.pattern), each.grade.value, int(each.same)) for each in decisions))
