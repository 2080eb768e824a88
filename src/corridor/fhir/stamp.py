"""The two elements of `meta` that only a server writes, put between the halves of a stored resource."""

from __future__ import annotations

from datetime import datetime


def stamp(head: bytes, tail: bytes, *, version: int, at: datetime) -> bytes:
    """The resource as this version is served: `head`, version and instant, `tail` (see `domain/record.Draft`).

    `at` is aware UTC; it is written with microseconds, so that no two writes look alike.

    Source: https://hl7.org/fhir/R4/resource.html#Meta
    """
    instant = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
    return b'%b"versionId":"%d","lastUpdated":"%b"%b' % (head, version, instant, tail)
