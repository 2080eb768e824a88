"""A home node answers another country's request for a person's history, or says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.consent import Deny, Permit
from corridor.domain.country import Country
from corridor.domain.errors import ThrottledError
from corridor.domain.grade import Grade
from corridor.domain.lease import LEASE
from corridor.domain.limits import Limits, costs_of_ask
from corridor.domain.matching_request import Redeemed
from corridor.domain.presence import KINDS, ProofKind
from corridor.domain.purpose import Purpose
from corridor.domain.tie import Flow, Side, description_of, is_blocked
from corridor.flows.confirm_person import Confirmed, confirm_person
from corridor.flows.note_tie import Meeting, note_tie
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.contacts import Contacts
from corridor.flows.ports.envelopes import Envelopes
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.ports.people import People
from corridor.flows.ports.pseudonyms import Pseudonyms
from corridor.flows.ports.register import Register
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.unit import Projected, Unit
from corridor.flows.ports.units import Units
from corridor.flows.record_answer import Answered, record_answer
from corridor.flows.select_rows import select_rows
from corridor.flows.weigh_consent import Shown, weigh_consent

PATIENCE_SECONDS = 30.0
"""Longest wait for the hub, however late the asker's own deadline is."""


_USUAL = Limits()


@dataclass(frozen=True, slots=True)
class ServeDesk:
    """What serving needs.

    Attributes:
        presence: kinds of proof that a person is there which this country believes another.
    """

    home: Country
    units: Units
    people: People
    register: Register
    envelopes: Envelopes
    statements: Statements
    pseudonyms: Pseudonyms
    clock: Clock
    budgets: Budgets
    contacts: Contacts
    limits: Limits = _USUAL
    presence: frozenset[ProofKind] = KINDS


def _unwatched() -> None:
    """Nobody looks at the time."""


@dataclass(frozen=True, slots=True)
class Served:
    """What leaves: rows of the projection that the consent permits, the Patient first, and how sure the match is."""

    rows: tuple[Projected, ...]
    grade: Grade


async def serve_history(
    asker: Country, request: HistoryRequest, *, desk: ServeDesk, begin: Callable[[], None] = _unwatched
) -> Served | None:
    """The permitted part of the projection, or None for a decoy, a stranger, a doubt or a refusal alike.

    The consent that travels with the request is weighed with everything stored here; a stored denial or withdrawal
    wins, also one of which this node has to hear first because it was away. What was decided is durable before anything
    is returned. `begin` is called before anything is done that hangs on whom the question is about.

    Raises:
        UnavailableError: the hub cannot be asked what the handle means; the asker will see a silence.

    Source: HOUSE section 2; IHE QEDm PCC-44; IHE PCF ITI-108, decided again by the holder (ADR 7).
    """
    redeemed, spent, _ = await asyncio.gather(
        _redeem(request, desk), _spent(asker, request, desk), desk.contacts.regain()
    )
    begin()
    served: Served | None = None
    async with desk.units.begin() as unit:
        reason = "unknown-person"
        confirmed = await _confirmed(redeemed, request, unit=unit, desk=desk)
        if confirmed:
            decision = await _weigh(asker, request, confirmed, unit=unit, desk=desk)
            reason = (
                decision.reason.value if isinstance(decision, Deny) else _held_back(request, spent=spent, desk=desk)
            )
            reason = reason or ("tie-broken" if await _is_broken(asker, confirmed, unit=unit) else "")
            if isinstance(decision, Permit) and not reason:
                served = await _release(asker, request, found=(confirmed, decision), unit=unit, desk=desk)
                reason = "" if served else "nothing-permitted"
        answered = _answered(asker, request, confirmed, reason=reason, home=desk.home)
        await record_answer(answered, unit=unit, at=desk.clock.now())
    return served


def _answered(
    asker: Country, request: HistoryRequest, confirmed: Confirmed | None, *, reason: str, home: Country
) -> Answered:
    return Answered(
        asker=asker,
        holder=home,
        patient_id=confirmed.patient_id if confirmed else "",
        reason=reason,
        purpose=request.purpose,
        clinician=request.clinician,
        trace=request.trace,
        presence=request.presence,
    )


def _held_back(request: HistoryRequest, *, spent: bool, desk: ServeDesk) -> str:
    """Why nothing leaves although it is permitted: too much was asked, or no proof of presence that counts here."""
    if spent:
        return "too-many"
    return "" if request.purpose is Purpose.BTG or request.presence in desk.presence else "no-presence"


async def _confirmed(
    redeemed: Redeemed | None, request: HistoryRequest, *, unit: Unit, desk: ServeDesk
) -> Confirmed | None:
    if redeemed is None:
        return None
    return await confirm_person(
        redeemed, purpose=request.purpose, unit=unit, people=desk.people, envelopes=desk.envelopes
    )


async def _redeem(request: HistoryRequest, desk: ServeDesk) -> Redeemed | None:
    left = min((request.until - desk.clock.now()).total_seconds(), PATIENCE_SECONDS)
    return await desk.register.redeem(request.handle, trace=request.trace, timeout_seconds=max(left, 0.1))


async def _spent(asker: Country, request: HistoryRequest, desk: ServeDesk) -> bool:
    """Whether a country, or one of its clinicians, asked too often; whom for makes no difference."""
    costs = costs_of_ask(asker, request.clinician, purpose=request.purpose, limits=desk.limits)
    try:
        await desk.budgets.spend_all(costs, at=desk.clock.now())
    except ThrottledError:
        return True
    return False


async def _weigh(
    asker: Country, request: HistoryRequest, confirmed: Confirmed, *, unit: Unit, desk: ServeDesk
) -> Permit | Deny:
    shown = Shown(asker, request.purpose, request.handle, request.statement)
    now = desk.clock.now()
    return await weigh_consent(
        shown, confirmed.patient_id, home=desk.home, now=now, unit=unit, statements=desk.statements
    )


async def _release(
    asker: Country,
    request: HistoryRequest,
    *,
    found: tuple[Confirmed, Permit],
    unit: Unit,
    desk: ServeDesk,
) -> Served | None:
    confirmed, permit = found
    rows = select_rows(await unit.projection(confirmed.patient_id), permit)
    if not rows:
        return None
    pseudonym = _name(asker, confirmed, desk)
    now = desk.clock.now()
    until = min(now + LEASE, permit.until) if permit.until else now + LEASE
    await unit.grant(asker, pseudonym, patient_id=confirmed.patient_id, until=until, statement=_kept(request))
    meeting = Meeting(
        side=Side.HOLDER,
        home=desk.home,
        country=asker,
        name=pseudonym,
        patient_id=confirmed.patient_id,
        grade=confirmed.grade,
        pattern=confirmed.pattern,
        description=confirmed.description,
        trace=request.trace,
        flow=Flow("told", now, request.trace.trace_id, request.purpose.value, request.clinician, len(rows)),
    )
    await note_tie(meeting, unit=unit, at=now)
    return Served(rows, confirmed.grade)


def _name(asker: Country, confirmed: Confirmed, desk: ServeDesk) -> str:
    return desk.pseudonyms.pseudonym(asker, f"Patient/{confirmed.patient_id}")


async def _is_broken(asker: Country, confirmed: Confirmed, *, unit: Unit) -> bool:
    """Whether people found that whom the asker describes is not the one who is known here."""
    # By person, not by name: ties of an entry that was merged into this one keep the name of their time.
    of = await unit.ties.of(confirmed.patient_id)
    others = [each for each in of if (each.side, each.country) == (Side.HOLDER, asker)]
    same = [each for each in others if each.described == description_of(confirmed.description, each.name)]
    known = same[0] if same else None
    return is_blocked((confirmed.grade, confirmed.pattern), known, others)


def _kept(request: HistoryRequest) -> bytes:
    """The statement with the purpose and the handle it was written for, so that it can be weighed again."""
    return b"%b %b\n%b" % (request.purpose.encode(), request.handle.encode(), request.statement)
