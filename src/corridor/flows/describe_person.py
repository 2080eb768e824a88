"""One word for how a person is described here, so that both countries can tell whether it has changed."""

from __future__ import annotations

import hashlib

from corridor.flows.ports.people import People


async def describe_person(patient_id: str, *, people: People) -> bytes:
    """SHA-256 of the description as it is sealed for others; empty where there is no such person.

    It never leaves as it is: `description_of` keys it with the pairwise pseudonym.

    Source: ADR 32.
    """
    known = await people.demographics(patient_id)
    return hashlib.sha256(known.to_json()).digest() if known else b""
