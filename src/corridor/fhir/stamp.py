"""The two elements of `meta` that only a server writes, put between the halves of a stored resource."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache


def stamp(head: bytes, tail: bytes, *, version: int, at: datetime) -> bytes:
    """The resource as this version is served: `head`, version and instant, `tail` (see `domain/record.Draft`).

    `at` is aware UTC; it is written with microseconds, so that no two writes look alike.

    Source: https://hl7.org/fhir/R4/resource.html#Meta
    """
    return b'%b"versionId":"%d","lastUpdated":"%b"%b' % (head, version, _instant(at), tail)


@lru_cache(maxsize=16)
def _instant(at: datetime) -> bytes:
    """Everything that one transaction writes is written at one instant."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
