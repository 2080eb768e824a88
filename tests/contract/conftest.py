"""A node's storage behind its ports, three times: in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from corridor.keys.passwords import hash_password, verify_password
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.limits import SqlBudgets, SqlNonces
from corridor.storage.node import tables
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.compartment import SqlCompartments
from corridor.storage.node.histories import SqlHistories
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.latest import SqlLatest
from corridor.storage.node.log import NodeLog
from corridor.storage.node.outbox import SqlOutbox
from corridor.storage.node.pauses import SqlPaused
from corridor.storage.node.people import SqlPeople
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.units import SqlUnits
from corridor.storage.sessions import SqlSessions
from tests.contract.samples import HOME, NOW, SIGN, VOICE
from tests.databases import KINDS, Databases
from tests.fakes.node import FakeNode


@dataclass
class Stores:
    """The ports of one node."""

    units: Any
    records: Any
    compartments: Any
    latest: Any
    histories: Any
    people: Any
    audit: Any
    outbox: Any
    accounts: Any
    sessions: Any
    nonces: Any
    budgets: Any
    paused: Any


@pytest.fixture(params=("memory", *KINDS))
def stores_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A fresh database, or nothing for memory."""
    if request.param == "memory":
        yield ""
        return
    url = databases.migrated(request.param, "node")
    yield url
    databases.drop(url)


@pytest.fixture
async def stores(stores_url: str, seals: KeyRing) -> AsyncIterator[Stores]:
    """The ports that a contract is about."""
    if not stores_url:
        node = FakeNode(HOME, SIGN)
        yield Stores(**{name: getattr(node, name) for name in Stores.__annotations__})
        return
    database = Database(stores_url, seals)
    stores = sql_stores(database)
    yield stores
    await stores.records.close()
    await database.close()


def sql_stores(database: Database) -> Stores:
    """A node's storage as it is wired for service."""
    log, records = NodeLog(database, VOICE), SqlRecords(database)
    return Stores(
        units=SqlUnits(log, HOME),
        records=records,
        compartments=SqlCompartments(records.lanes),
        latest=SqlLatest(records.lanes),
        histories=SqlHistories(database),
        people=SqlPeople(database, HOME, records),
        audit=SqlAudit(log),
        outbox=SqlOutbox(database),
        accounts=SqlAccounts(database, tables.account, keep=hash_password, check=verify_password),
        sessions=SqlSessions(database, tables.session),
        nonces=SqlNonces(database, tables.nonce, now=lambda: NOW),
        budgets=SqlBudgets(database, tables.budget),
        paused=SqlPaused(database),
    )
