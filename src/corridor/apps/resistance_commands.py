"""The command `corridor resistance`: lists of mutations into scores, with no network and no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from corridor.domain.care.resistance.genotype import Gene, Mutation
from corridor.domain.care.resistance.interpretation import DrugScore
from corridor.domain.care.resistance.reading import read_report
from corridor.domain.care.resistance.scoring import scored
from corridor.domain.errors import CorridorError, InvalidError, MalformedError

resistance = typer.Typer(help="Interpret HIV-1 resistance mutations by Stanford HIVdb.", no_args_is_help=True)

_Key = TypeVar("_Key")
_LARGEST = 64_000_000
"""Characters that are read at once."""


@resistance.callback()
def _resistance() -> None:
    """Keep `score` a command of its own."""


@resistance.command("score")
def score(
    file: Annotated[Path | None, typer.Argument(help="File to read; standard input without one, or with -.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Score mutations for every drug of HIVdb 10.2.

    Reads one JSON object a line (or a single one over many lines): `{"mutations": {"PR": ["L90M"], "RT": ["K103N"]}}`.
    Genes are PR, RT, IN and CA; `[]` says that a gene was sequenced and nothing was found. With `--json` each line is
    answered by one line, in the order of the input: `{"EFV": {"score": 60.0, "level": 5}, …}`, levels from
    1 (susceptible) to 5 (high-level resistance). Drugs of a gene that is not given are unknown: score and level
    are null. A line that cannot be read is answered by `{"error": "…"}`, and the exit code is 2.
    """
    failed = False
    for position, line in enumerate(_read(file), start=1):
        try:
            drugs = _answer(line)
        except CorridorError as error:
            failed = True
            typer.echo(f"corridor: object {position}: {error.message}", err=True)
            if json:
                typer.echo(_json({"error": error.message}))
        else:
            typer.echo(_json({each.drug: _told(each) for each in drugs}) if json else _table(drugs))
    if failed:
        raise typer.Exit(2)


def _read(file: Path | None) -> Iterator[str]:
    try:
        return _lines(_text(file))
    except CorridorError as error:
        typer.echo(f"corridor: {error.message}", err=True)
        raise typer.Exit(2) from None


def _text(file: Path | None) -> str:
    try:
        found = sys.stdin.buffer.read(_LARGEST + 1) if file is None or str(file) == "-" else file.read_bytes()
        text = found.decode("utf-8-sig")
    except OSError:
        raise InvalidError(f"The file {file} cannot be read.") from None
    except UnicodeDecodeError:
        raise MalformedError("The input is not UTF-8.") from None
    if len(text) > _LARGEST:
        raise InvalidError("The input is too large.")
    return text


def _lines(text: str) -> Iterator[str]:
    """The objects of the input: the whole where it is one, its lines otherwise."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].strip() in {"{", "["}:
        lines = [text]
    return iter(lines)


def _answer(line: str) -> tuple[DrugScore, ...]:
    try:
        content = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise MalformedError("This is not JSON.") from None
    wanted = content.get("mutations") if isinstance(content, dict) else None
    if not isinstance(wanted, dict):
        raise InvalidError('An object with "mutations", lists of mutations by gene, is needed.')
    found = _once([(_gene(name), listed) for name, listed in wanted.items() if listed is not None])
    return scored([each for gene, listed in found.items() for each in _mutations(gene, listed)], found.keys())


def _once(pairs: list[tuple[_Key, Any]]) -> dict[_Key, Any]:
    """A gene that is given twice, perhaps as `rt` and `RT`, would lose the mutations of the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidError("A gene, or another name, is given twice.")
    return found


def _gene(name: str) -> Gene:
    try:
        return Gene(name.strip().upper())
    except ValueError:
        raise InvalidError(f"There is no gene {name[:20]!r}; there are {', '.join(Gene)}.") from None


def _mutations(gene: Gene, listed: Any) -> Iterator[Mutation]:
    rows = [listed] if isinstance(listed, str) else listed
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise InvalidError(f"Mutations of {gene} are a list of texts.")
    for row in rows:
        reading = read_report(row, {gene})
        if reading.unread or any(each.gene is not gene for each in reading.mutations):
            raise InvalidError(f"{row[:40]!r} is no mutation of {gene} that can be read.")
        yield from reading.mutations


def _told(drug: DrugScore) -> dict[str, float | int | None]:
    return {"score": drug.score, "level": drug.level}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _table(drugs: tuple[DrugScore, ...]) -> str:
    rows = (
        f"{each.drug:6} {'unknown: its gene was not sequenced' if each.score is None else _line(each)}"
        for each in drugs
    )
    return "\n".join((*rows, ""))


def _line(drug: DrugScore) -> str:
    return f"{drug.score:5g}  {drug.level}  {drug.words}"
