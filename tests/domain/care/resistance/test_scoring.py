from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.resistance.algorithm import hivdb, read_rules
from corridor.domain.care.resistance.comments import comments
from corridor.domain.care.resistance.genotype import Gene, Mutation, joined
from corridor.domain.care.resistance.interpretation import DrugScore
from corridor.domain.care.resistance.known import expected
from corridor.domain.care.resistance.reading import read_report
from corridor.domain.care.resistance.scoring import scored
from corridor.domain.errors import MalformedError

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "hivdb_10.2_vectors.json").read_text("utf-8"))["vectors"]
ALL = frozenset(Gene)


def found(**texts: str) -> dict[str, DrugScore]:
    read = [each for gene, text in texts.items() for each in read_report(text, {Gene(gene)}).mutations]
    return {each.drug: each for each in scored(read, {Gene(gene) for gene in texts})}


def test_there_are_87_published_vectors() -> None:
    assert len(VECTORS) == 87


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['source'][-20:]} {vector['id']}")
def test_every_score_and_level_is_that_of_the_published_vectors(vector: dict) -> None:
    read = [read_report(text, {Gene(gene)}) for gene, texts in vector["mutations"].items() for text in texts]
    assert [each.unread for each in read if each.unread] == []
    told = {each.drug: each for each in scored([one for each in read for one in each.mutations], ALL)}
    given = {drug: (told[drug].score, told[drug].level, told[drug].words) for drug in vector["expected"]}
    assert given == {drug: (row["score"], row["level"], row["text"]) for drug, row in vector["expected"].items()}


mutations = st.builds(
    lambda gene, position, letters: Mutation(gene, position, "".join(sorted(letters)), expected(gene, position)),
    st.sampled_from(Gene),
    st.integers(1, 99),
    st.sets(st.sampled_from("ACDEFGHIKLMNPQRSTVWYid*X"), min_size=1, max_size=4),
)


@given(st.lists(mutations, max_size=25), st.randoms())
def test_order_and_repetition_change_no_score(listed: list[Mutation], random: object) -> None:
    shuffled = [*listed, *listed[:5]]
    random.shuffle(shuffled)
    assert scored(shuffled, ALL) == scored(listed, ALL) == scored(joined(listed), ALL)


@given(st.lists(mutations, max_size=25), st.sets(st.sampled_from(Gene)))
def test_a_gene_that_was_not_sequenced_is_unknown_and_never_susceptible(
    listed: list[Mutation], sequenced: set[Gene]
) -> None:
    for each in scored(listed, sequenced):
        assert (each.level is None) is (each.gene not in sequenced)
        assert (each.score is None) is (each.gene not in sequenced)
        assert (each.active is None) is (each.gene not in sequenced)


@given(st.lists(mutations, max_size=25))
def test_a_score_is_the_sum_of_its_reasons_and_the_level_follows_from_it(listed: list[Mutation]) -> None:
    for each in scored(listed, ALL):
        assert each.score == sum(reason.points for reason in each.reasons)
        lowest = {1: float("-inf"), 2: 10, 3: 15, 4: 30, 5: 60}
        assert lowest[each.level or 0] <= each.score < lowest.get((each.level or 0) + 1, float("inf"))


def test_without_mutations_every_sequenced_drug_is_susceptible() -> None:
    assert {(each.score, each.level, each.words) for each in scored([], ALL)} == {(0, 1, "Susceptible")}


def test_points_below_zero_count() -> None:
    drugs = found(RT="K65R, M184V")
    assert (drugs["AZT"].score, drugs["AZT"].level) == (-20, 1)
    assert (drugs["TDF"].score, drugs["TDF"].level) == (35, 4)
    assert (drugs["3TC"].score, drugs["3TC"].level) == (75, 5)


def test_dolutegravir_is_intermediate_with_r263k() -> None:
    assert found(IN="R263K")["DTG"].level == found(IN="R263K")["BIC"].level == 4


def test_a_deletion_is_not_aspartic_acid_and_an_insertion_is_not_isoleucine() -> None:
    assert found(RT="T69D")["TDF"].score == 0
    assert found(RT="69d")["TDF"].score == 15
    assert found(RT="T69I")["TDF"].score == 0
    assert found(RT="69i")["TDF"].score == 60


def test_a_mixture_counts_by_its_worst_part() -> None:
    assert found(RT="K103KN")["EFV"].score == found(RT="K103N")["EFV"].score == 60
    assert found(RT="K103KNS")["EFV"].score == 60


def test_an_unknown_amino_acid_counts_for_nothing() -> None:
    assert found(RT="K103X")["EFV"].score == 0


def test_the_algorithm_says_its_version_and_day() -> None:
    algorithm = hivdb().algorithm
    assert (algorithm.name, algorithm.version, algorithm.on.isoformat()) == ("HIVDB", "10.2", "2026-04-26")


def test_every_comment_is_about_what_was_found() -> None:
    read = read_report("K103N, M184V", {Gene.RT}).mutations
    told = [each.text for each in comments(read, scored(read, {Gene.RT}))]
    assert any(text.startswith("K103N") for text in told)
    assert any("M184V" in text for text in told)


def test_an_unusual_mutation_is_named_in_its_comment() -> None:
    read = read_report("G118RS", {Gene.IN}).mutations
    told = [each.text for each in comments(read, scored(read, {Gene.IN}))]
    assert any("G118S is an unusual mutation at this position" in text for text in told)
    assert not any("$" in text for text in told)


def test_a_level_has_its_comment() -> None:
    read = read_report("R263K", {Gene.IN}).mutations
    assert any("twice daily" in each.text for each in comments(read, scored(read, {Gene.IN})))


@given(st.lists(mutations, max_size=40))
def test_no_mutation_breaks_a_comment(listed: list[Mutation]) -> None:
    for each in comments(joined(listed), scored(listed, ALL)):
        assert "$" not in each.text


@pytest.mark.parametrize("text", ["", "<a", "<ALGORITHM/>", "<ALGORITHM><ALGDATE>x</ALGDATE></ALGORITHM>"])
def test_a_file_that_holds_no_rules_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        read_rules(text)
