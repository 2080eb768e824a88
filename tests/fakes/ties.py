"""Ties in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.tie import Doubt, Flow, LabelledPair, Said, Side, Tie, Vote


@dataclass
class TieState:
    """Everything about ties that a unit may change."""

    ties: dict[str, Tie] = field(default_factory=dict)
    votes: dict[str, list[Vote]] = field(default_factory=dict)
    answers: dict[str, dict[str, Said]] = field(default_factory=dict)
    flows: dict[str, list[Flow]] = field(default_factory=dict)
    labels: dict[str, LabelledPair] = field(default_factory=dict)


class FakeTies:
    """Port `Ties`."""

    def __init__(self, state: TieState) -> None:
        self._state = state

    async def keep(self, tie: Tie) -> None:
        """See the port."""
        self._state.ties[tie.id] = tie

    async def find(self, id: str) -> Tie | None:
        """See the port."""
        return self._state.ties.get(id)

    async def of(self, patient_id: str) -> tuple[Tie, ...]:
        """See the port."""
        return _newest(each for each in self._state.ties.values() if each.patient_id == patient_id)

    async def named(self, side: Side, country: Country, name: str) -> tuple[Tie, ...]:
        """See the port."""
        wanted = side, country, name
        return _newest(each for each in self._state.ties.values() if (each.side, each.country, each.name) == wanted)

    async def doubtful(self) -> tuple[Tie, ...]:
        """See the port."""
        waiting = [
            each
            for each in self._state.ties.values()
            if each.doubt is not Doubt.NONE and each.side is Side.ASKER and each.is_living
        ]
        return tuple(sorted(waiting, key=lambda each: (each.made_at, each.id)))

    async def vote(self, id: str, vote: Vote) -> bool:
        """See the port."""
        votes = self._state.votes.setdefault(id, [])
        if any(each.agent == vote.agent for each in votes):
            return False
        votes.append(vote)
        return True

    async def votes(self, id: str) -> tuple[Vote, ...]:
        """See the port."""
        return tuple(sorted(self._state.votes.get(id, []), key=lambda each: (each.at, each.agent)))

    async def forget_votes(self, id: str) -> None:
        """See the port."""
        self._state.votes.pop(id, None)
        self._state.answers.pop(id, None)

    async def answer(self, id: str, question: str, said: Said, *, at: datetime) -> Said:
        """See the port."""
        del at
        return self._state.answers.setdefault(id, {}).setdefault(question, said)

    async def answers(self, id: str) -> Mapping[str, Said]:
        """See the port."""
        return dict(self._state.answers.get(id, {}))

    async def flow(self, id: str, flow: Flow) -> None:
        """See the port."""
        flows = self._state.flows.setdefault(id, [])
        if all((each.trace, each.kind) != (flow.trace, flow.kind) for each in flows):
            flows.append(flow)

    async def flows(self, id: str) -> tuple[Flow, ...]:
        """See the port."""
        return tuple(sorted(self._state.flows.get(id, []), key=lambda each: (each.at, each.kind)))

    async def flows_of(self, agent: str, *, since: datetime) -> tuple[tuple[Tie, Flow], ...]:
        """See the port."""
        found = [
            (self._state.ties[id], each)
            for id, flows in self._state.flows.items()  # noqa: A001  # FHIR's word
            for each in flows
            if each.agent == agent and each.at >= since and each.kind != "told" and id in self._state.ties
        ]
        return tuple(sorted(found, key=lambda pair: (pair[1].at, pair[1].kind, pair[0].id)))

    async def label(self, id: str, pair: LabelledPair) -> None:
        """See the port."""
        self._state.labels[id] = pair

    async def labels(self) -> tuple[LabelledPair, ...]:
        """See the port."""
        return tuple(self._state.labels[id] for id in sorted(self._state.labels, key=self._when))  # noqa: A001  # FHIR's word

    def _when(self, id: str) -> tuple[datetime, str]:
        return self._state.labels[id].at, id


def _newest(found: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(sorted(sorted(found, key=lambda each: each.id), key=lambda each: each.made_at, reverse=True))
