"""`corridor client`: systems are registered with public keys, listed, and removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from typer.testing import CliRunner, Result

from corridor.apps.cli import app
from corridor.domain.errors import CorridorError
from tests.databases import Databases

ELLIPTIC = ECKey.generate_key("P-384", {"kid": "one"})
GOOD = {"keys": [ELLIPTIC.as_dict(private=False)]}


@pytest.fixture
def config(tmp_path: Path, databases: Databases) -> Path:
    """A node's configuration, with a fresh database."""
    path = tmp_path / "node.toml"
    path.write_text(f"""[node]
country = "PE"
name = "Nodo Perú"
public_url = "https://pe.corridor.example"
database = "{databases.migrated("sqlite", "node")}"
keys = "keys"
federation = "federation.json"
client_key_origins = ["https://keys.example"]
""")
    return path


def add(config: Path, content: object = GOOD, **more: str) -> Result:
    """What `client add` says, with usual values."""
    file = config.parent / "keys.json"
    file.write_text(json.dumps(content))
    options = {"id": "https://ehr.example/lima", "name": "Hospital", "role": "programme", "scope": "system/Patient.rs"}
    options |= {"purpose": "TREAT", "keys": str(file), **more}
    words = [word for name, value in options.items() if value for word in (f"--{name.replace('_', '-')}", value)]
    return CliRunner().invoke(app, ["client", "add", "--config", str(config), *words])


def listed(config: Path) -> list[dict[str, object]]:
    """What `client list --json` says."""
    found = CliRunner().invoke(app, ["client", "list", "--config", str(config), "--json"])
    assert found.exit_code == 0
    rows: list[dict[str, object]] = json.loads(found.output)
    return rows


def test_a_client_is_added_listed_and_removed_for_good(config: Path) -> None:
    assert add(config).exit_code == 0
    assert listed(config) == [
        {
            "id": "https://ehr.example/lima",
            "name": "Hospital",
            "role": "programme",
            "scope": "system/Patient.rs",
            "purposes": ["TREAT"],
            "keys_url": None,
            "dpop": False,
        }
    ]
    assert isinstance(add(config).exception, CorridorError)
    removal = ["client", "remove", "--config", str(config), "--id", "https://ehr.example/lima"]
    assert CliRunner().invoke(app, removal).exit_code == 0
    assert listed(config) == []
    assert isinstance(CliRunner().invoke(app, removal).exception, CorridorError)
    assert isinstance(add(config).exception, CorridorError)


def test_keys_at_an_address_are_taken_from_listed_origins_alone(config: Path) -> None:
    assert add(config, keys="", keys_url="https://keys.example/jwks").exit_code == 0
    for url in ("https://other.example/jwks", "http://keys.example/jwks", "https://a@keys.example/jwks", "file:///etc"):
        assert isinstance(add(config, keys="", keys_url=url, id="other").exception, CorridorError)


@pytest.mark.parametrize("wrong", [
    {"role": "operator"}, {"purpose": "IMMIG"}, {"purpose": "BTG"}, {"scope": "patient/*.rs"}, {"name": " "},
    {"scope": "system/Patient.rs?name=x"}, {"id": "with space"}, {"keys": ""}, {"keys": "missing.json"},
])  # fmt: skip
def test_what_no_client_can_be_is_refused(config: Path, wrong: dict[str, str]) -> None:
    assert isinstance(add(config, **wrong).exception, CorridorError)


@pytest.mark.parametrize("keys", [
    {"keys": [ELLIPTIC.as_dict(private=True)]}, {"keys": [OctKey.generate_key(256, {"kid": "k"}).as_dict()]},
    {"keys": [ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=False)]},
    {"keys": [RSAKey.generate_key(1024, {"kid": "k"}).as_dict(private=False)]},
    {"keys": [{**GOOD["keys"][0], "kid": None}]}, {"keys": [*GOOD["keys"], *GOOD["keys"]]}, {"keys": []}, {"keys": "x"},
    {"keys": [{**GOOD["keys"][0], "x": "AAAA"}]}, {"keys": [{**GOOD["keys"][0], "use": "enc"}]}, [], 5,
])  # fmt: skip
def test_a_set_that_holds_anything_but_good_public_keys_is_refused(config: Path, keys: object) -> None:
    assert isinstance(add(config, keys).exception, CorridorError)
    assert listed(config) == []
