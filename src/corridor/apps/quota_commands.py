"""Commands for quotas: ask for one, sign another country's, and look at what was signed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.clock import SystemClock
from corridor.apps.key_commands import Config, Out, read_file, write_file
from corridor.apps.own_keys import own_signing_key
from corridor.apps.settings import NodeSettings, node_settings
from corridor.apps.trust import known_federation
from corridor.domain.country import country
from corridor.domain.directory import Federation
from corridor.domain.errors import ConflictError, InvalidError
from corridor.domain.quota import Quota, signers_needed
from corridor.keys.journal import KeyJournal
from corridor.keys.quotas import SignedQuotas, new_quota_id, request_quota, sign_quota

quota = typer.Typer(help="Leave to index more than the everyday budget allows.", no_args_is_help=True)

Document = Annotated[Path, typer.Option("--quota", help="The quota's file.")]


@quota.command("request")
def request(
    config: Config,
    elements: Annotated[int, typer.Option(help="Tokens to be made in all: people times tokens a person.")],
    out: Out,
    reason: Annotated[str, typer.Option(help="Why, in words for those who are to sign.")],
    hours: Annotated[float, typer.Option(help="How long it lasts; at most 24.")] = 24.0,
    epoch: Annotated[int, typer.Option(help="Number of the token key; 0 for the one in use.")] = 0,
) -> None:
    """Ask the other holders for leave to have a whole register evaluated."""
    settings = node_settings(config)
    now, federation = SystemClock().now(), _federation(settings)
    asked = Quota(
        id=new_quota_id(),
        asker=country(settings.country),
        epoch=epoch or federation.epoch,
        elements=elements,
        start=now,
        end=now + timedelta(hours=hours),
        reason=reason,
    )
    if out.exists():
        raise ConflictError(f"The file {out} is already there.")
    document = request_quota(asked, own_signing_key(settings))
    write_file(out, document)
    _journal(settings, "quota-requested", asked)
    typer.echo(_told(document, federation))


@quota.command("sign")
def sign(
    config: Config,
    document: Document,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked.")] = False,
) -> None:
    """Sign another country's quota: with it that country could try as many names as it has elements."""
    settings = node_settings(config)
    federation, home, content = _federation(settings), country(settings.country), read_file(document)
    asked, _ = _quotas(federation).read(content)
    key = federation.key_of(asked.epoch)
    if key is None or key.holder(home) is None or home == asked.asker:
        raise InvalidError("Only another holder of this key can sign this quota.")
    if asked.end <= SystemClock().now():
        raise InvalidError("This quota has ended.")
    typer.echo(_told(content, federation))
    if not yes:
        typer.confirm(f"Let {asked.asker} have {asked.elements} elements evaluated?", abort=True)
    _journal(settings, "quota-signed", asked)
    signed = sign_quota(content, home, own_signing_key(settings))
    write_file(document, signed)
    typer.echo(_told(signed, federation))


@quota.command("show")
def show(config: Config, document: Document) -> None:
    """Tell what a quota allows, to whom, until when, and who signed it."""
    typer.echo(_told(read_file(document), _federation(node_settings(config))))


def _federation(settings: NodeSettings) -> Federation:
    return known_federation(settings)


def _quotas(federation: Federation) -> SignedQuotas:
    members = {each.country: each.signing_keys for each in federation.members}
    return SignedQuotas(members.get)


def _told(document: bytes, federation: Federation) -> str:
    asked, signers = _quotas(federation).read(document)
    key = federation.key_of(asked.epoch)
    others = sorted(signers - {asked.asker})
    needed = signers_needed(key) if key else 0
    state = "in force" if key and len(others) >= needed and SystemClock().now() < asked.end else "not in force"
    return (
        f"Quota {asked.id[:16]} of {asked.asker}: {asked.elements} elements of key {asked.epoch} at each holder, "
        f"{asked.start:%Y-%m-%d %H:%M} to {asked.end:%Y-%m-%d %H:%M} UTC. {asked.reason}\n"
        f"Signed by {', '.join(others) or 'nobody'}: {len(others)} of {needed}, {state}."
    )


def _journal(settings: NodeSettings, act: str, asked: Quota) -> None:
    """On record at this node from its next look at the key folder, whoever uses the quota."""
    details = {
        "id": asked.id,
        "asker": asked.asker,
        "epoch": asked.epoch,
        "elements": asked.elements,
        "end": asked.end.isoformat(),
        "reason": asked.reason,
    }
    KeyJournal(Path(settings.keys)).note(act, details)
