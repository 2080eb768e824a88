"""A country's national base as a node serves it: middleware, routes, bearer sessions, acts and its own database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

from bench.asgi import Reply, call
from bench.seals import ring
from corridor.apps.clock import SystemClock
from corridor.apps.collecting import collect_seldom
from corridor.apps.http import RequestLine, install_errors
from corridor.domain.audit.checkpoint import log_origin
from corridor.domain.audit.fact import AuditFact
from corridor.domain.country import Country
from corridor.domain.disclosure import LogState
from corridor.domain.errors import UnavailableError
from corridor.domain.history import History
from corridor.domain.principal import Principal, Role
from corridor.flows.ports.audit import Audit
from corridor.flows.read_record import ReadDesk, read_record
from corridor.flows.search_records import SearchDesk, search_records
from corridor.flows.store_on_condition import ConditionDesk, store_on_condition
from corridor.flows.store_records import StoreDesk, store_records
from corridor.keys.checkpoints import sign_checkpoint
from corridor.node import read, search, transaction, write
from corridor.node.national import National
from corridor.storage.database import Database
from corridor.storage.node import tables
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.log import LogVoice, NodeLog
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.units import SqlUnits
from corridor.storage.sessions import SqlSessions

HOME = Country("PE")
FHIR_JSON = "application/fhir+json"


class NoAudit:
    """Port `Audit` that keeps nothing: what is left is the cost of everything else. It exists in measurements alone."""

    async def append(self, fact: AuditFact) -> None:
        """See the port; the fact is lost."""

    async def state(self, since: int) -> LogState:  # noqa: ARG002  # the port's interface
        """See the port; there is no log."""
        raise UnavailableError("There is no log.")


@dataclass(frozen=True, slots=True)
class Ports:
    """The parts of a node's storage that reading and writing need."""

    units: SqlUnits
    records: SqlRecords
    sessions: SqlSessions


@dataclass(frozen=True, slots=True)
class Home:
    """An open base and somebody who may use it.

    Attributes:
        app: the whole stack, with every read audited durably.
        bare: the same stack on the same rows, without the audit of reads.
    """

    app: FastAPI
    bare: FastAPI
    units: SqlUnits
    token: str

    async def send(self, body: bytes) -> Reply:
        """Send a transaction."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": FHIR_JSON, "accept": FHIR_JSON}
        return await call(self.app, "POST", "/fhir", headers=headers, body=body)

    async def read(self, app: FastAPI, reference: str) -> Reply:
        """Read `Type/id`."""
        headers = {"host": "127.0.0.1:8080", "authorization": f"Bearer {self.token}", "accept": FHIR_JSON}
        return await call(app, "GET", f"/fhir/{reference}", headers=headers)


@asynccontextmanager
async def open_home(url: str) -> AsyncIterator[Home]:
    """The national base of Peru on a migrated database."""
    database = Database(url, ring())
    voice = LogVoice(
        HOME, log_origin("bench.example", HOME), partial(sign_checkpoint, key=Ed25519PrivateKey.generate())
    )
    log = NodeLog(database, voice)
    units, records, sessions = SqlUnits(log, HOME), SqlRecords(database), SqlSessions(database, tables.session)
    ports = Ports(units, records, sessions)
    principal = Principal("programme", Role.PROGRAMME, "0" * 32)
    now = datetime.now(UTC)
    token = await sessions.open(principal, at=now, until=now + timedelta(hours=8))
    collect_seldom()
    try:
        yield Home(_app(ports, SqlAudit(log)), _app(ports, NoAudit()), units, token)
    finally:
        await records.close()
        await database.close()


def _app(ports: Ports, audit: Audit) -> FastAPI:
    clock = SystemClock()

    async def who(token: str) -> Principal | None:
        return await ports.sessions.who(token, at=clock.now())

    store = StoreDesk(ports.units, audit, clock)
    national = National(
        base_url="http://127.0.0.1:8080/fhir",
        source="https://corridor.example/country/PE",
        home=HOME,
        zone=UTC,
        max_body_bytes=16 * 1024 * 1024,
        deadline_seconds=5.0,
        who=who,
        hide=lambda value: value,
        read_record=partial(read_record, desk=ReadDesk(ports.records, audit, clock)),
        search_records=partial(search_records, desk=SearchDesk(ports.records, audit, clock)),
        store_records=partial(store_records, desk=store),
        store_on_condition=partial(store_on_condition, desk=ConditionDesk(store, ports.records)),
        read_history=_unasked,
        patch_record=_unasked,
        pull_history=_nobody,
    )
    app = FastAPI(docs_url=None, redoc_url=None)
    app.router.routes.extend(_routes(national))
    app.add_middleware(RequestLine)
    install_errors(app)
    return app


async def _unasked(*_asked: Any, **_how: Any) -> Any:
    raise UnavailableError("This is not measured.")


async def _nobody(*_asked: Any, **_how: Any) -> History:
    raise UnavailableError("There is no other country.")


def _routes(national: National) -> list[BaseRoute]:
    one = "/fhir/{type:str}/{id:str}"
    return [
        Route(one, partial(read.read, national=national), methods=["GET"]),
        Route(one, partial(write.update, national=national), methods=["PUT"]),
        Route("/fhir/{type}", partial(search.search, national=national), methods=["GET"]),
        Route("/fhir", partial(transaction.transaction, national=national), methods=["POST"]),
    ]
