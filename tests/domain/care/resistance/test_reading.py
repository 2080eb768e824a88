from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.resistance.gate import only_mutations
from corridor.domain.care.resistance.genotype import Gene
from corridor.domain.care.resistance.known import consensus, resistance_mutations
from corridor.domain.care.resistance.reading import ReportReading, read_report


def told(reading: ReportReading) -> list[str]:
    return [f"{each.gene} {each.text}" for each in reading.mutations]


@pytest.mark.parametrize(
    "text",
    [
        "K103N",
        "103N",
        "RT:K103N",
        "RT_K103N",
        "RT-K103N",
        "RT K103N",
        "RTK103N",
        "RT.K103N",
        "K 103 N",
        "k103n",
        "rt:k103n",
        "rt_k103n",
        " K103N ",
        "(K103N)",
        "p.Lys103Asn",
        "Lys103Asn",
        "K103N (45 %)",
        "RT: K103N.",
        "K103N+",
    ],
)
def test_one_mutation_in_every_form_reads_alike(text: str) -> None:
    for genes in ((), (Gene.RT,), (Gene.PR, Gene.RT)):
        reading = read_report(text, genes)
        assert (told(reading), reading.unread) == (["RT K103N"], ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M184M/V", "RT M184MV"),
        ("M184MV", "RT M184MV"),
        ("M184V/I", "RT M184IV"),
        ("M184[I,V]", "RT M184IV"),
        ("184 I", ""),
        ("T69_S", "RT T69ins"),
        ("T69S_SS", "RT T69Sins"),
        ("T69ins", "RT T69ins"),
        ("69ins", "RT T69ins"),
        ("T69 inserción", "RT T69ins"),
        ("69i", "RT T69ins"),
        ("T69insSSS", "RT T69ins"),
        ("69del", "RT T69del"),
        ("T69d", "RT T69del"),
        ("T69-", "RT T69del"),
        ("Δ67", "RT D67del"),
        ("del67", "RT D67del"),
        ("D67Δ", "RT D67del"),
        ("T69D", "RT T69D"),
        ("T69I", "RT T69I"),
    ],
)
def test_mixtures_insertions_and_deletions_are_read(text: str, expected: str) -> None:
    assert told(read_report(text, {Gene.RT})) == [expected] * bool(expected)


@pytest.mark.parametrize("text", ["t69d", "69i/t", "184i", "e138k", "E138K", "L74I", "no K103N", "M184V negativo"])
def test_what_can_mean_two_things_stays_unread(text: str) -> None:
    reading = read_report(text)
    assert (reading.mutations, reading.sequenced) == ((), frozenset())
    assert [each.why for each in reading.unread] == ["ambiguous"]


def test_a_list_by_gene_is_read_with_genes_that_have_none() -> None:
    reading = read_report("NRTI: M184V, K65R; NNRTI: K103N; PI: ninguna; INSTI: N155H")
    assert told(reading) == ["IN N155H", "RT K65R", "RT K103N", "RT M184V"]
    assert reading.sequenced == {Gene.RT, Gene.PR, Gene.IN}
    assert reading.unread == ()


def test_a_gene_without_any_may_stand_behind_a_comma() -> None:
    reading = read_report("Mutações: ITRN M184V, ITRNN K103N, IP nenhuma")
    assert (told(reading), reading.sequenced) == (["RT K103N", "RT M184V"], {Gene.RT, Gene.PR})
    assert [each.why for each in read_report("no K103N, RT M184V").unread] == ["ambiguous"]


def test_a_gene_named_once_stands_for_the_lines_after_it() -> None:
    reading = read_report("Proteasa\nsin mutaciones\nTranscriptasa reversa\nM41L\nT215Y\n")
    assert told(reading) == ["RT M41L", "RT T215Y"]
    assert reading.sequenced == {Gene.RT, Gene.PR}


@pytest.mark.parametrize(
    "text",
    [
        "sin mutaciones de relevancia",
        "No se detectan mutaciones",
        "none",
        "wild type",
        "Nenhuma mutação detectada",
        "WT",
    ],
)
def test_a_gene_without_mutations_was_sequenced(text: str) -> None:
    assert read_report(text, {Gene.IN}) == ReportReading(sequenced=frozenset({Gene.IN}))


def test_nothing_found_in_an_unknown_gene_says_nothing_of_any_gene() -> None:
    reading = read_report("sin mutaciones de relevancia")
    assert (reading.sequenced, [each.why for each in reading.unread]) == (frozenset(), ["gene"])


@pytest.mark.parametrize(
    "text", ["No se pudo amplificar", "not sequenced", "Não foi possível sequenciar", "Muestra insuficiente", "failed"]
)
def test_a_test_that_failed_is_no_result(text: str) -> None:
    reading = read_report(text, {Gene.IN})
    assert (reading.mutations, reading.sequenced) == ((), frozenset())
    assert [each.why for each in reading.unread] == ["not-done"]


@pytest.mark.parametrize("text", ["3TC", "d4T", "2019-05-01 3TC 300", "banana", "RT: L90M", "PR: K103N", "RT: K1030N"])
def test_what_is_no_mutation_is_kept_as_written(text: str) -> None:
    reading = read_report(text)
    assert reading.mutations == ()
    assert reading.unread


def test_hiv_2_is_not_read_by_the_rules_for_hiv_1() -> None:
    reading = read_report("VIH-2: M184V")
    assert (reading.mutations, [each.why for each in reading.unread]) == ((), ["hiv-2"])


def test_what_stands_beside_mutations_and_says_something_is_kept() -> None:
    reading = read_report("RT: K103N, banana")
    assert (told(reading), [each.text for each in reading.unread]) == (["RT K103N"], ["banana"])


LISTED = sorted((gene, position, letter) for gene, position, letter in resistance_mutations() if letter.isupper())


@given(st.sampled_from(LISTED))
def test_every_listed_mutation_is_read_in_every_form(place: tuple[Gene, int, str]) -> None:
    gene, position, letter = place
    own = consensus()[gene][position - 1]
    for text in (f"{own}{position}{letter}", f"{position}{letter}", f"{gene}:{own}{position}{letter}".lower()):
        if text.endswith(("i", "d")):
            continue
        (mutation,) = read_report(text, {gene}).mutations
        assert (mutation.gene, mutation.position, mutation.amino_acids) == place


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    read_report(text)


@given(st.text("KMNVRTPIC 0123456789/_-:;,.*Δid", max_size=60))
def test_no_text_of_signs_breaks_the_reader_and_every_position_exists(text: str) -> None:
    for each in read_report(text, {Gene.RT}).mutations:
        assert 1 <= each.position <= len(consensus()[each.gene])


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert [each.why for each in read_report("K103N " * 5000).unread] == ["too-long"]


@pytest.mark.parametrize("text", ["Resistencia detectada", "RT: se detecta resistencia", "Resistance present"])
def test_a_resistance_that_names_no_mutation_is_kept_as_written(text: str) -> None:
    reading = read_report(text, {Gene.RT})
    assert (reading.mutations, reading.sequenced, len(reading.unread)) == ((), frozenset(), 1)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 19_000,
        "K103(" + "K " * 9_000,
        "K103K" + "/K" * 9_000,
        "A" * 19_000,
        ", " * 9_000,
        "RT " * 6_000,
        "9%" * 9_000,
    ],
)
def test_a_hostile_text_is_answered(text: str) -> None:
    read_report(text, {Gene.RT})
    only_mutations(text[:2000])
