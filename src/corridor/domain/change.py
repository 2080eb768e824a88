"""What somebody wants to change in a country's records."""

from __future__ import annotations

import msgspec

from corridor.domain.record import Draft


class Change(msgspec.Struct, frozen=True):
    """One change of one resource.

    Attributes:
        draft: what to write; None deletes.
        if_version: the version that the caller holds, or None where it does not matter.
        create: True where the resource must not exist yet: there is a conflict if it does.
        if_living: the caller's condition that the resource is there (True) or is not (False), or None for none.
    """

    resource_type: str
    id: str
    draft: Draft | None
    if_version: int | None = None
    create: bool = False
    if_living: bool | None = None
