"""Searches one after another, each of somebody else, and how long their parts took."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import orjson

from corridor.apps.node_acts import locate_desk, wire_acts
from corridor.apps.node_rooms import NodeRooms
from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.directory import TokenKey
from corridor.domain.errors import NotFoundError
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags
from corridor.domain.matching_request import Search
from corridor.domain.presence import Proof, ProofKind
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace, new_trace
from corridor.flows.ask_country import Locate, PullDesk
from corridor.flows.locate_person import LocateDesk, locate_person
from corridor.flows.make_tokens import make_tokens
from corridor.flows.pull_history import pull_history

DEADLINE_SECONDS = 5.0
_FILLER = 255
"""A kind that nobody has."""


_CLINICIAN = "0" * 32


@dataclass(slots=True)
class Turn:
    """One search, in milliseconds.

    Attributes:
        whole: from the request to the last country's answer.
        tokens: of it, until the holders had answered.
        hub: what the hub took, by its own log: the search, and the slowest of the handles redeemed.
        found: whether a country told something.
    """

    whole: float = 0.0
    tokens: float = 0.0
    hub: float = 0.0
    found: bool = False


@dataclass(slots=True)
class _Watched:
    """The port `Holders` with a clock beside it."""

    holders: Any
    milliseconds: list[float] = field(default_factory=list)

    async def evaluate(
        self, blinded: Sequence[bytes], *, key: TokenKey, timeout_seconds: float
    ) -> Mapping[int, Sequence[bytes]]:
        """See the port."""
        started = perf_counter()
        found: Mapping[int, Sequence[bytes]] = await self.holders.evaluate(
            blinded, key=key, timeout_seconds=timeout_seconds
        )
        self.milliseconds.append((perf_counter() - started) * 1000)
        return found


async def take_turns(rooms: NodeRooms, patients: Sequence[str], log: Path, *, tokens: int = 0) -> list[Turn]:
    """Search for everybody once.

    Args:
        rooms: of the asking node.
        patients: ids of those who are sought.
        log: what the hub's process writes.
        tokens: how many each search has: the first of the person's, or all and random ones besides; 0 for all.
    """
    watched = _Watched(rooms.lines.holders)
    located = replace(locate_desk(rooms), holders=watched)
    locate: Locate = partial(locate_person, desk=located) if not tokens else _with(tokens, located)
    desk = replace(wire_acts(rooms).pull, locate=locate)
    await _turn(desk, patients[0])
    behind, watched.milliseconds = _size(log), []
    turns = [await _turn(desk, each) for each in patients]
    for turn, evaluated, hub in zip(turns, watched.milliseconds, _of_the_hub(log, behind), strict=True):
        turn.tokens, turn.hub = evaluated, hub
    return turns


async def _turn(desk: PullDesk, patient_id: str) -> Turn:
    asking = Asking(Principal("clinician", Role.CLINICIAN, _CLINICIAN), "bench", new_trace())
    await _shown(patient_id, desk)
    started = perf_counter()
    history = await pull_history(asking, patient_id, purpose_code="TREAT", deadline_seconds=DEADLINE_SECONDS, desk=desk)
    took = (perf_counter() - started) * 1000
    if history.silences:
        raise RuntimeError(f"Silent: {', '.join(f'{each.country} {each.reason}' for each in history.silences)}.")
    return Turn(took, found=any(answer.entries for answer in history.answers))


async def _shown(patient_id: str, desk: PullDesk) -> None:
    """The person showed a card, before the time is taken."""
    now = desk.clock.now()
    proof = Proof(uuid4().hex, patient_id, _CLINICIAN, ProofKind.CARD, now, now + timedelta(hours=1))
    async with desk.units.begin() as unit:
        await unit.presences.keep(proof)


def _with(count: int, desk: LocateDesk) -> Locate:
    """`locate_person` with another number of tokens."""

    async def locate(
        patient_id: str, *, purpose: Purpose, trace: Trace, timeout_seconds: float
    ) -> Mapping[Country, str]:
        who, key = await desk.people.demographics(patient_id), desk.directory.federation().key
        if who is None:
            raise NotFoundError("There is no such person here.")
        own = [*features(who), *(Feature(_FILLER, secrets.token_hex(12)) for _ in range(count))][:count]
        (tokens,) = await make_tokens([own], holders=desk.holders, key=key, timeout_seconds=timeout_seconds)
        pairs = tuple((each.kind, each.value) for each in tokens)
        sealed = tuple((each, desk.envelopes.seal(each, who, purpose=purpose.value)) for each in desk.countries())
        search = Search(key.epoch, pairs, flags(who).integers(), sealed, purpose.value)
        return await desk.register.locate(search, trace=trace, timeout_seconds=timeout_seconds)

    return locate


def _size(log: Path) -> int:
    return log.stat().st_size


def _of_the_hub(log: Path, behind: int) -> Iterator[float]:
    """For each search that the hub wrote down since: its time, with that of the slowest handle redeemed."""
    with log.open("rb") as file:
        file.seek(behind)
        lines = [orjson.loads(line) for line in file if line.startswith(b"{")]
    took = [(line["route"], line["milliseconds"]) for line in lines if line["event"] == "request"]
    searched, redeemed = 0.0, 0.0
    for route, milliseconds in took:
        if route == "hub.locate.locate":
            if searched:
                yield searched + redeemed
            searched, redeemed = milliseconds, 0.0
        elif route == "hub.redeem.redeem":
            redeemed = max(redeemed, milliseconds)
    yield searched + redeemed
