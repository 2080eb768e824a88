"""What the time of an empty answer tells: unknown, unlinked, withheld and refused at one holder, asked in turns.

Chile asks Colombia, over signed calls of real processes, about four people for four reasons why there is nothing to
give. Each round asks one question of each kind, in an order drawn anew. An attacker who ranks the times is right by
chance where the area under their curve is .5. The same questions go to Ecuador, whose node does not wait for the common
moment: there the attack must succeed, or it would prove nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from bench.figures import Figure, Goal
from bench.processes import check_alive
from bench.pull import with_tokens
from bench.size import Size
from bench.told_apart import area, bounds
from bench.traveller import HERE, grown, traveller
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.purpose import Purpose
from corridor.domain.tie import TieState, description_of
from corridor.domain.trace import new_trace
from corridor.flows.ask_country import Locate
from corridor.flows.ports.counterparts import TieName
from corridor.flows.ports.peers import HistoryRequest
from demo.federation import Federation, federation
from demo.filling import load_people, make_accounts, token, wait_until_registered
from demo.parties import NODES, UNCOUNTED
from demo.people import person
from demo.values import Agreement, AgreementKind, Person

HOLDER, HASTY = Country("CO"), Country("EC")
KINDS = ("unknown", "unlinked", "withheld", "refused")
AT_MOST = Goal(0.55)
_ASKER = Country(HERE)
_CLINICIAN = "c" * 32
_SECONDS = 20.0
_ALL = frozenset(Category)


def bench_timing(size: Size) -> list[Figure]:
    """The area under an attacker's curve for each pair of kinds, at a holder that waits and at one that does not."""
    settings = {key: dict(UNCOUNTED) for key in NODES}
    settings[HASTY]["empty_answer_milliseconds"] = 0
    with (
        tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder,
        federation(var=Path(folder), settings=settings) as running,
    ):
        _fill(running)
        running.stop(HERE)
        return asyncio.run(_measured(running, size))


def people() -> Mapping[str, Person]:
    """One person for each kind, who differ in what the holders know and were told of them."""
    return {
        "unknown": _like(0, ()),
        "unlinked": _like(20, (HOLDER, HASTY)),
        "withheld": traveller(),
        "refused": _like(40, (HOLDER, HASTY), AgreementKind.REFUSED),
    }


def _like(number: int, where: tuple[Country, ...], kind: AgreementKind = AgreementKind.GIVEN) -> Person:
    """Somebody with as long a record as the traveller's, who is known in some countries and is now here."""
    first = person(7, 5000 + number).registrations[0]
    own = replace(first, agreements=(), id=f"t{number:05}")
    end = first.care.visits[0] + timedelta(days=3650)
    said = Agreement(kind, () if kind is AgreementKind.REFUSED else (HERE,), first.care.visits[0], end)
    there = [grown(replace(own, country=each, agreements=(said,))) for each in where]
    return replace(traveller(), number=5000 + number, registrations=(*there, replace(own, country=HERE)))


def _fill(running: Federation) -> None:
    check_alive(running)
    parties = running.parties
    accounts = make_accounts([parties[key] for key in NODES])
    tokens = {key: token(parties[key], accounts[key, "programme"]) for key in NODES}
    load_people(parties, tokens, [*people().values()])
    wait_until_registered([parties[key] for key in NODES], lambda _line: None)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks: this country's rooms, and where each person is found without making tokens anew."""

    rooms: NodeRooms
    locate: Mapping[str, Locate]

    async def milliseconds(self, holder: Country, kind: str) -> float:
        """How long a question takes that gives nothing."""
        asked = await self.request(holder, kind)
        began = perf_counter()
        answer = await self.rooms.lines.peers.history(holder, asked)
        took = (perf_counter() - began) * 1000
        if answer.entries:
            raise RuntimeError(f"{holder} told something of {kind}.")
        return took

    async def request(self, holder: Country, kind: str) -> HistoryRequest:
        """A question about the person of a kind, with a handle and a consent of its own."""
        found = await self.locate[kind](
            people()[kind].here.id, purpose=Purpose.TREAT, trace=new_trace(), timeout_seconds=_SECONDS
        )
        now = self.rooms.clock.now()
        little = frozenset({Category.DEMOGRAPHICS}) if kind == "withheld" else frozenset()
        permit = Provision(
            permit=True,
            countries=frozenset({_ASKER}),
            purposes=frozenset({"TREAT"}),
            categories=_ALL - little,
        )
        consent = Consent("c", status_active=True, given_at=now - timedelta(minutes=5), provisions=(permit,))
        return HistoryRequest(
            handle=found[holder],
            purpose=Purpose.TREAT,
            statement=self.rooms.keys.statements.write(consent, handle=found[holder]),
            clinician=_CLINICIAN,
            trace=new_trace(),
            until=now + timedelta(seconds=_SECONDS),
            presence="card",
        )

    async def unlink(self, holder: Country) -> None:
        """People here find that whom the holder takes for ours is another: the tie is broken on both sides."""
        kind = "unlinked"
        answer = await self.rooms.lines.peers.history(holder, await self.request(holder, kind))
        described = await self.rooms.storage.people.demographics(people()[kind].here.id)
        if not answer.entries or described is None:
            raise RuntimeError(f"{holder} does not know whom it should be untied from.")
        name = answer.entries[0].id
        digest = description_of(hashlib.sha256(described.to_json()).digest(), name)
        await self.rooms.lines.counterparts.became(
            holder, TieName(name, digest), TieState.UNDONE, at=self.rooms.clock.now(), trace=new_trace()
        )


async def _measured(running: Federation, size: Size) -> list[Figure]:
    rooms = await open_rooms(node_settings(running.parties[HERE].config))
    try:
        locate = {kind: await with_tokens(rooms, each.here.id) for kind, each in people().items()}
        asker = _Asker(rooms, locate)
        for holder in (HOLDER, HASTY):
            await asker.unlink(holder)
        found = await _asked(asker, size.questions)
    finally:
        await rooms.close()
    return [*figures_of(HOLDER, found), *figures_of(HASTY, found)]


async def _asked(asker: _Asker, rounds: int) -> dict[tuple[Country, str], list[float]]:
    """Milliseconds by holder and kind; every round asks each question once."""
    cases = [(holder, kind) for holder in (HOLDER, HASTY) for kind in KINDS]
    found: dict[tuple[Country, str], list[float]] = {case: [] for case in cases}
    dice = Random(7)  # an order, no secret
    for turn in range(rounds + 1):
        for case in dice.sample(cases, len(cases)):
            took = await asker.milliseconds(*case)
            if turn:  # the first round warms up
                found[case].append(took)
    return found


def figures_of(holder: Country, found: Mapping[tuple[Country, str], list[float]]) -> list[Figure]:
    """What an attacker makes of the times of one holder, who waits for the common moment or does not."""
    goal = AT_MOST if holder == HOLDER else None
    where = "waiting for the common moment" if goal else "without it"
    told = {pair: area(found[holder, pair[0]], found[holder, pair[1]]) for pair in combinations(KINDS, 2)}
    worst = max(told, key=lambda pair: abs(told[pair] - 0.5))
    low, high = bounds(found[holder, worst[0]], found[holder, worst[1]])
    figures = [
        Figure("timing", f"{where}, {one} against {other}, area under the curve", value, "of 1")
        for (one, other), value in told.items()
    ]
    figures += [
        Figure("timing", f"{where}, the best pair, away from chance", 0.5 + abs(told[worst] - 0.5), "of 1", goal),
        Figure("timing", f"{where}, the best pair, bootstrap from", low, "of 1"),
        Figure("timing", f"{where}, the best pair, bootstrap to", high, "of 1"),
    ]
    medians = [Figure("timing", f"{where}, {kind}, p50", median(found[holder, kind]), "ms") for kind in KINDS]
    return figures + medians
