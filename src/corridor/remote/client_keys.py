"""Key sets that systems publish, fetched from the origins that the operator named and from nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson

from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.message import SignedRequest
from corridor.flows.ports.clock import Clock
from corridor.remote.transport import Transport

FRESH = timedelta(minutes=5)
"""A key that was taken out of its set counts no longer than this."""
AGAIN = timedelta(seconds=10)
"""For a key that is not in the set, it is fetched again no sooner than this."""
STALE = timedelta(hours=24)
"""A set whose address does not answer counts no longer than this."""
TIMEOUT_SECONDS = 3.0
KEY_SET_BYTES = 65_536
_OK = 200


@dataclass(frozen=True, slots=True)
class _Kept:
    raw: bytes
    fetched_at: datetime
    asked_at: datetime


class ClientKeys:
    """Fetches and remembers key sets; one question per address at a time, and no redirect is followed.

    Args:
        transport: of this process.
        origins: of which key sets are fetched, such as `https://keys.example`.
        clock: by which they age.
    """

    def __init__(self, transport: Transport, origins: Collection[str], clock: Clock) -> None:
        self._transport = transport
        self._origins = frozenset(each.rstrip("/") for each in origins)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def fetch(self, url: str, kid: str) -> bytes:
        """The key set at an address, fetched anew where it is old or does not name a key that is looked for.

        Raises:
            UnavailableError: the origin is not one that the operator named, or no set could be had for a day.
        """
        if not is_listed(url, self._origins):
            raise UnavailableError("Key sets are not fetched from this origin.")
        async with self._turns.setdefault(url, asyncio.Lock()):
            kept, now = self._kept.get(url), self._clock.now()
            if kept is None or _is_due(kept, kid, now):
                kept = await self._renewed(url, kept, now)
                self._kept[url] = kept
        if now - kept.fetched_at > STALE or not kept.raw:
            raise UnavailableError("A key set cannot be fetched.")
        return kept.raw

    async def _renewed(self, url: str, kept: _Kept | None, now: datetime) -> _Kept:
        request = SignedRequest("GET", url, {"accept": "application/json"}, b"")
        try:
            answer = await self._transport.send(request, timeout_seconds=TIMEOUT_SECONDS, max_body_bytes=KEY_SET_BYTES)
        except CorridorError:
            answer = None
        if answer is not None and answer.status == _OK:
            return _Kept(answer.body, now, now)
        return _Kept(kept.raw, kept.fetched_at, now) if kept else _Kept(b"", now, now)


def is_listed(url: str, origins: Collection[str]) -> bool:
    """Whether an address lies at one of the origins; one with an account or a fragment in it never does."""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.password is None and not parts.fragment
    except ValueError:
        return False
    return plain and f"{parts.scheme}://{parts.netloc}" in origins and url.isprintable() and " " not in url


def _is_due(kept: _Kept, kid: str, now: datetime) -> bool:
    age = now - kept.asked_at
    return age > AGAIN and (age > FRESH or not _names(kept.raw, kid))


def _names(raw: bytes, kid: str) -> bool:
    try:
        found = orjson.loads(raw)
        return any(each.get("kid") == kid for each in found["keys"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
