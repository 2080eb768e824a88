"""The catalogue of log events: what is not listed here cannot reach a stream."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Severity, as the standard library numbers it."""

    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One kind of log line: its id, level and the only fields it may carry."""

    id: str
    level: Level
    fields: frozenset[str]


def _event(name: str, level: Level, *fields: str) -> LogEvent:
    return LogEvent(name, level, frozenset(fields))


STARTED = _event("started", Level.INFO, "role", "country", "port")
STOPPED = _event("stopped", Level.INFO, "role", "country")
REQUEST = _event("request", Level.INFO, "request_id", "method", "route", "status", "milliseconds")
FAILED = _event("failed", Level.ERROR, "request_id", "route", "error")
PEER_SILENT = _event("peer-silent", Level.WARNING, "country", "reason", "request_id")
OUTBOX_RETRY = _event("outbox-retry", Level.WARNING, "kind", "attempt", "error")
SIGNATURE_REFUSED = _event("signature-refused", Level.WARNING, "request_id", "reason")
HOLDER_WRONG = _event("holder-wrong", Level.ERROR, "country", "reason")
BUDGET_ALARM = _event("budget-alarm", Level.WARNING, "country", "budget", "spent", "limit")
DIRECTORY_STALE = _event("directory-stale", Level.WARNING, "error", "reason")
CERTIFICATE_WRONG = _event("certificate-wrong", Level.ERROR, "reason")
MANIFEST_ENDS = _event("manifest-ends", Level.WARNING, "days")
MANIFEST_TAKEN = _event("manifest-taken", Level.WARNING, "version", "changes")
SIGN_IN = _event("sign-in", Level.INFO, "role", "agent", "outcome", "reason")
SIGN_INS_ENDED = _event("sign-ins-ended", Level.INFO, "role", "agent", "outcome", "reason")
ASKER_PAUSED = _event("asker-paused", Level.WARNING, "role", "reason")
