"""The token endpoint for systems: a signed assertion in, an access token for one purpose and five minutes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import NonceError, ThrottledError, TokenError
from corridor.domain.grant import LASTS
from corridor.domain.scope import written
from corridor.domain.trace import trace_of
from corridor.flows.grant_token import Granted, TokenWish
from corridor.node.claims import iua, pcf
from corridor.node.shown import shown_with

NONCE = "dpop-nonce"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Form = Mapping[str, Sequence[str]]
GrantDoor = Callable[[Request, Form], Awaitable[Response]]

_SIGNED = frozenset({"client_assertion", "client_assertion_type"})
_NAMES = frozenset({"grant_type", "scope", "client_id", "resource", *_SIGNED})


def is_signed(form: Form) -> bool:
    """Whether whoever asks shows a signed assertion instead of a password."""
    return bool(_SIGNED & form.keys())


async def grant_to_system(
    request: Request, form: Form, *, grant: Callable[[TokenWish], Awaitable[Granted]], base_url: str
) -> Response:
    """An access token, or OAuth's word for why not.

    Args:
        request: with at most one header `DPoP`.
        form: what it holds, read.
        grant: `grant_token` with its desk.
        base_url: of the national base.

    Source: SMART Backend Services; IHE IUA ITI-71; RFC 6749 sections 4.4 and 5; RFC 9449 sections 5 and 8.
    """
    try:
        granted = await grant(_wish(request, form, base_url))
    except NonceError as error:
        return _json(_refusal(error.code, error.message), 400, {NONCE: error.nonce})
    except TokenError as error:
        return _json(_refusal(error.code, error.message), 401 if error.code == "invalid_client" else 400)
    except ThrottledError as error:
        return _json(_refusal("slow_down", error.message), 429)
    return _json(_answer(granted, base_url), 200)


def _wish(request: Request, form: Form, base_url: str) -> TokenWish:
    one = {name: values[0] for name, values in form.items() if len(values) == 1}
    if len(one) != len(form) or not form.keys() <= _NAMES or "authorization" in request.headers:
        raise _unclear("Each field is sent once, and a client shows who it is in one way.")
    if one.get("grant_type") != "client_credentials":
        raise TokenError("The grant type is client_credentials.", code="unsupported_grant_type")
    if one.get("client_assertion_type") != ASSERTION_TYPE or not one.get("client_assertion"):
        raise _unclear(f"Send client_assertion, and client_assertion_type as {ASSERTION_TYPE}.")
    if one.get("resource", base_url).rstrip("/") != base_url:
        raise TokenError("Tokens are given for this base alone.", code="invalid_target")
    return TokenWish(
        assertion=one["client_assertion"],
        client_id=one.get("client_id", ""),
        scope=one.get("scope", ""),
        shown=shown_with(request, base_url) if "dpop" in request.headers else None,
        trace=trace_of(request.headers.get("traceparent")),
        request_id=request.scope.get("request_id", ""),
    )


def _unclear(message: str) -> TokenError:
    return TokenError(message, code="invalid_request")


def _answer(granted: Granted, base_url: str) -> dict[str, Any]:
    """The token and, for who reads them, the claims of IUA and, where it rests on consent, of PCF."""
    grant, client = granted.grant, granted.client
    extensions = {"ihe_iua": iua(grant, client.role, base_url=base_url, name=client.name, client_id=client.id)}
    if granted.permit:
        extensions["ihe_pcf"] = pcf(grant, granted.permit, base_url=base_url)
    return {
        "access_token": granted.token,
        "token_type": "DPoP" if grant.bound_to else "Bearer",
        "expires_in": int(LASTS.total_seconds()),
        "scope": written(grant.scopes),
        "extensions": extensions,
    }


def _refusal(code: str, message: str) -> dict[str, str]:
    return {"error": code, "error_description": message}


def _json(content: Mapping[str, Any], status: int, more: Mapping[str, str] | None = None) -> Response:
    headers = {"cache-control": "no-store", "pragma": "no-cache", **(more or {})}
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
