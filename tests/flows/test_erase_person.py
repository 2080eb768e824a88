"""Who may erase a person, and that every attempt is on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditOutcome
from corridor.domain.erasure import Ground
from corridor.domain.errors import ForbiddenError, NotFoundError
from corridor.domain.principal import Principal, Role
from corridor.domain.record import Record
from corridor.domain.trace import new_trace
from corridor.flows.erase_person import EraseDesk, erase_person

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAY = {Role.DATA_PROTECTION, Role.OPERATOR}


@dataclass
class Base:
    """A base with one person, who can be erased."""

    facts: list[AuditFact] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    async def append(self, fact: AuditFact) -> None:
        self.facts.append(fact)

    async def read(self, resource_type: str, id: str) -> Record | None:
        return Record(resource_type, id, 1, NOW, b"{}", id) if id == "ana" else None

    async def erase(self, patient_id: str, *, fact: AuditFact) -> int:
        self.facts.append(fact)
        self.erased.append(patient_id)
        return 7

    async def finish(self) -> int:
        return 0

    def desk(self) -> EraseDesk:
        return EraseDesk(self, self, self, self)  # type: ignore[arg-type]  # of two ports only what is asked for


def asking(role: Role) -> Asking:
    return Asking(Principal("somebody", role, "0" * 32), "", new_trace())


@pytest.mark.parametrize("role", sorted(MAY))
async def test_data_protection_and_operators_erase_with_their_ground_on_record(role: Role) -> None:
    base = Base()
    assert await erase_person(asking(role), "ana", Ground.ASKED, desk=base.desk()) == 7
    assert base.erased == ["ana"]
    (fact,) = base.facts
    assert (fact.outcome, fact.patient_ids, fact.query) == (AuditOutcome.SUCCESS, ("ana",), "erase asked-by-the-person")


@pytest.mark.parametrize("role", sorted(set(Role) - MAY))
async def test_nobody_else_does_and_the_attempt_is_on_record(role: Role) -> None:
    base = Base()
    with pytest.raises(ForbiddenError):
        await erase_person(asking(role), "ana", Ground.ORDERED, desk=base.desk())
    assert base.erased == []
    assert [(each.outcome, each.reason) for each in base.facts] == [(AuditOutcome.FAILURE, "forbidden")]


async def test_somebody_who_is_not_there_is_not_erased() -> None:
    base = Base()
    with pytest.raises(NotFoundError):
        await erase_person(asking(Role.OPERATOR), "zoe", Ground.ASKED, desk=base.desk())
    assert [(each.reason, each.patient_ids) for each in base.facts] == [("not-found", ())]
