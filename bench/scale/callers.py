"""Callers that keep their connections and ask one request after another, in a process of their own.

`python -m bench.scale.callers PORTS CALLERS FILE` sends the requests of a file, which holds each after its length in
four bytes, and writes one line of JSON: answers a second, and how long one took. Callers take turns over the ports,
which are joined by commas. Little is done per answer, so that on a small machine the processor is the server's.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import cast

import orjson
import uvloop

from bench.figures import percentile

HOST = "127.0.0.1"
_CHECKOUT = Path(__file__).parents[2]
_LENGTH_BYTES = 4
_END = b"\r\n\r\n"
_CONTENT_LENGTH = b"content-length: "
_GOOD = b"HTTP/1.1 200"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the callers saw: answers a second, and milliseconds of waiting for one."""

    rate: float
    p50: float
    p99: float


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """Keep whole HTTP requests for the callers."""
    with path.open("wb") as file:
        for each in requests:
            file.write(len(each).to_bytes(_LENGTH_BYTES, "big") + each)


async def send_all(ports: Sequence[int], path: Path, *, callers: int) -> Heard:
    """Send the requests of a file from a process of its own, to whoever listens at the ports.

    Raises:
        RuntimeError: an answer was no 200, or the connection broke.
    """
    listed = ",".join(map(str, ports))
    words = [sys.executable, "-m", "bench.scale.callers", listed, str(callers), str(path)]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=_CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    printed, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"The callers gave up: {said.decode()[-500:]}")
    return Heard(**orjson.loads(printed))


class _Caller(asyncio.Protocol):
    """One connection; asks again as soon as an answer is whole."""

    def __init__(self, requests: Iterator[bytes], waited: list[float]) -> None:
        self._requests = requests
        self._waited = waited
        self._received = b""
        self._missing = 0
        self._asked_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own kind is no child of it
        self._next()

    def data_received(self, piece: bytes) -> None:
        """Count until the answer is whole."""
        if self._missing:
            self._missing -= len(piece)
        else:
            self._received += piece
            end = self._received.find(_END)
            if end < 0:
                return
            self._missing = end + len(_END) + self._length() - len(self._received)
        if not self._missing:
            self._waited.append(perf_counter() - self._asked_at)
            self._received = b""
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`; while an answer is awaited it is an accident."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("The server let go."))

    def _length(self) -> int:
        """Of the body."""
        if not self._received.startswith(_GOOD):
            self._fail()
        start = self._received.find(_CONTENT_LENGTH) + len(_CONTENT_LENGTH)
        return int(self._received[start : self._received.find(b"\r", start)])

    def _fail(self) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"Answered {self._received[:600]!r}"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
        elif self._transport:
            self._asked_at = perf_counter()
            self._transport.write(request)


def _read_requests(path: Path) -> list[bytes]:
    content, found, place = path.read_bytes(), [], 0
    while place < len(content):
        length = int.from_bytes(content[place : place + _LENGTH_BYTES], "big")
        place += _LENGTH_BYTES + length
        found.append(content[place - length : place])
    return found


async def _call(ports: Sequence[int], callers: int, requests: Sequence[bytes]) -> Heard:
    loop, waiting, waited = asyncio.get_running_loop(), iter(requests), [0.0]
    waited.clear()
    started = perf_counter()
    turns = islice(cycle(ports), callers)
    pairs = [await loop.create_connection(lambda: _Caller(waiting, waited), HOST, port) for port in turns]
    await asyncio.gather(*(caller.done for _, caller in pairs))
    seconds = perf_counter() - started
    return Heard(len(requests) / seconds, percentile(waited, 0.5) * 1000, percentile(waited, 0.99) * 1000)


if __name__ == "__main__":
    _, listed, callers, file = sys.argv
    heard = uvloop.run(_call([*map(int, listed.split(","))], int(callers), _read_requests(Path(file))))
    print(orjson.dumps(asdict(heard)).decode())
