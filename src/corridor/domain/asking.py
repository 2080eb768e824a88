"""One request as the acts see it: who asks, and the thread that joins what is recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.principal import Principal
from corridor.domain.trace import Trace


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what is done next.

    Attributes:
        request_id: as sent in `X-Request-Id`, or made here; at most 64 characters.
    """

    principal: Principal
    request_id: str
    trace: Trace
