"""The hub finds out who in which country may be the person sought, and tells nobody but that country."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.register import Flags, flags_of
from corridor.domain.identity.scoring import GATE, Agreement, scores
from corridor.domain.matching_request import Redeemed, Search
from corridor.domain.purpose import purpose
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.handles import Handles
from corridor.flows.ports.persons import Persons
from corridor.flows.ports.resolutions import Resolutions

CANDIDATES = 3
"""Most persons of one country that a handle can stand for."""

LIFE = timedelta(minutes=2)
"""How long a handle and its envelope stay in memory."""

Likely: TypeAlias = dict[Country, list[tuple[float, bytes]]]


@dataclass(frozen=True, slots=True)
class ResolveDesk:
    """What resolving needs."""

    persons: Persons
    handles: Handles
    resolutions: Resolutions
    directory: Directory
    clock: Clock


async def resolve_identity(asker: Country, search: Search, *, desk: ResolveDesk) -> Mapping[Country, str]:
    """One single-use handle per country asked, real or decoy, and nothing that tells which.

    That the country searched is durable before anything is compared, whatever comes of it. Handles are given before
    anybody is looked for, so that the time of the answer tells nothing; whoever redeems one waits for what is found.

    Raises:
        ForbiddenError: the purpose is not one that the federation permits.
        InvalidError: an envelope is for the asker or for a country that takes no part, or the flags are malformed.

    Source: IDENTITY section 2, stage 1.
    """
    now = desk.clock.now()
    await desk.resolutions.record(asker, purpose=search.purpose, at=now)
    purpose(search.purpose)
    members = {member.country for member in desk.directory.federation().members} - {asker}
    if not members.issuperset(country for country, _ in search.envelopes):
        raise InvalidError("An envelope is for a country that cannot be asked.")
    looking = asyncio.create_task(_look(asker, search, asked=flags_of(search.flags), desk=desk))
    looking.add_done_callback(_retrieved)
    return {
        country: desk.handles.issue(country, partial(_meaning, looking, country, envelope), until=now + LIFE)
        for country, envelope in search.envelopes
    }


async def _look(asker: Country, search: Search, *, asked: Flags, desk: ResolveDesk) -> Likely:
    """Candidates above the gate by country, with their scores."""
    found = await desk.persons.agreeing(search.epoch, search.tokens, besides=asker)
    kinds = [kind for kind, _ in search.tokens]
    agreements = [Agreement(candidate.agreeing, flags_of(candidate.flags)) for candidate in found]
    chances = scores(asked, kinds, agreements, registered=await desk.persons.size())
    likely: Likely = defaultdict(list)
    for candidate, chance in zip(found, chances, strict=True):
        if chance >= GATE:
            likely[candidate.country].append((chance, candidate.handle))
    return likely


def _retrieved(looking: asyncio.Task[Likely]) -> None:
    """An error is for those who redeem, and no fault where nobody does."""
    if not looking.cancelled():
        looking.exception()


async def _meaning(looking: asyncio.Task[Likely], country: Country, envelope: bytes) -> Redeemed | None:
    candidates = (await asyncio.shield(looking)).get(country)
    if not candidates:
        return None
    best = sorted(candidates, reverse=True)[:CANDIDATES]
    return Redeemed(tuple(handle for _, handle in best), envelope)
