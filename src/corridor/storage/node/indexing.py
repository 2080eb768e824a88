"""Making drafts findable: the numbers of what they share, and a row for each value of their own."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.record import Draft
from corridor.storage.node.numbers import Numbers, SetNumbers
from corridor.storage.node.parts import Parts, sort_facts
from corridor.storage.node.rows import Rows, add_facts, roles_of, units_of
from corridor.storage.seals import Seals


async def index(
    numbers: Numbers, drafts: Sequence[Draft], keys: Sequence[int], *, rows: Rows, seals: Seals
) -> list[tuple[Parts, SetNumbers]]:
    """Add the rows of every draft's facts, and tell what its record names.

    Args:
        numbers: of the open transaction.
        drafts: what is written.
        keys: of their records.
        rows: to which facts are added.
        seals: of the database.
    """
    await seals.prepare({draft.patient_id for draft in drafts if draft.patient_id})
    parts = [sort_facts(draft, seals) for draft in drafts]
    sets = await numbers.sets([(each, draft.code) for each, draft in zip(parts, drafts, strict=True)])
    wanted = [roles_of(each) for each in parts]
    roles = await numbers.roles({role for each in wanted for role in each})
    units = await numbers.units({unit for each in parts for unit in units_of(each)})
    for each, own, key in zip(parts, wanted, keys, strict=True):
        add_facts(rows, each, [roles[role] for role in own], units=units, key=key)
    return [*zip(parts, sets, strict=True)]
