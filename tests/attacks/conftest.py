"""One federation that all misuses are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest

from corridor.domain.limits import Limits
from demo.parties import Settings
from demo.values import Person
from tests.attacks.envoy import Envoy
from tests.databases import Databases
from tests.journeys.world import World, world

BUDGET = 3_000
"""Elements an hour at the one holder that is stingy."""


@pytest.fixture(scope="session")
def land(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[World]:
    """A federation with a few people in it; one holder has a small budget, and one country counts as usual."""
    folder = tmp_path_factory.mktemp("attacks")
    usual = {f"limits.{name}": limit for name, limit in asdict(Limits()).items()}
    settings: dict[str, Settings] = {"CL": {"evaluations_per_hour": BUDGET}, "EC": usual}
    with world(folder, databases, kind="sqlite", crowd=8, settings=settings) as made:
        yield made


@pytest.fixture
def woman(land: World) -> Person:
    """The woman of the story."""
    return land.people[0]


@pytest.fixture
def lima(land: World) -> Envoy:
    """Who has Peru's keys."""
    return Envoy(land, "PE")


@pytest.fixture
def santiago(land: World) -> Envoy:
    """Who has Chile's keys."""
    return Envoy(land, "CL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the first of all time to make a federation."""
    for item in items:
        if item.path.parent.name == "attacks":
            item.add_marker(pytest.mark.timeout(300))
