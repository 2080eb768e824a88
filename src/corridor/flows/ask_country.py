"""One country is asked for a person's history, and is either heard or named as silent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.asking import Asking
from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.emergency import Cause
from corridor.domain.errors import CorridorError, DeadlineError, UnavailableError
from corridor.domain.history import Answer, History, Silence, SilenceReason
from corridor.domain.presence import NONE, ProofKind
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.check_limits import LimitDesk
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.peers import HistoryRequest, Peers
from corridor.flows.ports.pseudonyms import Pseudonyms
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.units import Units


class Locate(Protocol):
    """`locate_person` with its desk."""

    def __call__(
        self, patient_id: str, *, purpose: Purpose, trace: Trace, timeout_seconds: float
    ) -> Awaitable[Mapping[Country, str]]:
        """One handle per other country."""


@dataclass(frozen=True, slots=True)
class PullDesk:
    """What pulling needs.

    Attributes:
        describe: `describe_person` with the register.
        limits: counts who pulls how much.
    """

    home: Country
    units: Units
    locate: Locate
    peers: Peers
    statements: Statements
    pseudonyms: Pseudonyms
    clock: Clock
    describe: Callable[[str], Awaitable[bytes]]
    limits: LimitDesk


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull under way.

    Attributes:
        until: when the caller stops waiting.
        consents: for each country that may be asked, the consent that travels.
        id: under which it is kept while it is under way; empty where nobody looks it up.
        cause: why the person could not be asked, where the glass was broken; None where they consented.
        presence: how it was shown that the person is there; None in an emergency.
    """

    asking: Asking
    patient_id: str
    purpose: Purpose
    until: datetime
    consents: Mapping[Country, Consent]
    started_at: datetime
    id: str = ""
    cause: Cause | None = None
    presence: ProofKind | None = None

    def history(self, heard: Sequence[Answer | Silence]) -> History:
        """What was heard so far, as one history; answers and silences are ordered by country."""
        ordered = sorted(heard, key=lambda one: one.country)
        return History(
            patient_id=self.patient_id,
            purpose=self.purpose,
            trace=self.asking.trace,
            at=self.started_at,
            answers=tuple(one for one in ordered if isinstance(one, Answer)),
            silences=tuple(one for one in ordered if isinstance(one, Silence)),
        )


async def ask_country(pull: Pull, country: Country, *, handle: str, desk: PullDesk) -> Answer | Silence:
    """What the country says, or why it was not heard; never raises for what a peer does.

    Source: IHE QEDm PCC-44; TRUST section 6, partial results.
    """
    consent = pull.consents.get(country)
    if consent is None or not handle:
        return Silence(country, SilenceReason.NOT_ASKED, desk.clock.now())
    request = HistoryRequest(
        handle=handle,
        purpose=pull.purpose,
        statement=_statement(pull, consent, handle=handle, desk=desk),
        clinician=desk.pseudonyms.pseudonym(country, f"account/{pull.asking.principal.account}"),
        trace=pull.asking.trace.child(),
        until=pull.until,
        presence=pull.presence.value if pull.presence else NONE,
    )
    try:
        left = (pull.until - desk.clock.now()).total_seconds()
        return await asyncio.wait_for(desk.peers.history(country, request), timeout=max(left, 0.0))
    except (TimeoutError, DeadlineError):
        reason = SilenceReason.TIMEOUT
    except UnavailableError:
        reason = SilenceReason.UNREACHABLE
    except CorridorError:
        reason = SilenceReason.GARBLED
    return Silence(country, reason, desk.clock.now())


def _statement(pull: Pull, consent: Consent, *, handle: str, desk: PullDesk) -> bytes:
    if pull.cause is None:
        return desk.statements.write(consent, handle=handle)
    return desk.statements.write_override(consent, handle=handle, cause=pull.cause)
