"""Whom and what the measurements ask for: drawn evenly from all that was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg
import orjson

from bench.seals import ring
from corridor.storage.database import Database
from corridor.storage.node import bodies

CODE = ("http://loinc.org", "20447-9")
"""Viral load, as Peru's laboratories write it."""
SINCE = "2024-01-01"
_WHOLE = (40, 60)
"""Resources of a record that stands for one of fifty."""

_DRAWN = "SELECT resource_type, id, patient_id FROM record WHERE key = ANY($1)"
_LARGE = "SELECT patient_id FROM record WHERE patient_id = ANY($1) GROUP BY 1 HAVING count(*) BETWEEN $2 AND $3"
_PATIENTS = "SELECT id, patient_id, body FROM record WHERE id = ANY($1) AND resource_type = 'Patient'"


@dataclass(frozen=True, slots=True)
class Targets:
    """What is asked for; each list is gone through from its beginning and then again.

    Attributes:
        names: (type, id) of any resources.
        patients: ids of Patients.
        identifiers: numbers of their papers.
        whole: ids of Patients with a record of about fifty resources.
    """

    names: Sequence[tuple[str, str]]
    patients: Sequence[str]
    identifiers: Sequence[str]
    whole: Sequence[str]


async def draw(url: str, resources: int, *, most: int) -> Targets:
    """Targets of a loaded database."""
    connection = await asyncpg.connect(Database(url).dsn)
    try:
        rng = Random(7)
        rows = await connection.fetch(_DRAWN, [rng.randint(1, resources) for _ in range(most)])
        patients = sorted({row["patient_id"] for row in rows if row["patient_id"]})
        whole = [row["patient_id"] for row in await connection.fetch(_LARGE, patients, *_WHOLE)]
        bound = await connection.fetch(_PATIENTS, patients)
        found = [orjson.loads(bodies.unpack_row(row, ring())) for row in bound]
    finally:
        await connection.close()
    return Targets(
        names=_shuffled(rng, [(row["resource_type"], row["id"]) for row in rows]),
        patients=_shuffled(rng, patients),
        identifiers=_shuffled(rng, [each["identifier"][0]["value"] for each in found if "identifier" in each]),
        whole=_shuffled(rng, sorted(whole)),
    )


def _shuffled(rng: Random, items: Sequence[Any]) -> list[Any]:
    return rng.sample(items, len(items))
