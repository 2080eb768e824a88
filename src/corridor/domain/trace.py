"""The thread that joins the audit entries of one exchange across nodes."""

from __future__ import annotations

import re
import secrets
from os import urandom

import msgspec

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
"""Ids of zeros alone are no ids; other versions are not read."""


class Trace(msgspec.Struct, frozen=True):
    """A W3C trace context: `trace_id` is 32, `span_id` 16 lower-case hex digits.

    Source: https://www.w3.org/TR/trace-context/
    """

    trace_id: str
    span_id: str

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"

    def child(self) -> Trace:
        """The same trace, a new span."""
        return Trace(self.trace_id, secrets.token_hex(8))


def new_trace() -> Trace:
    """A trace that begins here."""
    chance = urandom(24).hex()  # drawn at once: asking the system costs more than what it gives
    return Trace(chance[:32], chance[32:])


def trace_of(header: str | None) -> Trace:
    """The trace of a `traceparent` header, or a new one where it is absent or malformed."""
    found = _TRACEPARENT.fullmatch(header) if header else None
    return Trace(found[1], found[2]) if found else new_trace()
