"""The three tokens of the OPPRL protocol: `opprl.py LEFT.csv RIGHT.csv PAIRS.csv`, in an environment of its own.

Each token is a keyed hash of one combination (initial or Soundex or Metaphone of first and last name, gender, birth
date); the score of a pair is how many of the three agree. It needs Java, for carduus runs on Spark.
"""

from __future__ import annotations

import csv
import logging
import os
import sys
from collections import Counter, defaultdict
from typing import Any

from carduus.keys import generate_pem_keys
from carduus.token import OpprlPii, OpprlToken, tokenize
from pyspark.sql import SparkSession

TOKENS = (OpprlToken.token1, OpprlToken.token2, OpprlToken.token3)
GENDERS = {"male": "M", "female": "F"}
COLUMNS = ("id", "first_name", "last_name", "gender", "birth_date")
FIELDS = (OpprlPii.first_name, OpprlPii.last_name, OpprlPii.gender, OpprlPii.birth_date)


def people(path: str) -> list[tuple[str, ...]]:
    """Everyone of a register as the protocol reads people; who lacks a name or a date has no token."""
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - a script of its own
        return [
            (row["id"], row["given"], row["surname1"], GENDERS.get(row["sex"], "O"), row["birth_date"])
            for row in csv.DictReader(file)
        ]


def main(left: str, right: str, pairs: str) -> None:
    """Write every pair that shares a token."""
    paths = [left] if left == right else [left, right]
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    logging.getLogger("py4j").setLevel(logging.ERROR)
    spark.sparkContext.setLogLevel("ERROR")
    key, _ = generate_pem_keys()
    registers = []
    for path in paths:
        frame = spark.createDataFrame(people(path), list(COLUMNS))
        kinds = dict(zip(COLUMNS[1:], FIELDS))  # noqa: B905 - of one length
        registers.append(tokenize(frame, kinds, list(TOKENS), key).collect())
    spark.stop()
    write(pairs, registers)


def write(path: str, registers: list[list[Any]]) -> None:
    """Pairs of those who share tokens, with how many they share."""
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in registers[0]:
        for token in tokens_of(row):
            known[token].append(row["id"])
    with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a script of its own
        out = csv.writer(file)
        out.writerow(("left", "right", "score"))
        for row in registers[-1]:
            shared = Counter(one for token in tokens_of(row) for one in known.get(token, ()))
            within = len(registers) == 1
            out.writerows(
                (one, row["id"], count) for one, count in shared.items() if not within or int(one) < int(row["id"])
            )


def tokens_of(row: Any) -> list[tuple[str, str]]:
    """The tokens that a person has, each with its name."""
    names = [token.value.name for token in TOKENS]
    return [(name, row[name]) for name in names if row[name]]


if __name__ == "__main__":
    main(*sys.argv[1:])
