"""Nobody comes to a party's door without a certificate that the manifest lists and that counts now."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from corridor.domain.message import SignedRequest
from corridor.keys.certificates import OwnCertificate, create_certificate, own_certificates
from corridor.keys.tls import line_context
from demo.ceremony import corridor
from demo.parties import HUB, NODES, mutual_doors
from tests.attacks.envoy import DOORS, Envoy, at_door, refused, stranger
from tests.databases import Databases
from tests.journeys.sixth import OWN_FILES, draft, publish
from tests.journeys.world import World, world

BRIEF = timedelta(seconds=40)
"""How long a certificate is good for that is seen to end."""


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[World]:
    """Six processes that speak to each other with certificates on both sides, and with nobody else."""
    folder = tmp_path_factory.mktemp("doors")
    settings = {key: {**OWN_FILES[key], **door} for key, door in mutual_doors().items()}
    with world(folder, databases, kind="sqlite", crowd=2, settings=settings) as made:
        yield made


def certificate(land: World, country: str) -> OwnCertificate:
    """The one that a country shows."""
    return own_certificates(land.doors[country].keys)[0]


def own_made(folder: Path, *, since: timedelta = timedelta(), until: timedelta = timedelta(days=9)) -> OwnCertificate:
    """One that somebody made for themselves."""
    now = datetime.now(UTC)
    return create_certificate(folder, "127.0.0.1", since=now + since, until=now + until)


def line(land: World, shown: OwnCertificate | None, key: str) -> httpx.Client:
    """A line to a party's door on which this certificate is shown, or none."""
    (theirs,) = [each.der for each in own_certificates(land.doors[key].keys)][:1]
    return httpx.Client(verify=line_context(shown, [theirs]), timeout=10)


def said(land: World, shown: OwnCertificate | None, request: SignedRequest, key: str) -> httpx.Response | None:
    """The answer to a request, or None where nobody let it in."""
    with line(land, shown, key) as client:
        try:
            return client.request(request.method, request.url, headers=dict(request.headers), content=request.body)
        except (httpx.TransportError, ssl.SSLError):
            return None


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> str:
    """An address of each kind."""
    return str(request.param)


def asked(land: World, shown: OwnCertificate | None, door: str, envoy: Envoy) -> httpx.Response | None:
    """What a party says to a rightly signed request that comes with a certificate."""
    return said(land, shown, envoy.signed(at_door(envoy, door)), DOORS[door][0])


def test_a_member_with_its_certificate_is_heard(land: World, door: str) -> None:
    answer = asked(land, certificate(land, "CL"), door, Envoy(land, "CL"))
    assert answer is not None
    assert answer.status_code in {200, 404}
    assert "signature" in answer.headers


def test_a_right_signature_without_a_certificate_is_not_heard(land: World, door: str) -> None:
    assert asked(land, None, door, Envoy(land, "CL")) is None


def test_a_certificate_that_somebody_made_is_none(land: World, door: str, tmp_path: Path) -> None:
    assert asked(land, own_made(tmp_path), door, Envoy(land, "CL")) is None


def test_with_a_members_certificate_and_without_its_key_one_is_let_in_and_refused(land: World, door: str) -> None:
    answer = asked(land, certificate(land, "CL"), door, stranger(land, "CL"))
    assert answer is not None
    assert refused(answer, 401)


def test_whose_certificate_it_is_says_nothing_the_signature_does(land: World, door: str) -> None:
    answer = asked(land, certificate(land, "CL"), door, Envoy(land, "EC"))
    assert answer is not None
    assert answer.status_code in {200, 404}


def test_the_ordinary_door_has_nothing_for_other_parties(land: World, door: str) -> None:
    key, path, _, headers = DOORS[door]
    envoy = Envoy(land, "CL")
    request = at_door(envoy, door)
    plain = SignedRequest("POST", land.doors[key].url + path, headers, request.body)
    assert envoy.send(envoy.signed(plain)).status_code == 404


def test_older_tls_is_not_spoken(land: World) -> None:
    shown = line_context(certificate(land, "CL"), [certificate(land, "VE").der])
    shown.minimum_version = ssl.TLSVersion.TLSv1_2
    shown.maximum_version = ssl.TLSVersion.TLSv1_2
    with httpx.Client(verify=shown) as client, pytest.raises(httpx.TransportError):
        client.get(Envoy(land, "CL").address("VE"))


def test_a_party_that_shows_another_members_certificate_is_not_spoken_to(land: World) -> None:
    person = land.people[0]
    mine, theirs = certificate(land, "VE").path, certificate(land, "CO").path
    kept = mine.read_bytes()
    shutil.copy(theirs, mine)
    with land.away("VE"):
        pass
    assert "VE" in land.pull(person).silent
    mine.write_bytes(kept)
    with land.away("VE"):
        pass
    assert "VE" not in land.pull(person).silent


def test_a_certificate_ends_and_the_next_takes_over_and_nobody_starts_again(land: World) -> None:
    before = {key: process.pid for key, process in land.running.processes.items()}
    card = land.doors["PE"].folder / "card.json"
    first = certificate(land, "PE")
    brief = create_certificate(
        land.doors["PE"].keys, "127.0.0.1", since=datetime.now(UTC), until=datetime.now(UTC) + BRIEF
    )
    ends = monotonic() + BRIEF.total_seconds()
    corridor("keys", "card", "--config", land.doors["PE"].config, "--out", card)
    publish(land, draft(land, "update", "--card", card, name="brief.json"))
    assert asked(land, brief, "exchange", Envoy(land, "PE")) is not None
    assert not land.pull(land.people[0]).silent
    with line(land, brief, "VE") as client:  # a line that is open while its certificate ends
        envoy, statuses = Envoy(land, "PE"), set()
        while monotonic() < ends + 3:
            request = envoy.signed(at_door(envoy, "exchange"))
            try:
                answer = client.request("POST", request.url, headers=dict(request.headers), content=request.body)
                statuses.add(answer.status_code)
            except httpx.TransportError:
                break
            sleep(1)
        assert monotonic() < ends + 3
    assert statuses == {200}
    assert asked(land, brief, "exchange", Envoy(land, "PE")) is None
    assert asked(land, first, "exchange", Envoy(land, "PE")) is not None
    assert not land.pull(land.people[0]).silent
    brief.path.unlink()
    assert {key: process.pid for key, process in land.running.processes.items()} == before


def test_who_is_expelled_is_not_let_in_any_more(land: World) -> None:
    chile, shown = Envoy(land, "CL"), certificate(land, "CL")
    others = [key for key in (HUB, *NODES) if key != "CL"]
    before = {key: process.pid for key, process in land.running.processes.items()}
    assert asked(land, shown, "holder", chile) is not None
    publish(land, draft(land, "remove", "--country", "CL", "--expelled", name="without.json"), to=others)
    for door in DOORS:
        assert asked(land, shown, door, chile) is None
    assert land.pull(land.people[0]).silent == {"CL": "suppressed"}
    assert {key: process.pid for key, process in land.running.processes.items()} == before
