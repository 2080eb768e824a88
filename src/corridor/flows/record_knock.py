"""A try to open a health link is put on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.link import LONGEST_RECIPIENT, HealthLink, LinkKind
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.links import Links, Opening
from corridor.flows.ports.seals import Seals
from corridor.flows.ports.units import Units

AGENT = "health-link"


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


async def record_knock(link: HealthLink | None, knock: Knock, outcome: str, *, desk: OpenDesk) -> None:
    """Put a knock on record: in the log, and where the person and the clinician look; durable when this returns.

    Args:
        link: None where no link has that address.
        knock: the try.
        outcome: `opened`, `file`, or why not.
        desk: the ports.

    Source: IHE BALP 1.1; IHE VHL, Audit Event - Accessed Health Data.
    """
    now = desk.clock.now()
    await desk.audit.append(_fact(link, knock, outcome, at=now))
    recipient = "".join(filter(str.isprintable, knock.recipient))[:LONGEST_RECIPIENT]
    if link is not None and outcome != "file":
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
