"""Peru changes the key that it signs with, and the certificate that it shows, while every process goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import httpx
import pytest

from corridor.keys.certificates import own_certificates
from corridor.keys.files import signing_key
from corridor.keys.signatures import Signatures
from corridor.keys.tls import line_context
from demo.ceremony import corridor
from demo.parties import HUB, NODES, mutual_doors
from tests.attacks.envoy import Envoy, at_door, refused
from tests.databases import KINDS, Databases
from tests.journeys.sixth import OWN_FILES, draft, publish
from tests.journeys.world import World, world

AHEAD, OVERLAP = timedelta(seconds=25), timedelta(seconds=20)


@pytest.fixture(scope="module", params=KINDS)
def land(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[World]:
    """Six processes with certificates on both sides."""
    settings = {key: {**OWN_FILES[key], **door} for key, door in mutual_doors().items()}
    with world(
        tmp_path_factory.mktemp("taking-over"), databases, kind=str(request.param), crowd=6, settings=settings
    ) as made:
        yield made


def says(land: World, file: str) -> httpx.Response:
    """What Venezuela answers to a question signed with one of Peru's key files."""
    envoy = Envoy(land, "PE")
    envoy.signatures = Signatures("PE", signing_key(envoy.keys / file))
    request = envoy.signed(at_door(envoy, "exchange"))
    shown, theirs = (own_certificates(land.doors[key].keys) for key in ("PE", "VE"))
    with httpx.Client(verify=line_context(shown[0], [theirs[0].der])) as client:
        return client.request("POST", request.url, headers=dict(request.headers), content=request.body)


def all_heard(land: World) -> None:
    """Peru asks everybody, and answers everybody."""
    for here in ("PE", next(key for key in NODES if any(one.here.country == key != "PE" for one in land.people))):
        person = next(one for one in land.people if one.here.country == here)
        assert land.pull(person).summary == "4 of 4 countries answered."


def wait_until(instant: datetime) -> None:
    """Return a moment later than an instant."""
    sleep(max((instant - datetime.now(UTC)).total_seconds(), 0) + 0.5)


def test_a_key_is_announced_takes_over_and_the_one_before_ends(land: World) -> None:
    before = {key: process.pid for key, process in land.running.processes.items()}
    all_heard(land)
    assert set(before) == {HUB, *NODES}
    card, peru = land.doors["PE"].folder / "next.json", land.doors["PE"]
    since = (datetime.now(UTC) + AHEAD).replace(microsecond=0)
    words = ("--from", f"{since:%Y-%m-%dT%H:%M:%S}", "--overlap", str(OVERLAP / timedelta(hours=1)))
    corridor("keys", "certificate", "--config", peru.config, "--from", f"{since:%Y-%m-%dT%H:%M:%S}")
    corridor("keys", "next", "--config", peru.config, "--out", card, *words)
    publish(land, draft(land, "update", "--card", card, name="announced.json"))
    assert datetime.now(UTC) < since
    assert says(land, "signing.key").status_code == 200
    wait_until(since)
    assert says(land, "signing.key").status_code == 200
    assert says(land, "signing-2.key").status_code == 200
    all_heard(land)
    wait_until(since + OVERLAP)
    assert refused(says(land, "signing.key"), 401)
    assert says(land, "signing-2.key").status_code == 200
    all_heard(land)
    assert {key: process.pid for key, process in land.running.processes.items()} == before


def test_the_next_card_names_the_new_key_alone_and_the_old_file_can_go(land: World) -> None:
    peru = land.doors["PE"]
    card = peru.folder / "settled.json"
    corridor("keys", "card", "--config", peru.config, "--out", card)
    public = signing_key(peru.keys / "signing-2.key").public_key().public_bytes_raw().hex()
    assert f'"signing_key": "{public}"' in card.read_text(encoding="utf-8")
    assert "next_signing" not in card.read_text(encoding="utf-8")
    publish(land, draft(land, "update", "--card", card, name="settled.json"))
    (peru.keys / "signing.key").unlink()
    with land.away("PE"):
        pass
    until = monotonic() + 20
    while land.pull(next(one for one in land.people if one.here.country == "PE")).silent:
        assert monotonic() < until
    all_heard(land)
