"""A clerical sample as files: two sheets to judge, and beside them what tells how many pairs each one stands for."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec

from corridor.apps.identity_registers import COLUMNS, row_of
from corridor.apps.key_commands import read_file
from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.domain.identity.clerical import BOUNDS, Judged, Verdicts, verdicts
from corridor.flows.draw_sample import Sample

SHEETS = ("judge-1.csv", "judge-2.csv")
STRATA = "strata.json"
VERDICT = "verdict"
_TRAITS = COLUMNS[1:]
_HEAD = ("pair", VERDICT, *(f"{trait}_{side}" for trait in _TRAITS for side in ("a", "b")))


class _Strata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many pairs each stratum holds, and where each drawn pair belongs; nothing about anybody."""

    bounds: tuple[float, ...]
    sizes: tuple[int, ...]
    pairs: tuple[int, ...]


def write_sample(sample: Sample, folder: Path) -> None:
    """Write the sheets, which only this account can read; they do not tell scores or strata.

    Raises:
        ConflictError: there is a sample in the folder, perhaps judged already.
        UnavailableError: it cannot be written.
    """
    strata = _Strata(BOUNDS, tuple(sample.sizes), tuple(pair.stratum for pair in sample.pairs))
    sheet = _sheet(sample)
    contents = {STRATA: msgspec.json.encode(strata), **dict.fromkeys(SHEETS, sheet)}
    with _told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in contents.items():
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise ConflictError(f"There is a sample in {folder} already.") from None
    except OSError:
        raise UnavailableError(f"The sample cannot be written to {folder}.") from None


def _sheet(sample: Sample) -> bytes:
    text = StringIO()
    table = csv.writer(text)
    table.writerow(_HEAD)
    for number, pair in enumerate(sample.pairs, 1):
        sides = [row_of(entry.described) if entry.described else {} for entry in (pair.one, pair.other)]
        traits = [side.get(trait, "") for trait in _TRAITS for side in sides]
        table.writerow([number, "", *map(_as_text, traits)])
    return text.getvalue().encode()


def _as_text(value: str) -> str:
    """A value that no spreadsheet takes for a formula.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def estimated(folder: Path) -> Verdicts:
    """What the two filled sheets tell.

    Raises:
        InvalidError: a sheet has been changed in anything but its verdicts, or one is missing or not known.
        UnavailableError: a file cannot be read.
    """
    try:
        strata = msgspec.json.decode(read_file(folder / STRATA), type=_Strata)
    except msgspec.MsgspecError:
        raise InvalidError(f"{STRATA} is not what was drawn.") from None
    if strata.bounds != BOUNDS or len(strata.sizes) != len(BOUNDS) or not {*strata.pairs} <= {*range(len(BOUNDS))}:
        raise InvalidError(f"{STRATA} belongs to another version: draw a new sample.")
    first, second = (_read(folder / name) for name in SHEETS)
    return verdicts(strata.sizes, dict(enumerate(strata.pairs, 1)), (first, second))


def _read(path: Path) -> dict[int, Judged]:
    try:
        rows: Sequence[dict[str, str]] = list(csv.DictReader(StringIO(read_file(path).decode("utf-8-sig"))))
        return {int(row["pair"]): Judged(row[VERDICT].strip().lower()) for row in rows}
    except (UnicodeDecodeError, csv.Error, KeyError, ValueError, AttributeError, TypeError):
        words = ", ".join(Judged)
        raise InvalidError(f"In {path.name} every pair needs a verdict, which is one of: {words}.") from None


def to_json(found: Verdicts) -> dict[str, Any]:
    """The estimates as one object; an estimate is its value with the ends of its interval."""
    content: dict[str, Any] = asdict(found)
    return {name: _rounded(value) for name, value in content.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: round(part, 4) for name, part in value.items()}
    return round(value, 4) if isinstance(value, float) else value
