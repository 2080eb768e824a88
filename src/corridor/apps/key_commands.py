"""Commands for keys: make them, deal and combine the token key's shares, and write the federation's directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corridor.apps.settings import node_settings
from corridor.domain.country import Country, country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.keys.ceremony import PublicKeys, Terms, combine
from corridor.keys.ceremony import deal as deal_shares
from corridor.keys.files import KeyUse, create_key, sealing_key, signing_key
from corridor.keys.shares import write_share
from corridor.remote.directory import render_federation

keys = typer.Typer(help="Make key files and hold the key ceremony.", no_args_is_help=True)
federation = typer.Typer(help="Write the federation's directory.", no_args_is_help=True)

NODE_KEYS = {
    "signing.key": KeyUse.SIGNING,
    "sealing.key": KeyUse.SEALING,
    "pseudonym.key": KeyUse.PSEUDONYM,
    "log.key": KeyUse.LOG,
}
HUB_KEYS = {"signing.key": KeyUse.SIGNING, "token.key": KeyUse.PSEUDONYM}
SHARE_FILE = "share.json"


Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A public key in hexadecimal."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a country tells the others before the ceremony; keys are hexadecimal."""

    country: str
    name: str
    base_url: str
    signing_key: Key
    sealing_key: Key
    log_key: Key


Folder = Annotated[Path, typer.Option("--folder", help="Folder of the key files; made where it does not exist.")]
Config = Annotated[Path, typer.Option("--config", help="The node's configuration file.")]
Cards = Annotated[list[Path], typer.Option("--card", help="A country's card; give one for each country.")]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]


@keys.command("generate")
def generate(folder: Folder, hub: Annotated[bool, typer.Option("--hub", help="For the hub.")] = False) -> None:
    """Make the key files of a node, or of the hub."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise UnavailableError(f"The folder {folder} cannot be made.") from None
    for name, use in (HUB_KEYS if hub else NODE_KEYS).items():
        create_key(folder / name, use)
    typer.echo(f"Keys are in {folder}. Keep a sealed copy; a lost key cannot be made again.")


@keys.command("card")
def write_card(config: Config, out: Out) -> None:
    """Write what the other countries need to know of this node."""
    settings = node_settings(config)
    folder = Path(settings.keys)
    card = Card(
        country=settings.country,
        name=settings.name,
        base_url=settings.public_url,
        signing_key=signing_key(folder / "signing.key").public_key().public_bytes_raw().hex(),
        sealing_key=sealing_key(folder / "sealing.key").public_key().public_bytes_raw().hex(),
        log_key=signing_key(folder / "log.key", KeyUse.LOG).public_key().public_bytes_raw().hex(),
    )
    write_file(out, msgspec.json.format(msgspec.json.encode(card), indent=1))
    typer.echo(f"The card of {card.name} is in {out}.")


Threshold = Annotated[int, typer.Option(help="How many holders must evaluate together.")]
Epoch = Annotated[int, typer.Option(help="Number of the token key; a new key has a new number.")]


@keys.command("deal")
def deal(config: Config, card: Cards, out: Out, threshold: Threshold = 3, epoch: Epoch = 1) -> None:
    """Deal this node's part of the token key to every holder; nobody ever has the whole."""
    settings = node_settings(config)
    cards = read_cards(card)
    own = signing_key(Path(settings.keys) / "signing.key")
    write_file(out, deal_shares(terms(cards, threshold, epoch), _index(cards, country(settings.country)), own))
    typer.echo(f"The deal of {settings.name} is in {out}. Give it to every other country.")


@keys.command("combine")
def combine_deals(
    config: Config,
    card: Cards,
    deals: Annotated[list[Path], typer.Option("--deal", help="A country's deal; give one for each country.")],
    out: Out,
    threshold: Threshold = 3,
    epoch: Epoch = 1,
) -> None:
    """Combine all deals to this node's share, and write the public part; all countries must see one transcript."""
    settings = node_settings(config)
    cards = read_cards(card)
    holder = _index(cards, country(settings.country))
    folder = Path(settings.keys)
    share, public = combine(
        terms(cards, threshold, epoch),
        [read_file(path) for path in deals],
        holder=holder,
        sealing_key=sealing_key(folder / "sealing.key"),
    )
    write_share(folder / SHARE_FILE, share, index=holder, epoch=epoch)
    write_file(out, public.to_json())
    typer.echo(f"{settings.name} holds share {holder}. Transcript: {public.transcript}")


@federation.command("write")
def write_federation(
    card: Cards,
    public: Annotated[Path, typer.Option(help="Public part of the token key, from `corridor keys combine`.")],
    hub_url: Annotated[str, typer.Option(help="Public address of the hub.")],
    hub_keys: Annotated[Path, typer.Option(help="Folder of the hub's key files.")],
    out: Out,
    version: Annotated[int, typer.Option(help="Grows with every change.")] = 1,
) -> None:
    """Write the directory that the hub publishes and every node pins."""
    part, cards = PublicKeys.from_json(read_file(public)), read_cards(card)
    if len(part.shares) != len(cards):
        raise InvalidError("The token key was dealt to another number of countries than there are cards.")
    members = tuple(_member(each, index, part) for index, each in enumerate(cards, 1))
    hub_key = signing_key(hub_keys / "signing.key").public_key().public_bytes_raw()
    whole = Federation(version, part.epoch, part.threshold, part.group_key, hub_url.rstrip("/"), hub_key, members)
    write_file(out, render_federation(whole))
    typer.echo(f"The directory of {len(members)} countries is in {out}.")


def read_cards(paths: list[Path]) -> list[Card]:
    """The cards, ordered by country: the order that numbers the holders.

    Raises:
        InvalidError: a file is not a card, or two cards are of one country.
    """
    try:
        cards = [msgspec.json.decode(read_file(path), type=Card) for path in paths]
    except msgspec.DecodeError as error:
        raise InvalidError(f"A card is wrong: {error}.") from None
    if len({each.country for each in cards}) != len(cards):
        raise InvalidError("Two cards are of one country.")
    return sorted(cards, key=lambda each: country(each.country))


def read_file(path: Path) -> bytes:
    """What a file holds.

    Raises:
        UnavailableError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file anew.

    Raises:
        UnavailableError: it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be written.") from None


def terms(cards: list[Card], threshold: int, epoch: int) -> Terms:
    """What all holders agree on, from their cards."""
    return Terms(
        epoch=epoch,
        threshold=threshold,
        sealing_keys={index: bytes.fromhex(each.sealing_key) for index, each in enumerate(cards, 1)},
        signing_keys={index: bytes.fromhex(each.signing_key) for index, each in enumerate(cards, 1)},
    )


def _index(cards: list[Card], home: Country) -> int:
    for index, each in enumerate(cards, 1):
        if each.country == home:
            return index
    raise InvalidError("This node's own card is not among the cards.")


def _member(card: Card, index: int, part: PublicKeys) -> Member:
    return Member(
        country=country(card.country),
        name=card.name,
        base_url=card.base_url,
        signing_key=bytes.fromhex(card.signing_key),
        sealing_key=bytes.fromhex(card.sealing_key),
        share_index=index,
        share_key=part.shares[index],
        log_key=bytes.fromhex(card.log_key),
    )
