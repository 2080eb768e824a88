"""Commands for the key ceremony: plan it, and hold it together, one party at a time, from any stop on."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corridor.apps.federation_commands import card_of
from corridor.apps.key_commands import Config, read_file, write_file
from corridor.apps.own_keys import own_signing_key
from corridor.apps.settings import NodeSettings, node_settings
from corridor.apps.trust import known_federation
from corridor.domain.country import Country, country
from corridor.domain.errors import ConflictError, InvalidError
from corridor.keys.cards import read_cards
from corridor.keys.ceremony import Standing, advance
from corridor.keys.ceremony_dealing import Seated, private_files
from corridor.keys.ceremony_notes import Party
from corridor.keys.ceremony_table import PLAN_FILE, CeremonyTable
from corridor.keys.files import sealing_key
from corridor.keys.journal import KeyJournal
from corridor.keys.plan import Plan, PlanFile, check_against, new_key_plan, new_shares_plan, read_plan, write_plan
from corridor.remote.manifest import read_federation

Table = Annotated[Path, typer.Option("--table", help="Folder that all parties share, or carry from one to the next.")]
Moves = Annotated[list[str] | None, typer.Option("--remove", help="Country that is to hold no share any more.")]

LOOK_SECONDS = 1.0


def plan_ceremony(
    table: Table,
    card: Annotated[list[Path] | None, typer.Option("--card", help="Card of each holder, or of a new one.")] = None,
    threshold: Annotated[int, typer.Option(help="How many holders must evaluate together.")] = 3,
    epoch: Annotated[int, typer.Option(help="Number of a new token key.")] = 1,
    renew: Annotated[
        Path | None, typer.Option("--renew", help="The federation's directory: keep its key, make its shares anew.")
    ] = None,
    remove: Moves = None,
) -> None:
    """Lay the plan of a ceremony on the table: a new key, or new shares that make the same tokens."""
    if (table / PLAN_FILE).exists():
        raise ConflictError(f"A plan lies on {table} already. Every ceremony has a table of its own.")
    cards = read_cards(map(read_file, card or ()))
    number = secrets.token_hex(16)
    if renew is None:
        file = new_key_plan(number, cards, epoch=epoch, threshold=threshold)
    else:
        file = _renewal(number, renew, card or [], remove=[country(each) for each in remove or ()])
        file = msgspec.structs.replace(file, threshold=threshold)
    table.mkdir(parents=True, exist_ok=True)
    plan = read_plan(write_plan(file))
    write_file(table / PLAN_FILE, write_plan(file))
    typer.echo(_told(plan) + "\nEach of them now runs `corridor keys ceremony`, in any order.")


def _renewal(number: str, directory: Path, cards: list[Path], *, remove: list[Country]) -> PlanFile:
    federation = read_federation(directory)
    known = {each.country: card_of(each.at(datetime.now(UTC))) for each in federation.members}
    new = {Country(each.country): each for each in read_cards(map(read_file, cards))}
    everybody = tuple(each for _, each in sorted((known | new).items()))
    dealers = [each.country for each in federation.key.holders if each.country not in remove]
    holders = sorted({*dealers, *new} - {*remove})
    return new_shares_plan(number, everybody, federation.key, holders=holders, dealers=dealers)


def hold_ceremony(
    config: Config,
    table: Table,
    yes: Annotated[bool, typer.Option("--yes", help="Take part without being asked.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the others, instead of running again.")] = 0.0,
) -> None:
    """Take part in the ceremony on the table; run it again until it is over, whatever stopped it."""
    settings = node_settings(config)
    seated = _seated(settings, table)
    typer.echo(_told(seated.party.plan))
    if not yes and not private_files(seated)[0].exists():
        typer.confirm("Do the other operators read you the same plan number, and do you take part?", abort=True)
    until = time.monotonic() + wait
    while True:
        standing = _advanced(seated)
        if standing.part or time.monotonic() >= until:
            break
        time.sleep(LOOK_SECONDS)
    _tell(standing, seated)


def _advanced(seated: Seated) -> Standing:
    try:
        return advance(seated)
    except InvalidError as error:
        details = {"plan": seated.party.plan.digest.hex(), "why": error.message}
        KeyJournal(seated.folder).note("key-ceremony-failed", details)
        raise


def _seated(settings: NodeSettings, table: Path) -> Seated:
    """This node at the table, where the plan counts on it and rests on what it knows.

    Raises:
        InvalidError: the plan has no place for this node, other keys of it, or rests on another directory.
    """
    folder, home, plan = Path(settings.keys), country(settings.country), CeremonyTable(table).plan()
    sign, seal = own_signing_key(settings), sealing_key(folder / "sealing.key")
    seat = plan.seats.get(home)
    own = (sign.public_key().public_bytes_raw().hex(), seal.public_key().public_bytes_raw().hex())
    if seat is None or (seat.card.signing_key, seat.card.sealing_key) != own:
        raise InvalidError("The plan has no place for this node, or knows other keys of it.")
    if plan.renews:
        federation = known_federation(settings).standing(datetime.now(UTC))
        check_against(plan, federation.key, {each.country: each.signing_key for each in federation.members})
    return Seated(Party(plan, home, sign), CeremonyTable(table), folder, seal)


def _told(plan: Plan) -> str:
    what = f"new shares of key {plan.epoch}, generation {plan.generation}" if plan.renews else f"new key {plan.epoch}"
    holders = ", ".join(f"{each} ({number})" for each, number in sorted(plan.holders.items()))
    return f"Plan {plan.digest.hex()[:16]}: {what}. Any {plan.threshold} of {len(plan.holders)} holders: {holders}."


def _tell(standing: Standing, seated: Seated) -> None:
    plan = seated.party.plan
    typer.echo(f"Dealt:     {len(standing.dealt)} of {len(plan.dealers)}  {' '.join(standing.dealt)}")
    typer.echo(f"Confirmed: {len(standing.confirmed)} of {len(plan.seats)}  {' '.join(standing.confirmed)}")
    if standing.part is None:
        typer.echo(f"Waiting for {', '.join(standing.awaited)}. Run this again when they have been at the table.")
        return
    held = f"holds share {plan.holders[seated.party.country]}" if seated.party.country in plan.holders else "is done"
    typer.echo(f"The ceremony is over; {seated.party.country} {held}. Transcript: {standing.part.transcript}")
