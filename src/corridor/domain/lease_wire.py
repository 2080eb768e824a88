"""What two countries write to each other about a lease."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from corridor.domain.wire import Words

IDS_MAX = 20_000
_Name = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class LeaseWords(Words, frozen=True):
    """`POST /leases/renew`: whose copies, which resources they are, and the pseudonym of who wants to read them."""

    name: _Name
    ids: Annotated[tuple[_Name, ...], Meta(max_length=IDS_MAX)]
    clinician: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,128}$")]


class StandsWords(Words, frozen=True):
    """The answer: whether all of it may still be shown."""

    stands: bool
