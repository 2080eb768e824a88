"""A country's storage in memory, for tests of the acts; it passes the same contract suites as the real one."""

from __future__ import annotations

from collections.abc import Callable

from corridor.domain.audit.checkpoint import Checkpoint, render
from corridor.domain.audit.fact import AuditFact
from corridor.domain.country import Country
from corridor.domain.log import LogEvent
from tests.fakes.histories import FakeHistories
from tests.fakes.limits import FakeAccounts, FakeBudgets, FakeNonces, FakeSessions
from tests.fakes.log import FakeAudit, FakeOutbox
from tests.fakes.pauses import FakePaused
from tests.fakes.people import FakePeople
from tests.fakes.readings import FakeCompartments, FakeLatest
from tests.fakes.records import FakeRecords
from tests.fakes.state import Shelf
from tests.fakes.units import FakeUnits


class FakeNode:
    """All ports of a node's storage on one shelf; set `shelf.broken` to make every write fail."""

    def __init__(self, home: Country, sign: Callable[[Checkpoint], str] = render) -> None:
        self.shelf = Shelf(home)
        self.units = FakeUnits(self.shelf)
        self.records = FakeRecords(self.shelf)
        self.compartments = FakeCompartments(self.shelf)
        self.latest = FakeLatest(self.shelf)
        self.histories = FakeHistories(self.shelf)
        self.people = FakePeople(self.shelf)
        self.audit = FakeAudit(self.shelf, sign)
        self.outbox = FakeOutbox(self.shelf)
        self.accounts = FakeAccounts()
        self.sessions = FakeSessions()
        self.nonces = FakeNonces()
        self.budgets = FakeBudgets()
        self.paused = FakePaused(self.shelf)
        self.told: list[tuple[str, dict[str, object]]] = []

    def log(self, event: LogEvent, **fields: object) -> None:
        """Port `Log`: keeps each line as its id and fields."""
        self.told.append((event.id, fields))

    @property
    def facts(self) -> list[AuditFact]:
        """What the log holds, oldest first."""
        return self.shelf.facts
