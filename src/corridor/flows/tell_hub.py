"""A node tells the hub of some of its persons, as blind tokens, or has those forgotten who are no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.directory import TokenKey
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.matching_request import PersonEntry
from corridor.domain.trace import new_trace
from corridor.flows.make_tokens import make_tokens
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.holders import Holders
from corridor.flows.ports.people import Entry, People
from corridor.flows.ports.register import Register


@dataclass(frozen=True, slots=True)
class TellDesk:
    """What telling the hub needs."""

    people: People
    holders: Holders
    register: Register
    audit: Audit
    clock: Clock
    directory: Directory


async def tell_hub(persons: Sequence[Entry], *, keys: Sequence[TokenKey], desk: TellDesk) -> None:
    """Register persons, or have those forgotten of whom there is no description; on record when this returns.

    Args:
        persons: each once.
        keys: whose tokens are made: two while a key is changed.
        desk: what is needed.

    Raises:
        UnavailableError: too few holders, or the hub, did not answer; trying again does no harm.

    Source: IDENTITY section 2, register.
    """
    handles = await desk.people.handles([each.patient_id for each in persons])
    living = [each for each in persons if each.described is not None]
    for key in keys if living else ():
        await desk.register.register(key.epoch, await _entries(living, handles, key=key, desk=desk))
    gone = [handles[each.patient_id] for each in persons if each.described is None]
    if gone:
        await desk.register.remove(gone)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.REGISTER,
            outcome=AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=new_trace(),
            request_id="",
            agent="node",
            role="node",
            patient_ids=tuple(each.patient_id for each in persons),
        )
    )


async def _entries(
    living: Sequence[Entry], handles: dict[str, bytes], *, key: TokenKey, desk: TellDesk
) -> list[PersonEntry]:
    described = [(handles[each.patient_id], each.described) for each in living if each.described is not None]
    traits = [features(each) for _, each in described]
    persons = await make_tokens(traits, holders=desk.holders, key=key, timeout_seconds=30)
    return [
        PersonEntry(handle, tuple((token.kind, token.value) for token in tokens), flags(each).integers())
        for (handle, each), tokens in zip(described, persons, strict=True)
    ]
