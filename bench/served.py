"""The national base behind uvicorn in a process of its own: what the server adds to the application's work.

`python -m bench.served URL` serves the base on a database that is already filled, without the audit of reads, writes
one line with its port and a bearer token, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop

from bench.home import FHIR_JSON, open_home
from bench.processes import cpu_seconds
from bench.seals import KEYS_VARIABLE, key_folder

_HOST = "127.0.0.1"
_CHECKOUT = Path(__file__).parents[1]


@dataclass(slots=True)
class Served:
    """A base in a process of its own; to be closed."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    async def run(self, wanted: Sequence[str]) -> float:
        """Microseconds of the process's time a read, reading all in order on one kept connection."""
        before = cpu_seconds(self.process.pid)
        # A connection of its own for each run: the server lets go of one that was idle during the other cases' runs.
        with socket.create_connection((_HOST, self.port)) as connection:
            for name in wanted:
                self._read(connection, name)
        return (cpu_seconds(self.process.pid) - before) / len(wanted) * 1e6

    def close(self) -> None:
        """End the process."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(10)

    def _read(self, connection: socket.socket, name: str) -> None:
        head = f"GET /fhir/{name} HTTP/1.1\r\nHost: {_HOST}\r\nAccept: {FHIR_JSON}\r\n"
        connection.sendall(f"{head}Authorization: Bearer {self.token}\r\n\r\n".encode())
        received = connection.recv(65536)
        if not received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"A read was answered with {received[:40]!r}.")
        top, _, body = received.partition(b"\r\n\r\n")
        length = next(int(line[16:]) for line in top.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        while len(body) < length:
            body += connection.recv(65536)


def start(url: str) -> Served:
    """Serve the base on a database that is filled."""
    process = subprocess.Popen(  # noqa: S603 - this module itself
        [sys.executable, "-m", "bench.served", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_CHECKOUT,
        env={**os.environ, KEYS_VARIABLE: str(key_folder())},
    )
    line = process.stdout.readline() if process.stdout else b""
    port, token = line.decode().split()
    return Served(process, int(port), token)


async def _serve(url: str) -> None:
    async with open_home(url) as opened:
        listener = socket.create_server((_HOST, 0))
        config = uvicorn.Config(
            opened.bare,
            loop="uvloop",
            http="httptools",
            ws="none",
            access_log=False,
            log_level="warning",
            lifespan="off",
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        print(listener.getsockname()[1], opened.token, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


if __name__ == "__main__":
    # Each request writes its log line as in service; here nobody reads it.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        uvloop.run(_serve(sys.argv[1]))
