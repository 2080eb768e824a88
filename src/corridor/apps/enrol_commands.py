"""A country joins: everything that its node needs before the others sign for it, from one configuration file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import typer

from corridor.apps.clinical_files import read_formulary
from corridor.apps.key_commands import NODE_KEYS, Config, Out, card_of_node, write_file
from corridor.apps.settings import node_settings
from corridor.domain.country import country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.keys.files import create_key
from corridor.storage.migrations import upgrade


def enrol(config: Config, out: Out) -> None:
    """Make a country's node ready from one configuration file: keys, database, the card that the others sign for."""
    settings = node_settings(config)
    if settings.formulary:
        read_formulary(Path(settings.formulary), home=country(settings.country))
    folder = Path(settings.keys)
    _make_keys(folder)
    card = card_of_node(config)
    if not card.facts.languages or not card.facts.papers:
        raise InvalidError(
            "A country that joins says in [country] which languages it speaks and what papers it issues."
        )
    asyncio.run(upgrade(settings.database, "node"))
    write_file(out, msgspec.json.format(msgspec.json.encode(card), indent=1))
    kinds = ", ".join(each.label for each in card.facts.papers)
    typer.echo(f"{card.name} ({card.country}) is ready: {', '.join(card.facts.languages)}; papers: {kinds}.")
    typer.echo(f"Send {out} to the signers. Once their manifest lies at {settings.federation}: `corridor node serve`.")


def _make_keys(folder: Path) -> None:
    """Keys that are missing; those that are there stay, so that a second run changes nothing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise UnavailableError(f"The folder {folder} cannot be made.") from None
    for name, use in NODE_KEYS.items():
        if not (folder / name).exists():
            create_key(folder / name, use)
