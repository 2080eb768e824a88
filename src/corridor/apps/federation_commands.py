"""Commands for the federation's directory: who takes part, and which token key counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.key_commands import Cards, Out, read_file, write_file
from corridor.domain.country import country
from corridor.domain.directory import Federation, Member, TokenKey
from corridor.domain.errors import InvalidError
from corridor.keys.cards import Card, read_cards
from corridor.keys.files import signing_key
from corridor.keys.public_part import read_public
from corridor.remote.directory import parse_federation, read_federation, render_federation

federation = typer.Typer(help="Write the federation's directory.", no_args_is_help=True)

Directory = Annotated[Path, typer.Option("--directory", help="The directory as it is now.")]
Public = Annotated[Path, typer.Option(help="Public part of the token key, from `corridor keys ceremony`.")]


@federation.command("write")
def write_federation(
    card: Cards,
    public: Public,
    hub_url: Annotated[str, typer.Option(help="Public address of the hub.")],
    hub_keys: Annotated[Path, typer.Option(help="Folder of the hub's key files.")],
    out: Out,
    version: Annotated[int, typer.Option(help="Grows with every change.")] = 1,
) -> None:
    """Write the directory that the hub publishes and every node pins."""
    key = read_public(read_file(public)).key
    members = [_member(each) for each in read_cards(map(read_file, card))]
    hub_key = signing_key(hub_keys / "signing.key").public_key().public_bytes_raw()
    empty = Federation(version, 0, 0, b"", hub_url.rstrip("/"), hub_key, ())
    _write(_with_key(empty, members, key), out)


@federation.command("update")
def update_federation(
    directory: Directory,
    out: Out,
    public: Annotated[Path | None, typer.Option(help="Public part of the key that counts from now on.")] = None,
    next_public: Annotated[
        Path | None, typer.Option("--next", help="Public part of the key that follows: people get tokens of both.")
    ] = None,
    card: Annotated[list[Path] | None, typer.Option("--card", help="Card of a new member, or a newer one.")] = None,
) -> None:
    """Write the next version of the directory: new shares, a key to change to, the change itself, new members."""
    old = read_federation(directory)
    new = {each.country: _member(each) for each in read_cards(map(read_file, card or ()))}
    members = list(({each.country: each for each in old.members} | new).values())
    key = read_public(read_file(public)).key if public else old.key
    following = read_public(read_file(next_public)).key if next_public else None
    if following is None and key.epoch == old.epoch:
        following = old.next_key
    whole = _with_key(replace(old, version=old.version + 1, next_key=following), members, key)
    _write(whole, out)


def _with_key(federation: Federation, members: Sequence[Member], key: TokenKey) -> Federation:
    """The directory with these members, those of them holding shares that hold one of the key."""
    holders = {each.country: each for each in key.holders}
    if not holders.keys() <= {each.country for each in members}:
        raise InvalidError("The token key was dealt to countries whose card is missing.")
    sitting = [
        replace(each, share_index=holders[each.country].index, share_key=holders[each.country].share_key)
        if each.country in holders
        else replace(each, share_index=0, share_key=b"")
        for each in sorted(members, key=lambda each: each.country)
    ]
    return replace(
        federation,
        epoch=key.epoch,
        generation=key.generation,
        threshold=key.threshold,
        group_key=key.group_key,
        members=tuple(sitting),
    )


def _write(whole: Federation, out: Path) -> None:
    content = render_federation(whole)
    parse_federation(content)  # what no node would take is not written
    write_file(out, content)
    keys = " and ".join(f"{key.epoch}.{key.generation}" for key in whole.keys)
    typer.echo(f"The directory of {len(whole.members)} countries is in {out}: version {whole.version}, key {keys}.")


def _member(card: Card) -> Member:
    return Member(
        country=country(card.country),
        name=card.name,
        base_url=card.base_url,
        signing_key=bytes.fromhex(card.signing_key),
        sealing_key=bytes.fromhex(card.sealing_key),
        log_key=bytes.fromhex(card.log_key),
    )


def card_of(member: Member) -> Card:
    """The card of a member, as the directory knows it."""
    return Card(
        country=member.country,
        name=member.name,
        base_url=member.base_url,
        signing_key=member.signing_key.hex(),
        sealing_key=member.sealing_key.hex(),
        log_key=member.log_key.hex(),
    )
