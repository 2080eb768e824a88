"""A clinician pulls a person's history from every other country."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError, UnavailableError
from corridor.domain.history import Answer, History, Silence, SilenceReason
from corridor.domain.purpose import EXCHANGE, purpose
from corridor.flows.ask_country import Pull, PullDesk, ask_country, closing


async def pull_history(
    asking: Asking, patient_id: str, *, purpose_code: str, deadline_seconds: float, desk: PullDesk
) -> History:
    """What every other country has to say of the person, with the silence of those that did not answer.

    Consent is decided here for each country before anything is sent, and by each holder again. That somebody asks is
    durable before the first request leaves; how it ended is durable before the history is returned. A country that
    the person's consent leaves out is not asked and is named so.

    Raises:
        ForbiddenError: the role, the purpose or the consent does not allow it; audited first.
        NotFoundError: there is no such person here; audited first.

    Source: HOUSE section 2; IHE QEDm PCC-44; IHE PCF ITI-108.
    """
    consents = await _open(asking, patient_id, purpose_code=purpose_code, desk=desk)
    started = desk.clock.now()
    pull = Pull(asking, patient_id, purpose(purpose_code), started + timedelta(seconds=deadline_seconds), consents)
    try:
        handles = await desk.locate(
            patient_id, purpose=pull.purpose, trace=asking.trace, timeout_seconds=deadline_seconds / 2
        )
    except UnavailableError:
        heard: Sequence[Answer | Silence] = [
            Silence(country, SilenceReason.NOT_ASKED, desk.clock.now()) for country in desk.peers.countries()
        ]
    else:
        heard = await _ask_all(pull, handles, desk)
    history = History(
        patient_id=patient_id,
        purpose=pull.purpose,
        trace=asking.trace,
        at=started,
        answers=tuple(one for one in heard if isinstance(one, Answer)),
        silences=tuple(one for one in heard if isinstance(one, Silence)),
    )
    async with desk.units.begin() as unit:
        for fact, report in closing(pull, history, desk):
            await unit.audit(fact)
            await unit.report(report)
    return history


async def _ask_all(pull: Pull, handles: Mapping[Country, str], desk: PullDesk) -> Sequence[Answer | Silence]:
    return await asyncio.gather(
        *(ask_country(pull, country, handle=handles.get(country, ""), desk=desk) for country in desk.peers.countries())
    )


async def _open(asking: Asking, patient_id: str, *, purpose_code: str, desk: PullDesk) -> Mapping[Country, Consent]:
    """Decide, put the decision on record, and only then raise or go on; the consent to send to each country."""
    refusal: CorridorError | None = None
    consents: dict[Country, Consent] = {}
    async with desk.units.begin() as unit:
        patient = await unit.read("Patient", patient_id)
        known = patient is not None and patient.body is not None
        reason = "unknown-person"
        if known:
            stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
            consents, reason = _covering(stored, withdrawals, purpose_code=purpose_code, desk=desk)
        try:
            _check(asking, purpose_code, known=known, covered=bool(consents))
        except CorridorError as error:
            refusal = error
        await unit.audit(_asked(asking, patient_id, (purpose_code, reason if refusal else ""), desk=desk))
    if refusal:
        raise refusal
    return consents


def _check(asking: Asking, purpose_code: str, *, known: bool, covered: bool) -> None:
    check_access(asking.principal, Interaction.PULL, "Patient")
    if purpose(purpose_code) not in EXCHANGE:
        raise ForbiddenError("A history crosses a border for treatment only.")
    if not known:
        raise NotFoundError("There is no such person here.")
    if not covered:
        raise ForbiddenError("The person's consent does not cover this.")


def _covering(
    stored: Sequence[Consent], withdrawals: Sequence[Withdrawal], *, purpose_code: str, desk: PullDesk
) -> tuple[dict[Country, Consent], str]:
    """The consent to send to each country that the person's consents let be asked, and else why there is none."""
    now = desk.clock.now()
    covering: dict[Country, Consent] = {}
    reason = ""
    for country in desk.peers.countries():
        ask = Ask(desk.home, country, purpose_code, frozenset(Category))
        decision = decide(stored, ask, now, withdrawals=withdrawals)
        if isinstance(decision, Deny):
            reason = decision.reason.value
        elif Category.MATCH in decision.categories:
            covering[country] = _basis(stored, decision)
    return covering, reason


def _basis(stored: Sequence[Consent], permit: Permit) -> Consent:
    """The newest consent that the permit rests on: the one that travels."""
    return max((one for one in stored if one.id in permit.consent_ids), key=lambda one: one.given_at)


def _asked(asking: Asking, patient_id: str, why: tuple[str, str], *, desk: PullDesk) -> AuditFact:
    purpose_code, reason = why
    return AuditFact(
        kind=AuditKind.ASK,
        outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        asker=desk.home,
        purpose=purpose_code,
        patient_ids=(patient_id,),
        reason=reason,
    )
