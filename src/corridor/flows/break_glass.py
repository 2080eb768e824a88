"""A clinician breaks the glass: the person cannot consent, and somebody answers for it within a day."""

from __future__ import annotations

import secrets
from datetime import timedelta

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditKind
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, decide
from corridor.domain.country import Country
from corridor.domain.denials import denials
from corridor.domain.emergency import Emergency, Opening, decide_override, override, refusals
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.principal import Role
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.check_pull import check_pull
from corridor.flows.keep_pull import keep_pull
from corridor.flows.ports.unit import Unit
from corridor.flows.record_ask import Wish, record_ask

CONSENT_IN_FORCE = "consent-in-force"
"""The person has spoken: what their consent leaves out, no emergency adds."""


async def break_glass(
    asking: Asking, patient_id: str, stated: Emergency, *, deadline_seconds: float, desk: PullDesk, id: str = ""
) -> Pull:
    """A pull that may go ahead without consent; the opening, its reason and its second look are durable first.

    Only the absence of consent is overridden. A denial, a withdrawal or a consent in force stops it here, and every
    holder decides again by what it keeps.

    Raises:
        ForbiddenError: the role, a refusal or a consent of the person's stands against it; audited first.
        ThrottledError: it was done too often in this hour, by this clinician or for this person; audited first.
        NotFoundError: there is no such person here; audited first.

    Source: TRUST threat table, row 8; ADR 27.
    """
    opening = secrets.token_hex(16)
    spent = await check_pull(asking, Purpose.BTG.value, patient_id, desk=desk)
    async with desk.units.begin() as unit:
        consents, against = await _covering(patient_id, opening, unit=unit, desk=desk)
        reason, refusal = await _refusal(asking, patient_id, against=against, unit=unit)
        if spent and not refusal:
            reason, refusal = spent.reason, spent
        wish = Wish(patient_id, Purpose.BTG.value, reason, opening=opening)
        await record_ask(asking, wish, unit=unit, desk=desk, kind=AuditKind.BREAK_GLASS)
        if refusal is None:
            now = desk.clock.now()
            until = now + timedelta(seconds=deadline_seconds)
            pull = Pull(asking, patient_id, Purpose.BTG, until, consents, now, id, stated.cause)
            await unit.openings.keep(_opening(opening, pull, stated))
            await record_ask(asking, wish, unit=unit, desk=desk)
            await keep_pull(pull, unit=unit, desk=desk, opening=opening)
    if refusal:
        raise refusal
    return pull


async def _covering(patient_id: str, opening: str, *, unit: Unit, desk: PullDesk) -> tuple[dict[Country, Consent], str]:
    """What stands in for a consent, for each country that may be asked; where that is none, why."""
    stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
    now = desk.clock.now()
    routes = [
        Ask(desk.home, each, purpose, frozenset(Category), role=Role.CLINICIAN)
        for each in desk.peers.countries()
        for purpose in EXCHANGE
    ]
    if any(isinstance(decide(stored, ask, now, withdrawals=withdrawals), Permit) for ask in routes):
        return {}, CONSENT_IN_FORCE
    covering: dict[Country, Consent] = {}
    reason = ""
    for country in desk.peers.countries():
        ask = Ask(desk.home, country, Purpose.BTG, frozenset(Category), role=Role.CLINICIAN)
        against = tuple(denials(refusals(stored), ask))
        stands_in = override(opening, desk.home, at=now, denials=against)
        decision = decide_override(stands_in, stored, ask, now=now, withdrawals=withdrawals)
        if isinstance(decision, Deny):
            reason = decision.reason.value
        elif Category.MATCH in decision.categories:
            covering[country] = stands_in
        else:
            reason = "denied"
    return covering, "" if covering else reason


async def _refusal(asking: Asking, patient_id: str, *, against: str, unit: Unit) -> tuple[str, CorridorError | None]:
    """Why the glass stays whole, as the log keeps it and as it is told."""
    try:
        check_access(asking.principal, Interaction.BREAK_GLASS, "Patient")
    except ForbiddenError as error:
        return "forbidden", error
    patient = await unit.read("Patient", patient_id)
    if patient is None or patient.body is None:
        return "unknown-person", NotFoundError("There is no such person here.")
    if against:
        return against, ForbiddenError("What the person decided stands against it.")
    return "", None


def _opening(id: str, pull: Pull, stated: Emergency) -> Opening:
    return Opening(
        id=id,
        patient_id=pull.patient_id,
        agent=pull.asking.principal.pseudonym,
        emergency=stated,
        trace=str(pull.asking.trace),
        at=pull.started_at,
    )
