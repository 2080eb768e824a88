"""Nucleotides of a report into amino acids, codon by codon, with every mixture that they leave open."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

_BASES = "TCAG"
_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
"""The standard genetic code. Source: NCBI translation table 1."""
_CODE = {"".join(codon): letter for codon, letter in zip(product(_BASES, repeat=3), _AMINO, strict=True)}
_AMBIGUOUS = {
    "A": "A",
    "C": "C",
    "G": "G",
    "T": "T",
    "U": "T",
    "R": "AG",
    "Y": "CT",
    "S": "CG",
    "W": "AT",
    "K": "GT",
    "M": "AC",
    "B": "CGT",
    "D": "AGT",
    "H": "ACT",
    "V": "ACG",
    "N": "ACGT",
}
"""Source: IUPAC nucleotide codes."""
_MOST_AMINO_ACIDS = 4
"""A codon that leaves more open than this says nothing; HIVdb reads it as unknown too."""
_NOT_A_BASE = re.compile(r"[^ACGTURYSWKMBDHVN]")


def strands(text: str) -> tuple[str, ...]:
    """The nucleotides of each record of a FASTA text, without gaps; names of records are passed over."""
    records = [""]
    for line in text.splitlines():
        if line.lstrip().startswith((">", ";")):
            records.append("")
        else:
            records[-1] += _NOT_A_BASE.sub("", line.upper())
    return tuple(record for record in records if record)


def translated(bases: str) -> tuple[str, ...]:
    """The amino acids of each whole codon, sorted; `X` where it leaves too much open."""
    return tuple(_amino_acids(bases[at : at + 3]) for at in range(0, len(bases) - 2, 3))


@lru_cache(maxsize=4096)
def _amino_acids(codon: str) -> str:
    found = {_CODE["".join(each)] for each in product(*(_AMBIGUOUS[base] for base in codon))}
    return "".join(sorted(found)) if len(found) <= _MOST_AMINO_ACIDS else "X"
