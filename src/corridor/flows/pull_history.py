"""A clinician pulls a person's history from every other country."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Provision, Reason, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure, line
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.history import Answer, History, Silence, SilenceReason
from corridor.domain.purpose import EXCHANGE, purpose
from corridor.flows.ask_country import Pull, PullDesk, ask_country
from corridor.flows.ports.unit import Unit


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
    except CorridorError:
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
        for fact, report in _closing(pull, history, desk):
            await unit.audit(fact)
            await unit.report(report)
    return history


async def _ask_all(pull: Pull, handles: Mapping[Country, str], desk: PullDesk) -> Sequence[Answer | Silence]:
    return await asyncio.gather(
        *(ask_country(pull, country, handle=handles.get(country, ""), desk=desk) for country in desk.peers.countries())
    )


async def _open(asking: Asking, patient_id: str, *, purpose_code: str, desk: PullDesk) -> Mapping[Country, Consent]:
    """Decide, put the decision on record, and only then raise or go on; the consent to send to each country."""
    async with desk.units.begin() as unit:
        patient = await unit.read("Patient", patient_id)
        known = patient is not None and patient.body is not None
        consents, uncovered = await _covering(patient_id, purpose_code, unit=unit, desk=desk)
        reason, refusal = _refusal(asking, purpose_code, known=known, uncovered=uncovered)
        await unit.audit(_asked(asking, patient_id, (purpose_code, reason), consents=consents, desk=desk))
    if refusal:
        raise refusal
    return consents


def _refusal(asking: Asking, purpose_code: str, *, known: bool, uncovered: str) -> tuple[str, CorridorError | None]:
    """Why nobody may be asked, as the log keeps it and as it is told."""
    try:
        check_access(asking.principal, Interaction.PULL, "Patient")
    except ForbiddenError as error:
        return "forbidden", error
    if purpose_code not in EXCHANGE:
        reason = Reason.UNKNOWN_PURPOSE if uncovered == Reason.UNKNOWN_PURPOSE else Reason.FORBIDDEN_PURPOSE
        return reason.value, ForbiddenError("A history crosses a border for treatment only.")
    if not known:
        return "unknown-person", NotFoundError("There is no such person here.")
    if uncovered:
        return uncovered, ForbiddenError("The person's consent does not cover this.")
    return "", None


async def _covering(
    patient_id: str, purpose_code: str, *, unit: Unit, desk: PullDesk
) -> tuple[dict[Country, Consent], str]:
    """The consent to send to each country that the person lets be asked; where that is none, why."""
    stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
    now = desk.clock.now()
    covering: dict[Country, Consent] = {}
    reason = Reason.NO_CONSENT
    for country in desk.peers.countries():
        ask = Ask(desk.home, country, purpose_code, frozenset(Category))
        decision = decide(stored, ask, now, withdrawals=withdrawals)
        if isinstance(decision, Deny):
            reason = decision.reason
        elif Category.MATCH in decision.categories:
            covering[country] = _travelling(stored, ask, now, withdrawals=withdrawals)
        else:
            reason = Reason.NOT_COVERED
    return covering, "" if covering else reason.value


def _travelling(stored: Sequence[Consent], ask: Ask, now: datetime, *, withdrawals: Sequence[Withdrawal]) -> Consent:
    """The consent that is sent: the one that permits most, the newest of equals, with every denial left here."""
    alone = [(decide((one,), ask, now, withdrawals=withdrawals), one) for one in stored]
    permits = [(decision, one) for decision, one in alone if isinstance(decision, Permit)]
    _, widest = max(permits, key=lambda pair: (*_width(pair[0]), pair[1].given_at))
    denials = tuple(_denials((one for one in stored if one is not widest), ask))
    return replace(widest, provisions=(*widest.provisions, *denials))


def _width(permit: Permit) -> tuple[int, int]:
    """How much can come of a permit: without a description of the person no country says anything."""
    needed = {Category.MATCH, Category.DEMOGRAPHICS}
    return len(needed & permit.categories), len(permit.categories)


def _denials(consents: Iterable[Consent], ask: Ask) -> Iterator[Provision]:
    """What the person denies, each for as long as its document says; of other countries nothing is told."""
    for consent in consents:
        for provision in consent.provisions if consent.status_active else ():
            period = provision.period.common(consent.period)
            asker = not provision.countries or ask.asker in provision.countries
            holder = not provision.holders or ask.holder in provision.holders
            if period and asker and holder and not provision.permit:
                yield replace(provision, period=period)


def _asked(
    asking: Asking,
    patient_id: str,
    why: tuple[str, str],
    *,
    consents: Mapping[Country, Consent],
    desk: PullDesk,
) -> AuditFact:
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
        consent_ids=() if reason else tuple(sorted({consent.id for consent in consents.values()})),
    )


def _closing(pull: Pull, history: History, desk: PullDesk) -> Iterator[tuple[AuditFact, Disclosure]]:
    """For each country what goes on record here, and the line for the coordinator: asked and heard, or silent."""
    now = desk.clock.now()
    ended: tuple[Answer | Silence, ...] = (*history.answers, *history.silences)
    for one in ended:
        silent = isinstance(one, Silence)
        fact = AuditFact(
            kind=AuditKind.RECEIPT,
            outcome=AuditOutcome.FAILURE if silent else AuditOutcome.SUCCESS,
            at=now,
            trace=pull.asking.trace,
            request_id=pull.asking.request_id,
            agent=pull.asking.principal.pseudonym,
            role=pull.asking.principal.role.value,
            asker=desk.home,
            holder=one.country,
            purpose=pull.purpose.value,
            patient_ids=(pull.patient_id,),
            reason=one.reason.value if isinstance(one, Silence) else "",
        )
        decision = Decision.SILENT if silent else Decision.ASKED
        route = (desk.home, one.country)
        yield fact, line(route, reporter=desk.home, purpose=pull.purpose.value, decision=decision, at=now)
