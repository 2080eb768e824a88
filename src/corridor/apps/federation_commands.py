"""Commands that draft the federation's manifest: who takes part, by which keys, and who signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.certificate_commands import door_at
from corridor.apps.key_commands import Cards, Out, read_file, write_file
from corridor.apps.manifest_commands import manifest, read_signers
from corridor.domain.country import country
from corridor.domain.directory import Departure, Federation, Former, Member, Signer, TokenKey
from corridor.domain.errors import InvalidError
from corridor.domain.manifest import LONGEST, changes
from corridor.domain.mutual import MutualTls
from corridor.domain.next_key import settled
from corridor.keys.cards import Card, read_cards, read_hub_card
from corridor.keys.files import signing_key
from corridor.keys.manifest import digest, split
from corridor.keys.public_part import read_public
from corridor.remote.manifest import parse_federation, render_federation

federation = typer.Typer(help="Draft, sign and publish the federation's manifest.", no_args_is_help=True)
federation.registered_commands += manifest.registered_commands

Directory = Annotated[
    Path, typer.Option("--directory", help="The manifest as it is now, or a draft that nobody signed.")
]
Public = Annotated[Path, typer.Option(help="Public part of the token key, from `corridor keys ceremony`.")]
HubDoor = Annotated[str, typer.Option(help="Address of the hub's door with certificates on both sides.")]
Signers = Annotated[
    list[Path] | None, typer.Option("--signer", help="An independent signer, from `corridor federation signer`.")
]
HubKeys = Annotated[Path | None, typer.Option(help="Folder of the hub's key files, where its certificates change.")]
NextOfHub = Annotated[Path | None, typer.Option(help="The hub's next signing key, from `corridor keys next`.")]

USUAL_DAYS = 30


@federation.command("write")
def write_federation(
    card: Cards,
    public: Public,
    hub_url: Annotated[str, typer.Option(help="Public address of the hub.")],
    hub_keys: Annotated[Path, typer.Option(help="Folder of the hub's key files.")],
    out: Out,
    signer: Signers = None,
    hub_door: HubDoor = "",
) -> None:
    """Draft the first manifest: the directory that the hub publishes and every node pins."""
    cards = read_cards(map(read_file, card))
    key = read_public(read_file(public)).key
    hub_key = signing_key(hub_keys / "signing.key").public_key().public_bytes_raw()
    signers = _in_order([one for each in cards for one in each.signer()] + read_signers(signer or ()))
    mutual = door_at(hub_door, hub_keys) if hub_door else MutualTls()
    empty = Federation(1, 0, 0, b"", hub_url.rstrip("/"), hub_key, (), until=_until(USUAL_DAYS), hub_mutual=mutual)
    whole = _with_key(empty, [each.member() for each in cards], key)
    _write(_with_signers(whole, signers, len(signers) // 2 + 1), out)


@federation.command("update")
def update_federation(
    directory: Directory,
    out: Out,
    public: Annotated[Path | None, typer.Option(help="Public part of the key that counts from now on.")] = None,
    next_public: Annotated[
        Path | None, typer.Option("--next", help="Public part of the key that follows: people get tokens of both.")
    ] = None,
    card: Annotated[list[Path] | None, typer.Option("--card", help="Card of a new member, or a newer one.")] = None,
    signer: Signers = None,
    hub_door: HubDoor = "",
    hub_keys: HubKeys = None,
    hub_card: NextOfHub = None,
) -> None:
    """Draft the next version: shares, the next token key, the change to it, members, signers, the hub's door or key."""
    old, draft = _next(directory)
    draft = _with_hub(draft, hub_card, door=hub_door, keys=hub_keys)
    cards = read_cards(map(read_file, card or ()))
    new = {each.country: each.member() for each in cards}
    members = list(({each.country: each for each in draft.members} | new).values())
    key = read_public(read_file(public)).key if public else old.key
    following = read_public(read_file(next_public)).key if next_public else None
    if following is None and key.epoch == old.epoch:
        following = old.next_key
    former = tuple(each for each in draft.former if each.country not in new)
    whole = _with_key(replace(draft, next_key=following, former=former), members, key)
    if signer:
        signers = _in_order([*draft.signers, *read_signers(signer)])
        whole = _with_signers(whole, signers, max(draft.quorum, len(signers) // 2 + 1))
    _write(whole, out, old)


@federation.command("remove")
def remove_country(
    directory: Directory,
    out: Out,
    code: Annotated[str, typer.Option("--country", help="Whose keys count no more from this version on.")],
    expelled: Annotated[bool, typer.Option("--expelled", help="It does not leave: the others decide.")] = False,
) -> None:
    """Draft a version without a country; where it held a share, make new shares soon after (`keys plan --renew`)."""
    old, draft = _next(directory)
    gone = draft.member(country(code))
    if gone is None:
        raise InvalidError("That country takes no part in the federation.")
    if draft.next_key and draft.next_key.holder(gone.country):
        raise InvalidError("That country holds a share of the next token key: change the key first.")
    departure = Departure.EXPELLED if expelled else Departure.LEFT
    former = [*draft.former, Former(gone.country, departure, draft.version)]
    whole = replace(
        draft,
        members=tuple(each for each in draft.members if each is not gone),
        former=tuple(sorted(former, key=lambda each: each.country)),
    )
    signers = tuple(each for each in draft.signers if each.name != gone.country)
    _write(_with_signers(whole, signers, min(draft.quorum, len(signers))), out, old)


@federation.command("terms")
def set_terms(
    directory: Directory,
    out: Out,
    days: Annotated[int, typer.Option(min=1, max=LONGEST.days, help="How long the manifest holds.")] = USUAL_DAYS,
    quorum: Annotated[int | None, typer.Option(help="How many signers the next version needs.")] = None,
    policy: Annotated[str | None, typer.Option(help="Version of the purpose policy.")] = None,
    policy_quorum: Annotated[int | None, typer.Option(help="How many signers another policy needs.")] = None,
) -> None:
    """Draft a version that holds longer, is signed by another number, or names another purpose policy."""
    old, draft = _next(directory)
    needed = draft.quorum if quorum is None else quorum
    whole = replace(
        draft,
        until=_until(days),
        quorum=needed,
        policy=draft.policy if policy is None else policy,
        policy_quorum=max(draft.policy_quorum, needed) if policy_quorum is None else policy_quorum,
    )
    _write(whole, out, old)


def _next(directory: Path) -> tuple[Federation, Federation]:
    """The manifest of a file and the version to change: a draft that nobody signed is changed itself.

    A key of the hub that counts no more is left out of the next version; a country's leaves with its next card.
    """
    note = read_file(directory)
    old = parse_federation(note)
    if old.signers and not split(note)[1]:
        return old, old
    key, following = settled(old.hub_key, old.hub_next, datetime.now(UTC))
    whole = replace(old, hub_key=key, hub_next=following, until=_until(USUAL_DAYS))
    return old, replace(whole, version=old.version + 1, previous=digest(note))


def _with_hub(draft: Federation, card: Path | None, *, door: str, keys: Path | None) -> Federation:
    """The draft with another door of the hub, and with the signing key that takes over."""
    if keys:
        draft = replace(draft, hub_mutual=door_at(door or draft.hub_mutual.url, keys))
    return read_hub_card(read_file(card)).announced(draft) if card else draft


def _until(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def _in_order(signers: Sequence[Signer]) -> tuple[Signer, ...]:
    return tuple(sorted(signers, key=lambda each: each.name))


def _with_signers(whole: Federation, signers: tuple[Signer, ...], quorum: int) -> Federation:
    """The manifest with these signers; another policy needs one more of them than anything else does."""
    if not signers:
        return replace(whole, signers=(), quorum=0, policy_quorum=0)
    return replace(whole, signers=signers, quorum=quorum, policy_quorum=min(quorum + 1, len(signers)))


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


def _write(whole: Federation, out: Path, old: Federation | None = None) -> None:
    content = render_federation(whole)
    parse_federation(content)  # what no node would take is not written
    write_file(out, content)
    keys = " and ".join(f"{key.epoch}.{key.generation}" for key in whole.keys)
    typer.echo(f"The directory of {len(whole.members)} countries is in {out}: version {whole.version}, key {keys}.")
    for change in changes(old, whole) if old else ():
        typer.echo(f"  {change}")
    if whole.signers:
        typer.echo(f"It counts when {whole.quorum} of {len(whole.signers)} signed it: `corridor federation sign`.")


def card_of(member: Member) -> Card:
    """The card of a member, as the directory knows it."""
    return Card(
        country=member.country,
        name=member.name,
        base_url=member.base_url,
        signing_key=member.signing_key.hex(),
        sealing_key=member.sealing_key.hex(),
        log_key=member.log_key.hex(),
        mutual=member.mutual,
    )
