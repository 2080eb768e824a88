"""What happened, as the log keeps it: independent of FHIR and without a name in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corridor.domain.country import Country
from corridor.domain.trace import Trace


class AuditKind(StrEnum):
    """What was done."""

    READ = "READ"
    SEARCH = "SEARCH"
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    LOGIN = "LOGIN"
    ASK = "ASK"
    ANSWER = "ANSWER"
    REFUSE = "REFUSE"
    RECEIPT = "RECEIPT"
    RESOLVE = "RESOLVE"
    EVALUATE = "EVALUATE"
    REGISTER = "REGISTER"
    CONSENT = "CONSENT"
    WITHDRAW = "WITHDRAW"
    MATCH = "MATCH"
    EXPORT = "EXPORT"
    ADMIN = "ADMIN"


class AuditOutcome(StrEnum):
    """How it ended: 0 success, 4 minor failure, 8 serious failure (http://hl7.org/fhir/audit-event-outcome)."""

    SUCCESS = "0"
    FAILURE = "4"
    SERIOUS = "8"


@dataclass(frozen=True, slots=True)
class AuditFact:
    """One thing that somebody did or was refused.

    Attributes:
        at: aware UTC.
        agent: pseudonym of who did it, or `node` for the node's own work.
        role: code of the agent's role, or `node`.
        asker: country that asked, for exchanges.
        holder: country that was asked, for exchanges.
        purpose: PurposeOfUse code, empty where none was stated.
        patient_ids: local ids of everyone concerned; these never leave the node.
        resource: `Type/id`, or the type alone for a search.
        query: a search as asked, identifier values replaced by keyed hashes.
        reason: code of a refusal or a silence, empty on success.
    """

    kind: AuditKind
    outcome: AuditOutcome
    at: datetime
    trace: Trace
    request_id: str
    agent: str
    role: str
    asker: Country | None = None
    holder: Country | None = None
    purpose: str = ""
    patient_ids: tuple[str, ...] = ()
    resource: str = ""
    query: str = ""
    reason: str = ""
