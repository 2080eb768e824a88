"""The command `corridor import`: Bundles, ndjson, CSV and spreadsheets into a node's own database."""

from __future__ import annotations

import asyncio
import tomllib
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corridor.apps.import_report import Report, State, fingerprint
from corridor.apps.import_run import Importer, bring_in, open_importer
from corridor.apps.import_seen import SeenRows
from corridor.apps.import_sources import Source, open_source
from corridor.apps.node_acts import source_of
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.country import country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.fhir.mapped_rows import Reading
from corridor.fhir.mapping_file import read_mapping
from corridor.fhir.transaction import Origin
from corridor.keys.pseudonyms import FilePseudonyms


def import_files(
    sources: Annotated[list[Path], typer.Argument(help="Files: .json, .ndjson, .csv, .xlsx, .ods.")],
    config: Annotated[Path, typer.Option("--config", help="The node's configuration file.")],
    mapping: Annotated[Path | None, typer.Option("--mapping", help="What the columns of the tables mean.")] = None,
    report: Annotated[Path, typer.Option("--report", help="Where to write what was refused.")] = Path(
        "import-report.csv"
    ),
    account: Annotated[str, typer.Option("--account", help="Your account at the node.")] = "",
    password: Annotated[str, typer.Option(envvar="CORRIDOR_PASSWORD", help="Better in CORRIDOR_PASSWORD.")] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    resume: Annotated[bool, typer.Option("--resume/--restart", help="Go on where this import was stopped.")] = True,
    allow_rejects: Annotated[bool, typer.Option("--allow-rejects", help="Exit with 0 all the same.")] = False,
) -> None:
    """Bring records from files into a node's base; it can be repeated: what is there unchanged is left alone."""
    settings = node_settings(config)
    read = _content(mapping) if mapping else b""
    source, base = source_of(country(settings.country)), f"{settings.public_url}/fhir"
    origin = Origin(source, ZoneInfo(settings.zone), base=base)
    there = [each for each in sources if each.is_file()]
    telling = Report(report, State(fingerprint(there, read)), kept=not dry_run)
    reading = _reading(read, settings, origin, seen=telling.seen) if mapping else None
    opened = [open_source(each, origin, reading) for each in sources]
    if telling.open(resume=resume):
        typer.echo("Going on where this import was stopped.", err=True)
    asyncio.run(_run(settings, opened, telling, who=None if dry_run else _who(account, password)))
    telling.close()
    _tell(telling, dry_run=dry_run)
    if telling.state.rejected and not allow_rejects:
        raise typer.Exit(1)


def _who(account: str, password: str) -> tuple[str, str]:
    if not account:
        raise InvalidError("Say with --account who imports; it goes on record.")
    return account, password or typer.prompt("Password", hide_input=True)


async def _run(settings: NodeSettings, opened: list[Source], report: Report, *, who: tuple[str, str] | None) -> None:
    if who is None:
        await _bring_all(opened, report, None)
        return
    rooms = await open_rooms(settings)
    try:
        importer = await open_importer(rooms, *who, files=[each.path.name for each in opened])
        await _bring_all(opened, report, importer)
    finally:
        await rooms.close()


async def _bring_all(opened: list[Source], report: Report, importer: Importer | None) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for each in opened:
            task = progress.add_task(each.path.name, total=each.count())
            await bring_in(each, report, importer=importer, advance=partial(progress.advance, task))
            progress.update(task, total=progress.tasks[-1].completed)  # rows were counted with titles and empty ones


def _tell(report: Report, *, dry_run: bool) -> None:
    state = report.state
    would = "would be " if dry_run else ""
    unchanged = "" if dry_run else f", {state.unchanged} unchanged"
    typer.echo(f"{state.written} resources {would}written{unchanged}; {state.rejected} rows refused.")
    if state.rejected:
        typer.echo(f"Why is in {report.path}.", err=True)


def _reading(content: bytes, settings: NodeSettings, origin: Origin, *, seen: SeenRows) -> Reading:
    """How rows are read; ids are hashes under the node's own key."""
    try:
        mapping = read_mapping(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"The mapping is not TOML in UTF-8: {error}.") from None
    if not mapping.source.zone:
        named = msgspec.structs.replace(mapping.source, zone=settings.zone)
        mapping = msgspec.structs.replace(mapping, source=named)
    pseudonyms, home = FilePseudonyms(Path(settings.keys) / "pseudonym.key"), country(settings.country)
    return Reading(mapping, lambda text: pseudonyms.pseudonym(home, text), origin, seen)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None
