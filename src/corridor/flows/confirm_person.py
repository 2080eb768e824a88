"""A home node opens an envelope in memory and says whether it knows the person that is described."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from corridor.domain.errors import InvalidError
from corridor.domain.grade import RELEASABLE, Grade
from corridor.domain.identity.matching import compare, confirm
from corridor.domain.matching_request import Redeemed
from corridor.domain.purpose import Purpose
from corridor.flows.ports.envelopes import Envelopes
from corridor.flows.ports.people import People
from corridor.flows.ports.unit import Unit


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The local patient that is meant, and how sure that is.

    Attributes:
        pattern: how each trait compared, such as `birth:swapped`.
        description: SHA-256 of how the asker described the person.
    """

    patient_id: str
    grade: Grade
    pattern: tuple[str, ...] = field(default=(), compare=False)
    description: bytes = field(default=b"", repr=False, compare=False)


async def confirm_person(
    redeemed: Redeemed, *, purpose: Purpose, unit: Unit, people: People, envelopes: Envelopes
) -> Confirmed | None:
    """The best of the hub's candidates, where it is sure enough to be released; otherwise None.

    Two candidates of equal grade are doubt, and doubt releases nothing.

    Source: IDENTITY section 2, stage 2; ADR 11.
    """
    try:
        asked = envelopes.open(redeemed.envelope, purpose=purpose.value)
    except InvalidError:
        return None
    description = hashlib.sha256(asked.to_json()).digest()
    found: list[tuple[float, Confirmed]] = []
    for handle in redeemed.candidates:
        patient_id = await unit.patient_of(handle)
        known = await people.demographics(patient_id) if patient_id else None
        if patient_id and known:
            grade, chance = confirm(asked, known)
            pattern = tuple(f"{trait}:{likeness}" for trait, likeness in compare(asked, known).items())
            found.append((chance, Confirmed(patient_id, grade, pattern, description)))
    found.sort(key=lambda one: one[0], reverse=True)
    if not found or found[0][1].grade not in RELEASABLE:
        return None
    rivals = [one for _, one in found[1:] if one.grade is found[0][1].grade]
    return None if rivals else found[0][1]
