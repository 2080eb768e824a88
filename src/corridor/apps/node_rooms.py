"""Opens a node's rooms: its database, its keys and its lines to the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from corridor.apps.clock import SystemClock
from corridor.apps.log import emit
from corridor.apps.migrated import check_migrated
from corridor.apps.node_reach import Reach, open_reach
from corridor.apps.node_seals import open_ring
from corridor.apps.origins import FEDERATION_NAME
from corridor.apps.settings import NodeSettings
from corridor.domain.audit.checkpoint import log_origin
from corridor.domain.country import Country, country
from corridor.fhir.known_papers import learn_papers
from corridor.flows.name_holder import NameDesk, name_holder
from corridor.keys.checkpoints import sign_checkpoint
from corridor.keys.envelopes import FileEnvelopes
from corridor.keys.files import KeyUse, signing_key
from corridor.keys.journal import KeyJournal
from corridor.keys.own_signing import OwnSigning
from corridor.keys.passwords import hash_password, verify_password
from corridor.keys.pseudonyms import FilePseudonyms
from corridor.keys.quotas import SignedQuotas
from corridor.keys.shares import FolderShares
from corridor.keys.signatures import Signatures
from corridor.keys.statements import SignedStatements
from corridor.remote.contacts import HttpContacts
from corridor.remote.counterparts import HttpCounterparts
from corridor.remote.directory import HttpDirectory
from corridor.remote.holders import HttpHolders
from corridor.remote.leases import HttpLeases
from corridor.remote.peers import HttpPeers
from corridor.remote.register import HttpRegister
from corridor.remote.transport import Transport
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.limits import SqlBudgets, SqlNonces
from corridor.storage.node import tables
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.erasures import SqlErasures
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.log import LogVoice, NodeLog
from corridor.storage.node.outbox import SqlOutbox
from corridor.storage.node.pauses import SqlPaused
from corridor.storage.node.people import SqlPeople
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.reindex import reindex
from corridor.storage.node.sealing import check_sealed
from corridor.storage.node.units import SqlUnits
from corridor.storage.sessions import SqlSessions


@dataclass(frozen=True, slots=True)
class Storage:
    """What is kept in the node's own database."""

    database: Database
    ring: KeyRing
    units: SqlUnits
    audit: SqlAudit
    erasures: SqlErasures
    records: SqlRecords
    people: SqlPeople
    outbox: SqlOutbox
    accounts: SqlAccounts
    sessions: SqlSessions
    nonces: SqlNonces
    budgets: SqlBudgets
    paused: SqlPaused


@dataclass(frozen=True, slots=True)
class Keys:
    """What is done with the node's own keys."""

    signatures: Signatures
    signing: OwnSigning
    statements: SignedStatements
    pseudonyms: FilePseudonyms
    envelopes: FileEnvelopes
    shares: FolderShares
    journal: KeyJournal
    quotas: SignedQuotas


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines to the others: `transport` to anybody, `calls` to parties of the federation alone."""

    transport: Transport
    reach: Reach
    directory: HttpDirectory
    register: HttpRegister
    holders: HttpHolders
    peers: HttpPeers
    counterparts: HttpCounterparts
    contacts: HttpContacts
    leases: HttpLeases


@dataclass(frozen=True, slots=True)
class NodeRooms:
    """A node's rooms, open."""

    settings: NodeSettings
    home: Country
    clock: SystemClock
    storage: Storage
    keys: Keys
    lines: Lines

    async def close(self) -> None:
        """Let go of the database and of every line."""
        await self.lines.transport.close()
        await self.lines.reach.calls.close()
        await self.storage.records.close()
        await self.storage.database.close()
        self.storage.ring.keys.close()


async def open_rooms(settings: NodeSettings, *, quota: bytes = b"") -> NodeRooms:
    """The rooms of a node, open.

    Args:
        settings: of the node.
        quota: shown to the key holders by whoever needs more than the everyday budget.

    Raises:
        UnavailableError: the database is not at this version's migration, or a key file cannot be read.
        InvalidError: a key file or the directory is wrong.
    """
    await check_migrated(settings.database, "node")
    home, clock = country(settings.country), SystemClock()
    folder, transport = Path(settings.keys), Transport()
    reach = open_reach(settings, home, clock=clock)
    calls, directory = reach.calls, reach.directory
    learn_papers(directory.federation().members)
    storage = _open_storage(settings, home)
    await check_sealed(storage.database, storage.ring)
    await storage.erasures.finish()
    await reindex(storage.database, ZoneInfo(settings.zone))
    keys = _open_keys(folder, home, reach, clock=clock)
    name = partial(name_holder, desk=NameDesk(home, storage.audit, clock, emit))
    holders = HttpHolders(home, calls, directory, shares=keys.shares, name=name, quota=quota)
    register, peers = HttpRegister(calls, directory), HttpPeers(home, calls, directory, clock=clock)
    counterparts, contacts = HttpCounterparts(calls, directory), HttpContacts(home, calls, directory, clock=clock)
    lines = Lines(
        transport, reach, directory, register, holders, peers, counterparts, contacts, HttpLeases(calls, directory)
    )
    return NodeRooms(settings, home, clock, storage, keys, lines)


def _open_storage(settings: NodeSettings, home: Country) -> Storage:
    ring = open_ring(settings)
    database = Database(settings.database, ring)
    log_key = signing_key(Path(settings.keys) / "log.key", KeyUse.LOG)

    voice = LogVoice(home, log_origin(FEDERATION_NAME, home), partial(sign_checkpoint, key=log_key))
    log, records = NodeLog(database, voice), SqlRecords(database)
    return Storage(
        database=database,
        ring=ring,
        units=SqlUnits(log, home, ZoneInfo(settings.zone)),
        audit=SqlAudit(log),
        erasures=SqlErasures(log, ring),
        records=records,
        people=SqlPeople(database, home, records),
        outbox=SqlOutbox(database),
        accounts=SqlAccounts(database, tables.account, keep=hash_password, check=verify_password),
        sessions=SqlSessions(database, tables.session, idle=settings.idle),
        nonces=SqlNonces(database, tables.nonce),
        budgets=SqlBudgets(database, tables.budget),
        paused=SqlPaused(database),
    )


def _open_keys(folder: Path, home: Country, reach: Reach, *, clock: SystemClock) -> Keys:
    directory = reach.directory

    def key_of(asker: Country) -> bytes | None:
        member = directory.federation().member(asker)
        return member.signing_keys if member else None

    def sealing_key_of(recipient: Country) -> bytes | None:
        member = directory.federation().member(recipient)
        return member.sealing_key if member else None

    return Keys(
        signatures=reach.signatures,
        signing=reach.signing,
        statements=SignedStatements(home, reach.signing, key_of=key_of, clock=clock),
        pseudonyms=FilePseudonyms(folder / "pseudonym.key"),
        envelopes=FileEnvelopes(folder / "sealing.key", country=home, sealing_key_of=sealing_key_of),
        shares=FolderShares(folder),
        journal=KeyJournal(folder),
        quotas=SignedQuotas(key_of),
    )
