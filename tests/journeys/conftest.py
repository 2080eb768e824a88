"""One federation on SQLite and one on PostgreSQL; every journey is made in both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import KINDS, Databases
from tests.journeys.world import World, world

LAST = ("test_logs_are_proven", "test_nothing_leaks", "test_a_stolen_country_names_nobody", "test_no_secret_is_told")
"""Files that look back on all journeys."""

CROWD = 22


@pytest.fixture(scope="session", params=KINDS)
def land(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[World]:
    """A federation with people in it, first on SQLite, then on PostgreSQL."""
    folder = tmp_path_factory.mktemp(f"journeys-{request.param}")
    with world(folder, databases, kind=str(request.param), crowd=CROWD) as made:
        yield made


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make all journeys in one federation and look back on them before the next; give each time to be made."""
    journeys = [item for item in items if item.path.parent.name == "journeys"]
    in_order = iter(sorted(journeys, key=_turn))
    items[:] = [next(in_order) if item in set(journeys) else item for item in items]
    for item in journeys:
        item.add_marker(pytest.mark.timeout(300))


def _turn(item: pytest.Item) -> tuple[int, int]:
    """First by database, then what looks back last."""
    kind = next(number for number, kind in enumerate(KINDS) if kind in item.name)
    return kind, LAST.index(item.path.stem) + 1 if item.path.stem in LAST else 0
