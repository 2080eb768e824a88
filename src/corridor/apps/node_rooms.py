"""Opens a node's rooms: its database, its keys and its lines to the others."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.apps.clock import SystemClock
from corridor.apps.settings import NodeSettings
from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.keys.envelopes import FileEnvelopes
from corridor.keys.pseudonyms import FilePseudonyms
from corridor.keys.shares import FileShares
from corridor.keys.signatures import Signatures
from corridor.keys.statements import SignedStatements
from corridor.remote.directory import HttpDirectory
from corridor.remote.holders import HttpHolders
from corridor.remote.peers import HttpPeers
from corridor.remote.register import HttpRegister
from corridor.remote.transport import Transport
from corridor.storage.database import Database
from corridor.storage.migrations import current_is_head
from corridor.storage.node.accounts import SqlAccounts, SqlSessions
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.limits import SqlBudgets, SqlNonces
from corridor.storage.node.outbox import SqlOutbox
from corridor.storage.node.people import SqlPeople
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.units import SqlUnits

FEDERATION_NAME = "corridor.example"
"""First part of every log's origin."""


@dataclass(frozen=True, slots=True)
class Storage:
    """What is kept in the node's own database."""

    database: Database
    units: SqlUnits
    audit: SqlAudit
    records: SqlRecords
    people: SqlPeople
    outbox: SqlOutbox
    accounts: SqlAccounts
    sessions: SqlSessions
    nonces: SqlNonces
    budgets: SqlBudgets


@dataclass(frozen=True, slots=True)
class Keys:
    """What is done with the node's own keys."""

    signatures: Signatures
    statements: SignedStatements
    pseudonyms: FilePseudonyms
    envelopes: FileEnvelopes
    shares: FileShares


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines to the others."""

    transport: Transport
    directory: HttpDirectory
    register: HttpRegister
    holders: HttpHolders
    peers: HttpPeers


@dataclass(frozen=True, slots=True)
class NodeRooms:
    """A node's rooms, open."""

    settings: NodeSettings
    home: Country
    clock: SystemClock
    storage: Storage
    keys: Keys
    lines: Lines


async def check_migrated(url: str, role: str) -> None:
    """Let pass a database whose tables are the ones of this version.

    Raises:
        UnavailableError: they are not; the message says what to do.
    """
    if not await current_is_head(url, role):
        raise UnavailableError("The database is not at this version's migration. Run `corridor migrate` first.")
