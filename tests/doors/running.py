"""A country's whole node behind a real port, and plain HTTP to it: nothing between a test and the wire."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select

from corridor.apps.hub import hub_app
from corridor.apps.node import node_app
from corridor.apps.node_beside import beside_app
from corridor.apps.serving import as_served
from corridor.apps.settings import HubSettings, NodeSettings, node_settings
from corridor.domain.errors import ConflictError
from corridor.domain.principal import Role
from corridor.keys.passwords import hash_password, verify_password
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.node import tables
from demo.parties import Party

PUBLIC = "http://pe.corridor.example"
BASE = f"{PUBLIC}/fhir"
PASSWORD = "la quinua florece en abril"  # of accounts that live as long as a test
MAX_BODY_BYTES = 256 * 1024
MAX_IMPORT_BYTES = 4 * 1024 * 1024
ROLES = ("programme", "clinician", "auditor", "operator")
FHIR_JSON = "application/fhir+json"
WATCHED = (
    tables.record,
    tables.history,
    *tables.FACTS,
    tables.projection,
    tables.withdrawal,
    tables.outbox,
    tables.registration,
)
"""Tables in which something half-written would lie."""

Body = bytes | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)

    @property
    def ids(self) -> list[str]:
        """Ids of the resources that a search found, in order."""
        entries = self.json.get("entry", [])
        return [each["resource"]["id"] for each in entries if each["search"]["mode"] == "match"]

    def link(self, relation: str) -> str:
        """Address of a link below the base's host, or empty."""
        found = [each["url"] for each in self.json.get("link", []) if each["relation"] == relation]
        return found[0].removeprefix(PUBLIC) if found else ""


@dataclass(slots=True, eq=False)
class Node:
    """A running node and everybody who has an account there."""

    settings: NodeSettings | HubSettings
    port: int
    tokens: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Body | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """One request, exactly as told; the path may be an address that the node gave."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        chunked = body is not None and not isinstance(body, bytes)
        try:
            # A refused body may not be read to its end; what was answered is there all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                target = path.removeprefix(PUBLIC)
                connection.request(method, target, body, dict(headers or {}), encode_chunked=chunked)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            connection.close()

    def ask(self, method: str, path: str, content: Any = None, *, role: str = "programme", **more: str) -> Reply:
        """A request by an account of a role; keywords are headers, with hyphens for underscores.

        Args:
            content: bytes as they are, anything else as FHIR JSON, None for no body.
        """
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        headers |= {} if content is None else {"content-type": FHIR_JSON}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        body = content if content is None or isinstance(content, bytes) else orjson.dumps(content)
        return self.send(method, path, body, headers)

    def get(self, path: str, *, role: str = "programme", **more: str) -> Reply:
        """A reading request below the base."""
        return self.ask("GET", f"/fhir/{path}", role=role, **more)

    def make(self, resource: Mapping[str, Any], **more: str) -> str:
        """Create a resource; its id."""
        answer = self.ask("POST", f"/fhir/{resource['resourceType']}", resource, **more)
        assert answer.status == 201, answer.body
        return str(answer.json["id"])

    def sign_in(self, account: str, password: str, *, basic: bool = True) -> Reply:
        """What the token endpoint answers to HTTP Basic, or to a form."""
        form = "grant_type=client_credentials"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if basic:
            headers["authorization"] = "Basic " + b64encode(f"{account}:{password}".encode()).decode()
        else:
            form += f"&client_id={account}&client_secret={password.replace(' ', '+')}"
        return self.send("POST", "/auth/token", form.encode(), headers)

    def rows(self) -> dict[str, int]:
        """How many rows lie in each table that writes go to."""
        return asyncio.run(self._rows())

    async def _rows(self) -> dict[str, int]:
        database = Database(self.settings.database)
        try:
            async with database.read() as connection:
                counts = [
                    (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                    for table in WATCHED
                ]
        finally:
            await database.close()
        return dict(zip((table.name for table in WATCHED), counts, strict=True))


@contextmanager
def running_node(party: Party, database: str, **more: Any) -> Iterator[Node]:
    """A party's node on a migrated database, with an account for every role; keywords are settings."""
    settings = msgspec.structs.replace(settings_of(party.config, database), **more)
    asyncio.run(_accounts(database))
    with serving(settings) as port:
        node = Node(settings, port)
        for role in ROLES:
            node.tokens[role] = node.sign_in(role, PASSWORD).json["access_token"]
        yield node


def settings_of(config: Path, database: str) -> NodeSettings:
    """A party's settings, as tests want them."""
    return msgspec.structs.replace(
        node_settings(config),
        public_url=PUBLIC,
        database=database,
        max_body_bytes=MAX_BODY_BYTES,
        max_import_bytes=MAX_IMPORT_BYTES,
        import_folder=str(config.parent / "imports"),
        worker_seconds=3600.0,
    )


@contextmanager
def second_process(node: Node, party: Party) -> Iterator[Node]:
    """The base of the same node, served by a process beside it."""
    command = [sys.executable, "-m", "tests.doors.serving_child", str(party.config), node.settings.database]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            yield Node(node.settings, int(child.stdout.readline()), node.tokens)
        finally:
            child.terminate()


async def _accounts(url: str) -> None:
    database = Database(url)
    accounts = SqlAccounts(database, tables.account, keep=hash_password, check=verify_password)
    for role in ROLES:
        with suppress(ConflictError):  # a node that is started again has them
            await accounts.create(role, PASSWORD, Role(role))
    await database.close()


@contextmanager
def serving(settings: NodeSettings | HubSettings, listener: socket.socket | None = None) -> Iterator[int]:
    """The port of a node or hub with these settings, for as long as it is needed."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    ready: Future[uvicorn.Server] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(serve(settings, listener, ready)), daemon=True)
    thread.start()
    server = ready.result(timeout=30)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        listener.close()


async def serve(
    settings: NodeSettings | HubSettings,
    listener: socket.socket,
    ready: Future[uvicorn.Server],
    *,
    beside: bool = False,
) -> None:
    """Serve a node, its base alone, or the hub on a listening socket; its server is told to `ready`."""
    try:
        app = await _app(settings, beside=beside)
        server = uvicorn.Server(as_served(app))
    except BaseException as error:
        ready.set_exception(error)
        raise
    ready.set_result(server)
    await server.serve(sockets=[listener])


async def _app(settings: NodeSettings | HubSettings, *, beside: bool) -> FastAPI:
    if isinstance(settings, HubSettings):
        return await hub_app(settings)
    return await (beside_app(settings, port=settings.port) if beside else node_app(settings))


def path_of(address: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
