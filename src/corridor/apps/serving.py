"""Runs applications on uvicorn: until the process is told to stop, or beside another as long as that runs."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI

from corridor.apps.mutual import Mutual
from corridor.apps.mutual_settings import MutualSettings
from corridor.apps.one_write import OneWrite
from corridor.apps.repeating import repeat
from corridor.apps.straight import Straight
from corridor.domain.errors import UnavailableError

_GRACE_SECONDS = 5
_SWEEP_SECONDS = 1.0
"""How soon a connection ends that somebody holds who is not let in any more."""


async def serve(app: FastAPI, *, host: str, port: int) -> None:
    """Serve until a signal comes; requests under way get five seconds."""
    await uvicorn.Server(as_served(app, host=host, port=port)).serve()


@asynccontextmanager
async def door(app: FastAPI, settings: MutualSettings | None, mutual: Mutual) -> AsyncIterator[None]:
    """Inside the block an application is served to the other parties, with certificates on both sides.

    Raises:
        UnavailableError: its address is taken.
    """
    if settings is None:
        yield
        return
    config = as_served(app, lifespan="off", ssl_context_factory=_always(mutual.at_the_door()))
    server = _Beside(config)
    serving = asyncio.create_task(server.serve([_listener(settings)]))
    sweeping = asyncio.create_task(repeat(partial(_sweep, server, mutual), _SWEEP_SECONDS))
    try:
        yield
    finally:
        sweeping.cancel()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await asyncio.gather(serving, sweeping, return_exceptions=True)


class _Beside(uvicorn.Server):
    """A server that leaves signals to the other one of its process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def as_served(app: FastAPI, **more: Any) -> uvicorn.Config:
    """How an application is served; no access log is kept: it would write addresses, which can hold what was sought."""
    return uvicorn.Config(
        Straight(app),
        loop="uvloop",
        http=OneWrite,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        **more,
    )


def _always(context: ssl.SSLContext) -> Callable[..., ssl.SSLContext]:
    return lambda *_: context


def _listener(settings: MutualSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError:
        raise UnavailableError(f"Nobody can listen at {settings.host}, port {settings.port}.") from None


async def _sweep(server: uvicorn.Server, mutual: Mutual) -> int:
    """End the connections of those who are not let in any more."""
    for each in tuple(server.server_state.connections):
        line = each.transport.get_extra_info("ssl_object")
        if line is not None and not mutual.lets_in(line.getpeercert(binary_form=True)):
            each.transport.close()
    return 0
