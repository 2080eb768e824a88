"""A whole node in a process of its own: every route, layer, key and worker that it has in service, on a given database.

`python -m bench.scale.node CONFIG [--bare|--beside]` writes one line with its port and a bearer token and ends when its
standard input does. With `--bare` its log keeps nothing: what is left is the cost of everything else. With `--beside`
it is a process beside the node, with the base alone.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import uvicorn
import uvloop
from fastapi import FastAPI
from sqlalchemy import make_url

from bench.home import HOME, NoAudit
from bench.scale.callers import HOST
from bench.seals import key_lines
from corridor.apps.node import app_of
from corridor.apps.node_beside import beside_of
from corridor.apps.node_rooms import open_rooms
from corridor.apps.serving import as_served
from corridor.apps.settings import node_settings
from corridor.domain.principal import Principal, Role
from corridor.storage.node.audit import SqlAudit
from demo.ceremony import hold_ceremony
from demo.parties import UNCOUNTED, Party, configuration, lay_out

_CHECKOUT = Path(__file__).parents[2]
BARE, BESIDE = "--bare", "--beside"


@dataclass(frozen=True, slots=True)
class Served:
    """A node that runs; to be closed."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    def close(self) -> None:
        """End the process."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(20)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A country with its keys and its place in a federation, which can be served on any database."""

    party: Party

    def start(self, url: str, how: str = "") -> Served:
        """Serve it.

        Args:
            url: of its database.
            how: `BARE`, `BESIDE` or nothing.

        Raises:
            RuntimeError: it did not come up.
        """
        config = self.party.folder / f"{make_url(url).database}.toml"
        config.write_text(configuration(self.party, _settings(url)) + key_lines(), encoding="utf-8")
        words = [sys.executable, "-m", "bench.scale.node", str(config), *([how] if how else [])]
        process = subprocess.Popen(  # noqa: S603 - this module itself
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_CHECKOUT
        )
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise RuntimeError("The node did not come up.")
        port, token = line.decode().split()
        return Served(process, int(port), token)


def make_keys(folder: Path) -> Keyed:
    """Keys of a whole federation, of which one country will be served."""
    parties = lay_out(folder)
    hold_ceremony([*parties.values()])
    return Keyed(parties[HOME])


def _settings(url: str) -> Mapping[str, str | int | float]:
    # Its workers look at the outbox once and then no more: there is no hub here that would take what they promise.
    return {"database": url, "worker_seconds": 86_400, **UNCOUNTED}


async def _opened(config: Path, how: str) -> tuple[FastAPI, str]:
    """The application, and a bearer token of somebody."""
    rooms = await open_rooms(node_settings(config))
    if how == BARE:
        nothing = cast("SqlAudit", NoAudit())  # the acts know it by its port alone
        rooms = replace(rooms, storage=replace(rooms.storage, audit=nothing))
    principal = Principal("programme", Role.PROGRAMME, "0" * 32)
    now = datetime.now(UTC)
    token = await rooms.storage.sessions.open(principal, at=now, until=now + timedelta(days=1))
    return beside_of(rooms, port=0) if how == BESIDE else app_of(rooms), token


async def _serve(config: Path, how: str) -> None:
    app, token = await _opened(config, how)
    listener = socket.create_server((HOST, 0))
    server = uvicorn.Server(as_served(app))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        if serving.done():
            raise RuntimeError("The node did not start.")
        await asyncio.sleep(0.01)
    print(listener.getsockname()[1], token, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    # Each request writes its log line as in service; here nobody reads it.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        uvloop.run(_serve(Path(sys.argv[1]), "".join(sys.argv[2:])))
