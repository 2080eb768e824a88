"""A table from what `corridor bench identity --json` printed: `python -m bench.identity.page FILE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.identity.table import BEATEN, HOME, HUB, PLAIN

COLUMNS = {
    "hub alone": HUB,
    "with the home": HOME,
    "Splink": PLAIN,
    "CLK": "F1, CLK",
    "OPPRL": "F1, OPPRL",
    "recall at 0.999, with the home": "recall at precision 0.999, with the home",
    "wrong homes": "wrong homes asked a match",
    "linked alone, precision": "precision of links without a human",
    "tokens": "tokens a person",
}
GAP = "plain text is better by"


def page(figures: Iterable[Mapping[str, Any]]) -> str:
    """One line for each corpus; a gap that is more than chance stands in bold."""
    rows: dict[str, dict[str, float | None]] = {}
    for figure in figures:
        corpus, _, what = figure["name"].partition(": ")
        rows.setdefault(corpus, {})[what] = figure["value"]
    head = ["F1", *COLUMNS, "plain text better by"]
    lines = [head, ["---", *("---:" for _ in head[1:])]]
    for corpus, row in rows.items():
        gap = row.get(GAP)
        told = "" if gap is None else f"**{gap:+.4f}**" if gap > BEATEN else f"{gap:+.4f}"
        lines.append([corpus, *(_written(row.get(what)) for what in COLUMNS.values()), told])
    return "\n".join(map(_line, lines))


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value > 1 else f"{value:.4f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["figures"]))
