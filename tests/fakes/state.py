"""What a country's storage holds, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from corridor.domain.audit.fact import AuditFact
from corridor.domain.consent import Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import Opening
from corridor.domain.errors import UnavailableError
from corridor.domain.limits import Pause
from corridor.domain.presence import Card, Challenge, Proof
from corridor.domain.pull import PullRecord
from corridor.domain.record import Draft, Record
from corridor.flows.ports.outbox import Message
from tests.fakes.ties import TieState

Name = tuple[str, str]


@dataclass
class Stored:
    """One version, with the draft that it was written from."""

    record: Record
    draft: Draft | None


@dataclass
class State:
    """Everything that a unit may change; a unit that fails puts back the copy."""

    versions: dict[Name, list[Stored]] = field(default_factory=dict)
    withdrawals: dict[str, dict[datetime, Withdrawal]] = field(default_factory=dict)
    handles: dict[str, bytes] = field(default_factory=dict)
    grants: dict[tuple[str, str], tuple[str, datetime, bytes]] = field(default_factory=dict)
    outbox: list[tuple[datetime | None, Message]] = field(default_factory=list)
    facts: list[AuditFact] = field(default_factory=list)
    pulls: dict[str, PullRecord] = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    proofs: dict[str, Proof] = field(default_factory=dict)
    ties: TieState = field(default_factory=TieState)
    numbers: int = 0


class Shelf:
    """One state for all ports of a node.

    Attributes:
        broken: True makes every write fail, as a full disk would.
        everybody_is_there: tests of something else need no proof of it.
    """

    def __init__(self, home: Country) -> None:
        self.home = home
        self.state = State()
        self.broken = False
        self.everybody_is_there = True

    @property
    def facts(self) -> list[AuditFact]:
        """What the log holds, oldest first."""
        return self.state.facts

    def current(self, resource_type: str, id: str) -> Stored | None:
        """The newest version."""
        versions = self.state.versions.get((resource_type, id))
        return versions[-1] if versions else None

    def living(self) -> list[Stored]:
        """Current versions that are not deleted, in order of first writing."""
        return [each for each in self.newest() if each.record.body is not None]

    def newest(self) -> list[Stored]:
        """Current versions, deleted ones among them, in order of first writing."""
        return [versions[-1] for versions in self.state.versions.values()]

    def check(self) -> None:
        """Fail as a database would."""
        if self.broken:
            raise UnavailableError("The database does not answer.")

    def queue(self, kind: str, key: str, payload: bytes) -> None:
        """Leave a promise."""
        self.state.numbers += 1
        kept = [each for each in self.state.outbox if (each[1].kind, each[1].key) != (kind, key)]
        self.state.outbox = [*kept, (None, Message(self.state.numbers, kind, key, payload, 0))]
