"""A process that spends from a node's budget until nothing is left, and says how much it got."""

from __future__ import annotations

import asyncio
import sys

from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Cost
from corridor.storage.database import Database
from corridor.storage.limits import SqlBudgets
from corridor.storage.node import tables
from tests.contract.samples import NOW

CROWD = 8


async def spend(url: str, limit: int, slice_: int) -> int:
    """How many acts were let pass, of a crowd that tries side by side until it is told no."""
    database = Database(url)
    budgets = SqlBudgets(database, tables.budget)
    shared = Cost("search/a", limit, slice=slice_)

    async def one(number: int) -> int:
        passed = 0
        while True:
            try:
                await budgets.spend_all([shared, Cost(f"search/a/{number % 2}", 10**9)], at=NOW)
            except ThrottledError:
                return passed
            passed += 1

    try:
        return sum(await asyncio.gather(*map(one, range(CROWD))))
    finally:
        await database.close()


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(spend(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
