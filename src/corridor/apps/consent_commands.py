"""The commands `corridor consent`: decide from files, with no network and no database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from corridor.apps.consent_ask import decision_json, read_ask, read_instant
from corridor.apps.consent_forms import render_file
from corridor.apps.written import STANDARD_INPUT, content_of
from corridor.domain.consent import decide
from corridor.domain.errors import CorridorError, InvalidError
from corridor.fhir.consent_file import read_consents

consent = typer.Typer(help="Consents: what they come to.", no_args_is_help=True)

Consents = Annotated[
    Path,
    typer.Option(
        help="All consents of one person: a FHIR Consent, a JSON list, one a line, or a Bundle; - reads stdin."
    ),
]
AskFile = Annotated[Path, typer.Option(help="Who asks for what, and why: JSON; docs/consent.md describes it.")]
At = Annotated[str, typer.Option(help="The instant of the decision, such as 2026-03-01T12:00:00Z.")]


@consent.callback()
def _consent() -> None:
    """Keep the commands in a group of their own."""


@consent.command("decide")
def decide_files(
    consents: Consents,
    ask: AskFile,
    at: At,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Decide one ask from files: permit or deny, why, and by which provisions.

    With --json one object: {"decision": "permit" or "deny", "reason": word, "categories": [codes, sorted],
    "provisions": [{"consent": id, "provision": place from 0, "type": "permit" or "deny"}], "filters": [{"type":
    "permit" or "forbid", "category": code, "dataFrom": instant or null, "dataTo": instant or null}], "until": instant
    or null, "unreadable": [{"consent": id, "why": sentence, "at": FHIRPath}]}. A consent that cannot be read denies
    everything. The exit code is 0 for either decision, and 2 where the files or the instant cannot be read.
    """
    with _bad_input():
        now = read_instant(at)
        if str(consents) == str(ask) == STANDARD_INPUT:
            raise InvalidError("Consents and ask: one of them alone can come on standard input.")
        question = read_ask(content_of(ask))
        written = read_consents(content_of(consents), at=now)
    decision = decide(written.consents, question.ask, now, withdrawals=question.withdrawals)
    found = decision_json(decision, written.faults)
    typer.echo(orjson.dumps(found).decode() if json else _plain(found))


consent.command("render")(render_file)


@contextmanager
def _bad_input() -> Iterator[None]:
    try:
        yield
    except CorridorError as error:
        where = f" ({error.expression[0]})" if error.expression else ""
        typer.echo(f"corridor: {error.message}{where}", err=True)
        raise typer.Exit(2) from None


def _plain(found: dict[str, Any]) -> str:
    lines = [f"{found['decision']}: {found['reason']}"]
    if found["categories"]:
        lines.append(f"  categories: {', '.join(found['categories'])}")
    lines += [f"  {each['type']} by {each['consent']}, provision {each['provision']}" for each in found["provisions"]]
    lines += [f"  not readable: {each['consent']}: {each['why']} {each['at']}".rstrip() for each in found["unreadable"]]
    if found["until"]:
        lines.append(f"  decide again after {found['until']}")
    return "\n".join(lines)
