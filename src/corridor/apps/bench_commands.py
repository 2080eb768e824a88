"""The command `corridor bench`: measure a checkout; an installed wheel has nothing to measure with."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import corridor
from corridor.domain.errors import InvalidError, UnavailableError


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help="What to measure; all but what takes long if none is named.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure speed and memory on this machine; takes some minutes."""
    benches = _benches(Path(corridor.__file__).parents[2])
    unknown = sorted({*(names or ())} - {*benches.BENCHES})
    if unknown:
        raise InvalidError(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(benches.BENCHES)}.")
    report = benches.run(names or ())
    if json:
        typer.echo(report.to_json().decode())
    else:
        report.show(Console(width=None if sys.stdout.isatty() else _WIDE))


_WIDE = 140
"""Characters in a line where no terminal tells how wide it is."""


def _benches(checkout: Path) -> Any:
    """The package `bench` that stands beside `src` in a checkout.

    Raises:
        UnavailableError: this is no checkout, or what the tests need is not installed.
    """
    if not (checkout / "bench" / "run.py").is_file():
        raise UnavailableError("Measuring needs a checkout of the repository: `bench` is no part of the package.")
    if str(checkout) not in sys.path:
        sys.path.append(str(checkout))
    try:
        return import_module("bench.run")
    except ImportError:
        raise UnavailableError("Measuring needs what the tests need. Run `make setup-test` first.") from None
