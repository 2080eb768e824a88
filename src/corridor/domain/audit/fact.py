"""What happened, in the words of the exchange and not of FHIR."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from corridor.domain.country import Country
from corridor.domain.trace import Trace


class AuditKind(StrEnum):
    """What somebody did, or tried to do."""

    READ = "read"
    SEARCH = "search"
    HISTORY = "history"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LOGIN = "login"
    ASK = "ask"
    ANSWER = "answer"
    REFUSE = "refuse"
    RECEIPT = "receipt"
    RESOLVE = "resolve"
    EVALUATE = "evaluate"
    REGISTER = "register"
    CONSENT = "consent"
    WITHDRAW = "withdraw"
    MATCH = "match"
    EXPORT = "export"
    IMPORT = "import"
    ADMIN = "admin"
    BREAK_GLASS = "break-glass"
    REVIEW = "review"
    NOTICE = "notice"
    KEY = "key"
    TIE = "tie"
    ALARM = "alarm"
    PRESENCE = "presence"


class AuditOutcome(StrEnum):
    """Whether it was done."""

    SUCCESS = "success"
    FAILURE = "failure"


class AuditFact(msgspec.Struct, frozen=True, kw_only=True):
    """One event, before it is written down; a dataclass of so many members takes ten times as long to be made.

    Attributes:
        at: aware UTC.
        trace: joins the events of one exchange at all its nodes.
        request_id: of the HTTP request, empty where there was none.
        agent: pseudonym of the person or name of the part of the node that acted; never an account.
        role: in which role it acted.
        network: address it came from, empty where unknown or not to be kept.
        asker: the country that asked, None for a national matter.
        holder: the country that was asked, None for a national matter.
        purpose: PurposeOfUse code as it was claimed, even one that is never permitted; empty where none was.
        patient_ids: local ids of the patients concerned.
        resource: `Type/id`, or a type alone for a search.
        together: further `Type/id` of the same kind, of the same patients, done in the same transaction.
        query: the search as asked; values that identify a person are already replaced by keyed hashes.
        reason: code of why it failed or was decided so; names no person.
        consent_ids: local ids of the consents that the decision rests on.
        presence: how it was shown that the person is there, in what goes abroad; empty where that was not asked.
    """

    kind: AuditKind
    outcome: AuditOutcome
    at: datetime
    trace: Trace
    request_id: str
    agent: str
    role: str
    network: str = ""
    asker: Country | None = None
    holder: Country | None = None
    purpose: str = ""
    patient_ids: tuple[str, ...] = ()
    resource: str = ""
    query: str = ""
    reason: str = ""
    consent_ids: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    presence: str = ""
