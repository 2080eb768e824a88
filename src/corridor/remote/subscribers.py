"""Notifications over HTTP, to the addresses that the operator of this node named and to no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corridor.domain.errors import ForbiddenError, UnavailableError
from corridor.domain.subscription import Payload, Subscription

if TYPE_CHECKING:
    import httpx

_FHIR_JSON = "application/fhir+json"
_STEP_SECONDS = 60.0


class HttpSubscribers:
    """Port `Subscribers`; follows no redirect, because it could lead elsewhere.

    Args:
        home: origins (`https://host` or `https://host:port`) of systems of this country: everything may go there.
        abroad: origins across a border: they hear that something of a type changed, and nothing of what or of whom.
    """

    def __init__(self, *, home: Iterable[str] = (), abroad: Iterable[str] = ()) -> None:
        self._home = frozenset(map(_origin, home))
        self._abroad = frozenset(map(_origin, abroad)) - self._home
        self._client: httpx.AsyncClient | None = None

    def allows(self, subscription: Subscription) -> bool:
        """See the port."""
        origin = _origin(subscription.endpoint)
        return origin in self._home or (origin in self._abroad and _tells_nothing(subscription))

    async def notify(self, subscription: Subscription, body: bytes) -> None:
        """See the port."""
        await self._send("POST", subscription, subscription.endpoint, body=body)

    async def update(self, subscription: Subscription, name: str, body: bytes) -> None:
        """See the port."""
        parts = urlsplit(subscription.endpoint)
        await self._send(
            "PUT", subscription, parts._replace(path=f"{parts.path.rstrip('/')}/{name}").geturl(), body=body
        )

    async def _send(self, method: str, subscription: Subscription, url: str, *, body: bytes) -> None:
        if not self.allows(subscription):
            raise ForbiddenError("Nothing goes to this address.")
        headers = dict(line.split(": ", 1) for line in subscription.headers)
        if body:
            headers |= {"content-type": _FHIR_JSON}
        try:
            # The client's own timeouts are per step; an endpoint that dribbles must not hold the line either.
            async with asyncio.timeout(subscription.timeout_seconds):
                taken = await self._taken(method, url, headers, body=body)
        except (TimeoutError, ValueError):
            raise UnavailableError("The endpoint did not answer.") from None
        if not taken:
            raise UnavailableError("The endpoint did not take the notification.")

    async def close(self) -> None:
        """Let go of every connection."""
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _taken(self, method: str, url: str, headers: dict[str, str], *, body: bytes) -> bool:
        import httpx  # noqa: PLC0415  # seven megabytes that a node without subscribers saves

        if self._client is None:
            self._client = httpx.AsyncClient(follow_redirects=False, timeout=_STEP_SECONDS, trust_env=False)
        # What an endpoint says beyond its status is not read: it can be without end.
        try:
            async with self._client.stream(method, url, headers=headers, content=body) as answer:
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            raise UnavailableError("The endpoint did not answer.") from None


def _tells_nothing(subscription: Subscription) -> bool:
    """Whether a call says no more than that something of a type changed: a filter says of whom or of what."""
    return subscription.payload is Payload.EMPTY and not any(each.query for each in subscription.filters)


def _origin(address: str) -> str:
    import httpx  # noqa: PLC0415  # as above; the address is read by what will go there, not by another reader

    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return ""
    default = {"http": 80, "https": 443}.get(url.scheme, 0)
    return f"{url.scheme}://{url.host}:{url.port or default}"
