"""Somebody opens a health link of this node: its encrypted file, or nothing."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.errors import NotFoundError, PasscodeError
from corridor.domain.link import LONGEST_RECIPIENT, TICKET, HealthLink, LinkKind, LinkState
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.links import Links, Opening
from corridor.flows.ports.seals import Seals
from corridor.flows.ports.units import Units

PER_HOUR = 120
"""Tries on one link in an hour, right and wrong."""

AGENT = "health-link"
_TIME_BYTES, _MAC_BYTES = 8, 16


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """What opening needs."""

    links: Links
    seals: Seals
    units: Units
    budgets: Budgets
    audit: Audit
    clock: Clock


@dataclass(frozen=True, slots=True)
class Knock:
    """One try to open a link.

    Attributes:
        folder: the secret part of the address.
        kind: by which standard's door it came.
        recipient: who says to be asking; empty where nobody said.
        passcode: as it was sent, or None.
        asker: the country whose node asks and proved it, where one does.
    """

    folder: str
    kind: LinkKind
    recipient: str
    passcode: Secret | None
    trace: Trace
    request_id: str = ""
    asker: Country | None = None


async def open_link(knock: Knock, *, desk: OpenDesk) -> HealthLink:
    """The link, once everything about the knock is right; every knock is on record before it is answered.

    Raises:
        NotFoundError: no such link, or one that does not open any more; all of them alike.
        PasscodeError: a passcode is asked for, and this is not it.
        ThrottledError: too many tries this hour.

    Source: SMART Health Links 1.0.0, manifest request; IHE VHL ITI-YY5.
    """
    link = await _living(knock, desk)
    if link.passcode:
        await _check_passcode(link, knock, desk)
    await tell(link, knock, "opened", desk=desk)
    return link


async def fetch_link(ticket: str, knock: Knock, *, desk: OpenDesk) -> str:
    """The encrypted file behind an address that a manifest gave out.

    Raises:
        NotFoundError: the address is over, is not ours, or the link does not open any more.
    """
    link = await _living(knock, desk)
    if not _ticket_holds(link, ticket, desk.clock.now()):
        await tell(link, knock, "ticket-over", desk=desk)
        raise NotFoundError("There is nothing at this address.")
    await tell(link, knock, "file", desk=desk)
    return await desk.links.content(link.id)


async def _living(knock: Knock, desk: OpenDesk) -> HealthLink:
    now, link = desk.clock.now(), await desk.links.find(knock.folder)
    if link is None or link.kind is not knock.kind:
        await desk.audit.append(_fact(None, knock, "unknown", at=now))
        raise NotFoundError("There is nothing at this address.")
    await desk.budgets.spend(f"open/{link.id}", 1, limit=PER_HOUR, at=now)
    state = await standing(link, units=desk.units, now=now)
    if state is not LinkState.ACTIVE:
        await tell(link, knock, state.value, desk=desk)
        raise NotFoundError("There is nothing at this address.")
    return link


async def standing(link: HealthLink, *, units: Units, now: datetime) -> LinkState:
    """Whether a link opens: by itself, and by what the person said since it was made."""
    own = link.state(now)
    if own is not LinkState.ACTIVE:
        return own
    async with units.begin() as unit:
        patient = await unit.read("Patient", link.patient_id)
        consents = await unit.consents(link.patient_id)
        withdrawals = await unit.withdrawals(link.patient_id)
    resting = [each for each in consents if each.id == link.consent_id and each.status_active]
    taken_back = any(each.at >= link.made_at for each in withdrawals)
    taken_back |= any(each.withdrawn_at is not None and each.withdrawn_at <= now for each in resting)
    if patient is None or patient.body is None or not resting or taken_back:
        return LinkState.WITHDRAWN
    return LinkState.ACTIVE


async def _check_passcode(link: HealthLink, knock: Knock, desk: OpenDesk) -> None:
    """One try is used up before the passcode is looked at, so that guesses sent at once are counted one by one."""
    left = await desk.links.take_try(link.id)
    if left is None:
        await tell(link, knock, LinkState.LOCKED.value, desk=desk)
        raise NotFoundError("There is nothing at this address.")
    if knock.passcode is None or not await desk.seals.right(link.passcode, knock.passcode):
        await tell(link, knock, "wrong-passcode", desk=desk)
        raise PasscodeError(remaining=left)
    await desk.links.give_back_try(link.id)


async def tell(link: HealthLink, knock: Knock, outcome: str, *, desk: OpenDesk) -> None:
    """Put a knock on record: in the log, and where the person and the clinician look."""
    now = desk.clock.now()
    await desk.audit.append(_fact(link, knock, outcome, at=now))
    recipient = "".join(filter(str.isprintable, knock.recipient))[:LONGEST_RECIPIENT]
    if outcome != "file":
        await desk.links.opened(link.id, Opening(now, recipient, outcome))


def _fact(link: HealthLink | None, knock: Knock, outcome: str, *, at: datetime) -> AuditFact:
    right = outcome in {"opened", "file"}
    return AuditFact(
        kind=AuditKind.EXPORT,
        outcome=AuditOutcome.SUCCESS if right else AuditOutcome.FAILURE,
        at=at,
        trace=knock.trace,
        request_id=knock.request_id,
        agent=AGENT,
        role="health-link",
        asker=knock.asker,
        purpose=link.purposes[0] if link and link.purposes else "",
        patient_ids=(link.patient_id,) if link else (),
        query=f"health-link {knock.kind} {link.id if link else 'unknown'} {outcome}",
        reason="" if right else outcome,
        consent_ids=(link.consent_id,) if link else (),
    )


def ticket_for(link: HealthLink, *, now: datetime) -> tuple[str, datetime]:
    """The last part of a file's address, and until when it works; revoking the link ends it at once."""
    until = min(now + TICKET, link.until)
    stamp = int(until.timestamp()).to_bytes(_TIME_BYTES, "big")
    return urlsafe_b64encode(stamp + _mac(link, stamp)).rstrip(b"=").decode(), until


def _ticket_holds(link: HealthLink, ticket: str, now: datetime) -> bool:
    try:
        raw = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
    except (NotBase64, ValueError):
        return False
    stamp, mac = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
    if not hmac.compare_digest(mac, _mac(link, stamp)):
        return False
    return now <= datetime.fromtimestamp(int.from_bytes(stamp, "big"), UTC)


def _mac(link: HealthLink, stamp: bytes) -> bytes:
    return hmac.digest(link.ticket_key, stamp + link.folder.encode(), hashlib.sha256)[:_MAC_BYTES]
