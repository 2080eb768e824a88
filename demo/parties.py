"""Who takes part in the demo, at which address, with which configuration file."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TextIO

from corridor.domain.limits import Limits
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

PROVIDED = "PE"
"""The country whose people can sign in at an identity provider too."""

FIRST_PORT = 8100
_PORTS_END = 20_000
LOOPBACK = "127.0.0.1"

Settings = Mapping[str, str | int | float]
"""Lines of a configuration file."""

MANY: Settings = {f"limits.{name}": 200 for name in ("attestations", "clinician_pulls", "purpose_pulls")}
"""In the demo one clinician does the work of a country."""

UNCOUNTED: Settings = {f"limits.{each.name}": 10**9 for each in fields(Limits)}
"""For tests and measurements, where one clinician does the work of many."""


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
    *ports, at = free_ports(len(names) + 1)
    settings = {**(settings or {}), PROVIDED: {**provider_at(at), **(settings or {}).get(PROVIDED, {})}}
    parties = {
        key: Party(key, name, folder / key.lower(), port)
        for (key, name), port in zip(names.items(), ports, strict=True)
    }
    for party in parties.values():
        party.folder.mkdir()
        if party.key != HUB:
            write_formulary(party.key, party.folder, today=datetime.now(UTC).date())
        party.config.write_text(configuration(party, settings.get(party.key, {})), encoding="utf-8")
    return parties


def provider_at(port: int) -> dict[str, str | int | float]:
    """What a country's configuration says of the identity provider of the demo, once that is started."""
    named = {"issuer": f"http://localhost:{port}", "client_id": "corridor-demo", "name": "Salud (demo)"}
    roles = {f"roles.corridor-{role}": role for role in ("clinician", "programme", "data-protection", "auditor")}
    return {f"identity_provider.{name}": value for name, value in {**named, **roles}.items()}


def configuration(party: Party, otherwise: Settings) -> str:
    """The party's configuration file; `federation.json` lies beside the folders of all."""
    own: Settings = {"development": True} if party.key == HUB else _of_country(party)
    usual: Settings = {
        "public_url": party.url,
        "database": f"sqlite:///{party.kind}.sqlite",
        "keys": "keys",
        "federation": "../federation.json",
        "host": LOOPBACK,
        "idle_minutes": 480,
        "port": party.port,
    }
    settings = {**own, **usual, **otherwise}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()]
    return "\n".join([f"[{party.kind}]", *lines, ""])


def _of_country(party: Party) -> dict[str, str | int | float]:
    own: dict[str, str | int | float] = {
        "country": party.key,
        "name": party.name,
        "zone": NODES[party.key][1],
        "formulary": FILE,
    }
    return {**own, "development": True, "text_file": "messages.txt", **MANY}


def mutual_doors() -> dict[str, Settings]:
    """Lines of configuration by which every party is spoken to with certificates on both sides."""
    parties = (HUB, *NODES)
    return {
        key: {"mutual_tls.url": f"https://{LOOPBACK}:{port}", "mutual_tls.port": port}
        for key, port in zip(parties, free_ports(len(parties)), strict=True)
    }


def free_ports(count: int) -> list[int]:
    """Ports on the loopback that nobody listens on and that no other demo was given: from 8100 up.

    They are below those that the system hands out by itself, and stay this process's own until it ends: a server that
    is started on one of them later still finds it free.

    Raises:
        OSError: so many are not free.
    """
    found = [*islice(filter(_reserve, range(FIRST_PORT, _PORTS_END)), count)]
    if len(found) < count:
        raise OSError("No port is free on the loopback.")
    return found


_RESERVED: deque[TextIO] = deque(maxlen=256)
"""Locked files, one for each port that was given; the oldest are let go: their servers listen, or have ended."""


def _reserve(port: int) -> bool:
    """Whether the port is free; from then on it is this process's own."""
    folder = Path(tempfile.gettempdir()) / f"corridor-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = (folder / str(port)).open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as listener:
            listener.bind((LOOPBACK, port))
    except OSError:
        lock.close()
        return False
    if len(_RESERVED) == _RESERVED.maxlen:
        _RESERVED.popleft().close()
    _RESERVED.append(lock)
    return True
