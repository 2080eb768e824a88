"""What of a told fact the national record says already, and where the two say different things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corridor.domain.care.event import Event, EventKind

MEASURED = frozenset({EventKind.VIRAL_LOAD, EventKind.CD4})


@dataclass(frozen=True, slots=True)
class Likeness:
    """National facts beside a told one.

    Attributes:
        same: of the same day that say the same.
        other: of the same day, or of the same time, that say something else.
    """

    same: tuple[Event, ...] = ()
    other: tuple[Event, ...] = ()


def likeness(told: Event, own: Iterable[Event]) -> Likeness:
    """The national facts that a clinician should see before keeping a told one."""
    beside = [each for each in own if each.kind is told.kind and each.counts and _meet(told, each)]
    same = tuple(each for each in beside if _says_the_same(told, each))
    return Likeness(same, tuple(each for each in beside if each not in same and _contradicts(told, each)))


def _meet(told: Event, own: Event) -> bool:
    if told.start is None or own.start is None:
        return False
    if told.kind is not EventKind.REGIMEN:
        return told.start == own.start
    return (own.end is None or told.start <= own.end) and (told.end is None or own.start <= told.end)


def _says_the_same(told: Event, own: Event) -> bool:
    if told.components or own.components:
        return told.components == own.components
    if told.value is not None and own.value is not None:
        return told.value == own.value
    return bool(told.label or told.raw) and (told.label, told.raw) == (own.label, own.raw)


def _contradicts(told: Event, own: Event) -> bool:
    """Two measurements of one day, or two regimens at one time; two diseases of one day are no contradiction."""
    return told.kind in MEASURED | {EventKind.REGIMEN} and told.start is not None and own.start is not None
