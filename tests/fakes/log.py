"""The log and the outbox, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.proof import consistency_proof
from corridor.domain.audit.tree import Frontier, leaf_hash
from corridor.domain.disclosure import LogState
from corridor.domain.errors import UnavailableError
from corridor.flows.ports.outbox import Message
from tests.fakes.state import Shelf


class FakeAudit:
    """Port `Audit`."""

    def __init__(self, shelf: Shelf, sign: Callable[[Checkpoint], str]) -> None:
        self._shelf = shelf
        self._sign = sign

    async def append(self, fact: AuditFact) -> None:
        """See the port."""
        self._shelf.check()
        self._shelf.state.facts.append(fact)

    async def state(self, since: int) -> LogState:
        """See the port."""
        if not self._shelf.facts:
            raise UnavailableError("The log has no entries yet.")
        tree, hashes = Frontier(), {}
        for fact in self._shelf.facts:
            for each in tree.append(leaf_hash(repr(fact).encode())):
                hashes[each.level, each.index] = each.hash
        note = self._sign(Checkpoint(f"fake/audit/{self._shelf.home.lower()}", tree.size, tree.root()))
        return LogState(since, tree.size, note, consistency_proof(since, tree.size, lambda *place: hashes[place]))


class FakeOutbox:
    """Port `Outbox`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def due(self, kind: str, *, at: datetime, limit: int) -> tuple[Message, ...]:
        """See the port."""
        waiting = [
            (due, each) for due, each in self._shelf.state.outbox if each.kind == kind and (not due or due <= at)
        ]
        waiting.sort(key=lambda pair: (pair[0].timestamp() if pair[0] else 0.0, pair[1].id))
        return tuple(each for _, each in waiting[:limit])

    async def starting(self, kind: str, start: str, *, limit: int) -> tuple[Message, ...]:
        """See the port."""
        found = [each for _, each in self._shelf.state.outbox if each.kind == kind and each.key.startswith(start)]
        return tuple(sorted(found, key=lambda each: each.id)[:limit])

    async def done(self, messages: tuple[Message, ...]) -> None:
        """See the port."""
        kept = {each.id for each in messages}
        self._shelf.state.outbox = [pair for pair in self._shelf.state.outbox if pair[1].id not in kept]

    async def retry(self, message: Message, *, at: datetime) -> None:
        """See the port."""
        later = replace(message, attempt=message.attempt + 1)
        outbox = self._shelf.state.outbox
        self._shelf.state.outbox = [(at, later) if each.id == message.id else (due, each) for due, each in outbox]

    async def waiting(self) -> int:
        """See the port."""
        return len(self._shelf.state.outbox)
