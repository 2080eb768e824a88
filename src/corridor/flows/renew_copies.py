"""Before anything is shown again that other countries told: is each of them still willing?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Deny, decide
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.history import Answer, History, Silence, SilenceReason
from corridor.domain.lease import Copies
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.leases import LeaseAsk, Leases
from corridor.flows.ports.pseudonyms import Pseudonyms
from corridor.flows.ports.units import Units

Word = Literal["yes", "no", "nothing"]
"""What a holder says; nothing where it does not answer."""


@dataclass(frozen=True, slots=True)
class RenewDesk:
    """What renewing needs."""

    home: Country
    units: Units
    leases: Leases
    pseudonyms: Pseudonyms
    clock: Clock


@dataclass(frozen=True, slots=True)
class Renewed:
    """A history as it may be shown now, and what became of its copies."""

    history: History
    copies: Copies


async def renew_copies(asking: Asking, history: History, copies: Copies, *, desk: RenewDesk) -> Renewed:
    """The history without what may not be shown: each such country is named among the silent ones.

    A holder whose last yes is older than a few seconds is asked again; one that does not answer is not shown and can
    be asked again later. Where a holder said no, or the person took the consent back here, the copy is over for good;
    that is durable when this returns.

    Source: TRUST section 6, lease; ADR 37.
    """
    over = await _taken_back(history, copies, desk)
    told = [each for each in history.answers if each.entries and each.country not in over]
    now = desk.clock.now()
    stale = [each for each in told if not copies.is_fresh(each, now)]
    words = await asyncio.gather(*(_ask(asking, each, desk) for each in stale))
    said = dict(zip((each.country for each in stale), words, strict=True))
    over |= {country for country, word in said.items() if word == "no"}
    await _record(asking, history, over - copies.ended, desk=desk)
    confirmed = {**copies.confirmed, **{country: now for country, word in said.items() if word == "yes"}}
    mute = frozenset(country for country, word in said.items() if word == "nothing")
    return Renewed(_shown(history, over, mute, desk=desk), Copies(confirmed, over))


async def _taken_back(history: History, copies: Copies, desk: RenewDesk) -> frozenset[Country]:
    """Countries whose copies are over by what is known here."""
    async with desk.units.begin() as unit:
        stored = await unit.consents(history.patient_id)
        withdrawals = await unit.withdrawals(history.patient_id)
    if history.purpose is Purpose.BTG:
        since = any(each.at >= history.at for each in withdrawals)
        return copies.ended | (frozenset(each.country for each in history.answers if each.entries and since))
    asks = [
        Ask(desk.home, each.country, history.purpose, frozenset(Category), role=Role.CLINICIAN)
        for each in history.answers
        if each.entries
    ]
    now = desk.clock.now()
    denied = (ask.holder for ask in asks if isinstance(decide(stored, ask, now, withdrawals=withdrawals), Deny))
    return copies.ended | frozenset(denied)


async def _ask(asking: Asking, answer: Answer, desk: RenewDesk) -> Word:
    clinician = desk.pseudonyms.pseudonym(answer.country, f"account/{asking.principal.account}")
    name, ids = answer.entries[0].id, [each.id for each in answer.entries]
    try:
        stands = await desk.leases.renew(answer.country, LeaseAsk(name, ids, clinician, asking.trace.child()))
    except CorridorError:
        return "nothing"
    return "yes" if stands else "no"


async def _record(asking: Asking, history: History, over: Iterable[Country], *, desk: RenewDesk) -> None:
    ended = sorted(over)
    if not ended:
        return
    async with desk.units.begin() as unit:
        for country in ended:
            await unit.audit(
                AuditFact(
                    kind=AuditKind.RECEIPT,
                    outcome=AuditOutcome.FAILURE,
                    at=desk.clock.now(),
                    trace=asking.trace,
                    request_id=asking.request_id,
                    agent=asking.principal.pseudonym,
                    role=asking.principal.role.value,
                    asker=desk.home,
                    holder=country,
                    purpose=history.purpose.value,
                    patient_ids=(history.patient_id,),
                    reason=SilenceReason.LEASE_OVER.value,
                )
            )


def _shown(history: History, over: frozenset[Country], mute: frozenset[Country], *, desk: RenewDesk) -> History:
    now = desk.clock.now()
    hidden = {each.country for each in history.answers} & (over | mute)
    silences = [
        Silence(each, SilenceReason.LEASE_OVER if each in over else SilenceReason.NOT_RENEWED, now) for each in hidden
    ]
    return replace(
        history,
        answers=tuple(each for each in history.answers if each.country not in hidden),
        silences=tuple(sorted((*history.silences, *silences), key=lambda each: each.country)),
    )
