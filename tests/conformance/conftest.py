"""One running node on SQLite and one on PostgreSQL for all strangers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.serving import Served, served
from tests.databases import KINDS, Databases


@pytest.fixture(scope="session", params=KINDS)
def node(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[Served]:
    """Peru's node with people in it."""
    with served(tmp_path_factory.mktemp("conformance"), databases, str(request.param)) as running:
        yield running
