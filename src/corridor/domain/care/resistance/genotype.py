"""A resistance genotype: which genes of HIV-1 were read on a day, and what was found changed in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.country import Country

INSERTION, DELETION, STOP = "i", "d", "*"
"""Signs that stand among amino acids; small, because `I` is isoleucine and `D` is aspartic acid."""
_LONG = {INSERTION: "ins", DELETION: "del", STOP: "*"}


class Gene(StrEnum):
    """The genes of HIV-1 whose mutations the rules know."""

    CA = "CA"
    PR = "PR"
    RT = "RT"
    IN = "IN"


@dataclass(frozen=True, slots=True, order=True)
class Mutation:
    """A change at one position of one gene, mixtures included.

    Attributes:
        position: counted in the subtype B consensus.
        amino_acids: what was found there, sorted; `i` is an insertion, `d` a deletion, `*` a stop, `X` unknown.
        consensus: the amino acid of subtype B there; empty where the consensus does not know the position.
    """

    gene: Gene
    position: int
    amino_acids: str
    consensus: str = ""

    @property
    def text(self) -> str:
        """As reports write it: `M184V`, `K103KN`, `T69ins`, `D67del`."""
        own = "".join(letter for letter in self.amino_acids if letter == self.consensus)
        others = "".join(_LONG.get(letter, letter) for letter in self.amino_acids if letter != self.consensus)
        return f"{self.consensus}{self.position}{own}{others}"


@dataclass(frozen=True, slots=True)
class Unread:
    """Words of a report that nobody here could read, as they were written.

    Attributes:
        text: as written, as far as it crossed the border.
        gene: where the report said which gene it is about.
        why: `unreadable`; `ambiguous` where it can mean several things; `gene` where nobody says which gene is meant;
            `not-done` where the test failed; `partial` where a gene was read in part; `sequence` where nucleotides
            fit no gene; `hiv-2`; `too-long`.
    """

    text: str
    gene: Gene | None = None
    why: str = "unreadable"


@dataclass(frozen=True, slots=True)
class Genotype:
    """One resistance test.

    Attributes:
        mutations: what was found, sorted, each once.
        sequenced: genes that the laboratory read; a gene that is not among them is unknown, not susceptible.
        unread: what the report says besides and could not be read; never dropped.
        country: who told it; None for one that stands alone.
        on: day of the sample, or None where it is unknown.
        dated: the date as written, because `on` looks more exact than it may be.
        source: `Type/id` of the resource.
    """

    mutations: tuple[Mutation, ...] = ()
    sequenced: frozenset[Gene] = frozenset()
    unread: tuple[Unread, ...] = ()
    country: Country | None = None
    on: date | None = None
    dated: str = ""
    source: str = ""


def joined(mutations: Iterable[Mutation]) -> tuple[Mutation, ...]:
    """The mutations sorted, those of one position as one: what was seen twice is there once."""
    found: dict[tuple[Gene, int], Mutation] = {}
    for each in mutations:
        place = each.gene, each.position
        letters = {*each.amino_acids, *(found[place].amino_acids if place in found else "")}
        found[place] = Mutation(*place, "".join(sorted(letters)), each.consensus)
    return tuple(sorted(found.values()))
