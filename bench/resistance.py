"""Resistance: one list of mutations read and scored for every drug, several genotypes added up, one sequence read."""

from __future__ import annotations

from datetime import date

from bench.small import Operations
from corridor.domain.care.resistance.cumulative import interpreted
from corridor.domain.care.resistance.genotype import Gene, Genotype
from corridor.domain.care.resistance.known import polymerase
from corridor.domain.care.resistance.reading import read_report
from corridor.domain.care.resistance.scoring import scored
from corridor.domain.care.resistance.sequence import read_sequence

_REPORT = "PR: L10F, V32I, M46I, I54V, V82A, L90M; RT: M41L, K65R, D67N, T69ins, K103KN, M184V, T215Y; IN: G140S, Q148H"
_CODONS = "TTCCTAAGTTATTGTTGGCCTCATCAAAGAATAATGACAAATAAAGTAGCAGATGAAGGA"
"""One codon for each amino acid of `_LETTERS`."""
_LETTERS = "FLSYCWPHQRIMTNKVADEG"
_READ = slice(56, 56 + 99 + 250)
"""Protease and the part of reverse transcriptase that laboratories read, in the reading frame `pol`."""


def operations() -> Operations:
    """What one page asks for; the rules are read before, as they are once in the life of a process."""
    reading = read_report(_REPORT)
    told = [Genotype(reading.mutations, reading.sequenced, on=date(year, 1, 1)) for year in range(2012, 2022)]
    bases = "".join(_CODONS[3 * _LETTERS.index(letter) :][:3] for letter in polymerase()[_READ])
    whole = frozenset(Gene)
    scored(reading.mutations, whole)
    read_sequence(bases)
    return {
        f"read a report of {len(reading.mutations)} mutations": lambda: read_report(_REPORT),
        f"score {len(reading.mutations)} mutations for 28 drugs": lambda: scored(reading.mutations, whole),
        f"add up {len(told)} genotypes, with comments": lambda: interpreted(told),
        f"read a sequence of {len(bases)} nucleotides": lambda: read_sequence(bases),
    }
