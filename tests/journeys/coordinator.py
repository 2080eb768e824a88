"""What the coordinator sees at the hub, through the page and its file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx

from corridor.storage.hub.tables import log_proof, resolution
from demo.parties import HUB
from tests.journeys.tables import rows
from tests.journeys.world import World

Line = tuple[str, str, str, str, str]
"""Reporter, asker, holder, purpose, decision."""


@contextmanager
def enter(land: World) -> Iterator[httpx.Client]:
    """A coordinator's browser, signed in."""
    account = land.accounts[HUB, "coordinator"]
    with httpx.Client(base_url=land.doors[HUB].url, timeout=30) as client:
        answer = client.post("/ingreso", data={"account": account.name, "password": account.password})
        assert answer.status_code == 303, answer.text
        yield client


def spreadsheet(land: World) -> str:
    """The file of all counts around today."""
    today = datetime.now(UTC).date()
    period = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
    with enter(land) as client:
        return client.get("/intercambios.csv", params=period).raise_for_status().text


def page(land: World) -> str:
    """The page as it opens."""
    with enter(land) as client:
        return client.get("/intercambios").raise_for_status().text


def disclosures(land: World) -> Counter[Line]:
    """How often each kind of exchange was reported."""
    counted: Counter[Line] = Counter()
    for line in csv.DictReader(io.StringIO(spreadsheet(land))):
        kind = line["reporter"], line["asker"], line["holder"], line["purpose"], line["decision"]
        counted[kind] += int(line["count"])
    return counted


def resolutions(land: World, asker: str) -> int:
    """How often the hub was asked by a country."""
    return sum(row["count"] for row in rows(land.doors[HUB], resolution) if row["asker"] == asker)


def whole_logs(land: World) -> dict[str, tuple[bool, int]]:
    """For each country, whether its log only grew, and how far the hub has seen it."""
    return {row["country"]: (row["whole"], row["size"]) for row in rows(land.doors[HUB], log_proof)}
