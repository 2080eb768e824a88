"""Two entries of a country's register were one person: the ties of the one that is given up go over to the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.tie import Doubt
from corridor.flows.look_at_ties import look_at_ties
from corridor.flows.ports.unit import Unit

MOVED = "tie-moved"


async def move_ties(asking: Asking, merged: tuple[str, str], *, unit: Unit, at: datetime) -> int:
    """Living ties wait for people again, for whoever was tied may have been the other; broken ones stay broken.

    Args:
        asking: who wrote the merge.
        merged: ids of the patient given up, and of the one who stands for both.
        unit: in which the merge is written.
        at: when.

    Returns:
        How many were moved; each keeps what flowed under it.

    Source: IHE PIXm ITI-104, resolve duplicate patient; ADR 32.
    """
    given_up, survivor = merged
    ties = await unit.ties.of(given_up)
    for tie in ties:
        if tie.is_living:
            await unit.ties.forget_votes(tie.id)
        doubt = Doubt.MERGED if tie.is_living else tie.doubt
        await unit.ties.keep(replace(tie, patient_id=survivor, doubt=doubt))
    if ties:
        await unit.audit(look_at_ties(asking, MOVED, at=at, patient_ids=merged))
    return len(ties)
