"""Who takes part in the demo, at which address, with which configuration file."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.formularies import FILE, write_formulary

HUB = "hub"
NODES = {
    "VE": ("Nodo Venezuela", "America/Caracas"),
    "CO": ("Nodo Colombia", "America/Bogota"),
    "EC": ("Nodo Ecuador", "America/Guayaquil"),
    "PE": ("Nodo Perú", "America/Lima"),
    "CL": ("Nodo Chile", "America/Santiago"),
}
"""Name and time zone of each country's node."""

FIRST_PORT = 8100
LOOPBACK = "127.0.0.1"

Settings = Mapping[str, str | int | float]
"""Lines of a configuration file."""


@dataclass(frozen=True, slots=True)
class Party:
    """The hub or one country.

    Attributes:
        key: `hub`, or the country's code in capitals.
        folder: holds its configuration, keys, rows and log.
    """

    key: str
    name: str
    folder: Path
    port: int

    @property
    def kind(self) -> str:
        """The word of the command that serves it."""
        return HUB if self.key == HUB else "node"

    @property
    def url(self) -> str:
        """Its public address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def config(self) -> Path:
        """Its configuration file."""
        return self.folder / f"{self.kind}.toml"

    @property
    def keys(self) -> Path:
        """Folder of its key files."""
        return self.folder / "keys"

    @property
    def log(self) -> Path:
        """What its process wrote."""
        return self.folder / "log.txt"


def lay_out(folder: Path, settings: Mapping[str, Settings] | None = None) -> dict[str, Party]:
    """The hub and the five countries with their folders and configuration files, by key; the hub comes first.

    Args:
        folder: in which each party gets a folder of its own.
        settings: by key, what a party's configuration says otherwise, such as a database on PostgreSQL.
    """
    names = {HUB: "Hub"} | {code: name for code, (name, _) in NODES.items()}
    ports = free_ports(len(names))
    parties = {
        key: Party(key, name, folder / key.lower(), port)
        for (key, name), port in zip(names.items(), ports, strict=True)
    }
    for party in parties.values():
        party.folder.mkdir()
        if party.key != HUB:
            write_formulary(party.key, party.folder, today=datetime.now(UTC).date())
        party.config.write_text(configuration(party, (settings or {}).get(party.key, {})), encoding="utf-8")
    return parties


def configuration(party: Party, otherwise: Settings) -> str:
    """The party's configuration file; `federation.json` lies beside the folders of all."""
    own: Settings = {} if party.key == HUB else _of_country(party)
    usual: Settings = {
        "public_url": party.url,
        "database": f"sqlite:///{party.kind}.sqlite",
        "keys": "keys",
        "federation": "../federation.json",
        "host": LOOPBACK,
        "port": party.port,
    }
    settings = {**own, **usual, **otherwise}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()]
    return "\n".join([f"[{party.kind}]", *lines, ""])


def _of_country(party: Party) -> Settings:
    return {"country": party.key, "name": party.name, "zone": NODES[party.key][1], "formulary": FILE}


def free_ports(count: int) -> list[int]:
    """Ports on the loopback that nobody listens on: from 8100 on where they are free, others where not."""
    with ExitStack() as taken:
        return [_take(taken, FIRST_PORT + place) for place in range(count)]


def _take(taken: ExitStack, wished: int) -> int:
    for port in (wished, 0):
        listener = taken.enter_context(socket.socket())
        with suppress(OSError):
            listener.bind((LOOPBACK, port))
            return int(listener.getsockname()[1])
    raise OSError("No port is free on the loopback.")
