"""A clinician asks for a history: whether anybody may be asked is decided and on record before anything leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from corridor.domain.access import Interaction, check_access, check_purpose_of
from corridor.domain.asking import Asking
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Reason, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.denials import denials
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.principal import Role
from corridor.domain.purpose import EXCHANGE, Purpose, known, purpose
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.check_pull import check_pull
from corridor.flows.keep_pull import keep_pull
from corridor.flows.ports.unit import Unit
from corridor.flows.record_ask import Wish, record_ask

NOBODY_THERE = "no-presence"
"""Nothing showed that the person is there; it reads like a consent that does not cover this."""


async def open_pull(
    asking: Asking, patient_id: str, *, purpose_code: str, deadline_seconds: float, desk: PullDesk, id: str = ""
) -> Pull:
    """A pull that may go ahead; that somebody asks is durable when this returns.

    Consent is decided here for each country before anything is sent, and by each holder again.

    Args:
        asking: who asks.
        patient_id: for whom.
        purpose_code: PurposeOfUse as claimed.
        deadline_seconds: how long the caller waits.
        desk: the ports.
        id: under which the pull is kept until every country came to something; empty where nobody looks it up.

    Raises:
        ForbiddenError: the role, the purpose or the consent does not allow it, or nothing shows that the person is
            there; audited first.
        NotFoundError: there is no such person here; audited first.
        ThrottledError: too many pulls in this hour; audited first.

    Source: IHE PCF ITI-108; HOUSE section 2.
    """
    spent = await check_pull(asking, purpose_code, patient_id, desk=desk)
    async with desk.units.begin() as unit:
        patient = await unit.read("Patient", patient_id)
        known = patient is not None and patient.body is not None
        consents, uncovered = await _covering(patient_id, purpose_code, unit=unit, desk=desk)
        proof = await unit.presences.standing(patient_id, asking.principal.pseudonym, at=desk.clock.now())
        uncovered = uncovered or ("" if proof else NOBODY_THERE)
        reason, refusal = _refusal(asking, (patient_id, purpose_code), known=known, uncovered=uncovered)
        if spent and refusal is None:
            reason, refusal = spent.reason, spent
        ids = tuple(sorted({consent.id for consent in consents.values()}))
        wish = Wish(patient_id, purpose_code, reason, ids, presence=proof.kind.value if proof else "")
        await record_ask(asking, wish, unit=unit, desk=desk)
        if purpose_code not in set(Purpose):
            await _report_attempt(purpose_code, unit=unit, desk=desk)
        if refusal is None and proof:
            until = desk.clock.now() + timedelta(seconds=deadline_seconds)
            pull = Pull(
                asking, patient_id, purpose(purpose_code), until, consents, desk.clock.now(), id, presence=proof.kind
            )
            await keep_pull(pull, unit=unit, desk=desk)
    if refusal:
        raise refusal
    return pull


def _refusal(
    asking: Asking, wanted: tuple[str, str], *, known: bool, uncovered: str
) -> tuple[str, CorridorError | None]:
    """Why nobody may be asked, as the log keeps it and as it is told."""
    patient_id, purpose_code = wanted
    try:
        check_access(asking.principal, Interaction.PULL, "Patient", person=patient_id)
        check_purpose_of(asking.principal, purpose_code)
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


async def _report_attempt(purpose_code: str, *, unit: Unit, desk: PullDesk) -> None:
    """UNAIDS sees that somebody at this node named a purpose that nobody is given anything for."""
    at_home = (desk.home, desk.home)
    attempt = line(
        at_home, reporter=desk.home, purpose=known(purpose_code), decision=Decision.FORBIDDEN, at=desk.clock.now()
    )
    await unit.report(attempt)


async def _covering(
    patient_id: str, purpose_code: str, *, unit: Unit, desk: PullDesk
) -> tuple[dict[Country, Consent], str]:
    """The consent to send to each country that the person lets be asked; where that is none, why."""
    stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
    now = desk.clock.now()
    covering: dict[Country, Consent] = {}
    reason = Reason.NO_CONSENT
    for country in desk.peers.countries():
        ask = Ask(desk.home, country, purpose_code, frozenset(Category), role=Role.CLINICIAN)
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
    against = denials((one for one in stored if one is not widest), ask)
    return replace(widest, provisions=(*widest.provisions, *against))


def _width(permit: Permit) -> tuple[int, int]:
    """How much can come of a permit: without a description of the person no country says anything."""
    needed = {Category.MATCH, Category.DEMOGRAPHICS}
    return len(needed & permit.categories), len(permit.categories)
