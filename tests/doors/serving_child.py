"""The base of a node in a process beside it: says its port in a line, and serves until it is ended."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from concurrent.futures import Future
from pathlib import Path

import uvicorn

from tests.doors.running import serve, settings_of

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    ready: Future[uvicorn.Server] = Future()
    # The line is the only thing on standard output: log lines go where nobody waits for them.
    os.write(sys.stdout.fileno(), f"{listener.getsockname()[1]}\n".encode())
    asyncio.run(serve(settings_of(Path(sys.argv[1]), sys.argv[2]), listener, ready, beside=True))
