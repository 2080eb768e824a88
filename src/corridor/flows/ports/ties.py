"""The ties of a node, within a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.tie import Flow, LabelledPair, Said, Side, Tie, Vote


class Ties(Protocol):
    """Ties with all that happened under them; none is ever forgotten."""

    async def keep(self, tie: Tie) -> None:
        """Keep a tie, or what became of it."""

    async def find(self, id: str) -> Tie | None:
        """One of them."""

    async def of(self, patient_id: str) -> tuple[Tie, ...]:
        """Those of a person here, newest first."""

    async def named(self, side: Side, country: Country, name: str) -> tuple[Tie, ...]:
        """Those with a person that the other country and this one know by that pseudonym, newest first."""

    async def doubtful(self) -> tuple[Tie, ...]:
        """Living ones of the asker's side that people have to look at, oldest first."""

    async def vote(self, id: str, vote: Vote) -> bool:
        """Keep what somebody found; False where they had said so before."""

    async def votes(self, id: str) -> tuple[Vote, ...]:
        """What people found so far, oldest first."""

    async def forget_votes(self, id: str) -> None:
        """Begin anew: votes and answers so far were about other evidence."""

    async def answer(self, id: str, question: str, said: Said, *, at: datetime) -> Said:
        """Keep what came of a question; where it was asked before, the first answer stays and is returned."""

    async def answers(self, id: str) -> Mapping[str, Said]:
        """What came of each question."""

    async def flow(self, id: str, flow: Flow) -> None:
        """Keep that something flowed."""

    async def flows(self, id: str) -> tuple[Flow, ...]:
        """What flowed, oldest first."""

    async def flows_of(self, agent: str, *, since: datetime) -> tuple[tuple[Tie, Flow], ...]:
        """What a clinician of this country received or saved since then, oldest first."""

    async def label(self, id: str, pair: LabelledPair) -> None:
        """Keep a decision to learn from; the newest about a tie counts."""

    async def labels(self) -> tuple[LabelledPair, ...]:
        """Every decision, oldest first; nothing in it names anybody."""
