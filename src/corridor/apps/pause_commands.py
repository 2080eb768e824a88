"""The command `corridor pause`: who was stopped for trying one name after the other, and letting them ask again."""

from __future__ import annotations

import asyncio
import json as json_text
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from corridor.apps.clock import SystemClock
from corridor.apps.key_commands import Config
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.asking import Asking
from corridor.domain.limits import Pause
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.flows.lift_pause import PauseDesk, lift_pause
from corridor.flows.list_pauses import list_pauses

pause = typer.Typer(help="Who may ask nothing for now, and letting them ask again.", no_args_is_help=True)

OPERATOR = Principal("operator", Role.OPERATOR, "operator")
"""Whoever has the node's configuration and keys at hand; who that was is for the operator's own books."""

Found = TypeVar("Found")


@pause.command("list")
def list_them(
    config: Config, *, json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False
) -> None:
    """List those who were paused and not let go, oldest first.

    With `--json` each line is `{"id", "agent", "role", "reason", "at"}`; `agent` is the pseudonym under which the log
    knows the account or system.
    """
    found = _run(config, lambda desk: list_pauses(_asking(), desk=desk))
    for each in found:
        typer.echo(
            _json(each) if json else f"{each.id} {each.at:%Y-%m-%d %H:%M} {each.role} {each.agent} {each.reason}"
        )
    if not found and not json:
        typer.echo("Nobody is paused.")


@pause.command("lift")
def lift(
    config: Config,
    id: Annotated[str, typer.Argument(help="Of the pause, as `corridor pause list` shows it.")],  # FHIR's word
    note: Annotated[str, typer.Option(help="What was found, in up to 500 characters; it is kept.")],
) -> None:
    """Let somebody ask again; that it was done, and why, stays on record."""
    _run(config, lambda desk: lift_pause(_asking(), id, note, desk=desk))
    typer.echo("They may ask again within a second.")


def _asking() -> Asking:
    return Asking(OPERATOR, "", new_trace())


def _run(config: Config, act: Callable[[PauseDesk], Awaitable[Found]]) -> Found:
    async def run() -> Found:
        rooms = await open_rooms(node_settings(config))
        try:
            return await act(PauseDesk(rooms.storage.units, SystemClock()))
        finally:
            await rooms.close()

    return asyncio.run(run())


def _json(found: Pause) -> str:
    shown = {"id": found.id, "agent": found.agent, "role": found.role, "reason": found.reason.value}
    return json_text.dumps({**shown, "at": found.at.isoformat()})
