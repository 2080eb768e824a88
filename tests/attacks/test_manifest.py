"""Somebody who owns the hub, and every file that operators give, tries to change who takes part."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.errors import CorridorError
from corridor.keys.files import KeyUse, signing_key
from corridor.keys.manifest import sign_manifest
from demo.ceremony import corridor
from demo.parties import HUB, NODES
from tests.attacks.envoy import at_door, refused, stranger
from tests.databases import Databases
from tests.journeys.sixth import draft, five, publish, root
from tests.journeys.world import World

EVERYBODY = (HUB, *NODES)


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[World]:
    """A federation in which everybody has the manifest in a file of their own."""
    with five(tmp_path_factory.mktemp("manifest"), databases, kind="sqlite") as made:
        yield made


def signed(land: World, note: bytes, *countries: str) -> bytes:
    """The manifest with signatures of these countries and of nobody else."""
    whole, _, _ = note.rpartition(b"\n\n")
    text = (whole + b"\n") if whole else note
    for country in countries:
        key = signing_key(land.doors[country].keys / "manifest.key", KeyUse.MANIFEST)
        text = sign_manifest(text, name=country, key=key)
    return text


def reasons(land: World, key: str) -> list[str]:
    """Why a party did not take a manifest."""
    lines = [
        json.loads(line) for line in land.doors[key].log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"
    ]
    return [line["reason"] for line in lines if line["event"] == "directory-stale"]


def plant(land: World, note: bytes) -> set[str]:
    """Put a manifest where every party reads it; why each refused it. What each knows stays as it was."""
    known = root(land).read_bytes()
    before = {key: len(reasons(land, key)) for key in EVERYBODY}
    for key in EVERYBODY:
        (land.doors[key].folder / "federation.json").write_bytes(note)
    until = monotonic() + 30
    while any(len(reasons(land, key)) == before[key] for key in EVERYBODY):
        assert monotonic() < until
        sleep(0.1)
    assert all((land.doors[key].keys / "manifest.json").read_bytes() == known for key in EVERYBODY)
    for key in EVERYBODY:
        shutil.copy(root(land), land.doors[key].folder / "federation.json")
    return {reasons(land, key)[before[key]] for key in EVERYBODY}


@pytest.fixture
def next_version(land: World) -> Path:
    """A version that would let Chile's share of the work end."""
    return draft(land, "terms", "--days", "20")


def test_three_signatures_are_not_four(land: World, next_version: Path) -> None:
    (why,) = plant(land, signed(land, next_version.read_bytes(), "VE", "CO", "EC"))
    assert "signed by 3" in why


def test_one_signer_who_signs_twice_and_under_another_name_is_one(land: World, next_version: Path) -> None:
    note = signed(land, next_version.read_bytes(), "VE", "CO", "EC")
    key = signing_key(land.doors["EC"].keys / "manifest.key", KeyUse.MANIFEST)
    twice = sign_manifest(note, name="PE", key=key) + note.rpartition(b"\n\n")[2]
    (why,) = plant(land, twice)
    assert "signed by 3" in why


def test_an_address_that_is_altered_after_signing_has_no_signatures(land: World, next_version: Path) -> None:
    note = next_version.read_bytes()
    address = land.running.parties["VE"].url.encode()
    assert note.count(address) == 1
    (why,) = plant(land, note.replace(address, b"http://127.0.0.1:9"))
    assert "signed by 0" in why


def test_nobody_joins_under_the_name_of_a_country_that_is_there(land: World) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    card = json.loads((land.doors["CL"].folder / "card.json").read_bytes()) | {"signing_key": other}
    claimed = land.running.folder / "claimed.json"
    claimed.write_text(json.dumps(card), encoding="utf-8")
    note = draft(land, "update", "--card", claimed).read_bytes()
    (why,) = plant(land, signed(land, note, "VE", "CO", "EC", "PE"))
    assert "CL change without its signature" in why
    forger = stranger(land, "CL")
    assert refused(forger.send(forger.signed(at_door(forger, "exchange"))), 401)


def test_the_hub_publishes_nothing_that_a_quorum_did_not_sign(land: World, next_version: Path) -> None:
    few = land.running.folder / "few.json"
    few.write_bytes(signed(land, next_version.read_bytes(), "VE", "CO"))
    with pytest.raises(CorridorError, match="signed by 2"):
        corridor("federation", "publish", "--config", land.doors[HUB].config, "--manifest", few)


def test_an_older_version_does_not_come_back_even_with_a_restart(land: World, next_version: Path) -> None:
    old = root(land).read_bytes()
    publish(land, next_version)
    new = root(land).read_bytes()
    for key in EVERYBODY:
        (land.doors[key].folder / "federation.json").write_bytes(old)
    with land.away("CL", HUB):
        pass
    for key in ("CL", HUB):
        assert (land.doors[key].folder / "federation.json").read_bytes() == new
        assert (land.doors[key].keys / "manifest.json").read_bytes() == new
