"""One whole node on SQLite and one on PostgreSQL for all tests of the national base."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.ceremony import hold_ceremony
from demo.parties import Party, lay_out
from tests.databases import KINDS, Databases
from tests.doors.running import Node, running_node
from tests.doors.samples import Town, settle


@pytest.fixture(scope="session")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Party]:
    """The parties of a federation whose ceremony was held."""
    parties = lay_out(tmp_path_factory.mktemp("national"))
    hold_ceremony(list(parties.values()))
    return parties


@pytest.fixture(scope="session")
def lima(everybody: dict[str, Party]) -> Party:
    """Peru's party of it."""
    return everybody["PE"]


@pytest.fixture(scope="session", params=KINDS)
def node(request: pytest.FixtureRequest, lima: Party, databases: Databases) -> Iterator[Node]:
    """Peru's node, running."""
    with running_node(lima, databases.migrated(str(request.param), "node")) as running:
        yield running


@pytest.fixture(scope="session")
def town(node: Node) -> Town:
    """A person, her clinic, her doctor and her medicine at that node."""
    return settle(node)
