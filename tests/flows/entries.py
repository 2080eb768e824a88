"""What a log says, in the few words that tests compare."""

from __future__ import annotations

from collections.abc import Iterable

from corridor.domain.audit.fact import AuditFact
from corridor.domain.disclosure import Disclosure, disclosure_of
from tests.fakes.node import FakeNode


def entries(facts: Iterable[AuditFact]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Kind, outcome, reason and patients of each."""
    return [(str(fact.kind), str(fact.outcome), fact.reason, fact.patient_ids) for fact in facts]


def lines(node: FakeNode) -> list[Disclosure]:
    """What waits to be told to the coordinator."""
    return [disclosure_of(each.payload) for _, each in node.shelf.state.outbox if each.kind == "report"]


def waiting(node: FakeNode, kind: str) -> list[str]:
    """Keys of the promises of one kind that are not kept yet."""
    return [each.key for _, each in node.shelf.state.outbox if each.kind == kind]
