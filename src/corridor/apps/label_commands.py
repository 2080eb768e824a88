"""The command `corridor identity labels`: what people decided about ties, for those who train the scoring."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.key_commands import Config
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.errors import InvalidError
from corridor.flows.export_labels import COLUMNS, Lesson, export_labels


def labels(
    config: Config,
    file: Annotated[Path, typer.Argument(help="CSV that is written; it must not exist.")],
) -> None:
    """Write what people decided about ties: how traits compared, the grade and the decision, and nobody's data.

    The columns are pattern (such as `given:single surnames:shorter birth:swapped papers:same sex:same`), grade, and
    same (1 for one person, 0 for two), in the order of the words. `python -m bench.train_scoring --labels FILE` learns
    from such a file; several nodes' files may be put together under one head.
    """
    found = asyncio.run(_found(node_settings(config)))
    write_labels(file, found)
    typer.echo(f"{len(found)} decisions were written.")


async def _found(settings: NodeSettings) -> tuple[Lesson, ...]:
    rooms = await open_rooms(settings)
    try:
        return await export_labels(units=rooms.storage.units)
    finally:
        await rooms.close()


def write_labels(file: Path, found: tuple[Lesson, ...]) -> None:
    """Write decisions as CSV.

    Raises:
        InvalidError: there is a file of that name, or it cannot be written there.
    """
    try:
        lines = file.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidError(f"{file} cannot be written: {error.strerror}.") from error
    with lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(found)
