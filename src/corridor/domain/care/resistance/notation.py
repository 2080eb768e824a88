"""One mutation as people write it: `M184V`, `184V`, `K103K/N`, `T69S_SS`, `69ins`, `Δ67`, `p.Met184Val`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corridor.domain.care.resistance.genotype import DELETION, INSERTION, Gene, Mutation
from corridor.domain.care.resistance.known import consensus, expected, resistance_mutations

_AMINO = "ACDEFGHIKLMNPQRSTVWYX*"
_LONG = "AlaArgAsnAspCysGlnGluGlyHisIleLeuLysMetPheProSerThrTrpTyrValTer"
_THREE = {_LONG[3 * at : 3 * at + 3]: letter for at, letter in enumerate("ARNDCQEGHILKMFPSTWYV*")}
_HGVS = re.compile(rf"(?:\bp\.\s?)?\b({'|'.join(_THREE)})(\d{{1,3}})({'|'.join(_THREE)}|del|ins)\b")
_ONE = f"[{re.escape(_AMINO)}]"
_CHANGE = rf"""
    (?P<inserted>{_ONE}{{0,2}}(?:_{_ONE}{{0,12}}|\s?ins(?:er[a-zçãó]*)?{_ONE}{{0,12}}))
  | (?P<deleted>\s?del(?:e[a-zçãó]*|ta)?|[Δ~-](?!\s?{_ONE}))
  | (?P<stopped>\s?stop)
  | (?P<mixture>[(\[]{_ONE}(?:\s?[/,]\s?{_ONE}|\s?{_ONE})*[)\]]|{_ONE}{{1,6}}(?:\s?/\s?{_ONE}(?![A-Za-z0-9]))*)
"""
MUTATION = re.compile(
    rf"""(?<![A-Za-z0-9])(?:
        (?:Δ|delta|del)\s?(?P<lost_from>{_ONE})?(?P<lost>[1-9]\d{{0,2}})
      | (?:p\.)?(?P<from>{_ONE})?(?P<gap>\s)?(?P<position>[1-9]\d{{0,2}})(?(gap)\s)(?:{_CHANGE})
    )(?![A-Za-z0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
"""A mutation inside a text."""
_SMALL_SIGNS = frozenset(INSERTION + DELETION)


@dataclass(frozen=True, slots=True)
class Written:
    """A mutation as it stands in a text, before it is known which gene it is in.

    Attributes:
        own: the amino acid that it says was there before, in capitals; empty where it says none.
        amino_acids: what was found, in the signs of `Mutation`.
        ambiguous: a small `i` or `d` of which nobody knows whether it is an amino acid.
    """

    own: str
    position: int
    amino_acids: str
    ambiguous: bool = False


def with_one_letter(text: str) -> str:
    """The text with amino acids of three letters as one: `p.Met184Val` is `M184V`."""
    return _HGVS.sub(lambda match: f"{_THREE[match[1]]}{match[2]}{_THREE.get(match[3], match[3])}", text)


def written(match: re.Match[str]) -> Written:
    """What a match of `MUTATION` says."""
    if match["lost"]:
        return Written((match["lost_from"] or "").upper(), int(match["lost"]), DELETION)
    own, position = match["from"] or "", int(match["position"])
    if match["mixture"]:
        return _mixture(own, position, match["mixture"])
    if match["inserted"]:
        before = re.split(r"_|\s?ins", match["inserted"], maxsplit=1, flags=re.IGNORECASE)[0]
        return Written(own.upper(), position, "".join(sorted({*before.upper(), INSERTION})))
    return Written(own.upper(), position, "*" if match["stopped"] else DELETION)


def _mixture(own: str, position: int, found: str) -> Written:
    """Amino acids; a small `i` or `d` is an insertion or deletion where HIVdb knows one, if all else is in capitals."""
    letters = [letter for letter in found if letter.upper() in _AMINO]
    signs = _SMALL_SIGNS.intersection(letters)
    if not signs:
        return Written(own.upper(), position, _sorted("".join(letters).upper()))
    known = any((gene, position, sign) in resistance_mutations() for gene in Gene for sign in signs)
    small = own.islower() or any(letter.islower() for letter in letters if letter not in _SMALL_SIGNS)
    if known and not small:
        return Written(own.upper(), position, _sorted("".join(letters)))
    ambiguous = known or not own
    return Written(own.upper(), position, _sorted("".join(letters).upper()), ambiguous=ambiguous)


def _sorted(letters: str) -> str:
    return "".join(sorted({*letters}))


def placed(found: Written, gene: Gene) -> Mutation | None:
    """The mutation in a gene, or None where the gene has no such position or the words speak of another gene."""
    usual = expected(gene, found.position)
    if not usual or (found.own and found.own != usual and _elsewhere(found, gene)):
        return None
    return Mutation(gene, found.position, found.amino_acids, usual)


def gene_of(found: Written, among: frozenset[Gene]) -> Gene | None:
    """The one gene that a mutation without a gene can be in, by the amino acid that it says was there before.

    Where several fit, the one in which HIVdb lists it as a resistance mutation; None where that does not decide.
    """
    if not found.own:
        fitting = list(among)
    else:
        fitting = [gene for gene in consensus() if gene in among and expected(gene, found.position) == found.own]
    chosen = fitting if len(fitting) == 1 else [gene for gene in fitting if _listed(found, gene)]
    return chosen[0] if len(chosen) == 1 else None


def _elsewhere(found: Written, gene: Gene) -> bool:
    """Whether it fits another gene, as a listed mutation, and is none here."""
    others = [other for other in Gene if other is not gene and expected(other, found.position) == found.own]
    return not _listed(found, gene) and any(_listed(found, other) for other in others)


def _listed(found: Written, gene: Gene) -> bool:
    return any((gene, found.position, letter) in resistance_mutations() for letter in found.amino_acids)
