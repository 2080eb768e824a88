"""A node finds the handles under which other countries may know a person, without saying who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.errors import NotFoundError, UnavailableError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.register import Token
from corridor.domain.matching_request import Search
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.make_tokens import make_tokens
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.envelopes import Envelopes
from corridor.flows.ports.holders import Holders
from corridor.flows.ports.people import People
from corridor.flows.ports.register import Register


@dataclass(frozen=True, slots=True)
class LocateDesk:
    """What finding needs.

    Attributes:
        directory: says which token key is in use.
        countries: everyone who is asked: all other countries that take part now, always.
    """

    people: People
    holders: Holders
    register: Register
    envelopes: Envelopes
    directory: Directory
    countries: Callable[[], Sequence[Country]]


async def locate_person(
    patient_id: str, *, purpose: Purpose, trace: Trace, timeout_seconds: float, desk: LocateDesk
) -> Mapping[Country, str]:
    """One single-use handle per other country, real or decoy; nothing tells which.

    Raises:
        NotFoundError: there is no such person here.
        UnavailableError: too few key holders, or the hub, did not answer in time.

    Source: IDENTITY section 2, stage 1; RFC 9497.
    """
    described = await desk.people.demographics(patient_id)
    if described is None:
        raise NotFoundError("There is no such person here.")
    key = desk.directory.federation().key
    try:
        # One span for both steps: slow holders leave the hub less of it, and never the peers.
        async with asyncio.timeout(timeout_seconds):
            (tokens,) = await make_tokens(
                [features(described)], holders=desk.holders, key=key, timeout_seconds=timeout_seconds
            )
            search = _search(described, tokens, epoch=key.epoch, purpose=purpose, desk=desk)
            return await desk.register.locate(search, trace=trace, timeout_seconds=timeout_seconds)
    except TimeoutError:
        raise UnavailableError("Nobody could be looked for in the time that was given.") from None


def _search(
    described: Demographics, tokens: Sequence[Token], *, epoch: int, purpose: Purpose, desk: LocateDesk
) -> Search:
    return Search(
        epoch=epoch,
        tokens=tuple((token.kind, token.value) for token in tokens),
        flags=flags(described).integers(),
        envelopes=tuple(
            (country, desk.envelopes.seal(country, described, purpose=purpose.value)) for country in desk.countries()
        ),
        purpose=purpose.value,
    )
