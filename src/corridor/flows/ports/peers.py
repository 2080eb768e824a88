"""The other countries' nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.directory import Departure
from corridor.domain.history import Answer
from corridor.domain.presence import NONE
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """What one country is asked.

    Attributes:
        handle: the single-use handle for that country.
        statement: the person's consent for this handle, signed; FHIR JSON bytes of Consent and Provenance.
        clinician: the asking clinician's pseudonym for this pair of countries.
        until: instant after which nobody waits for the answer.
        presence: how it was shown to the asking country that the person is there; `none` where that was not asked.
    """

    handle: str
    purpose: Purpose
    statement: bytes
    clinician: str
    trace: Trace
    until: datetime
    presence: str = NONE


class Peers(Protocol):
    """Other nodes, asked by signed requests."""

    async def history(self, country: Country, request: HistoryRequest) -> Answer:
        """What the country says.

        Raises:
            DeadlineError: no whole answer before `request.until`.
            UnavailableError: the node cannot be reached or says that it cannot answer.
            MalformedError: what came back is not a signed, well-formed answer.
        """

    async def withdraw(self, country: Country, request: HistoryRequest) -> None:
        """Tell the country of a withdrawal; returning means that it is kept there (or the person is unknown there).

        Raises: as `history`.
        """

    def countries(self) -> Sequence[Country]:
        """All other countries of the federation, in order."""

    def former(self) -> Mapping[Country, Departure]:
        """Countries that took part and do not now: they are not asked, and named so wherever the others are."""
