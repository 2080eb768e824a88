"""Leases on what others told, over signed calls."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.lease_wire import IDS_MAX, LeaseWords, StandsWords
from corridor.domain.wire import read_words, write_words
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.leases import LeaseAsk
from corridor.remote.calls import JSON, Calls

PATIENCE_SECONDS = 5.0
_BYTES_MAX = 4 * 1024


class HttpLeases:
    """Port `Leases` over signed calls.

    Args:
        calls: signed calls of this process.
        directory: says where the others are and by which keys they are known.
    """

    def __init__(self, calls: Calls, directory: Directory) -> None:
        self._calls = calls
        self._directory = directory

    async def renew(self, country: Country, ask: LeaseAsk) -> bool:
        """See the port.

        Raises:
            InvalidError: more copies than one question holds.
        """
        member = self._directory.federation().member(country)
        if member is None:
            raise UnavailableError("That country takes no part in the federation.")
        if len(ask.ids) > IDS_MAX:
            raise InvalidError(f"At most {IDS_MAX} copies are asked about at once.")
        body = await self._calls.post(
            f"{member.line}/leases/renew",
            write_words(LeaseWords(ask.name, tuple(ask.ids), ask.clinician)),
            key=member.signing_keys,
            timeout_seconds=PATIENCE_SECONDS,
            headers={"content-type": JSON, "traceparent": str(ask.trace)},
            max_body_bytes=_BYTES_MAX,
        )
        return read_words(body, StandsWords).stands
