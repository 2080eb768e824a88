"""The command `corridor identity audit`: how well people are told apart, by a sample that two people judge."""

from __future__ import annotations

import asyncio
from json import dumps
from pathlib import Path
from secrets import SystemRandom
from typing import Annotated

import typer

from corridor.apps.identity_audit import estimated, to_json, write_sample
from corridor.apps.index_commands import progress_bar
from corridor.apps.key_commands import Config
from corridor.apps.migrated import check_migrated
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.identity.clerical import Estimate
from corridor.flows.draw_sample import DrawDesk, Sample, draw_sample

clerical = typer.Typer(help="How well people are told apart, by pairs that two people judge.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--folder", help="Folder of the sample; its files hold names: keep it safe.")]


@clerical.command("draw")
def draw(
    config: Config,
    folder: Folder,
    people: Annotated[int, typer.Option(min=1, help="Patients, taken by chance, to compare with others.")] = 5_000,
    each: Annotated[int, typer.Option(min=1, max=1_000, help="Pairs of every stratum of the score.")] = 60,
) -> None:
    """Draw pairs of your own register, so many of each stratum of the score, as two sheets for two people.

    Each writes same, different or unsure into the column `verdict`, without talking to the other. The sheets hold
    patients of this register alone, and no score. The log keeps whose records they are.
    """
    settings = node_settings(config)
    sample = asyncio.run(_drawn(settings, people, each=each))
    write_sample(sample, folder)
    typer.echo(f"{settings.name}: {len(sample.pairs)} pairs of {sum(sample.sizes)} that are alike are in {folder}.")


async def _drawn(settings: NodeSettings, people: int, *, each: int) -> Sample:
    await check_migrated(settings.database, "node")
    rooms = await open_rooms(settings)
    try:
        desk = DrawDesk(rooms.storage.people, rooms.storage.units, SystemRandom(), rooms.clock)
        with progress_bar() as progress:
            task = progress.add_task("Patients", total=min(people, await rooms.storage.people.count()))
            return await draw_sample(people, each, desk=desk, advance=lambda count: progress.advance(task, count))
    finally:
        await rooms.close()


@clerical.command("estimate")
def estimate(folder: Folder, *, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Estimate precision and recall with their intervals from the two filled sheets.

    With --json one object: precision, precision_certain and recall, each with value, low and high (95 %), judged,
    open, agreement and kappa. Pairs on which the two do not agree count neither way in the value and both ways in
    the interval; they may talk about them, write what they agree on, and estimate again.
    """
    found = estimated(folder)
    if json:
        typer.echo(dumps(to_json(found)))
        return
    rows = {
        "precision of what counts as found": found.precision,
        "precision of what is tied without a human": found.precision_certain,
        "recall": found.recall,
    }
    for name, each in rows.items():
        typer.echo(f"{name:>42}  {_told(each)}")
    typer.echo(f"{found.judged} pairs judged alike, {found.open} open.")
    typer.echo(f"Agreement {found.agreement:.3f}, kappa {found.kappa:.3f}.")


def _told(of: Estimate) -> str:
    return f"{of.value:.4f}  ({of.low:.4f} to {of.high:.4f})"
