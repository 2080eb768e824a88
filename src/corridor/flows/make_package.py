"""A clinician gives a person their summary as one encrypted file that opens where no network is."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, InvalidError, TooLargeError
from corridor.domain.link import LONGEST_PACKAGE, LinkKind, LinkTerms, Package
from corridor.domain.link_secrets import drawn_code
from corridor.domain.purpose import Purpose
from corridor.flows.agree_to_take_along import agree_to_take_along
from corridor.flows.make_link import PER_HOUR, LinkDesk
from corridor.flows.record_making import record_making

PACKAGE_CHARACTERS_MAX = 512 * 1024
"""Of the encrypted file: what every phone takes as an attachment."""


async def make_package(
    asking: Asking, patient_id: str, *, until: datetime, language: str = "es", desk: LinkDesk
) -> Package:
    """The summary as it is now, under a passcode that is drawn here: three groups, 74 bits, behind a slow derivation.

    Nobody can take it back, so that the person must have said yes to exactly that just now, and it lives a month.

    Raises:
        ForbiddenError: not a clinician of this node, or a denial is on record; audited, as the rest is.
        InvalidError: it would end in the past or after more than a month.
        NotFoundError: there is no such person here.
        ThrottledError: too much was made this hour.
        TooLargeError: the record is too long for a package.

    Source: RFC 7518 section 4.8; ADR 28.
    """
    try:
        package = await _package(asking, patient_id, until, language=language, desk=desk)
    except CorridorError as error:
        await record_making(asking, "health-package", patient_id, error=error, desk=desk)
        raise
    await record_making(asking, "health-package", patient_id, desk=desk)
    return package


async def _package(asking: Asking, patient_id: str, until: datetime, *, language: str, desk: LinkDesk) -> Package:
    now = desk.clock.now()
    if not now < until <= now + LONGEST_PACKAGE:
        raise InvalidError(f"A package ends within {LONGEST_PACKAGE.days} days.", ("exp",))
    await desk.budgets.spend(f"link/{asking.principal.pseudonym}", 1, limit=PER_HOUR, at=now)
    terms = LinkTerms(LinkKind.SHL, until, language=language, purposes=(Purpose.TREAT,), agreed=True)
    agreed = await agree_to_take_along(asking, patient_id, terms, desk=desk)
    passcode = drawn_code(3)
    claims = {"iss": desk.public_url, "iat": int(now.timestamp()), "exp": int(until.timestamp())}
    content = await desk.seals.seal_under_passcode(desk.document(agreed.records, language), passcode, claims)
    if len(content) > PACKAGE_CHARACTERS_MAX:
        raise TooLargeError("The record is too long for a package; give a link instead.")
    return Package(content, passcode, now, until)
