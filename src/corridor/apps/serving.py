"""Runs an application on uvicorn until it is told to stop."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

_GRACE_SECONDS = 5


async def serve(app: FastAPI, *, host: str, port: int) -> None:
    """Serve until a signal comes; requests under way get five seconds.

    uvicorn's own access log stays off: it writes addresses, and addresses can hold what a search sought.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    await uvicorn.Server(config).serve()
