"""The other half of a tie, at the other country's node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.questions import Question
from corridor.domain.tie import Said, TieState
from corridor.domain.trace import Trace


@dataclass(frozen=True, slots=True)
class TieName:
    """How both countries name one tie.

    Attributes:
        name: the pairwise pseudonym.
        described: digest of the asker's description.
    """

    name: str
    described: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be asked about a tie, and which traits agreed."""

    questions: tuple[Question, ...]
    agreed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Veiled:
    """Answers that cannot be read on the way."""

    salt: bytes
    answers: Mapping[Question, bytes]


class Counterparts(Protocol):
    """Other nodes, asked by signed requests about ties that both know.

    Each method raises DeadlineError, UnavailableError or MalformedError where no sound answer came.
    """

    async def questions(self, country: Country, tie: TieName, *, trace: Trace) -> Offer:
        """What to ask the person; nothing where the other side knows no such tie."""

    async def compare(self, country: Country, tie: TieName, veiled: Veiled, *, trace: Trace) -> Mapping[Question, Said]:
        """For each question whether the answers agree."""

    async def became(self, country: Country, tie: TieName, state: TieState, *, at: datetime, trace: Trace) -> None:
        """Tell what people made of the tie; kept there when this returns."""
