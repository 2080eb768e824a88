"""A node draws pairs of its own register for two people to judge: how well does it tell people apart?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.identity.clerical import BOUNDS, stratum_of
from corridor.domain.identity.matching import confirm
from corridor.domain.trace import new_trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.people import START, Entry, People
from corridor.flows.ports.units import Units

SLICE = 500
LIKE_MOST = 50
"""People of the register that one person is compared with, those who share most."""

_Drawn = TypeVar("_Drawn")
AGENT, ROLE, REASON = "identity-audit", "operator", "clerical-sample"


class Dice(Protocol):
    """Chance that nobody can foresee."""

    def randrange(self, stop: int, /) -> int:
        """A number from 0 up to and without `stop`."""


@dataclass(frozen=True, slots=True)
class DrawDesk:
    """What drawing needs."""

    people: People
    units: Units
    dice: Dice
    clock: Clock


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """Two entries of the register."""

    one: Entry
    other: Entry
    stratum: int


@dataclass(slots=True)
class Sample:
    """What was drawn.

    Attributes:
        pairs: in an order that tells nothing.
        sizes: pairs that were met in each stratum.
    """

    pairs: list[DrawnPair] = field(default_factory=list)
    sizes: list[int] = field(default_factory=lambda: [0] * len(BOUNDS))


async def draw_sample(people: int, each: int, *, desk: DrawDesk, advance: Callable[[int], None]) -> Sample:
    """Pairs of a country's own register, so many of each stratum of the score.

    Nobody of another country is in it. That the people in it were looked at is on record when this returns.

    Args:
        people: how many patients, taken by chance, are compared with those like them.
        each: pairs of every stratum, fewer where there are fewer.
        desk: register, log and chance.
        advance: takes how many more patients have been compared.

    Source: docs/identity.md, the clerical sample.
    """
    chosen = await _chosen(people, desk)
    met: set[tuple[str, str]] = set()
    sample, kept = Sample(), [list[DrawnPair]() for _ in BOUNDS]
    for entry in chosen:
        for pair in await _pairs(entry, desk):
            ids = min(pair.one.patient_id, pair.other.patient_id), max(pair.one.patient_id, pair.other.patient_id)
            if ids not in met:
                met.add(ids)
                sample.sizes[pair.stratum] += 1
                _keep(kept[pair.stratum], pair, (each, sample.sizes[pair.stratum]), dice=desk.dice)
        advance(1)
    sample.pairs = _shuffled([pair for stratum in kept for pair in stratum], desk.dice)
    await _record(sample, desk)
    return sample


async def _chosen(people: int, desk: DrawDesk) -> list[Entry]:
    """So many of the register, each as likely as any other."""
    kept: list[Entry] = []
    place, seen = START, 0
    while entries := await desk.people.after(place, limit=SLICE):
        place = entries[-1].place
        for entry in entries:
            if entry.described is not None:
                seen += 1
                _keep(kept, entry, (people, seen), dice=desk.dice)
    return kept


async def _pairs(entry: Entry, desk: DrawDesk) -> list[DrawnPair]:
    """Somebody with everyone like them."""
    if entry.described is None:
        return []
    like = await desk.people.similar(entry.described, limit=LIKE_MOST)
    scored = [
        (Entry(patient_id, other, START), stratum_of(confirm(entry.described, other)[1]))
        for patient_id, other in like
        if patient_id != entry.patient_id
    ]
    return [DrawnPair(entry, other, stratum) for other, stratum in scored if stratum is not None]


def _keep(kept: list[_Drawn], one: _Drawn, among: tuple[int, int], *, dice: Dice) -> None:
    """Keep one of so many that were seen, each as likely as any other.

    Source: Vitter, Random sampling with a reservoir, algorithm R (1985).
    """
    most, seen = among
    if len(kept) < most:
        kept.append(one)
    elif (place := dice.randrange(seen)) < most:
        kept[place] = one


def _shuffled(pairs: list[DrawnPair], dice: Dice) -> list[DrawnPair]:
    """In an order that does not tell the score, as likely this way around as the other."""
    left = [DrawnPair(pair.other, pair.one, pair.stratum) if dice.randrange(2) else pair for pair in pairs]
    return [left.pop(dice.randrange(len(left))) for _ in pairs]


async def _record(sample: Sample, desk: DrawDesk) -> None:
    ids = dict.fromkeys(entry.patient_id for pair in sample.pairs for entry in (pair.one, pair.other))
    async with desk.units.begin() as unit:
        await unit.audit(
            AuditFact(
                kind=AuditKind.MATCH,
                outcome=AuditOutcome.SUCCESS,
                at=desk.clock.now(),
                trace=new_trace(),
                request_id="",
                agent=AGENT,
                role=ROLE,
                patient_ids=tuple(ids),
                resource="Patient",
                reason=REASON,
            )
        )
