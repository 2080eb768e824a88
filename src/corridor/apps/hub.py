"""The hub as one ASGI application."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Lifespan

from corridor.apps.clock import SystemClock
from corridor.apps.http import RequestLine, install_errors
from corridor.apps.log import emit
from corridor.apps.migrated import check_migrated
from corridor.apps.mutual import Mutual
from corridor.apps.mutual_settings import line_of
from corridor.apps.origins import FEDERATION_NAME
from corridor.apps.people import People, check_people, own_sign_ins, provider_door
from corridor.apps.repeating import repeat
from corridor.apps.serving import door
from corridor.apps.settings import HubSettings
from corridor.apps.trust import trust_of
from corridor.domain.audit.checkpoint import Checkpoint, log_origin
from corridor.domain.audit.fact import AuditFact, AuditKind
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, SignatureError
from corridor.domain.log import SIGN_IN, SIGN_INS_ENDED, STARTED, STOPPED
from corridor.domain.principal import Principal
from corridor.flows.check_message import GateDesk
from corridor.flows.forget_former import forget_former
from corridor.flows.list_disclosures import CoordinatorDesk, list_disclosures
from corridor.flows.receive_report import ReportsDesk, receive_report
from corridor.flows.redeem_handle import RedeemDesk, redeem_handle
from corridor.flows.register_persons import RegisterPersonsDesk, register_persons
from corridor.flows.remove_persons import remove_persons
from corridor.flows.resolve_identity import ResolveDesk, resolve_identity
from corridor.flows.seen_size import seen_size
from corridor.flows.sign_in import SignInDesk, sign_in
from corridor.hub.acts import HubActs
from corridor.hub.routes import health_route
from corridor.hub.routes import routes as federation_routes
from corridor.keys.checkpoints import open_checkpoint
from corridor.keys.files import KeyUse, read_key
from corridor.keys.own_signing import OwnSigning
from corridor.keys.passwords import hash_password, verify_password
from corridor.keys.signatures import Signatures
from corridor.remote.directory import HttpDirectory
from corridor.remote.transport import Transport
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.hub import tables
from corridor.storage.hub.attempts import SqlAttempts
from corridor.storage.hub.disclosures import SqlDisclosures
from corridor.storage.hub.handles import MemoryHandles
from corridor.storage.hub.persons import SqlPersons
from corridor.storage.hub.resolutions import SqlResolutions
from corridor.storage.limits import SqlBudgets, SqlNonces
from corridor.storage.sessions import SqlSessions
from corridor.web import landing
from corridor.web.auditor.office import Office
from corridor.web.auditor.routes import routes as auditor_routes
from corridor.web.entrance import SignIn
from corridor.web.site import Site

NAME = "Hub"

MANIFEST_SECONDS = 1.0
"""How often the hub looks whether its operators published a newer manifest."""


@dataclass(frozen=True, slots=True)
class HubRooms:
    """The hub's rooms, open."""

    settings: HubSettings
    database: Database
    directory: HttpDirectory
    persons: SqlPersons
    disclosures: SqlDisclosures
    clock: SystemClock
    transport: Transport

    async def close(self) -> None:
        """Let go of the database and of the lines to the identity provider."""
        await self.transport.close()
        await self.database.close()


class SignInLines:
    """Port `SignInRecord` of the hub, which has no log of its own: who signed in is a line of its process."""

    async def append(self, fact: AuditFact) -> None:
        """See the port."""
        event = SIGN_IN if fact.kind is AuditKind.LOGIN else SIGN_INS_ENDED
        emit(event, role=fact.role, agent=fact.agent, outcome=fact.outcome.value, reason=fact.reason)


async def hub_app(settings: HubSettings) -> FastAPI:
    """The application of the hub.

    Raises:
        UnavailableError: the database is not at this version's migration, or a key file is missing.
        InvalidError: people could sign in by a way that is for development alone.
    """
    rooms = await _open(settings)
    people = _people(rooms)
    try:
        await check_people(people)
    except InvalidError:
        await rooms.close()
        raise

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        gc.collect()
        gc.freeze()  # what is loaded now stays: collections need not walk over it
        emit(STARTED, role="hub", country="", port=settings.port)
        looking = asyncio.create_task(repeat(partial(_look, rooms), MANIFEST_SECONDS))
        async with door(others, settings.mutual_tls, Mutual(settings, None, rooms.directory, clock=rooms.clock)):
            yield
        looking.cancel()
        await rooms.close()
        emit(STOPPED, role="hub", country="")

    for_nodes = federation_routes(_acts(rooms))
    others = _dressed(for_nodes)
    return _dressed([*_pages(rooms, people), *([health_route()] if settings.mutual_tls else for_nodes)], life)


def _dressed(routes: list[Route], life: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Doors with what stands before each of them."""
    app = FastAPI(title=NAME, version=version("corridor"), lifespan=life, openapi_url=None, redirect_slashes=False)
    app.router.routes.extend(routes)
    app.add_middleware(RequestLine)
    install_errors(app)
    return app


async def _open(settings: HubSettings) -> HubRooms:
    await check_migrated(settings.database, "hub")
    database = Database(settings.database)
    clock, token_key = SystemClock(), read_key(Path(settings.keys) / "token.key", KeyUse.PSEUDONYM)
    return HubRooms(
        settings=settings,
        database=database,
        directory=HttpDirectory(Path(settings.federation), trust_of(settings), clock=clock, log=emit),
        persons=SqlPersons(database, token_key),
        disclosures=SqlDisclosures(database),
        clock=clock,
        transport=Transport(),
    )


async def _look(rooms: HubRooms) -> int:
    """Take a newer manifest that operators published."""
    if rooms.directory.look():
        await forget_former(desk=RegisterPersonsDesk(rooms.persons, rooms.directory))
    return 0


def _acts(rooms: HubRooms) -> HubActs:
    database, clock, directory = rooms.database, rooms.clock, rooms.directory
    handles = MemoryHandles()
    gate = GateDesk(
        public_url=line_of(rooms.settings.mutual_tls, rooms.settings.public_url),
        signatures=Signatures("hub", OwnSigning(Path(rooms.settings.keys), lambda: directory.federation().hub_key)),
        nonces=SqlNonces(database, tables.nonce),
        directory=directory,
        clock=clock,
        log=emit,
    )
    registering = RegisterPersonsDesk(rooms.persons, directory)
    resolving = ResolveDesk(rooms.persons, handles, SqlResolutions(database), directory, clock)
    reports = ReportsDesk(rooms.disclosures, directory, clock, _opener(directory))
    return HubActs(
        gate=gate,
        max_body_bytes=rooms.settings.max_body_bytes,
        directory=directory.note,
        register_persons=partial(register_persons, desk=registering),
        remove_persons=partial(remove_persons, desk=registering),
        resolve_identity=partial(resolve_identity, desk=resolving),
        redeem_handle=partial(redeem_handle, desk=RedeemDesk(handles, clock)),
        receive_report=partial(receive_report, desk=reports),
        seen_size=partial(seen_size, disclosures=rooms.disclosures),
    )


def _opener(directory: HttpDirectory) -> Callable[[Country, str], Checkpoint]:
    """Opens a country's checkpoint with the log key that the directory lists for it."""

    def opened(country: Country, note: str) -> Checkpoint:
        member = directory.federation().member(country)
        if member is None:
            raise SignatureError(reason="log-unknown")
        return open_checkpoint(note, origin=log_origin(FEDERATION_NAME, country), public_key=member.log_key)

    return opened


def _people(rooms: HubRooms) -> People:
    database = rooms.database
    return People(
        settings=rooms.settings,
        database=database,
        staff=tables.staff,
        development_account=tables.development_account,
        transport=rooms.transport,
        sessions=SqlSessions(database, tables.session, idle=rooms.settings.idle),
        nonces=SqlNonces(database, tables.nonce),
        budgets=SqlBudgets(database, tables.budget),
        audit=SignInLines(),
        clock=rooms.clock,
    )


def _entrance(rooms: HubRooms, people: People) -> SignIn:
    accounts = SqlAccounts(rooms.database, tables.account, keep=hash_password, check=verify_password)
    signing_in = SignInDesk(accounts, people.sessions, people.budgets, rooms.clock, people.audit)

    async def who(token: str) -> Principal | None:
        return await people.sessions.who(token, at=rooms.clock.now())

    return SignIn(
        open=partial(sign_in, desk=signing_in),
        who=who,
        close=people.sessions.close,
        **own_sign_ins(people),
        provider=provider_door(people),
        passwords=rooms.settings.passwords,
    )


def _pages(rooms: HubRooms, people: People) -> list[Route]:
    site = Site(NAME, "hub", rooms.settings.public_url)
    seen = CoordinatorDesk(rooms.disclosures, rooms.persons, SqlAttempts(rooms.database))
    office = Office(
        countries=lambda: rooms.directory.federation().ever,
        overview=partial(list_disclosures, desk=seen),
        now=rooms.clock.now,
    )
    entrance = _entrance(rooms, people)
    return [*landing.routes(site, links=(("/intercambios", NAME),)), *auditor_routes(site, entrance, office)]
