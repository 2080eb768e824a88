"""The hub finds out who in which country may be the person sought, and tells nobody but that country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.register import flags_of
from corridor.domain.identity.scoring import GATE, Agreement, scores
from corridor.domain.matching_request import Redeemed, Search
from corridor.domain.purpose import purpose
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.handles import Handles
from corridor.flows.ports.persons import Candidate, Persons
from corridor.flows.ports.resolutions import Resolutions

CANDIDATES = 3
"""Most persons of one country that a handle can stand for."""

LIFE = timedelta(minutes=2)
"""How long a handle and its envelope stay in memory."""


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

    That the country searched is durable before anything is compared, whatever comes of it.

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
    asked = flags_of(search.flags)
    found = await desk.persons.agreeing(search.epoch, search.tokens, besides=asker)
    kinds = [kind for kind, _ in search.tokens]
    agreements = [Agreement(candidate.agreeing, flags_of(candidate.flags)) for candidate in found]
    chances = scores(asked, kinds, agreements, registered=await desk.persons.size())
    likely = _likely(found, chances)
    return {
        country: desk.handles.issue(country, _meaning(likely.get(country), envelope), until=now + LIFE)
        for country, envelope in search.envelopes
    }


def _likely(found: Sequence[Candidate], chances: Sequence[float]) -> dict[Country, list[tuple[float, bytes]]]:
    """Candidates above the gate by country, with their scores."""
    likely: dict[Country, list[tuple[float, bytes]]] = defaultdict(list)
    for candidate, chance in zip(found, chances, strict=True):
        if chance >= GATE:
            likely[candidate.country].append((chance, candidate.handle))
    return likely


def _meaning(candidates: list[tuple[float, bytes]] | None, envelope: bytes) -> Redeemed | None:
    if not candidates:
        return None
    best = sorted(candidates, reverse=True)[:CANDIDATES]
    return Redeemed(tuple(handle for _, handle in best), envelope)
