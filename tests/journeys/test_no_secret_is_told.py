"""After all journeys: no key, password or token stands in a log, an error, a process list, an address or a database."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from demo.parties import HUB, NODES
from tests.journeys.conftest import CROWD
from tests.journeys.stored import database_bytes
from tests.journeys.tables import database_of
from tests.journeys.world import ROLES, World

FEWEST_KEYS = 20
"""Signing, sealing, pseudonym and log keys and a share of each country, and the hub's own."""


@pytest.fixture(scope="module")
def secrets(land: World) -> dict[str, bytes]:
    """Everything that nobody may be told, by what it is."""
    for country in NODES:
        for role in ROLES:
            land.bearer(country, role)
    one = land.people[min(CROWD, len(land.people)) - 1]
    land.ask(one.here.country, one.here.id)
    for path in ("/fhir/Patient/nobody", "/fhir/Patient?x=y", "/fhir/Nothing"):
        land.request("GET", one.here.country, path, role="clinician")
    land.settle()
    return dict([*keys(land), *words(land)])


def keys(land: World) -> Iterator[tuple[str, bytes]]:
    """The keys in the key files of every party."""
    for key, party in land.doors.items():
        for path in sorted(Path(party.keys).rglob("*.key")):
            _, _, value = path.read_text(encoding="ascii").strip().rpartition(" ")
            yield f"{key} {path.name}", base64.b64decode(value)


def words(land: World) -> Iterator[tuple[str, bytes]]:
    """Passwords of accounts and databases, and what stands for a sign-in."""
    for (key, role), account in land.accounts.items():
        yield f"{key} {role} password", account.password.encode()
    for country in NODES:
        for role in ROLES:
            yield (
                f"{country} {role} token",
                land.bearer(country, role)["authorization"].removeprefix("Bearer ").encode(),
            )
    for key, party in land.doors.items():
        if word := make_url(database_of(party)).password:
            yield f"{key} database", str(word).encode()


def told(content: bytes, secrets: dict[str, bytes]) -> list[str]:
    """Which secrets stand in a text, as they are or in one of the ways in which bytes are written."""
    small = content.lower()
    return [
        name
        for name, value in secrets.items()
        if value in content
        or value.hex().encode() in small
        or base64.b64encode(value).rstrip(b"=")[:-1] in content
        or base64.urlsafe_b64encode(value).rstrip(b"=")[:-1] in content
    ]


def test_there_is_enough_to_look_for(secrets: dict[str, bytes]) -> None:
    assert len([name for name in secrets if name.endswith(".key")]) > FEWEST_KEYS
    assert len([name for name in secrets if name.endswith((" password", " token"))]) > len(NODES) * len(ROLES)
    assert min(map(len, secrets.values())) >= 8


def test_the_scan_finds_what_it_looks_for(land: World, secrets: dict[str, bytes]) -> None:
    file = Path(land.doors["PE"].keys) / "signing.key"
    assert told(file.read_bytes(), secrets) == ["PE signing.key"]
    name = "PE clinician password"
    assert told(b"?password=" + secrets[name], secrets) == [name]
    assert told(b"key " + secrets["PE signing.key"].hex().upper().encode(), secrets) == ["PE signing.key"]


def test_no_log_tells_a_secret(land: World, secrets: dict[str, bytes]) -> None:
    for party in land.doors.values():
        assert told(party.log.read_bytes(), secrets) == [], party.name


def test_no_error_tells_a_secret(land: World, secrets: dict[str, bytes]) -> None:
    assert land.refusals
    assert told(b"\n".join(land.refusals), secrets) == []


def test_no_process_list_tells_a_secret(land: World, secrets: dict[str, bytes]) -> None:
    assert {HUB, *NODES} == {*land.running.processes}
    for process in land.running.processes.values():
        listed = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"serve" in listed
        assert told(listed, secrets) == []
        assert told(Path(f"/proc/{process.pid}/environ").read_bytes(), secrets) == []


def test_nothing_that_goes_between_parties_holds_a_secret(land: World, secrets: dict[str, bytes]) -> None:
    for key, said in land.tap.heard.items():
        assert told(bytes(said), secrets) == [], key


def test_no_address_holds_a_token_or_a_signature(land: World) -> None:
    for said in land.tap.heard.values():
        lines = re.findall(rb"^(?:GET|POST) (\S+) HTTP", bytes(said), re.MULTILINE)
        assert lines
        assert not [line for line in lines if re.search(rb"(?i)token|password|passcode|signature|bearer", line)]


@pytest.mark.parametrize("key", [HUB, "VE", "PE"])
def test_no_database_holds_a_secret(land: World, secrets: dict[str, bytes], key: str) -> None:
    assert told(database_bytes(land, key), secrets) == []
