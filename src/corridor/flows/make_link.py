"""A clinician gives a person an encrypted link to their own summary, because the person asked for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from uuid6 import uuid7

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.link import TRIES, HealthLink, LinkKind, LinkTerms, MadeLink, check_terms
from corridor.domain.link_secrets import digest_of, drawn_code
from corridor.domain.link_text import KEY_BYTES, LinkPayload, write_link
from corridor.domain.record import Draft, Record
from corridor.domain.secret import Secret
from corridor.flows.agree_to_take_along import Agreed, agree_to_take_along
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.links import Links
from corridor.flows.ports.seals import Seals
from corridor.flows.ports.units import Units
from corridor.flows.record_making import record_making
from corridor.flows.summarise_patient import SummaryDesk

PER_HOUR = 60
"""Links and packages that one clinician makes in an hour."""

_FOLDER_BYTES = 32
Document = Callable[[Sequence[Record], str], bytes]
"""The summary of records in a language, as JSON of a document Bundle."""


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """What making links and packages needs.

    Attributes:
        home: this node's country.
        public_url: under which links are reached, without a slash at the end.
        document: makes the summary.
        categories: what of a record a consent must permit, all of it; None for what every summary needs.
        draft: a Consent as it is stored.
    """

    home: Country
    public_url: str
    links: Links
    seals: Seals
    units: Units
    summaries: SummaryDesk
    budgets: Budgets
    audit: Audit
    clock: Clock
    document: Document
    categories: Callable[[Record], frozenset[str] | None]
    draft: Callable[..., Draft]


async def make_link(asking: Asking, patient_id: str, terms: LinkTerms, *, desk: LinkDesk) -> MadeLink:
    """A new link to the summary as it is now; the person's consent and the link are on record when it returns.

    The node keeps the encrypted file and forgets its key: a stolen database opens nothing.

    Args:
        asking: the clinician.
        patient_id: whose summary.
        terms: what was asked for.
        desk: the ports.

    Raises:
        ForbiddenError: not a clinician of this node, or no consent covers it; audited, as the rest is.
        InvalidError: terms that no link may have.
        NotFoundError: there is no such person here.
        ThrottledError: too many links this hour.
        TooLargeError: the record is too long for a link.

    Source: IHE VHL ITI-YY3; SMART Health Links 1.0.0, establish a link.
    """
    what = f"health-link {terms.kind}"
    try:
        check_terms(terms, now=desk.clock.now())
        await desk.budgets.spend(f"link/{asking.principal.pseudonym}", 1, limit=PER_HOUR, at=desk.clock.now())
        agreed = await agree_to_take_along(asking, patient_id, terms, desk=desk)
        made, content = await _made(asking, agreed, terms, desk=desk)
    except CorridorError as error:
        await record_making(asking, what, patient_id, error=error, desk=desk)
        raise
    await desk.links.add(made.link, content)
    await record_making(asking, what, patient_id, consent_id=agreed.consent_id, desk=desk)
    return made


async def _made(asking: Asking, agreed: Agreed, terms: LinkTerms, *, desk: LinkDesk) -> tuple[MadeLink, str]:
    now, key = desk.clock.now(), Secret(secrets.token_bytes(KEY_BYTES))
    revocation = drawn_code(4)
    link = HealthLink(
        id=str(uuid7()),
        folder=secrets.token_urlsafe(_FOLDER_BYTES),
        kind=terms.kind,
        patient_id=agreed.patient_id,
        label=terms.label,
        made_at=now,
        until=terms.until,
        purposes=tuple(terms.purposes),
        consent_id=agreed.consent_id,
        passcode=await desk.seals.keep(terms.passcode) if terms.passcode else "",
        tries_left=TRIES,
        ticket_key=secrets.token_bytes(KEY_BYTES),
        revocation=digest_of(revocation),
        maker=asking.principal.pseudonym,
    )
    text = write_link(_payload(link, key, desk.public_url))
    certified = terms.kind is LinkKind.VHL
    code = desk.seals.certify(text, at=now, until=terms.until) if certified else text
    content = await desk.seals.seal(desk.document(agreed.records, terms.language), key)
    return MadeLink(link, Secret(text.encode()), Secret(code.encode()), revocation), content


def _payload(link: HealthLink, key: Secret, public_url: str) -> LinkPayload:
    """What the QR says: of the person nothing, not even an identifier of this node."""
    shl, flag = f"{public_url}/l/{link.folder}", "P" if link.passcode else "U"
    if link.kind is LinkKind.SHL:
        return LinkPayload(link.kind, shl, key, flag, link.label, link.until)
    wanted = f"_id={link.folder}&code=folder&status=current&patient.identifier={link.folder}&_include=List:item"
    flag = flag.replace("U", "")
    return LinkPayload(link.kind, f"{public_url}/vhl/List?{wanted}", key, flag, link.label, link.until)
