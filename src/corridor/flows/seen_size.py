"""The hub tells a country how much of its log was proven, so that the next proof starts there."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.flows.ports.disclosures import Disclosures


async def seen_size(reporter: Country, *, disclosures: Disclosures) -> int:
    """How many leaves of a country's log were proven here.

    Source: RFC 6962 section 2.1.2.
    """
    known = await disclosures.proof(reporter)
    return known.size if known else 0
