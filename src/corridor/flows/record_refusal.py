"""An act about a tie in one unit, whose refusal is on record before it is raised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditOutcome
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, NotFoundError
from corridor.flows.look_at_ties import look_at_ties
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units

_REASONS = {ForbiddenError: "forbidden", NotFoundError: "unknown-tie", ConflictError: "tie-conflict"}


@asynccontextmanager
async def record_refusal(asking: Asking, *, units: Units, clock: Clock) -> AsyncIterator[Unit]:
    """A unit; what is refused inside of it leaves nothing but its own audit.

    Raises:
        CorridorError: what was raised inside, audited first.

    Source: HOUSE section 2, a refusal outlives its exception; ADR 3.
    """
    try:
        async with units.begin() as unit:
            yield unit
    except CorridorError as error:
        reason = _REASONS.get(type(error), "refused")
        fact = look_at_ties(asking, reason, at=clock.now(), outcome=AuditOutcome.FAILURE)
        async with units.begin() as unit:
            await unit.audit(fact)
        raise
