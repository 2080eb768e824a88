"""What a node tells the coordinator of an exchange: hour, pair of countries, purpose, decision, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corridor.domain.country import Country


class Decision(StrEnum):
    """How an exchange ended, as the reporting side knows it."""

    ASKED = "asked"
    DISCLOSED = "disclosed"
    REFUSED = "refused"
    NOTHING = "nothing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line of the coordinator's view.

    Attributes:
        id: 32 random hex digits, so that a repeated push counts once.
        hour: aware UTC, cut to the hour.
        reporter: the country that says so; asker or holder.
        purpose: PurposeOfUse code.
    """

    id: str
    hour: datetime
    reporter: Country
    asker: Country
    holder: Country
    purpose: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class LogState:
    """How far a country's log has grown, with the proof that it only grew.

    Attributes:
        size: number of leaves.
        note: signed checkpoint (C2SP signed-note text).
        proof: RFC 6962 consistency proof from the size that the hub last saw.
    """

    size: int
    note: str
    proof: tuple[bytes, ...]
