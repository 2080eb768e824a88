"""What the countries of the demo can give: seeds made up for the story, and for Venezuela a publication, shown as such.

No country of the corridor publishes a list of antiretrovirals that a machine can read. The seeds state nothing about
any country; pages show them as a demonstration.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

FILE = "formulary.toml"
_AGE_DAYS = 45
_BELIEVED_DAYS = 180
_MADE_UP = "Invented for the demonstration of Corridor; states nothing about the country"
_REPORTER = "Corridor demonstration"
_CARACAS = "Alvarado-Bruzual et al., regimens in the main HIV clinic of Caracas in 2024, PMC12560526"


@dataclass(frozen=True, slots=True)
class Seed:
    """One country's list in the demo: products, and products that are told to be out of stock."""

    statement: str
    source: str
    products: tuple[str, ...]
    out_of_stock: tuple[str, ...] = ()


SEEDS = {
    "VE": Seed("evidence", _CARACAS, ("TDF/3TC/DTG", "DTG/FTC/TAF", "ABC/3TC", "DTG", "DTG/3TC")),
    "PE": Seed(
        "demonstration",
        _MADE_UP,
        ("TDF/3TC/DTG", "TDF/FTC", "ABC/3TC", "AZT/3TC", "EFV", "RAL", "ATV/r", "LPV/r", "DRV/r", "ETR"),
        ("ABC/3TC",),
    ),
    "EC": Seed(
        "demonstration",
        _MADE_UP,
        ("TDF/3TC/DTG", "TDF/FTC/EFV", "ABC/3TC", "AZT/3TC", "LPV/r", "ATV/r", "DRV/r", "RAL", "DTG"),
    ),
    "CO": Seed(
        "demonstration",
        _MADE_UP,
        (
            "TDF/3TC/DTG",
            "TDF/FTC",
            "DTG",
            "ABC/3TC/DTG",
            "BIC/FTC/TAF",
            "EVG/c/FTC/TAF",
            "DRV/c",
            "DRV/r",
            "ATV/r",
            "RAL",
            "TDF/FTC/EFV",
            "DTG/3TC",
            "ETR",
            "MVC",
        ),
    ),
    "CL": Seed(
        "demonstration",
        _MADE_UP,
        (
            "BIC/FTC/TAF",
            "DTG",
            "ABC/3TC",
            "ABC/3TC/DTG",
            "DTG/3TC",
            "TDF/FTC",
            "DRV/c",
            "DRV/r",
            "RAL",
            "RPV/FTC/TDF",
            "ETR",
            "MVC",
        ),
    ),
}


def write_formulary(country: str, folder: Path, *, today: date) -> Path:
    """Write one country's list into its folder, dated a few weeks before the demo."""
    seed = SEEDS[country]
    about = {
        "country": country,
        "source": seed.source,
        "reporter": _REPORTER,
        "statement": seed.statement,
    }
    lines = ["[formulary]", *_lines(about), f"dated = {today - timedelta(days=_AGE_DAYS)}"]
    lines += [f"valid_until = {today + timedelta(days=_BELIEVED_DAYS)}", "complete = false"]
    lines += _tables("presentation", seed.products)
    for product in seed.out_of_stock:
        lines += ["", "[[stock_out]]", *_lines({"drugs": product, "source": _MADE_UP})]
        lines += [f"reported = {today - timedelta(days=5)}"]
    path = folder / FILE
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def _tables(name: str, products: Sequence[str]) -> list[str]:
    return [line for product in products for line in ("", f"[[{name}]]", *_lines({"drugs": product}))]


def _lines(rows: dict[str, str]) -> list[str]:
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in rows.items()]
