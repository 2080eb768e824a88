"""Lines between the parties of a federation that keep every byte that goes over them."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

LOOPBACK = "127.0.0.1"
_CHUNK = 256 * 1024


class Tap:
    """Listens at the public address of each party and passes everything on to its own door.

    Attributes:
        heard: what was said to a party and by it, both together, by the party's key.
    """

    def __init__(self) -> None:
        self.heard: dict[str, bytearray] = defaultdict(bytearray)
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def listen(self, ports: Mapping[str, tuple[int, int]]) -> None:
        """Begin to pass on.

        Args:
            ports: by party, the port of its public address and that of its own door.
        """
        for key, (public, own) in ports.items():
            self._servers.append(self._run(self._serve(key, public, own=own)))

    def close(self) -> None:
        """Stop listening, and end what is under way."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self, key: str, public: int, *, own: int) -> asyncio.Server:
        async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                further_reader, further_writer = await asyncio.open_connection(LOOPBACK, own, limit=_CHUNK)
                pumps = self._pump(key, reader, further_writer), self._pump(key, further_reader, writer)
                await asyncio.gather(*pumps, return_exceptions=True)
            writer.close()

        return await asyncio.start_server(passed_on, LOOPBACK, public, limit=_CHUNK)

    async def _pump(self, key: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                self.heard[key] += chunk
                writer.write(chunk)
                await writer.drain()
        finally:
            writer.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
