"""A worker of a node that asks in every way that is counted, until each was told no; says how much passed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product

from corridor.domain.country import Country
from corridor.domain.errors import ThrottledError
from corridor.domain.grant import Grant
from corridor.domain.limits import Act, Cost, Demand, Limits, costs_of, costs_of_ask
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.scope import scopes
from corridor.storage.database import Database
from corridor.storage.limits import SqlBudgets
from corridor.storage.node import tables
from tests.contract.samples import NOW

LIMITS = Limits(
    clinician_searches=7,
    clinician_matches=6,
    clinician_pulls=9,
    client_searches=12,
    client_matches=11,
    purpose_searches=8,
    purpose_matches=5,
    purpose_pulls=4,
    patient_pulls=3,
    country_asks=10,
    country_clinician_asks=2,
)
CLINICIANS = [Principal(f"doctor-{each}", Role.CLINICIAN, each * 32) for each in "ab"]
SYSTEMS = [
    Principal(f"system-{each}", Role.PROGRAMME, each * 32, grant=Grant(scopes("system/*.rs"), purpose))
    for each, purpose in (("c", Purpose.TREAT), ("c", Purpose.ETREAT), ("d", Purpose.TREAT))
]
EVALUATED = Cost("evaluate/PE/1", 13)

Way = tuple[str, tuple[Cost, ...]]


def ways() -> dict[str, tuple[Cost, ...]]:
    """Every way to ask, and what it costs."""
    return dict([("evaluation", (EVALUATED,)), *_looking(), *_pulling(), *_from_abroad()])


def _looking() -> Iterator[Way]:
    for who in (*CLINICIANS, *SYSTEMS):
        purpose = who.grant.purpose.value if who.grant else ""
        for act in (Act.SEARCH, Act.MATCH):
            yield f"{act} {who.account} {purpose}", costs_of(who, Demand(act, purpose), LIMITS)


def _pulling() -> Iterator[Way]:
    for who, purpose, patient in product(CLINICIANS, ("TREAT", "ETREAT"), ("p1", "p2")):
        demand = Demand(Act.PULL, purpose, patient)
        yield f"pull {who.account} {purpose} {patient}", costs_of(who, demand, LIMITS)


def _from_abroad() -> Iterator[Way]:
    for clinician in "ef":
        costs = costs_of_ask(Country("VE"), clinician * 32, purpose=Purpose.TREAT, limits=LIMITS)
        yield f"ask VE {clinician}", costs


async def ask(url: str) -> Counter[str]:
    """How often each way was let pass."""
    database = Database(url)
    budgets, passed = SqlBudgets(database, tables.budget), Counter[str]()

    async def one(way: str, costs: tuple[Cost, ...]) -> None:
        while True:
            try:
                await budgets.spend_all(costs, at=NOW)
            except ThrottledError:
                return
            passed[way] += 1

    try:
        await asyncio.gather(*(one(way, costs) for way, costs in ways().items()))
    finally:
        await database.close()
    return passed


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(ask(sys.argv[1]))))
