"""The command `corridor identity`: how well people are found, on any two registers."""

from __future__ import annotations

import asyncio
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.identity_evaluation import Wanted, evaluate

identity = typer.Typer(help="Find out how well people are recognised.", no_args_is_help=True)


@identity.callback()
def _identity() -> None:
    """Keep `evaluate` a command of its own."""


@identity.command("evaluate")
def evaluate_registers(
    left: Annotated[Path, typer.Argument(help="Register that is searched, as CSV.")],
    right: Annotated[Path, typer.Argument(help="Register of those sought, as CSV; the same one finds people twice.")],
    *,
    truth: Annotated[Path, typer.Option(help="Who is who, as CSV with the columns left and right.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    stage: Annotated[int, typer.Option(min=1, max=2, help="1 for the hub alone, 2 with the home's answer.")] = 2,
) -> None:
    """Run the whole protocol on two registers and say how good it was.

    Registers have the columns id, given, surname1, surname2, birth_date, sex and documents; dates are ISO, empty where
    unknown, documents are COUNTRY:TYPE:NUMBER joined by ";", and any other column is ignored. Where both registers are
    the same, people who stand in it twice are looked for: each pair counts once, nobody is their own.

    Tokens are made under a fresh key that five holders deal and three can use; that they are those of the protocol with
    its blinding and proofs is proven on a sample first. Progress, and what of a row could not be used, is told on
    standard error. With --json the last line is one object: precision, recall, f1 at the thresholds that ship,
    recall_at_p0.99 and recall_at_p0.999, tokens_per_person, wrong_homes_per_match (homes asked about someone whom they
    do not know, for each that is asked about someone whom it knows) and seconds.
    """
    figures = asyncio.run(evaluate(Wanted(left, right, truth, stage), lambda line: typer.echo(line, err=True)))
    if json:
        typer.echo(dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:>22}  {value}")
