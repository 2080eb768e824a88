"""The commands that read what clinicians and laboratories write: `regimen read`, `viral-load read` and `timeline`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from corridor.apps.care_json import regimen_json, timeline_json, viral_load_json
from corridor.apps.written import content_of, texts
from corridor.domain.care.regimen import read_text
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.country import country
from corridor.fhir.bundled_care import bundled_events

_AS_TYPED = {"ignore_unknown_options": True}
"""`-1.00 copies/mL` is a result and no option."""

regimen = typer.Typer(help="Regimens as clinicians write them.", no_args_is_help=True)
viral_loads = typer.Typer(help="Viral loads as laboratories write them.", no_args_is_help=True)

Texts = Annotated[
    list[str], typer.Argument(help="What was written; - reads lines from standard input.", metavar="TEXT")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


@regimen.command("read", context_settings=_AS_TYPED)
def read_regimen(text: Texts, *, json: AsJson = False) -> None:
    """Read regimens: which drugs a text names, what to know before trusting it, and what could not be read.

    With --json one object a line, in the order of the texts:
    {"raw": text, "components": [abbreviations, sorted], "flags": [sorted], "unread": [words as written]}.
    """
    _tell((regimen_json(each, read_text(each)) for each in texts(text)), _regimen_line, json=json)


@viral_loads.command("read", context_settings=_AS_TYPED)
def read_viral_load(text: Texts, *, json: AsJson = False) -> None:
    """Read viral loads, each text with its unit, as the copies per millilitre that it may stand for.

    With --json one object a line, in the order of the texts: {"raw": text, "kind": word, "value_copies_ml": number or
    null, "comparator": "<", "<=", ">", ">=" or null, "lower": number or null, "upper": number or null}; from lower up
    to, and not including, upper.
    """
    _tell((viral_load_json(each, viral_load(each)) for each in texts(text)), _viral_load_line, json=json)


def read_timeline(
    bundle: Annotated[Path, typer.Argument(help="A FHIR Bundle; - reads standard input.", metavar="BUNDLE")],
    where: Annotated[str, typer.Option("--country", help="Who told it, where the resources do not say.")] = "ZZ",
    today: Annotated[
        datetime | None, typer.Option("--today", help="The day to reckon to.", formats=["%Y-%m-%d"])
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Put the records of a Bundle in order: regimens, gaps, results, and where treatment stands.

    With --json one object; docs/clinical.md describes it.
    """
    told = bundled_events(content_of(bundle), country(where))
    care = timeline(told)
    day: date = today.date() if today else datetime.now(UTC).date()
    content = timeline_json(care, standing(care, today=day))
    if json:
        typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
        return
    for span in content["spans"]:
        typer.echo(f"{span['start'] or '?':10} {span['end'] or '…':10}  {span['country']}  {span['label'] or '?'}")
    for unread in content["unread"]:
        typer.echo(f"not read: {unread['source']} ({unread['why']}) {unread['raw']}")


def _tell(rows: Iterable[dict[str, Any]], line: Callable[[dict[str, Any]], str], *, json: bool) -> None:
    for row in rows:
        sys.stdout.write((orjson.dumps(row).decode() if json else line(row)) + "\n")


def _regimen_line(row: dict[str, Any]) -> str:
    found = " + ".join(row["components"]) or "?"
    flags = f"  ({', '.join(row['flags'])})" if row["flags"] else ""
    unread = f"  not read: {' '.join(row['unread'])}" if row["unread"] else ""
    return f"{row['raw']}: {found}{flags}{unread}"


def _viral_load_line(row: dict[str, Any]) -> str:
    told = row["value_copies_ml"] if row["value_copies_ml"] is not None else (row["upper"] or row["lower"] or "")
    return f"{row['raw']}: {row['kind']} {row['comparator'] or ''}{told}".rstrip()
