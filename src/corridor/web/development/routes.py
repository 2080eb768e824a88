"""The doors of a development identity provider: whoever comes chooses who they are."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corridor.domain.errors import InvalidError
from corridor.web.development.invented import Development, Invented
from corridor.web.form import read_form
from corridor.web.page import Pages, redirect, style_route
from corridor.web.problem import problem_page
from corridor.web.site import Site

_ROOM = Path(__file__).parent
_CODE_SECONDS = 60
_NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class _Asked:
    who: Invented
    nonce: str
    challenge: str
    level: str
    until: float


class DevelopmentPages:
    """Discovery, keys, the choice of a person, the token and the way out; codes live in memory, each for one use."""

    def __init__(self, pages: Pages, made_of: Development) -> None:
        self._pages = pages
        self._made_of = made_of
        self._codes: dict[str, _Asked] = {}

    async def described(self, _request: Request) -> Response:
        """`GET /.well-known/openid-configuration`."""
        return JSONResponse(self._made_of.described())

    async def keys(self, _request: Request) -> Response:
        """`GET /keys`."""
        return JSONResponse(dict(self._made_of.key_set()))

    async def choose(self, request: Request) -> Response:
        """`GET /authorize`: the invented people, to be chosen from.

        Source: OpenID Connect Core 1.0 section 3.1.2.
        """
        asked = dict(request.query_params)
        try:
            _check(asked, self._made_of)
        except InvalidError as error:
            return problem_page(self._pages, request, error)
        asked.pop("lang", None)
        people = [(who, f"/authorize/{who.subject}?{urlencode(asked)}") for who in self._made_of.people]
        return self._pages.show(request, "people.html", people=people)

    async def enter(self, request: Request) -> Response:
        """`GET /authorize/{subject}`: back to the node as somebody, with a code."""
        asked = dict(request.query_params)
        try:
            _check(asked, self._made_of)
            who = _known(request.path_params["subject"], self._made_of)
        except InvalidError as error:
            return problem_page(self._pages, request, error)
        code, until = secrets.token_urlsafe(32), time.monotonic() + _CODE_SECONDS
        level = asked.get("acr_values", "").partition(" ")[0]
        self._codes[code] = _Asked(who, asked["nonce"], asked["code_challenge"], level, until)
        back = {"code": code, "state": asked.get("state", ""), "iss": self._made_of.issuer}
        return redirect(f"{self._made_of.return_url}?{urlencode(back)}")

    async def token(self, request: Request) -> Response:
        """`POST /token`: the ID token for a code and its verifier.

        Source: OpenID Connect Core 1.0 section 3.1.3; RFC 7636 section 4.6.
        """
        form = await read_form(request)
        asked = self._codes.pop(form.one("code"), None)
        digest = sha256(form.one("code_verifier").encode()).digest()
        proven = asked is not None and asked.challenge == urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = form.one("redirect_uri") == self._made_of.return_url
        if asked is None or not proven or not fits or asked.until < time.monotonic():
            return JSONResponse({"error": "invalid_grant"}, 400, _NO_STORE)
        claims = self._made_of.claims(asked.who, nonce=asked.nonce, level=asked.level, at=int(time.time()))
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": _CODE_SECONDS}
        return JSONResponse({**answer, "id_token": self._made_of.signed(claims)}, 200, _NO_STORE)

    async def leave(self, request: Request) -> Response:
        """`GET /logout`: nothing is remembered here, so that leaving is going back."""
        if request.query_params.get("post_logout_redirect_uri") == self._made_of.left_url:
            return redirect(self._made_of.left_url)
        return problem_page(self._pages, request, InvalidError("This address is not the node's."))


def _check(asked: Mapping[str, str], made_of: Development) -> None:
    """Let pass what the one node asks that this provider serves.

    Raises:
        InvalidError: another node, another address to go back to, no PKCE, or no nonce.
    """
    wanted = {
        "client_id": made_of.client_id,
        "redirect_uri": made_of.return_url,
        "response_type": "code",
        "code_challenge_method": "S256",
    }
    named = all(asked.get(name) == value for name, value in wanted.items())
    if not named or not asked.get("code_challenge") or not asked.get("nonce"):
        raise InvalidError("This is not what the node asks.")


def _known(subject: str, made_of: Development) -> Invented:
    """One of the invented people.

    Raises:
        InvalidError: nobody is called so.
    """
    for one in made_of.people:
        if one.subject == subject:
            return one
    raise InvalidError("Nobody is called so.")


def routes(made_of: Development) -> list[Route]:
    """Every door of a development identity provider."""
    pages = DevelopmentPages(Pages(Site("OpenID Connect", "idp", made_of.issuer), _ROOM), made_of)
    return [
        Route("/.well-known/openid-configuration", pages.described, methods=["GET"]),
        Route("/keys", pages.keys, methods=["GET"]),
        Route("/authorize", pages.choose, methods=["GET"]),
        Route("/authorize/{subject}", pages.enter, methods=["GET"]),
        Route("/token", pages.token, methods=["POST"]),
        Route("/logout", pages.leave, methods=["GET"]),
        style_route(),
    ]
