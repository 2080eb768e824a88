"""The doors of health links: opening one as either standard says.

Whatever does not open is one answer: the same status and the same body.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, InvalidError, MalformedError, MediaTypeError, PasscodeError
from corridor.domain.link import HealthLink, LinkKind, LinkTerms, MadeLink
from corridor.domain.link_secrets import ticket_for
from corridor.domain.message import SignedRequest, header_fields
from corridor.domain.secret import Secret
from corridor.domain.trace import trace_of
from corridor.fhir.health_link import JOSE, manifest_bundle, manifest_input
from corridor.fhir.outcome import outcome
from corridor.flows.record_knock import Knock
from corridor.node.formats import wanted_format
from corridor.node.found import FHIR_JSON
from corridor.node.national import fhir_reply, media_type, read_limited

_ASK_BYTES = 16 * 1024
_EMBEDDED_CHARACTERS = 256 * 1024
"""A file up to this stands in the manifest itself where the caller does not say: one round trip less on a poor line."""

_OPEN = {"cache-control": "no-store", "access-control-allow-origin": "*", "referrer-policy": "no-referrer"}
"""Any viewer in any browser may open a link: whoever has its address and key may read it, and nobody else can."""

_PREFLIGHT = _OPEN | {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}


@dataclass(frozen=True, slots=True)
class LinkDoors:
    """What the doors need.

    Attributes:
        public_url: of the node, without a slash at the end.
        make_link: with its desk.
        open_link: with its desk.
        fetch_link: with its desk.
        content: the encrypted file of a link.
        who: the country, or the name in a trust list, behind a signed request; SignatureError where there is none.
        picture: a QR as PNG or SVG.
        now: aware UTC.
    """

    public_url: str
    make_link: Callable[[Asking, str, LinkTerms], Awaitable[MadeLink]]
    open_link: Callable[[Knock], Awaitable[HealthLink]]
    fetch_link: Callable[[str, Knock], Awaitable[str]]
    content: Callable[[str], Awaitable[str]]
    who: Callable[[SignedRequest], Awaitable[str]]
    picture: Callable[[str, str], bytes]
    now: Callable[[], datetime]


async def manifest(request: Request, *, doors: LinkDoors) -> Response:
    """The manifest of a SMART Health Link.

    Source: SMART Health Links 1.0.0, manifest request.
    """
    asked = await _asked(request)
    knock = _knock(request, LinkKind.SHL, recipient=asked["recipient"], passcode=asked.get("passcode"))
    link = await doors.open_link(knock)
    most = asked.get("embeddedLengthMax", _EMBEDDED_CHARACTERS)
    file: dict[str, Any] = {"contentType": "application/fhir+json", "fhirVersion": "4.0.1", "status": "finalized"}
    content = await doors.content(link.id)
    if len(content) <= most:
        file["embedded"] = content
    else:
        file["location"] = f"{doors.public_url}/l/{link.folder}/{ticket_for(link, now=doors.now())[0]}"
    file["lastUpdated"] = link.made_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return _json({"status": "finalized", "files": [file]}, 200)


async def direct(request: Request, *, doors: LinkDoors) -> Response:
    """The file of a SMART Health Link that asks for no passcode.

    Source: SMART Health Links 1.0.0, flag U.
    """
    recipient = request.query_params.get("recipient", "").strip()
    if not recipient:
        raise InvalidError("Say who opens the link, in `recipient`.", ("recipient",))
    link = await doors.open_link(_knock(request, LinkKind.SHL, recipient=recipient, passcode=None))
    return _file(await doors.content(link.id))


async def file(request: Request, *, kind: LinkKind, doors: LinkDoors) -> Response:
    """The encrypted file at an address that a manifest gave out, for a quarter of an hour.

    Source: SMART Health Links 1.0.0, location; IHE MHD ITI-68.
    """
    knock = _knock(request, kind, recipient="", passcode=None)
    return _file(await doors.fetch_link(request.path_params["ticket"], knock))


async def folder(request: Request, *, doors: LinkDoors) -> Response:
    """The manifest of a verifiable link, for a receiver that signs its request.

    Source: IHE VHL ITI-YY5.
    """
    if media_type(request) != "application/x-www-form-urlencoded":
        raise MediaTypeError("A manifest is searched by a form.")
    body = await read_limited(request, _ASK_BYTES)
    path = request.scope["path"]
    address = f"{doors.public_url}{path}"
    fields = header_fields(request.scope["headers"])
    who = await doors.who(SignedRequest("POST", address, fields, body))
    wanted_format(request.headers.get("accept", ""), None)
    asked = manifest_input(_form(body))
    knock = _knock(
        request, LinkKind.VHL, recipient=asked.recipient, passcode=asked.passcode, folder=asked.folder, who=who
    )
    link = await doors.open_link(knock)
    url = f"{doors.public_url}/vhl/files/{link.folder}/{ticket_for(link, now=doors.now())[0]}"
    size = len(await doors.content(link.id))
    return fhir_reply(manifest_bundle(link, file_url=url, size=size, base_url=f"{doors.public_url}/vhl"))


async def preflight(_request: Request) -> Response:
    """That a viewer in a browser may ask.

    Source: https://fetch.spec.whatwg.org/#cors-preflight-request
    """
    return Response(None, 204, _PREFLIGHT)


def opened(door: Callable[..., Awaitable[Response]], doors: LinkDoors) -> Callable[[Request], Awaitable[Response]]:
    """A door for viewers of any origin: its errors can be read by them, and speak the standard's words."""
    bound = partial(door, doors=doors)

    async def open_door(request: Request) -> Response:
        try:
            return await bound(request)
        except PasscodeError as error:
            return _json({"remainingAttempts": error.remaining}, 401)
        except CorridorError as error:
            status, body = outcome(error)
            return Response(body, status, _OPEN, media_type=FHIR_JSON)

    open_door.__name__, open_door.__module__ = getattr(door, "__name__", "file"), __name__
    return open_door


def _knock(
    request: Request,
    kind: LinkKind,
    *,
    recipient: str,
    passcode: str | Secret | None,
    **more: str,
) -> Knock:
    who = more.get("who", "")
    is_country = len(who) == len("PE") and who.isalpha() and who.isupper()
    return Knock(
        folder=more.get("folder") or request.path_params["folder"],
        kind=kind,
        recipient=recipient,
        passcode=Secret(passcode.encode()) if isinstance(passcode, str) else passcode,
        trace=trace_of(request.headers.get("traceparent")),
        request_id=request.scope.get("request_id", ""),
        asker=Country(who) if is_country else None,
    )


async def _asked(request: Request) -> dict[str, Any]:
    if media_type(request) != "application/json":
        raise MediaTypeError("A manifest is asked for in JSON.")
    try:
        asked = orjson.loads(await read_limited(request, _ASK_BYTES))
    except orjson.JSONDecodeError:
        raise MalformedError("The body is not JSON in UTF-8.") from None
    if not isinstance(asked, dict) or not _is_text(asked.get("recipient")):
        raise InvalidError("Say who opens the link, in `recipient`.", ("recipient",))
    if "passcode" in asked and not isinstance(asked["passcode"], str):
        raise InvalidError("A passcode is a text.", ("passcode",))
    most = asked.get("embeddedLengthMax", 0)
    if type(most) is not int or most < 0:
        raise InvalidError("A length is a number from 0 up.", ("embeddedLengthMax",))
    return asked


def _is_text(found: Any) -> bool:
    return isinstance(found, str) and bool(found.strip())


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=40)
    except ValueError:
        raise InvalidError("The form cannot be read.") from None


def _file(content: str) -> Response:
    return Response(content, 200, _OPEN, media_type=JOSE)


def _json(content: Mapping[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, _OPEN, media_type="application/json")
