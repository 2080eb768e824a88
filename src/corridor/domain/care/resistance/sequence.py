"""Viral sequences into mutations: nucleotides are aligned, as amino acids, to the subtype B consensus of HIVdb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from corridor.domain.care.resistance.codons import strands, translated
from corridor.domain.care.resistance.genotype import DELETION, INSERTION, Gene, Mutation, Unread, joined
from corridor.domain.care.resistance.known import consensus, polymerase, resistance_mutations
from corridor.domain.care.resistance.reading import ReportReading

_LONGEST_BASES = 12_000
"""Of all strands of a text together: a little more than the whole genome of HIV-1."""
_FEWEST_CODONS = 40
_LEAST_ALIKE = 0.6
"""Share of equal amino acids under which HIVdb takes a sequence for something else."""
_MOST_UNKNOWN, _MOST_UNKNOWN_LISTED = 0.1, 1
"""Share of positions that may be unread in a gene that counts as sequenced, and number of those that matter."""
_WINDOW, _LEAST_IN_WINDOW = 10, 4
_CORE = {Gene.PR: range(30, 91), Gene.RT: range(41, 235), Gene.IN: range(51, 264), Gene.CA: range(56, 108)}
"""Positions that must be read before a gene counts as sequenced: from the first to the last major mutation."""
_INSERTION_SITE = range(66, 73)
_INSERTED_AT = 69
"""Where HIVdb counts every insertion in the loop of RT that carries multi-drug resistance."""


@dataclass(frozen=True, slots=True)
class _Aligned:
    """One strand beside the consensus.

    Attributes:
        reference: the amino acids that it was aligned to.
        found: what was read at each place of the reference, from 0; `d` where it is missing, and with an `i` where
            something was put in behind it.
        start: first codon of the strand that fits, and `end` the one behind the last.
        alike: share of the codons that equal the reference.
    """

    reference: str
    found: Mapping[int, str]
    frame: int
    start: int
    end: int
    alike: float


@lru_cache(maxsize=64)
def read_sequence(text: str) -> ReportReading:
    """The mutations of a sequence, plain or FASTA; what does not fit the consensus surely enough stays unread.

    A gene counts as sequenced where all positions of its major mutations were read; of one that was read in part the
    mutations are told, and that it was.

    Source: consensus and limits of HIVdb (hivdb/hivfacts, public domain).
    """
    found: dict[tuple[Gene, int], str] = {}
    unread: list[Unread] = []
    left = _LONGEST_BASES
    for number, bases in enumerate(strands(text), start=1):
        pieces = list(_pieces(bases)) if len(bases) <= left else []
        left -= len(bases)
        for piece in pieces:
            _add(found, piece)
        if not pieces:
            unread.append(Unread(f"#{number}: {len(bases)} nt", why="sequence"))
    return _reading(found, unread)


def _reading(found: Mapping[tuple[Gene, int], str], unread: Sequence[Unread]) -> ReportReading:
    genes = {gene for gene, _ in found}
    whole = frozenset(gene for gene in genes if _is_whole(gene, found))
    partial = (Unread(_extent(gene, found), gene, "partial") for gene in sorted(genes - whole))
    mutations = (
        Mutation(gene, position, letters, consensus()[gene][position - 1])
        for (gene, position), letters in found.items()
        if letters not in {"X", consensus()[gene][position - 1]}
    )
    return ReportReading(joined(mutations), whole, (*unread, *partial))


def _is_whole(gene: Gene, found: Mapping[tuple[Gene, int], str]) -> bool:
    core = _CORE[gene]
    unknown = {position for position in core if found.get((gene, position), "X") == "X"}
    listed = {position for own, position, _ in resistance_mutations() if own is gene}
    ends = all((gene, position) in found for position in (core[0], core[-1]))
    return ends and len(unknown) <= _MOST_UNKNOWN * len(core) and len(unknown & listed) <= _MOST_UNKNOWN_LISTED


def _extent(gene: Gene, found: Mapping[tuple[Gene, int], str]) -> str:
    places = [position for own, position in found if own is gene]
    return f"{gene} {min(places)}-{max(places)}"


def _add(found: dict[tuple[Gene, int], str], piece: _Aligned) -> None:
    """Set down what a piece says of every gene that its reference holds."""
    for gene, letters in consensus().items():
        offset = piece.reference.find(letters)
        for place, said in piece.found.items() if offset >= 0 else ():
            if 0 <= place - offset < len(letters):
                _say(found, (gene, place - offset + 1), said)


def _say(found: dict[tuple[Gene, int], str], place: tuple[Gene, int], said: str) -> None:
    letters = {*found.get(place, ""), *said} - {"X"}
    found[place] = "".join(sorted(letters)) or "X"


def _pieces(bases: str) -> Iterator[_Aligned]:
    """The parts of a strand that fit, each in the frame that fits best; a lost base starts another part."""
    if len(bases) < 3 * _FEWEST_CODONS:
        return
    best = _best(bases)
    if best.end - best.start < _FEWEST_CODONS or best.alike < _LEAST_ALIKE:
        return
    yield best
    yield from _pieces(bases[: best.frame + 3 * best.start])
    yield from _pieces(bases[best.frame + 3 * best.end :])


def _best(bases: str) -> _Aligned:
    """The best alignment of any reading frame to either reference."""
    frames = [translated(bases[frame:]) for frame in range(3)]
    references = polymerase(), consensus()[Gene.CA]
    scores = {
        (frame, reference): _aligner().score(reference, _plain(codons))
        for frame, codons in enumerate(frames)
        for reference in references
    }
    frame, reference = max(scores, key=lambda case: scores[case])
    return _laid_out(reference, frames[frame], frame=frame)


def _plain(codons: Sequence[str]) -> str:
    """One letter for each codon: of a mixture the first."""
    return "".join(each[0] for each in codons)


def _laid_out(reference: str, codons: Sequence[str], *, frame: int) -> _Aligned:
    alignments = _aligner().align(reference, _plain(codons))
    if not alignments.score:
        return _Aligned(reference, {}, frame, 0, 0, 0.0)
    blocks = _settled(
        [(int(start), int(end), int(at)) for (start, end), (at, _) in zip(*alignments[0].aligned, strict=True)],
        reference.find(consensus()[Gene.RT]),
    )
    found: dict[int, str] = {}
    behind = blocks[0][0], blocks[0][2]
    for start, end, at in blocks:
        found.update(dict.fromkeys(range(behind[0], start), DELETION))
        if at > behind[1]:
            found[start - 1] = found.get(start - 1, "") + INSERTION
        found.update({start + place: codons[at + place] for place in range(end - start)})
        behind = end, at + end - start
    alike = sum(reference[place] in said for place, said in found.items()) / len(found)
    return _Aligned(reference, _sure(found, reference), frame, blocks[0][2], behind[1], alike)


def _settled(blocks: list[tuple[int, int, int]], offset: int) -> list[tuple[int, int, int]]:
    """The blocks with each insertion near position 69 of RT behind that position, as HIVdb counts it."""
    settled = [blocks[0]]
    for start, end, at in blocks[1:]:
        before, until, first = settled[-1]
        split = offset + _INSERTED_AT
        if offset >= 0 and start == until and start - offset in _INSERTION_SITE and before < split < end:
            settled[-1] = before, split, first
            settled.append((split, end, at + split - start))
        else:
            settled.append((start, end, at))
    return settled


def _sure(found: Mapping[int, str], reference: str) -> Mapping[int, str]:
    """What was found, with `X` where a window hardly resembles the consensus, as behind a base that was lost."""
    places = sorted(found)
    equal = [reference[place] in found[place] for place in places]
    doubted = {
        place
        for at in range(len(places) - _WINDOW + 1)
        if sum(equal[at : at + _WINDOW]) < _LEAST_IN_WINDOW
        for place in places[at : at + _WINDOW]
    }
    return {place: "X" if place in doubted else said for place, said in found.items()}


@cache
def _aligner() -> Any:
    """Local alignment with affine gaps and BLOSUM62, made when the first sequence comes: it takes 18 MB."""
    align = import_module("Bio.Align")
    aligner = align.PairwiseAligner(mode="local")
    aligner.substitution_matrix = align.substitution_matrices.load("BLOSUM62")
    aligner.open_gap_score, aligner.extend_gap_score = -11, -1
    return aligner
