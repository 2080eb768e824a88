"""A clinician signs that the person is there, and somebody looks at it within a day."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, ForbiddenError, ThrottledError
from corridor.domain.limits import Cost
from corridor.domain.presence import LASTS, Attestation, Proof, ProofKind
from corridor.flows.meet_person import meet_person
from corridor.flows.record_presence import PresenceDesk, record_presence


@dataclass(frozen=True, slots=True)
class Vouching:
    """A clinician's word, and how they show that it is they: their password, or a sign-in of just now.

    Attributes:
        session: digest of the sign-in's token; empty where there is none.
    """

    stated: Attestation
    password: str = field(repr=False)
    session: str = ""


Confirm = Callable[[], Awaitable[bool]]
"""Whether whoever is signed in has just shown again that it is they."""


async def attest_presence(
    asking: Asking, patient_id: str, stated: Attestation, *, confirm: Confirm, desk: PresenceDesk
) -> Proof:
    """A proof on the clinician's word; so often in an hour and no more, and each is looked at by a second person.

    Args:
        asking: a clinician.
        patient_id: who is there.
        stated: why neither card nor code was shown, in the clinician's words.
        confirm: asks for the clinician's own password, or for a sign-in of just now.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not, or it was not confirmed; audited first.
        NotFoundError: there is no such person here; audited first.
        ThrottledError: too many statements in this hour; audited first.

    Source: TRUST threat table, rows 4 and 8; ADR 42.
    """
    now, proof = desk.clock.now(), None
    confirmed = await confirm()
    spent = await _spent(asking, desk) if confirmed else None
    async with desk.units.begin() as unit:
        _, refusal = await meet_person(asking, patient_id, unit=unit)
        reason, refusal = _refused(refusal, spent, confirmed=confirmed)
        if refusal is None:
            who = asking.principal.pseudonym
            proof = Proof(secrets.token_hex(16), patient_id, who, ProofKind.ATTESTED, now, now + LASTS, stated)
            await unit.presences.keep(proof)
        done = f"shown={ProofKind.ATTESTED}&cause={stated.cause}"
        await record_presence(asking, patient_id, done, unit=unit, desk=desk, reason=reason)
    if proof is None:
        raise refusal or ForbiddenError("It was not confirmed.")
    return proof


def _refused(
    refusal: CorridorError | None, spent: ThrottledError | None, *, confirmed: bool
) -> tuple[str, CorridorError | None]:
    """Why a statement does not count, as the log keeps it and as it is told."""
    if refusal:
        return "refused", refusal
    if not confirmed:
        return "not-confirmed", ForbiddenError("That is not the password of this account.")
    return (spent.reason, spent) if spent else ("", None)


async def _spent(asking: Asking, desk: PresenceDesk) -> ThrottledError | None:
    cost = Cost(f"attest/{asking.principal.pseudonym}", desk.limits.attestations)
    try:
        await desk.budgets.spend_all([cost], at=desk.clock.now())
    except ThrottledError as error:
        return error
    return None
