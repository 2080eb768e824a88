"""Peru and the hub change the keys that they sign with, and Peru the certificate that it shows, while all goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from corridor.domain.errors import CorridorError
from corridor.domain.message import SignedRequest
from corridor.keys.certificates import own_certificates
from corridor.keys.files import signing_key
from corridor.keys.signatures import Signatures
from corridor.keys.tls import line_context
from corridor.remote.manifest import read_federation
from demo.ceremony import corridor
from demo.parties import HUB, NODES, mutual_doors
from demo.values import Person
from tests.attacks.envoy import Envoy, at_door, refused
from tests.databases import KINDS, Databases
from tests.journeys.sixth import OWN_FILES, draft, publish, root
from tests.journeys.world import World, world

AHEAD, OVERLAP = timedelta(seconds=40), timedelta(seconds=20)


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
    return sent(land, request, by="PE", to="VE")


def sent(land: World, request: SignedRequest, *, by: str, to: str) -> httpx.Response:
    """What comes back over a line with certificates on both sides."""
    shown, theirs = (own_certificates(land.doors[key].keys) for key in (by, to))
    with httpx.Client(verify=line_context(shown[0], [theirs[0].der])) as client:
        return client.request(request.method, request.url, headers=dict(request.headers), content=request.body)


def hub_signs(land: World) -> str:
    """With which of its key files the hub signs what it answers to Colombia."""
    envoy = Envoy(land, "CO")
    request = envoy.signed(SignedRequest("GET", envoy.address(HUB) + "/log-size", {}, b""))
    answer = sent(land, request, by="CO", to=HUB)
    [file] = [
        path.name for path in land.doors[HUB].keys.glob("signing*.key") if envoy.verified(answer, request, public(path))
    ]
    return file


def public(path: Path) -> bytes:
    """The public part of a key file."""
    return signing_key(path).public_key().public_bytes_raw()


def all_heard(land: World) -> None:
    """Peru asks everybody, and answers everybody."""
    for here in ("PE", next(key for key in NODES if any(one.here.country == key != "PE" for one in land.people))):
        assert land.pull(somebody(land, here)).summary == "4 of 4 countries answered."


def somebody(land: World, here: str) -> Person:
    """Somebody who is at a country."""
    return next(one for one in land.people if one.here.country == here)


def wait_until(instant: datetime, land: World) -> None:
    """Return a moment later than an instant, around which pulls go on."""
    sleep(max((instant - datetime.now(UTC)).total_seconds() - 2, 0))
    while datetime.now(UTC) < instant + timedelta(seconds=0.5):
        all_heard(land)


def test_a_key_is_announced_takes_over_and_the_one_before_ends(land: World) -> None:
    before = {key: process.pid for key, process in land.running.processes.items()}
    all_heard(land)
    assert set(before) == {HUB, *NODES}
    peru, hub = land.doors["PE"], land.doors[HUB]
    card, of_hub = (party.folder / "next.json" for party in (peru, hub))
    since = (datetime.now(UTC) + AHEAD).replace(microsecond=0)
    words = ("--from", f"{since:%Y-%m-%dT%H:%M:%S}", "--overlap", str(OVERLAP / timedelta(hours=1)))
    corridor("keys", "certificate", "--config", peru.config, "--from", f"{since:%Y-%m-%dT%H:%M:%S}")
    corridor("keys", "next", "--config", peru.config, "--out", card, *words)
    corridor("keys", "next", "--config", hub.config, "--out", of_hub, *words)
    publish(land, draft(land, "update", "--card", card, "--hub-card", of_hub, name="announced.json"))
    assert hub_signs(land) == "signing.key"
    assert datetime.now(UTC) < since
    assert says(land, "signing.key").status_code == 200
    wait_until(since, land)
    assert hub_signs(land) == "signing-2.key"
    assert says(land, "signing.key").status_code == 200
    assert says(land, "signing-2.key").status_code == 200
    all_heard(land)
    wait_until(since + OVERLAP, land)
    assert refused(says(land, "signing.key"), 401)
    assert says(land, "signing-2.key").status_code == 200
    assert hub_signs(land) == "signing-2.key"
    all_heard(land)
    assert {key: process.pid for key, process in land.running.processes.items()} == before


def test_a_hub_that_has_only_the_older_key_is_heard_by_nobody(land: World) -> None:
    new, aside = land.doors[HUB].keys / "signing-2.key", land.doors[HUB].folder / "aside.key"
    asking = somebody(land, "PE")
    with land.away(HUB):
        new.rename(aside)
    assert hub_signs(land) == "signing.key"
    assert land.pull(asking).summary == "0 of 4 countries answered."
    with land.away(HUB):
        aside.rename(new)
    until = monotonic() + 20
    while land.pull(asking).silent:
        assert monotonic() < until
    all_heard(land)


def test_the_hub_is_not_given_a_manifest_after_which_nodes_would_not_know_it(land: World) -> None:
    hub = land.doors[HUB]
    card, known = hub.folder / "at-once.json", root(land).read_bytes()
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    corridor("keys", "next", "--config", hub.config, "--out", card, "--from", now, "--overlap", "0")
    with pytest.raises(CorridorError, match="announce it further ahead"):
        publish(land, draft(land, "update", "--hub-card", card, name="at-once.json"))
    assert (root(land).read_bytes(), hub_signs(land)) == (known, "signing-2.key")
    (hub.keys / "signing-3.key").unlink()


def test_the_next_manifest_names_the_new_keys_alone_and_the_old_files_can_go(land: World) -> None:
    peru = land.doors["PE"]
    card = peru.folder / "settled.json"
    corridor("keys", "card", "--config", peru.config, "--out", card)
    assert f'"signing_key": "{public(peru.keys / "signing-2.key").hex()}"' in card.read_text(encoding="utf-8")
    assert "next_signing" not in card.read_text(encoding="utf-8")
    publish(land, draft(land, "update", "--card", card, name="settled.json"))
    settled = read_federation(root(land))
    assert (settled.hub_key, settled.hub_next) == (public(land.doors[HUB].keys / "signing-2.key"), None)
    for key in ("PE", HUB):
        (land.doors[key].keys / "signing.key").unlink()
    with land.away("PE", HUB):
        pass
    until = monotonic() + 20
    while land.pull(somebody(land, "PE")).silent:
        assert monotonic() < until
    all_heard(land)
