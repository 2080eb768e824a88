"""Gives each act of a node what it needs, and each door its acts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from corridor.apps.log import emit
from corridor.apps.mutual_settings import line_of
from corridor.apps.node_bulk import BulkWork, wire_bulk
from corridor.apps.node_clients import admission
from corridor.apps.node_limits import limit_desk
from corridor.apps.node_presence import NodePresence
from corridor.apps.node_reading import wire_reading
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.node_subscriptions import SubscriptionWork, wire_subscriptions
from corridor.domain.country import Country
from corridor.domain.presence import ProofKind
from corridor.domain.principal import Principal
from corridor.flows.ask_country import PullDesk
from corridor.flows.check_message import GateDesk
from corridor.flows.describe_person import describe_person
from corridor.flows.evaluate_tokens import EvaluateDesk
from corridor.flows.locate_person import LocateDesk, locate_person
from corridor.flows.log_key_acts import KeyLogDesk
from corridor.flows.match_patient import MatchDesk, match_patient
from corridor.flows.patch_record import patch_record
from corridor.flows.pull_history import pull_history
from corridor.flows.read_history import HistoryDesk, read_history
from corridor.flows.read_record import ReadDesk, read_record
from corridor.flows.search_records import SearchDesk, search_records
from corridor.flows.serve_history import ServeDesk
from corridor.flows.sign_in import SignInDesk
from corridor.flows.store_on_condition import ConditionDesk, store_on_condition
from corridor.flows.store_records import StoreDesk, store_records
from corridor.flows.tell_hub import TellDesk
from corridor.flows.tell_withdrawal import SpreadDesk
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from corridor.node.national import National
from corridor.node.operations import Operations
from corridor.node.reading import ReadingOperations
from corridor.storage.node.histories import SqlHistories


@dataclass(frozen=True, slots=True)
class NodeActs:
    """A node's acts, ready for its doors, pages and workers."""

    national: National
    operations: Operations
    sign_in: SignInDesk
    pull: PullDesk
    serve: ServeDesk
    evaluate: EvaluateDesk
    gate: GateDesk
    bulk: BulkWork
    subscriptions: SubscriptionWork
    reading: ReadingOperations


def source_of(home: Country) -> str:
    """`meta.source` of what a country lets cross: a name, not an address."""
    return f"https://corridor.example/country/{home}"


def wire_acts(rooms: NodeRooms) -> NodeActs:
    """The acts of a node whose rooms are open."""
    pull = _pull_desk(rooms)
    national = _national(rooms, pull)
    return NodeActs(
        national=national,
        bulk=wire_bulk(rooms, national),
        subscriptions=wire_subscriptions(rooms, national),
        reading=wire_reading(rooms, national),
        operations=_operations(rooms),
        sign_in=SignInDesk(
            rooms.storage.accounts, rooms.storage.sessions, rooms.storage.budgets, rooms.clock, rooms.storage.audit
        ),
        pull=pull,
        serve=_serve_desk(rooms),
        evaluate=EvaluateDesk(
            home=rooms.home,
            shares=rooms.keys.shares,
            budgets=rooms.storage.budgets,
            quotas=rooms.keys.quotas,
            directory=rooms.lines.directory,
            audit=rooms.storage.audit,
            clock=rooms.clock,
            log=emit,
            limit_per_hour=rooms.settings.evaluations_per_hour,
        ),
        gate=_gate_desk(rooms),
    )


def _national(rooms: NodeRooms, pull: PullDesk) -> National:
    storage, clock, limits = rooms.storage, rooms.clock, limit_desk(rooms)
    store = StoreDesk(storage.units, storage.audit, clock)

    async def who(token: str) -> Principal | None:
        return await storage.sessions.who(token, at=clock.now())

    return National(
        base_url=f"{rooms.settings.public_url}/fhir",
        source=source_of(rooms.home),
        home=rooms.home,
        zone=ZoneInfo(rooms.settings.zone),
        max_body_bytes=rooms.settings.max_body_bytes,
        deadline_seconds=rooms.settings.deadline_seconds,
        who=who,
        hide=lambda value: rooms.keys.pseudonyms.pseudonym(rooms.home, f"search/{value}"),
        read_record=partial(read_record, desk=ReadDesk(storage.records, storage.audit, clock)),
        search_records=partial(search_records, desk=SearchDesk(storage.records, storage.audit, clock, limits)),
        store_records=partial(store_records, desk=store),
        patch_record=partial(patch_record, desk=store),
        store_on_condition=partial(store_on_condition, desk=ConditionDesk(store, storage.records, limits)),
        read_history=partial(
            read_history, desk=HistoryDesk(SqlHistories(storage.database), storage.records, storage.audit, clock)
        ),
        pull_history=partial(pull_history, desk=pull),
        admit=admission(rooms),
    )


def _operations(rooms: NodeRooms) -> Operations:
    storage, clock = rooms.storage, rooms.clock
    matching = MatchDesk(storage.people, storage.records, storage.audit, clock, limit_desk(rooms))
    members = rooms.lines.directory.federation
    return Operations(
        home=rooms.home,
        match_patient=partial(match_patient, desk=matching),
        withdraw_consent=partial(withdraw_consent, desk=WithdrawDesk(storage.units, clock)),
        attest=NodePresence(rooms).attest,
        sources=lambda: {member.country: f"{member.line}/exchange" for member in members().members},
    )


def locate_desk(rooms: NodeRooms) -> LocateDesk:
    """What finding a person abroad needs."""
    return LocateDesk(
        people=rooms.storage.people,
        holders=rooms.lines.holders,
        register=rooms.lines.register,
        envelopes=rooms.keys.envelopes,
        directory=rooms.lines.directory,
        countries=rooms.lines.peers.countries,
    )


def tell_desk(rooms: NodeRooms) -> TellDesk:
    """What telling the hub of persons needs."""
    storage, lines = rooms.storage, rooms.lines
    return TellDesk(storage.people, lines.holders, lines.register, storage.audit, rooms.clock, lines.directory)


def key_log_desk(rooms: NodeRooms) -> KeyLogDesk:
    """What putting key acts on record needs."""
    return KeyLogDesk(rooms.home, rooms.keys.journal, rooms.storage.audit, rooms.clock)


def spread_desk(rooms: NodeRooms, pull: PullDesk) -> SpreadDesk:
    """What telling others of a withdrawal needs."""
    storage, lines = rooms.storage, rooms.lines
    return SpreadDesk(
        home=rooms.home,
        units=storage.units,
        outbox=storage.outbox,
        locate=pull.locate,
        peers=lines.peers,
        statements=rooms.keys.statements,
        clock=rooms.clock,
        budgets=storage.budgets,
    )


def _pull_desk(rooms: NodeRooms) -> PullDesk:
    return PullDesk(
        home=rooms.home,
        units=rooms.storage.units,
        locate=partial(locate_person, desk=locate_desk(rooms)),
        peers=rooms.lines.peers,
        statements=rooms.keys.statements,
        pseudonyms=rooms.keys.pseudonyms,
        clock=rooms.clock,
        describe=partial(describe_person, people=rooms.storage.people),
        limits=limit_desk(rooms),
    )


def _serve_desk(rooms: NodeRooms) -> ServeDesk:
    return ServeDesk(
        home=rooms.home,
        units=rooms.storage.units,
        people=rooms.storage.people,
        register=rooms.lines.register,
        envelopes=rooms.keys.envelopes,
        statements=rooms.keys.statements,
        pseudonyms=rooms.keys.pseudonyms,
        clock=rooms.clock,
        budgets=rooms.storage.budgets,
        limits=rooms.settings.hourly,
        contacts=rooms.lines.contacts,
        presence=frozenset(map(ProofKind, rooms.settings.presence_accepted)),
    )


def _gate_desk(rooms: NodeRooms) -> GateDesk:
    return GateDesk(
        public_url=line_of(rooms.settings.mutual_tls, rooms.settings.public_url),
        signatures=rooms.keys.signatures,
        nonces=rooms.storage.nonces,
        directory=rooms.lines.directory,
        clock=rooms.clock,
        log=emit,
    )
