"""The command `corridor card`: which cards still answer for somebody, and ending one; made they are with the person."""

from __future__ import annotations

import asyncio
import json as json_text
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from corridor.apps.clock import SystemClock
from corridor.apps.key_commands import Config
from corridor.apps.node_rooms import open_rooms
from corridor.apps.pause_commands import OPERATOR
from corridor.apps.settings import node_settings
from corridor.domain.asking import Asking
from corridor.domain.presence import Card
from corridor.domain.trace import new_trace
from corridor.flows.end_card import end_card
from corridor.flows.list_cards import list_cards
from corridor.flows.record_card_care import CardDesk

card = typer.Typer(help="Cards that answer for somebody being there, and ending one.", no_args_is_help=True)

Found = TypeVar("Found")


@card.command("list")
def list_them(
    config: Config, *, json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False
) -> None:
    """List the cards that answer, oldest first, and never whose they are.

    With `--json` each line is `{"number", "at", "left"}`: as printed on the card, when it was made, and how many of its
    lines were not used yet.
    """
    found = _run(config, lambda desk: list_cards(_asking(), desk=desk))
    for each in found:
        typer.echo(_json(each) if json else f"{each.number} {each.made_at:%Y-%m-%d %H:%M} {each.left} lines left")
    if not found and not json:
        typer.echo("No card answers.")


@card.command("end")
def end(config: Config, number: Annotated[str, typer.Argument(help="As it is printed on the card.")]) -> None:
    """End a card that was found or is in wrong hands; that it was done stays on record."""
    _run(config, lambda desk: end_card(_asking(), number, desk=desk))
    typer.echo("It answers nothing any more. The person gets a new one where they are cared for.")


def _asking() -> Asking:
    return Asking(OPERATOR, "", new_trace())


def _run(config: Config, act: Callable[[CardDesk], Awaitable[Found]]) -> Found:
    async def run() -> Found:
        rooms = await open_rooms(node_settings(config))
        try:
            return await act(CardDesk(rooms.storage.units, SystemClock()))
        finally:
            await rooms.close()

    return asyncio.run(run())


def _json(found: Card) -> str:
    return json_text.dumps({"number": found.number, "at": found.made_at.isoformat(), "left": found.left})
