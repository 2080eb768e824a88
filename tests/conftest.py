"""What every test may ask for: fresh databases of both kinds, and a node's storage on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from corridor.storage.database import Database
from corridor.storage.node.key_ring import KeyRing
from tests.databases import KINDS, Databases, started
from tests.sealing import ring_in


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """One PostgreSQL server and one folder for the whole run."""
    with started() as databases:
        yield databases


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`."""
    return str(request.param)


@pytest.fixture
def empty_url(databases: Databases, kind: str) -> Iterator[str]:
    """A database without tables."""
    url = databases.empty(kind)
    yield url
    databases.drop(url)


@pytest.fixture
def node_url(databases: Databases, kind: str) -> Iterator[str]:
    """A fresh database of a node."""
    url = databases.migrated(kind, "node")
    yield url
    databases.drop(url)


@pytest.fixture
def hub_url(databases: Databases, kind: str) -> Iterator[str]:
    """A fresh database of a hub."""
    url = databases.migrated(kind, "hub")
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def seal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of `seals` are."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def seals(seal_folder: Path) -> KeyRing:
    """What a node's rows are sealed with."""
    return ring_in(seal_folder)


@pytest.fixture
async def database(node_url: str, seals: KeyRing) -> AsyncIterator[Database]:
    """An open database of a node."""
    database = Database(node_url, seals)
    yield database
    await database.close()


@pytest.fixture
async def hub_database(hub_url: str) -> AsyncIterator[Database]:
    """An open database of a hub."""
    database = Database(hub_url)
    yield database
    await database.close()
