"""A clinician opens what a person brings along: a health link, a health card or a package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError, ForbiddenError, GoneError, InvalidError, LoginError, PasscodeError
from corridor.domain.link_text import LinkPayload
from corridor.domain.link_trust import Scanned, Trust
from corridor.domain.principal import Role
from corridor.domain.secret import Secret
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.foreign_links import ForeignLinks
from corridor.flows.ports.seals import Seals

PER_HOUR = 120
"""Links that one clinician opens, or tries to open, in an hour."""

_PACKAGE_DOTS = 4


@dataclass(frozen=True, slots=True)
class ReadLinkDesk:
    """What opening needs.

    Attributes:
        recipient: as whom this node asks, such as its name.
    """

    recipient: str
    seals: Seals
    foreign: ForeignLinks
    budgets: Budgets
    audit: Audit
    clock: Clock


@dataclass(frozen=True, slots=True)
class Received:
    """What was brought along, opened.

    Attributes:
        document: JSON of a Bundle.
        way: `link`, `card` or `package`.
        issuer: who gave it out, as far as is known here.
        known_issuer: whether this node knows who that is; for a package it is only what the file says.
        trust: who vouches for the code that led here.
        made_at: when the code was signed, or the package made; None where nothing says.
        until: None where nothing says.
        encrypted: False where the issuer sent the record in plain text.
        lenient: what had to be read otherwise than the standard writes it.
    """

    document: bytes
    way: str
    issuer: str
    known_issuer: bool
    trust: Trust
    made_at: datetime | None
    until: datetime | None
    encrypted: bool = True
    lenient: tuple[str, ...] = ()


async def read_link(asking: Asking, text: str, passcode: Secret | None, *, desk: ReadLinkDesk) -> Received:
    """The record that a text leads to; that it was opened here is on record before it is returned.

    Args:
        asking: the clinician.
        text: as scanned or pasted: a link, a health certificate, a card or a package.
        passcode: as typed, or None.
        desk: the ports.

    Raises:
        ForbiddenError: not a clinician, or the issuer is none that may be asked; audited, as the rest is.
        InvalidError: nothing that is read here, or the wrong passcode of a package.
        SignatureError: signed by a key that is known here, and not rightly.
        GoneError: it is over.
        LoginError: a passcode is wanted and none was given.
        PasscodeError: the passcode is wrong.
        NotFoundError: the issuer says that it does not open any more.
        ThrottledError: too many this hour.
        CorridorError: as `ForeignLinks.fetch` and `Seals.open` raise.

    Source: SMART Health Links 1.0.0; IHE VHL ITI-YY5; SMART Health Cards.
    """
    try:
        if asking.principal.role is not Role.CLINICIAN:
            raise ForbiddenError("Only a clinician opens health links here.")
        await desk.budgets.spend(f"read/{asking.principal.pseudonym}", 1, limit=PER_HOUR, at=desk.clock.now())
        received = await _received(text.strip(), passcode, desk)
    except CorridorError as error:
        await desk.audit.append(_fact(asking, desk, f"health-link read {type(error).__name__}", error=error))
        raise
    await desk.audit.append(_fact(asking, desk, f"health-link read {received.way} {received.issuer}"))
    return received


async def _received(text: str, passcode: Secret | None, desk: ReadLinkDesk) -> Received:
    if text.startswith("eyJ") and text.count(".") == _PACKAGE_DOTS:
        return await _package(text, passcode, desk)
    scanned = await desk.seals.scan(text, now=desk.clock.now())
    _check_time(scanned.until, desk)
    if scanned.payload is None:
        known = scanned.trust is Trust.TRUSTED
        return Received(
            scanned.card,
            "card",
            scanned.issuer,
            known,
            scanned.trust,
            scanned.signed_at,
            scanned.until,
            encrypted=False,
        )
    return await _link(scanned, scanned.payload, passcode, desk=desk)


async def _link(scanned: Scanned, payload: LinkPayload, passcode: Secret | None, *, desk: ReadLinkDesk) -> Received:
    _check_time(payload.until, desk)
    if payload.wants_passcode and passcode is None:
        raise LoginError("This link asks for a passcode.")
    file = await desk.foreign.fetch(payload, recipient=desk.recipient, passcode=passcode)
    sealed = not file.content.lstrip().startswith("{")
    document = (await desk.seals.open(file.content, payload.key))[0] if sealed else file.content.encode()
    return Received(
        document=document,
        way="link",
        issuer=desk.foreign.issuer(payload.url) or (urlsplit(payload.url).hostname or ""),
        known_issuer=True,
        trust=scanned.trust,
        made_at=scanned.signed_at,
        until=payload.until or scanned.until,
        encrypted=sealed,
        lenient=payload.lenient,
    )


async def _package(text: str, passcode: Secret | None, desk: ReadLinkDesk) -> Received:
    if passcode is None:
        raise LoginError("This package asks for a passcode.")
    try:
        document, claims = await desk.seals.open_under_passcode(text, passcode)
    except InvalidError:
        raise PasscodeError(remaining=-1) from None
    until = _instant(claims.get("exp"))
    if until is None:
        raise InvalidError("The package does not say when it ends.")
    _check_time(until, desk)
    issuer = str(claims.get("iss", ""))[:200]
    name = desk.foreign.issuer(issuer)
    return Received(document, "package", name or issuer, bool(name), Trust.UNSIGNED, _instant(claims.get("iat")), until)


def _check_time(until: datetime | None, desk: ReadLinkDesk) -> None:
    if until is not None and until <= desk.clock.now():
        raise GoneError("It is over: whoever gave it set an end, and that has passed.")


def _instant(written: Any) -> datetime | None:
    if type(written) is not int:
        return None
    try:
        return datetime.fromtimestamp(written, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _fact(asking: Asking, desk: ReadLinkDesk, what: str, *, error: CorridorError | None = None) -> AuditFact:
    return AuditFact(
        kind=AuditKind.IMPORT,
        outcome=AuditOutcome.FAILURE if error else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose="TREAT",
        query=what,
        reason=type(error).__name__.removesuffix("Error").lower() if error else "",
    )
