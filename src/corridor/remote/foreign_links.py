"""Fetching what another node's health link leads to, from listed issuers alone and never further than they.

A link is text from a stranger: its address could point at anything inside a hospital. Only origins of the federation's
members and those of the operator's list are ever asked, no redirect is followed, and a file's address counts as a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from corridor.domain.errors import ForbiddenError, MalformedError, NotFoundError, PasscodeError, UnavailableError
from corridor.domain.link import LinkKind
from corridor.domain.link_text import LinkPayload
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.secret import Secret
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.foreign_links import ForeignFile
from corridor.remote.transport import Transport

TIMEOUT_SECONDS = 15.0
MANIFEST_BYTES_MAX = 12 * 1024 * 1024
"""A manifest may carry its file, which is longer by a third when it is written as text."""

_OK = frozenset({200})
_WRONG_PASSCODE = frozenset({401, 422})
_GONE = frozenset({403, 404, 410})
_JOSE, _FORM, _JSON = "application/jose", "application/x-www-form-urlencoded", "application/json"

Sign = Callable[[SignedRequest, datetime], Mapping[str, str]]


class HttpForeignLinks:
    """Port `ForeignLinks` over HTTP.

    Args:
        transport: of the process.
        directory: its members may be asked.
        listed: further origins, by the operator.
        sign: headers that say which node asks for a verifiable link.
        clock: by which requests are signed.
    """

    def __init__(
        self, transport: Transport, directory: Directory, *, listed: Sequence[str], sign: Sign, clock: Clock
    ) -> None:
        self._transport = transport
        self._directory = directory
        self._listed = tuple(origin_of(each) for each in listed)
        self._sign = sign
        self._clock = clock

    def issuer(self, url: str) -> str:
        """See the port."""
        origin = origin_of(url)
        members = self._directory.federation().members
        names = {origin_of(member.base_url): member.name for member in members}
        return names.get(origin, origin if origin in self._listed else "")

    def origins(self) -> tuple[str, ...]:
        """See the port."""
        members = self._directory.federation().members
        return tuple(dict.fromkeys([*(origin_of(member.base_url) for member in members), *self._listed]))

    async def fetch(self, payload: LinkPayload, *, recipient: str, passcode: Secret | None) -> ForeignFile:
        """See the port."""
        if payload.direct:
            joined = "&" if "?" in payload.url else "?"
            return await self._file(f"{payload.url}{joined}recipient={quote(recipient, safe='')}")
        if payload.kind is LinkKind.VHL and "List?" in payload.url:
            return await self._folder(payload, recipient, passcode)
        asked: dict[str, Any] = {"recipient": recipient, "embeddedLengthMax": MANIFEST_BYTES_MAX // 2}
        if passcode is not None:
            asked["passcode"] = passcode.value.decode()
        answer = await self._ask("POST", payload.url, orjson.dumps(asked), content_type=_JSON)
        file = _chosen(_object(answer.body).get("files"))
        if isinstance(file.get("embedded"), str):
            return ForeignFile(file["embedded"], str(file.get("contentType", "")))
        return await self._file(str(file.get("location", "")))

    async def _folder(self, payload: LinkPayload, recipient: str, passcode: Secret | None) -> ForeignFile:
        """The document of a verifiable link's folder.

        Source: IHE VHL ITI-YY5, then IHE MHD ITI-68.
        """
        base, _, query = payload.url.partition("?")
        form = query + "&" + urlencode({"recipient": recipient})
        if passcode is not None:
            form += "&" + urlencode({"passcode": passcode.value.decode()})
        answer = await self._ask("POST", f"{base}/_search", form.encode(), content_type=_FORM, signed=True)
        return await self._file(_attachment_url(_object(answer.body)))

    async def _file(self, url: str) -> ForeignFile:
        answer = await self._ask("GET", url, b"", content_type="")
        content = answer.body.decode("utf-8", "replace").strip()
        return ForeignFile(content, answer.headers.get("content-type", ""))

    async def _ask(
        self, method: str, url: str, body: bytes, *, content_type: str, signed: bool = False
    ) -> SignedResponse:
        if not self.issuer(url):
            raise ForbiddenError("This link leads to an issuer that this node does not know.")
        accepted = f"{_JOSE}, {_JSON}, application/fhir+json"
        headers = {"accept": accepted} | ({"content-type": content_type} if content_type else {})
        request = SignedRequest(method, url, headers, body)
        if signed:
            headers |= self._sign(request, self._clock.now())
        answer = await self._transport.send(
            SignedRequest(method, url, headers, body),
            timeout_seconds=TIMEOUT_SECONDS,
            max_body_bytes=MANIFEST_BYTES_MAX,
        )
        return _checked(answer)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty for anything that is none, or that names a user."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    odd = parts.username is not None or not url.isascii() or not url.isprintable() or " " in url or "\\" in url
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _checked(answer: SignedResponse) -> SignedResponse:
    if answer.status in _OK:
        return answer
    if answer.status in _WRONG_PASSCODE:
        raise PasscodeError(remaining=_remaining(answer.body))
    if answer.status in _GONE:
        raise NotFoundError("The issuer says that this link does not open any more.")
    raise UnavailableError("The issuer does not answer now.")


def _remaining(body: bytes) -> int:
    """Tries that are left, or -1 where the issuer does not tell."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return -1
    left = found.get("remainingAttempts") if isinstance(found, dict) else None
    return left if type(left) is int else -1


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise MalformedError("The issuer answers something that is no manifest.")
    return found


def _chosen(files: Any) -> dict[str, Any]:
    """The first file of FHIR, or the first at all."""
    rows = [each for each in files if isinstance(each, dict)] if isinstance(files, list) else []
    if not rows:
        raise MalformedError("The issuer's manifest has no file.")
    return next((each for each in rows if "fhir+json" in str(each.get("contentType", ""))), rows[0])


def _attachment_url(bundle: dict[str, Any]) -> str:
    try:
        for entry in bundle["entry"]:
            if entry["resource"]["resourceType"] == "DocumentReference":
                return str(entry["resource"]["content"][0]["attachment"]["url"])
    except (KeyError, TypeError, IndexError):
        pass
    raise MalformedError("The issuer's folder has no document.")
