"""Panama: a country that nothing in the code names, and the manifests that let it in and put it out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from demo.ceremony import corridor, sign_manifest
from demo.federation import Federation
from demo.filling import make_accounts
from demo.formularies import write_formulary
from demo.parties import HUB, NODES, Party
from tests.databases import Databases
from tests.journeys.world import World, free_ports, world

OWN_FILES = {key: {"federation": "federation.json"} for key in (HUB, *NODES)} | {
    key: {"federation": "federation.json", "manifest_seconds": 0.5} for key in NODES
}
"""Nobody reads the file of somebody else: what reaches a node came from the hub."""

CEDULA = "https://www.tribunal-electoral.gob.pa/fhir/CodeSystem/documentos"

CONFIGURATION = """\
[node]
country = "PA"
name = "Nodo Panamá"
public_url = "http://127.0.0.1:{port}"
database = "{database}"
keys = "keys"
federation = "federation.json"
host = "127.0.0.1"
port = {port}
zone = "America/Panama"
formulary = "formulary.toml"
password_accounts = true
worker_seconds = 0.2
manifest_seconds = 0.5

[country]
languages = ["en", "es"]
policy = ""

[[country.papers]]
kind = "national"
label = "CIP"
code_system = "tribunal-electoral.gob.pa/fhir/CodeSystem/documentos"
code = "1"

[[country.papers]]
kind = "passport"
label = "PASAPORTE"
code_system = "tribunal-electoral.gob.pa/fhir/CodeSystem/documentos"
code = "2"
"""


@contextmanager
def five(folder: Path, databases: Databases, *, kind: str) -> Iterator[World]:
    """A federation of the five in which everybody has the manifest in a file of their own."""
    with world(folder, databases, kind=kind, crowd=1, settings=OWN_FILES) as made:
        yield made


def root(land: World) -> Path:
    """The manifest as the signers have it on their table."""
    return land.running.folder / "federation.json"


def draft(land: World, *words: str | Path, name: str = "next.json") -> Path:
    """The next version, signed by four countries."""
    out = land.running.folder / name
    corridor("federation", words[0], "--directory", root(land), "--out", out, *words[1:])
    sign_manifest([land.doors[key] for key in NODES], out)
    return out


def publish(land: World, manifest: Path, *, to: Sequence[str] = (HUB, *NODES)) -> None:
    """Give a manifest to the hub, and return when every process of these has it."""
    note = manifest.read_bytes()
    corridor("federation", "verify", "--manifest", manifest, "--directory", root(land))
    corridor("federation", "publish", "--config", land.doors[HUB].config, "--manifest", manifest)
    shutil.copy(manifest, root(land))
    until = monotonic() + 30
    while any((land.doors[key].keys / "manifest.json").read_bytes() != note for key in to):
        assert monotonic() < until
        sleep(0.1)


def enrol(land: World, databases: Databases) -> Path:
    """Panama makes its node ready from one configuration file; its card."""
    folder = land.running.folder / "pa"
    folder.mkdir()
    (port,) = free_ports(1)
    party = Party("PA", "Nodo Panamá", folder, port)
    database = databases.empty(land.kind) if land.kind == "postgresql" else "sqlite:///node.sqlite"
    formulary = write_formulary("PE", folder, today=datetime.now(UTC).date())
    formulary.write_text(formulary.read_text(encoding="utf-8").replace('"PE"', '"PA"'), encoding="utf-8")
    party.config.write_text(CONFIGURATION.format(port=port, database=database), encoding="utf-8")
    corridor("node", "enrol", "--config", party.config, "--out", folder / "card.json")
    land.doors = {**land.doors, "PA": party}
    land.running.parties["PA"] = party
    land.accounts |= make_accounts([party])
    return folder / "card.json"


def begin(land: World) -> None:
    """Panama pins the manifest that the others signed, and its node runs."""
    shutil.copy(root(land), land.doors["PA"].folder / "federation.json")
    land.running.start("PA")
    Federation.wait(land.running, "PA")
