"""Of a person's projection, the rows that a consent lets go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridor.domain.category import Category
from corridor.domain.consent import Grant, Permit
from corridor.flows.ports.unit import Projected

_DRUG = "Medication"


def select_rows(rows: Sequence[Projected], permit: Permit) -> tuple[Projected, ...]:
    """Rows of which all categories are permitted for their clinical date; the Patient goes with them or nothing goes.

    A Medication, last among the rows, goes with what refers to it.

    Source: IHE PCF, residual filters of an access decision.
    """
    grants = {grant.category: grant for grant in permit.grants}
    if Category.DEMOGRAPHICS not in grants:
        return ()
    whole = {grant.category for grant in permit.grants if grant.whole}
    going = [
        row
        for row in rows
        if (row.category in whole and not row.also) or row.resource_type == "Patient" or _is_permitted(row, grants)
    ]
    return tuple(_without_stray_drugs(going) if going and going[-1].resource_type == _DRUG else going)


def _is_permitted(row: Projected, grants: Mapping[Category, Grant]) -> bool:
    return all(
        (grant := grants.get(each)) is not None and grant.allows(row.effective) for each in (row.category, *row.also)
    )


def _without_stray_drugs(rows: list[Projected]) -> list[Projected]:
    """The rows without a Medication that nothing that goes refers to: it would tell of what stays."""
    slots = {slot for row in rows if row.resource_type != _DRUG for slot in row.template.split(b"\0")[1::2]}
    return [row for row in rows if row.resource_type != _DRUG or f"{_DRUG}/{row.id}".encode() in slots]
