"""A party that others reach without certificates on both sides does not start in earnest, and asks nobody so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corridor.apps.clock import SystemClock
from corridor.apps.mutual import Mutual, check_mutual
from corridor.apps.settings import HubSettings, NodeSettings, hub_settings, node_settings
from corridor.domain.country import country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.mutual import MutualTls
from corridor.keys.certificates import create_certificate

PE, CL = country("PE"), country("CL")
DOOR = "https://pe.example:8443"
LINES = {"public_url": "https://pe.example", "database": "sqlite:///x", "keys": "keys", "federation": "f.json"}
NOW = datetime.now(UTC)


def manifest(*, door: str = "", hub: str = "") -> Federation:
    """Peru, Chile and a hub, Peru and the hub with these doors."""
    member = Member(PE, "Peru", "https://pe.example", b"s" * 32, b"e" * 32)
    chile = replace(member, country=CL, base_url="https://cl.example")
    peru = replace(member, mutual=MutualTls(door))
    return Federation(1, 0, 0, b"", "https://hub.example", b"h" * 32, (chile, peru), hub_mutual=MutualTls(hub))


@dataclass
class Listed:
    """Port `Directory` of one manifest after the other."""

    known: Federation = field(default_factory=manifest)

    def federation(self) -> Federation:
        """See the port."""
        return self.known


def settings(folder: Path, *, door: bool = False, **otherwise: str) -> NodeSettings:
    """Peru's settings."""
    lines = {"country": "PE", "name": "Peru", **LINES, **otherwise}
    path = folder / "node.toml"
    mutual = f'[node.mutual_tls]\nurl = "{DOOR}"\nport = 8443\n' if door else ""
    path.write_text(_table("node", lines) + mutual, encoding="utf-8")
    return node_settings(path)


def hub(folder: Path, **otherwise: str) -> HubSettings:
    """The hub's settings."""
    path = folder / "hub.toml"
    path.write_text(_table("hub", {**LINES, **otherwise}), encoding="utf-8")
    return hub_settings(path)


def _table(name: str, lines: Mapping[str, str]) -> str:
    return f"[{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in lines.items())


def certified(folder: Path) -> bytes:
    """A certificate of Peru's own."""
    (folder / "keys").mkdir(exist_ok=True)
    return create_certificate(folder / "keys", "pe", since=NOW, until=NOW + timedelta(days=2)).der


def test_in_earnest_an_address_without_certificates_is_refused(tmp_path: Path) -> None:
    for party, home in ((settings(tmp_path), PE), (hub(tmp_path), None)):
        with pytest.raises(InvalidError, match="both sides"):
            check_mutual(party, manifest(hub="https://hub.example:8443"), home=home)


def test_a_hub_without_them_is_not_asked_in_earnest(tmp_path: Path) -> None:
    certified(tmp_path)
    with pytest.raises(InvalidError, match="both sides"):
        check_mutual(settings(tmp_path, door=True), manifest(door=DOOR), home=PE)


def test_a_door_with_a_certificate_that_the_manifest_knows_is_right(tmp_path: Path) -> None:
    whole = manifest(door=DOOR, hub="https://hub.example:8443")
    with pytest.raises(InvalidError, match="keys certificate"):
        check_mutual(settings(tmp_path, door=True), whole, home=PE)
    certified(tmp_path)
    check_mutual(settings(tmp_path, door=True), whole, home=PE)
    with pytest.raises(InvalidError, match="another address"):
        check_mutual(settings(tmp_path, door=True), manifest(hub="https://hub.example:8443"), home=PE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_what_only_this_machine_reaches_needs_none(tmp_path: Path, url: str) -> None:
    check_mutual(settings(tmp_path, public_url=url), replace(manifest(), hub_url=url), home=PE)
    check_mutual(hub(tmp_path, public_url=url), manifest(), home=None)


def test_a_party_without_a_door_is_not_asked_in_earnest_and_is_in_development(tmp_path: Path) -> None:
    mutual = Mutual(settings(tmp_path), PE, Listed(), clock=SystemClock())
    for secure in (True, False):
        with pytest.raises(UnavailableError):
            mutual.towards("cl.example", 443, secure=secure)
        assert mutual.towards("127.0.0.1", 443, secure=secure) is None


def test_another_manifest_counts_for_the_next_who_comes(tmp_path: Path) -> None:
    listed, theirs = Listed(), certified(tmp_path)
    mutual = Mutual(settings(tmp_path), PE, listed, clock=SystemClock())
    assert not mutual.lets_in(theirs)
    chile, peru = listed.known.members
    door = MutualTls("https://cl.example:8443", (theirs, b"x" * 100))
    listed.known = replace(listed.known, members=(replace(chile, mutual=door), peru))
    assert mutual.lets_in(theirs)
    assert not mutual.lets_in(b"x" * 100)
    assert not mutual.lets_in(None)
    line = mutual.towards("cl.example", 8443, secure=True)
    assert line is not None
    assert line is mutual.towards("cl.example", 8443, secure=True)
    listed.known = replace(listed.known, members=(chile, peru))
    assert not mutual.lets_in(theirs)
