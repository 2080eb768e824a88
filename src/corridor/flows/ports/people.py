"""The national register of persons, for matching and registration alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corridor.domain.identity.demographics import Demographics

Place = tuple[int, int]
"""A place in the register, in the order of last changes; what changes moves behind everything else."""

START: Place = (0, 0)


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A patient in the register, or one who was: then there is no description.

    Attributes:
        place: of this patient; the next slice begins behind it.
    """

    patient_id: str
    described: Demographics | None
    place: Place


class People(Protocol):
    """Who is in the national register."""

    async def demographics(self, patient_id: str) -> Demographics | None:
        """How the person is described here; None where there is no living patient of that id."""

    async def similar(self, asked: Demographics, *, limit: int) -> tuple[tuple[str, Demographics], ...]:
        """Patients who share a document, a birth date or a name skeleton, at most `limit` (id, description) pairs."""

    async def handle(self, patient_id: str) -> bytes:
        """The 16 byte handle under which the person is registered at the hub, made at first use and kept."""

    async def handles(self, patient_ids: Sequence[str]) -> dict[str, bytes]:
        """As `handle`, of many at once."""

    async def after(self, place: Place, *, limit: int) -> tuple[Entry, ...]:
        """The next patients of the register, the longest unchanged first; none behind the last."""

    async def count(self) -> int:
        """How many living patients there are."""
