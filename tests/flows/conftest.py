"""What tests of the acts ask for: three countries and a hub in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.resources import patient, regimen, viral_load


@pytest.fixture
def federation(tmp_path: Path) -> FakeFederation:
    """Peru, Venezuela and Colombia, with nobody in them."""
    return FakeFederation(tmp_path, "PE", "VE", "CO")


@pytest.fixture
async def migrant(federation: FakeFederation) -> FakeFederation:
    """One woman who is `p1` in Peru and, with a record, `v1` in Venezuela; in Colombia somebody else is known."""
    await federation["PE"].admit("p1", patient())
    await federation["VE"].admit("v1", patient(), viral_load("v1"), regimen("v1"))
    await federation["CO"].admit("c1", patient(given="Luis Alberto", family="Paz Durán", birth="1980-01-02"))
    return federation


@pytest.fixture
def peru(federation: FakeFederation) -> FakeCountry:
    """The country that asks."""
    return federation["PE"]


@pytest.fixture
def venezuela(federation: FakeFederation) -> FakeCountry:
    """The country that holds the record."""
    return federation["VE"]
