"""A reading of the national base, allowed by role and on record before anything is returned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    ThrottledError,
)
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock

Answer = TypeVar("Answer")

_REASONS: tuple[tuple[type[CorridorError], str], ...] = (
    (ForbiddenError, "forbidden"),
    (NotFoundError, "not-found"),
    (GoneError, "gone"),
    (InvalidError, "invalid"),
)


class ReadingDesk(Protocol):
    """What every reading needs."""

    @property
    def audit(self) -> Audit:
        """The log."""

    @property
    def clock(self) -> Clock:
        """The time."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[Answer]):
    """One reading.

    Attributes:
        interaction: what the role must allow.
        resource_type: of what is read, as the role must allow it.
        asked: as it may be kept in the log, values that identify a person already replaced.
        act: reads.
        patients: ids of the patients that an answer is about.
        kind: of the event in the log.
        resource: as the log names it; left empty, the type.
    """

    interaction: Interaction
    resource_type: str
    asked: str
    act: Callable[[], Awaitable[Answer]]
    patients: Callable[[Answer], Iterable[str | None]]
    kind: AuditKind = AuditKind.SEARCH
    resource: str = ""


async def audit_reading(asking: Asking, reading: Reading[Answer], *, desk: ReadingDesk) -> Answer:
    """The answer; who asked for it, and about whom it is, is durable before it is returned.

    Raises:
        ForbiddenError: the role may not do this; audited.
        CorridorError: as `act` raises; audited.

    Source: IHE BALP 1.1; TRUST section 1.4.
    """
    try:
        check_access(asking.principal, reading.interaction, reading.resource_type)
        answer = await reading.act()
    except CorridorError as error:
        await desk.audit.append(_fact(asking, reading, desk.clock, error=error))
        raise
    patients = tuple(sorted({each for each in reading.patients(answer) if each}))
    await desk.audit.append(_fact(asking, reading, desk.clock, patients=patients))
    return answer


def _fact(
    asking: Asking,
    reading: Reading[Answer],
    clock: Clock,
    *,
    patients: tuple[str, ...] = (),
    error: CorridorError | None = None,
) -> AuditFact:
    return AuditFact(
        kind=reading.kind,
        outcome=AuditOutcome.FAILURE if error else AuditOutcome.SUCCESS,
        at=clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=patients,
        resource=reading.resource or reading.resource_type,
        query=reading.asked,
        reason=_reason(error) if error else "",
    )


def _reason(error: CorridorError) -> str:
    if isinstance(error, ThrottledError):
        return error.reason
    return next((code for kind, code in _REASONS if isinstance(error, kind)), "error")
