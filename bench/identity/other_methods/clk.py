"""CLK Bloom filters compared by anonlink: `clk.py LEFT.csv RIGHT.csv PAIRS.csv`, in an environment of its own.

Names and places as pairs of letters, dates and numbers with their places; more bits for names and dates. One encoding
for every corpus; fields that nobody has are left out.
"""

from __future__ import annotations

import csv
import sys

import anonlink
from clkhash import clk, comparators, field_formats, schema

SHARED = b"what both registers know"
LEAST = 0.7
"""Dice coefficient below which no pair is kept."""

FILTER_BITS = 4096
MOST = 100
"""Pairs that are kept of each person, the likest."""

BITS_PER_TOKEN = {
    "given": 30, "surname1": 30, "surname2": 20, "birth_date": 30, "sex": 5, "paper": 10, "street": 30, "suburb": 30,
    "postcode": 30,
}  # fmt: skip
"""For each pair of letters of a field."""

WITH_PLACES = frozenset(("birth_date", "paper", "postcode"))
"""Fields whose pairs of letters are told apart by where they stand."""


def rows(path: str) -> list[dict[str, str]]:
    """Everyone of a register; of papers the first."""
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - a script of its own
        return [
            {**row, "paper": "".join(filter(str.isalnum, row["documents"].split(";")[0]))}
            for row in csv.DictReader(file)
        ]


def field(name: str) -> field_formats.FieldSpec:
    """How a field is put into the filter."""
    hashed = field_formats.FieldHashingProperties(
        comparator=comparators.NgramComparison(2, positional=name in WITH_PLACES),
        strategy=field_formats.BitsPerTokenStrategy(BITS_PER_TOKEN[name]),
        missing_value=field_formats.MissingValueSpec(sentinel=""),
    )
    return field_formats.StringSpec(name, hashed, case="mixed", min_length=0)


def main(left: str, right: str, pairs: str) -> None:
    """Write every pair that is alike enough, with how alike it is."""
    registers = [rows(left)] if left == right else [rows(left), rows(right)]
    told = [name for name in BITS_PER_TOKEN if all(any(row[name] for row in register) for register in registers)]
    described = schema.Schema([field(name) for name in told], FILTER_BITS)
    filters = [
        clk.generate_clks([[row[name].lower() for name in told] for row in register], described, SHARED)
        for register in registers
    ]
    scores, (ours, theirs) = anonlink.similarities.dice_coefficient_accelerated(
        (filters[0], filters[-1]), LEAST, k=MOST
    )
    with open(pairs, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a script of its own
        out = csv.writer(file)
        out.writerow(("left", "right", "score"))
        for score, one, other in zip(scores, ours, theirs):  # noqa: B905 - arrays of one length
            if len(filters) > 1 or one < other:
                names = registers[0][one]["id"], registers[-1][other]["id"]
                out.writerow((*names, round(score, 3)))


if __name__ == "__main__":
    main(*sys.argv[1:])
