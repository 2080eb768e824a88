"""Plain text beside ours: Splink on DuckDB, unsupervised, with everything that a register holds in the open.

It sees what our home sees and more: text as it was written, unbroken dates, frequencies of names. Levels and blocking
rules were chosen for these corpora by looking at fields, never at the truth; parameters are estimated from the pairs
themselves.

Source: Splink 5, https://moj-analytical-services.github.io/splink
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import pandas as pd
from splink import Linker, SettingsCreator, block_on
from splink import comparison_level_library as levels
from splink import comparison_library as comparisons
from splink.backends.duckdb import DuckDBAPI

from bench.identity.corpora import Corpus, Row

KEPT_FROM = 0.001
"""Pairs that are less likely than this are not kept: they count for no threshold that anybody would choose."""

RECALL = 0.8
"""How many of the pairs the sure rules are taken to find, from which Splink learns how many there are."""

U_PAIRS = 2_000_000
SEED = 7


def table(rows: tuple[Row, ...]) -> Any:
    """One register as Splink reads it; what is not known is missing."""
    return pd.DataFrame([_columns(row) for row in rows])


def _columns(row: Row) -> dict[str, Any]:
    given, born = row["given"].lower().split(), row["birth_date"]
    papers = [paper.split(":", 2) for paper in row["documents"].split(";") if paper]
    numbers = [f"{issuer}{''.join(filter(str.isalnum, number)).lstrip('0')}" for issuer, _, number in papers]
    texts = {
        "given": " ".join(given), "given1": given[0] if given else "", "given2": " ".join(given[1:]),
        "surname1": row["surname1"].lower(), "surname2": row["surname2"].lower(), "birth": born, "year": born[:4],
        "turn": born[5:], "sex": row["sex"], "street": row["street"], "suburb": row["suburb"],
        "postcode": row["postcode"],
    }  # fmt: skip
    known: dict[str, Any] = {name: text or None for name, text in texts.items()}
    return {"unique_id": int(row["id"]), **known, "papers": numbers or None}


def _given() -> Any:
    return comparisons.CustomComparison(
        [
            levels.NullLevel("given1"),
            levels.ExactMatchLevel("given", term_frequency_adjustments=True),
            levels.ExactMatchLevel("given1", term_frequency_adjustments=True),
            levels.JaroWinklerLevel("given1", 0.92),
            levels.CustomLevel("given1_l = given2_r or given2_l = given1_r or given1_l = surname1_r"),
            levels.JaroWinklerLevel("given1", 0.8),
            levels.ElseLevel(),
        ],
        output_column_name="given",
    )


def _surname() -> Any:
    return comparisons.CustomComparison(
        [
            levels.NullLevel("surname1"),
            levels.ExactMatchLevel("surname1", term_frequency_adjustments=True),
            levels.JaroWinklerLevel("surname1", 0.92),
            levels.CustomLevel("surname1_l = surname2_r or surname2_l = surname1_r or surname1_l = given1_r"),
            levels.JaroWinklerLevel("surname1", 0.8),
            levels.ElseLevel(),
        ],
        output_column_name="surname1",
    )


def _birth() -> Any:
    swapped = "birth_l[:4] = birth_r[:4] and birth_l[6:7] = birth_r[9:10] and birth_l[9:10] = birth_r[6:7]"
    return comparisons.CustomComparison(
        [
            levels.NullLevel("birth"),
            levels.ExactMatchLevel("birth"),
            levels.CustomLevel(swapped),
            levels.DamerauLevenshteinLevel("birth", 1),
            levels.DamerauLevenshteinLevel("birth", 2),
            levels.ExactMatchLevel("year"),
            levels.ElseLevel(),
        ],
        output_column_name="birth",
    )


def _text(column: str, *likenesses: float) -> Any:
    near = [levels.JaroWinklerLevel(column, likeness) for likeness in likenesses]
    same = levels.ExactMatchLevel(column, term_frequency_adjustments=True)
    return comparisons.CustomComparison(
        [levels.NullLevel(column), same, *near, levels.ElseLevel()], output_column_name=column
    )


def _postcode() -> Any:
    near = [levels.DamerauLevenshteinLevel("postcode", errors) for errors in (1, 2)]
    return comparisons.CustomComparison(
        [levels.NullLevel("postcode"), levels.ExactMatchLevel("postcode"), *near, levels.ElseLevel()],
        output_column_name="postcode",
    )


def _papers() -> Any:
    near = levels.PairwiseStringDistanceFunctionLevel("papers", "damerau_levenshtein", 1)
    return comparisons.CustomComparison(
        [levels.NullLevel("papers"), levels.ArrayIntersectLevel("papers"), near, levels.ElseLevel()],
        output_column_name="papers",
    )


_COMPARED = {
    "given": _given,
    "surname1": _surname,
    "surname2": lambda: _text("surname2", 0.9),
    "birth": _birth,
    "sex": lambda: comparisons.ExactMatch("sex"),
    "papers": _papers,
    "street": lambda: _text("street", 0.92, 0.8),
    "suburb": lambda: _text("suburb", 0.9),
    "postcode": _postcode,
}
_RULES: tuple[tuple[str, ...], ...] = (
    ("given1", "surname1"),
    ("birth",),
    ("surname1", "year"),
    ("given1", "year"),
    ("surname1", "turn"),
    ("given1", "turn"),
    ("surname1", "surname2"),
    ("postcode", "given1"),
    ("postcode", "surname1"),
    ("street",),
)


def linked(corpus: Corpus) -> list[tuple[float, bool]]:
    """Every pair that Splink finds with its probability, and whether it is one person."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    tables = [table(rows) for rows in corpus.rows]
    told = {name for name in tables[0].columns if all(each[name].notna().any() for each in tables)}
    rules: list[Any] = [block_on(*rule) for rule in _RULES if told.issuperset(rule)]
    if "papers" in told:
        rules.append(block_on("papers", arrays_to_explode=["papers"]))
    settings = SettingsCreator(
        link_type="dedupe_only" if corpus.alone else "link_only",
        comparisons=[make() for name, make in _COMPARED.items() if name in told],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar=false")  # it would draw into what we print
    connection.execute("SET lambda_syntax='ENABLE_SINGLE_ARROW'")  # Splink 5.0 writes lists' lambdas as before DuckDB 2
    database = DuckDBAPI(connection)
    registered = [database.register(each, table_name=f"register_{place}") for place, each in enumerate(tables)]
    linker: Any = Linker(registered, settings, log_level=logging.ERROR)  # Splink leaves much of itself without types
    _estimate(linker, told)
    found = linker.inference.predict(threshold_match_probability=KEPT_FROM).as_pandas_dataframe()
    columns = (found[name].tolist() for name in ("match_probability", "unique_id_l", "unique_id_r"))
    return [(chance, corpus.pair(left, right) in corpus.truth) for chance, left, right in zip(*columns, strict=True)]


def _estimate(linker: Any, told: set[str]) -> None:
    """What the parameters are, from the pairs alone."""
    sure = [block_on("given1", "surname1", "birth")]
    if "papers" in told:
        sure.append(block_on("papers", "year", arrays_to_explode=["papers"]))
    training = linker.training
    training.estimate_probability_two_random_records_match(sure, recall=RECALL)
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
    for rule in (block_on("given1", "surname1"), block_on("birth")):
        training.estimate_parameters_using_expectation_maximisation(rule)
