"""What the operators of the demo would type before the first start: keys, the ceremony, the directory, migrations.

The commands run in this process, one after the other; only the servers are processes of their own.
"""

from __future__ import annotations

import shutil
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from corridor.apps.cli import app
from corridor.apps.settings import settings_of
from corridor.domain.errors import UnavailableError
from demo.parties import HUB, Party

INDEPENDENT = ("onusida", "defensoria")
QUORUM = 4
"""Of seven: five countries and two independent bodies."""


def hold_ceremony(parties: list[Party]) -> None:
    """Make all keys, hold the ceremony of the token key, and write the directory that everybody pins."""
    hub = next(party for party in parties if party.key == HUB)
    nodes = [party for party in parties if party.key != HUB]
    corridor("keys", "generate", "--folder", hub.keys, "--hub")
    hub_door = certify(hub)
    for party in nodes:
        corridor("keys", "generate", "--folder", party.keys)
        certify(party)
        corridor("keys", "card", "--config", party.config, "--out", party.folder / "card.json")
    cards = [word for party in nodes for word in ("--card", party.folder / "card.json")]
    table = hub.folder.parent / "ceremony"
    corridor("keys", "plan", "--table", table, *cards)
    for _round in ("deal", "confirm", "take"):
        for party in nodes:
            corridor("keys", "ceremony", "--config", party.config, "--table", table, "--yes")
    public = table / "public.json"
    hub_part = ("--hub-url", hub.url, "--hub-keys", hub.keys, *(("--hub-door", hub_door) if hub_door else ()))
    out = hub.folder.parent / "federation.json"
    corridor(
        "federation", "write", *cards, *_independent(hub.folder.parent), "--public", public, *hub_part, "--out", out
    )
    sign_manifest(parties, out)
    for party in parties:
        pinned = Path(settings_of(party.config).federation)
        if pinned.resolve() != out.resolve():
            shutil.copy(out, pinned)


def certify(party: Party) -> str:
    """Make a certificate where a party has a door for the others; the address of that door, or nothing."""
    door = settings_of(party.config).mutual_tls
    if door:
        corridor("keys", "certificate", "--config", party.config)
    return door.url if door else ""


def _independent(folder: Path) -> list[str | Path]:
    """Two signers of the manifest that belong to no state."""
    words: list[str | Path] = []
    for name in INDEPENDENT:
        corridor(
            "federation", "signer", "--name", name, "--key", folder / f"{name}.key", "--out", folder / f"{name}.json"
        )
        words += ["--signer", folder / f"{name}.json"]
    return words


def sign_manifest(parties: list[Party], manifest: Path) -> None:
    """Put the signatures of four countries under a manifest: of whoever has a key that it names."""
    for party in [each for each in parties if each.key != HUB][:QUORUM]:
        corridor("federation", "sign", "--manifest", manifest, "--key", party.keys / "manifest.key")


def migrate(parties: list[Party]) -> None:
    """Bring every party's database to the newest form."""
    for party in parties:
        corridor("migrate", "--config", party.config)


def corridor(*words: str | Path) -> str:
    """Run one `corridor` command in this process and return what it printed.

    Raises:
        CorridorError: what the command could not do.
    """
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        code = app([str(word) for word in words], standalone_mode=False)
    if code:
        raise UnavailableError(printed.getvalue().strip())
    return printed.getvalue()
