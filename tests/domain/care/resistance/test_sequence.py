from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.care.resistance.codons import strands, translated
from corridor.domain.care.resistance.genotype import Gene
from corridor.domain.care.resistance.known import consensus, polymerase
from corridor.domain.care.resistance.reading import ReportReading, is_sequence, read_report
from corridor.domain.care.resistance.sequence import read_sequence

CODONS = dict(
    zip(
        "FLSYCWPHQRIMTNKVADEG*",
        textwrap.wrap("TTCCTAAGTTATTGTTGGCCTCATCAAAGAATAATGACAAATAAAGTAGCAGATGAAGGATAA", 3),
        strict=True,
    )
)
PR, RT, IN, CA = (list(consensus()[gene]) for gene in (Gene.PR, Gene.RT, Gene.IN, Gene.CA))


def bases(letters: list[str] | str) -> str:
    return "".join(CODONS.get(letter, letter) for letter in letters)


def changed(letters: list[str], **changes: str) -> list[str]:
    """A copy with other letters, codons or nothing at positions."""
    return [changes.get(f"p{position}", letter) for position, letter in enumerate(letters, start=1)]


def told(reading: ReportReading) -> list[str]:
    return [f"{each.gene} {each.text}" for each in reading.mutations]


def test_the_consensus_itself_has_no_mutation() -> None:
    reading = read_sequence(bases(polymerase()))
    assert reading == ReportReading(sequenced=frozenset({Gene.PR, Gene.RT, Gene.IN}))
    assert read_sequence(bases(CA)) == ReportReading(sequenced=frozenset({Gene.CA}))


def test_substitutions_are_told_by_gene_and_genes_that_were_not_read_are_not_sequenced() -> None:
    text = bases(changed(PR, p90="M")) + bases(changed(RT, p103="N", p184="V")[:250])
    reading = read_sequence(f">somebody\n{text[:60]}\n{text[60:]}\n")
    assert told(reading) == ["PR L90M", "RT K103N", "RT M184V"]
    assert (reading.sequenced, reading.unread) == ({Gene.PR, Gene.RT}, ())


def test_a_mixture_of_bases_is_a_mixture_of_amino_acids() -> None:
    reading = read_sequence(bases(changed(RT, p103="AAW", p184="RTG")[:250]))
    assert told(reading) == ["RT K103KN", "RT M184MV"]


def test_a_codon_that_leaves_too_much_open_is_no_mutation() -> None:
    assert told(read_sequence(bases(changed(RT, p103="NNN")[:250]))) == []


def test_a_deletion_and_an_insertion_are_found_where_hivdb_counts_them() -> None:
    assert told(read_sequence(bases(changed(RT, p67="")[:250]))) == ["RT D67del"]
    assert told(read_sequence(bases(changed(RT, p69="AGTAGTAGT")[:250]))) == ["RT T69Sins"]


def test_a_strand_that_begins_within_a_codon_is_read_in_its_frame() -> None:
    text = bases(changed(IN, p155="H"))
    for offset in range(3):
        reading = read_sequence(text[offset:].lower())
        assert (told(reading), reading.sequenced) == (["IN N155H"], {Gene.IN})


def test_a_lost_base_does_not_spoil_what_comes_behind_it() -> None:
    text = bases(changed(RT, p41="L", p184="V", p215="Y")[:260])
    reading = read_sequence(text[:350] + text[351:])
    assert {"RT M41L", "RT M184V", "RT T215Y"} <= set(told(reading))
    assert len(told(reading)) <= 6


def test_of_a_gene_that_was_read_in_part_the_drugs_stay_unknown() -> None:
    reading = read_sequence(bases(changed(RT, p103="N")[90:240]))
    assert (told(reading), reading.sequenced) == (["RT K103N"], frozenset())
    assert [(each.text, each.why) for each in reading.unread] == [("RT 91-240", "partial")]


def test_too_many_unread_positions_make_no_result() -> None:
    holes = {f"p{position}": "NNN" for position in range(100, 130)}
    assert read_sequence(bases(changed(RT, **holes)[:250])).sequenced == frozenset()


@pytest.mark.parametrize("text", ["ACGT" * 60, "A" * 500, "ACGTTGCA" * 2000, "TTTTCCCCGGGGAAAA" * 10])
def test_what_is_no_hiv_1_is_not_read(text: str) -> None:
    reading = read_sequence(text)
    assert (reading.mutations, reading.sequenced) == ((), frozenset())
    assert [each.why for each in reading.unread] == ["sequence"]


def test_a_sequence_is_told_from_a_list() -> None:
    assert is_sequence(f">x\n{bases(PR)}")
    assert is_sequence(bases(PR).lower())
    assert not is_sequence("K103N, M184V, sin mutaciones de relevancia para inhibidores de proteasa")
    assert [each.why for each in read_report(bases(PR)).unread] == ["sequence"]


def test_every_codon_means_what_the_genetic_code_says() -> None:
    assert translated("ATGTAAGCNRTGNNNTT") == ("M", "*", "A", "MV", "X")
    assert strands(">a\nAC-G T\n>b\nUUU\n") == ("ACGT", "UUU")


substitutions = st.dictionaries(st.integers(20, 230), st.sampled_from(sorted(set(CODONS) - {"*"})), max_size=12)


@settings(max_examples=40, deadline=None)
@given(substitutions)
def test_scattered_substitutions_are_read_back(wanted: dict[int, str]) -> None:
    changes = {f"p{position}": letter for position, letter in wanted.items() if position % 3 == 0}
    expected = [
        f"RT {RT[int(place[1:]) - 1]}{place[1:]}{letter}"
        for place, letter in sorted(changes.items(), key=lambda row: int(row[0][1:]))
        if RT[int(place[1:]) - 1] != letter
    ]
    reading = read_sequence(bases(changed(RT, **changes)[:250]))
    assert (told(reading), reading.sequenced) == (expected, {Gene.RT})


@settings(max_examples=60, deadline=None)
@given(st.text("ACGTRYN-\n>x", max_size=400))
def test_no_run_of_letters_breaks_the_reader(text: str) -> None:
    read_sequence(text)
